from . import (
    base_partner_merge,
    tianyuan_archive_access_verify,
    tianyuan_archive_collection_duplicate,
    tianyuan_payment_detail,
    tianyuan_quarter_to_date,
    tianyuan_quarter_to_date_line,
    tianyuan_rating_trial,
    tianyuan_reason,
    tianyuan_scheme_comparison,
    tianyuan_scheme_comparison_indicator,
    tianyuan_scheme_comparison_line,
)
