from . import (
    base_partner_merge,
    base_partner_merge_profile,
    tianyuan_payment_detail,
    tianyuan_quarter_to_date,
    tianyuan_quarter_to_date_line,
    tianyuan_rating_reopen,
)
