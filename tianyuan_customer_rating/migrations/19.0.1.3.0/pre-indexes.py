"""Indexes that others do the work of now, or that tell which customers have ever been rated, as the one of the tier
does; the database would keep them up for nothing."""

REPLACED = (
    'tianyuan_rating__company_id_index', 'tianyuan_rating__date_from_index', 'tianyuan_rating__state_index',
    'tianyuan_rating_line__rating_id_index', 'res_partner__tianyuan_score_index',
    'res_partner__tianyuan_is_major_account_index', 'res_partner__tianyuan_supply_priority_index',
)


def migrate(cr, _version):
    for name in REPLACED:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
