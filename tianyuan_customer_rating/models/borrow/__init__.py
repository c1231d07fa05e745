from . import (
    res_company,
    res_config_settings,
    res_partner,
    tianyuan_archive_access_head,
    tianyuan_archive_access_log,
    tianyuan_archive_borrow,
    tianyuan_archive_document,
)
