from . import (
    res_partner,
    tianyuan_archive_collection,
    tianyuan_archive_collection_line,
)
