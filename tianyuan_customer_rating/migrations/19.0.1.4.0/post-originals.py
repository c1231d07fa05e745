"""Until now Odoo made pictures of more than 1920 pixels smaller when they were stored. What is kept of them is marked:
its checksum is not the one of the upload."""

import hashlib

from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    # a picture that was made smaller has another size; no other file needs to be read
    cr.execute("""
        SELECT d.id, a.id
          FROM tianyuan_archive_document d
          JOIN tianyuan_archive_file f ON f.document_id = d.id
          JOIN ir_attachment a ON a.res_model = 'tianyuan.archive.file' AND a.res_field = 'content' AND a.res_id = f.id
         WHERE d.checksum IS NOT NULL AND a.file_size <> d.file_size
    """)
    for document, attachment_id in cr.fetchall():
        attachment = env['ir.attachment'].browse(attachment_id)
        kept = hashlib.sha256(attachment.raw).hexdigest()
        attachment.invalidate_recordset()    # thousands of pictures don't fit the memory
        cr.execute("UPDATE tianyuan_archive_document SET kept_checksum = %s WHERE id = %s AND checksum <> %s", [
            kept, document, kept,
        ])
