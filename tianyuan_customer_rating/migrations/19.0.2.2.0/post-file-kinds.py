"""Companies that accept the kinds of files that were the default accept photographs in WebP and HEIC, too."""


def migrate(cr, _version):
    cr.execute("""
        UPDATE res_company SET tianyuan_archive_file_kinds = 'pdf, jpg, png, tiff, webp, heic, docx, xlsx, ofd'
         WHERE tianyuan_archive_file_kinds = 'pdf, jpg, png, tiff, docx, xlsx, ofd'
    """)
