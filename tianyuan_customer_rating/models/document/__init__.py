from . import (
    res_company,
    res_partner,
    tianyuan_archive_document,
    tianyuan_archive_document_gap,
    tianyuan_archive_document_type,
    tianyuan_archive_file,
)
