"""Indexes that others do the work of now; the database would keep them up for nothing."""

REPLACED = (
    'tianyuan_rating__company_id_index', 'tianyuan_rating__date_from_index', 'tianyuan_rating__state_index',
    'tianyuan_rating_line__rating_id_index',
)


def migrate(cr, _version):
    for name in REPLACED:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
