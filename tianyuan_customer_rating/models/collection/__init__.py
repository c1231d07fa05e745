from . import (
    res_company,
    res_config_settings,
    res_partner,
    tianyuan_archive_collection,
    tianyuan_archive_collection_line,
)
