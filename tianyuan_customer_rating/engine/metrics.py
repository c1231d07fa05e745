"""The metrics of a quarter for any number of customers, in a handful of queries (design §4).

Read-only: nothing is written, and nothing is scored here.
"""

from contextlib import contextmanager

from odoo.tools import SQL

from . import payments, purchases

METRICS = (
    'purchase_amount',
    'purchase_balance',
    'purchase_growth',
    'annual_purchase',
    'cooperation_years',
    'on_time_rate',
    'days_beyond_terms',
)

# what a customer without a single document has bought; every other metric has no data then
NOTHING = dict.fromkeys(METRICS) | {'purchase_amount': 0.0, 'annual_purchase': 0.0}

# The planner believes that most steps give a few hundred rows. Where there are millions, looking each up in an index
# and compiling the query take far longer than reading the tables once and keeping them in memory.
WHOLE_BOOKS = {'enable_nestloop': 'off', 'enable_mergejoin': 'off', 'jit': 'off', 'work_mem': '64MB'}


@contextmanager
def whole_books(cr):
    """Have the database plan for queries about most customers of a large company.

    What goes wrong within must roll back to a savepoint made before: that brings the settings back as well.
    """
    def change(settings):
        for name, value in settings.items():
            cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", name, value))

    cr.execute(SQL("SELECT name, current_setting(name) FROM unnest(%s) name", list(WHOLE_BOOKS)))
    before = dict(cr.fetchall())
    change(WHOLE_BOOKS)
    yield
    change(before)


def compute_metrics(
    env, company, quarter, partner_ids=None, grace_days=0, volume_basis='invoiced', apply_unmatched_credits=True,
):
    """All metrics as of the quarter's end.

    :param company: ``res.company``; what its branches post and sell counts as its own; amounts are in its currency
    :param Quarter quarter: the quarter being rated, or the part of it up to a day
    :param partner_ids: ids of commercial partners; None for every partner with any data
    :param int grace_days: days after the due date that still count as on time
    :param volume_basis: ``invoiced`` (posted invoices) or ``ordered`` (confirmed orders)
    :param bool apply_unmatched_credits: credits that nobody has matched count as paid to what is due
    :return: dict of partner id → dict of metric code → float rounded to four decimals (half up), or
        None for no data
    """
    company = company.with_env(env)
    partner_ids = None if partner_ids is None else list(partner_ids)
    purchases.flush(env)
    payments.flush(env)
    result = {} if partner_ids is None else {partner_id: dict(NOTHING) for partner_id in partner_ids}
    for rows in (
        purchases.purchase_metrics(company, quarter, partner_ids, volume_basis),
        purchases.cooperation_metrics(company, quarter, partner_ids),
        payments.payment_metrics(company, quarter, partner_ids, grace_days, apply_unmatched_credits),
    ):
        for row in rows:
            partner_id = row.pop('partner_id')
            values = result.setdefault(partner_id, dict(NOTHING))
            values.update({code: None if value is None else float(value) for code, value in row.items()})
    return result
