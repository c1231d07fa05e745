"""Indexes that others do the work of now, or whose customers are found as soon by a look at all; the database would
keep them up, and think of them with each query, for nothing."""

REPLACED = (
    'tianyuan_rating__company_id_index', 'tianyuan_rating__date_from_index', 'tianyuan_rating__state_index',
    'tianyuan_rating_line__rating_id_index', 'res_partner__tianyuan_score_index',
    'res_partner__tianyuan_is_major_account_index', 'res_partner__tianyuan_supply_priority_index',
    'res_partner__tianyuan_tier_id_index', 'res_partner__tianyuan_customer_class_index',
    'res_partner__tianyuan_archive_specialist_id_index', 'res_partner_tianyuan_insight_optout_idx',
)


def migrate(cr, _version):
    for name in REPLACED:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
