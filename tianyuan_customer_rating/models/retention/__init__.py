from . import (
    res_company,
    res_config_settings,
    res_partner,
    tianyuan_archive_document,
    tianyuan_archive_document_type,
    tianyuan_archive_hold,
    tianyuan_archive_destruction,
    tianyuan_archive_destruction_line,
    tianyuan_workbench,
)
