from . import (
    base_partner_merge,
    base_partner_merge_documents,
    base_partner_merge_profile,
    tianyuan_archive_borrow_refuse,
    tianyuan_payment_detail,
    tianyuan_quarter_to_date,
    tianyuan_quarter_to_date_line,
    tianyuan_rating_reopen,
    tianyuan_scheme_comparison,
    tianyuan_scheme_comparison_indicator,
    tianyuan_scheme_comparison_line,
)
