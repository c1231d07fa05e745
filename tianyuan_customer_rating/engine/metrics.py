"""Computes the metrics of a quarter for any number of customers, with a few queries (design §4).

It only reads the books: it writes nothing and scores nothing.
"""

from contextlib import contextmanager
from numbers import Number

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

# Values of a customer without any document; all other metrics have no data.
NO_DOCUMENTS = dict.fromkeys(METRICS) | {'purchase_amount': 0.0, 'annual_purchase': 0.0}

# The planner expects a few hundred rows for most steps. For millions of rows, nested index scans and JIT compilation
# are much slower than hash joins in memory.
WHOLE_BOOKS_SETTINGS = {'enable_nestloop': 'off', 'enable_mergejoin': 'off', 'jit': 'off', 'work_mem': '64MB'}


@contextmanager
def whole_books(cr):
    """Context manager with planner settings for queries about most customers of a large company.

    On an exception the caller must roll back to an earlier savepoint, which restores the settings.
    """
    def change(settings):
        for name, value in settings.items():
            cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", name, value))

    cr.execute(SQL("SELECT name, current_setting(name) FROM unnest(%s) name", list(WHOLE_BOOKS_SETTINGS)))
    before = dict(cr.fetchall())
    change(WHOLE_BOOKS_SETTINGS)
    yield
    change(before)


def compute_metrics(
    env, company, quarter, partner_ids=None, grace_days=0, volume_basis='invoiced', apply_unmatched_credits=True,
    late_after=None, late_amount=0,
):
    """Return all metrics as of the quarter's end.

    :param company: ``res.company``; invoices and orders of its branches count as its own; amounts are in its currency
    :param Quarter quarter: the quarter being rated, or its part up to a day
    :param partner_ids: ids of commercial partners; None for all partners with data
    :param int grace_days: days after the due date that still count as on time
    :param volume_basis: ``invoiced`` (posted invoices) or ``ordered`` (confirmed orders)
    :param bool apply_unmatched_credits: apply unmatched credits to what is due
    :param int late_after: if given, the same reading of the books also returns purchases by month, and what is open so
        many days after its deadline, see :func:`~.purchases.purchase_metrics` and :func:`~.payments.payment_metrics`
    :param late_amount: see :func:`~.payments.payment_metrics`
    :return: dict of partner id → dict of metric code → float rounded to four decimals (half up), or None for no data
    """
    company = company.with_env(env)
    partner_ids = None if partner_ids is None else list(partner_ids)
    purchases.flush(env)
    payments.flush(env)
    result = {} if partner_ids is None else {partner_id: dict(NO_DOCUMENTS) for partner_id in partner_ids}
    for rows in (
        purchases.purchase_metrics(company, quarter, partner_ids, volume_basis, with_months=late_after is not None),
        purchases.cooperation_metrics(company, quarter, partner_ids),
        payments.payment_metrics(
            company, quarter, partner_ids, grace_days, apply_unmatched_credits, late_after, late_amount,
        ),
    ):
        for row in rows:
            partner_id = row.pop('partner_id')
            values = result.setdefault(partner_id, dict(NO_DOCUMENTS))
            values.update({
                code: float(value) if isinstance(value, Number) else value for code, value in row.items()
            })
    return result
