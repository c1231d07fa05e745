from . import (
    base_partner_merge,
    tianyuan_archive_collection_duplicate,
    tianyuan_archive_collection_reject,
    tianyuan_payment_detail,
    tianyuan_quarter_to_date,
    tianyuan_quarter_to_date_line,
    tianyuan_rating_reopen,
)
