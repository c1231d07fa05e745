"""Which customers a quarter's run rates."""

from odoo.tools import SQL

from .accounts import with_branches
from .moves import DEAL_MOVE_TYPES

# First months of four quarters: the rated one and three before it.
QUARTERS_BACK = 3


def population(env, company, quarter, after=0):
    """Return the SQL of the ids of the customers to rate.

    These are active customers with a posted invoice in the four quarters up to the quarter's end, and all that have a
    tier. A potential customer has a tier on estimates alone: rating nothing would remove it.

    The caller checks access.

    :param company: ``res.company`` without a parent; invoices of its branches count
    :param int after: only customers with a greater id
    :return: SQL with the table alias ``p`` for ``res_partner``, to which conditions can be added with AND
    """
    env['account.move'].flush_model(['commercial_partner_id', 'company_id', 'invoice_date', 'move_type', 'state'])
    env['res.partner'].flush_model([
        'active', 'commercial_partner_id', 'company_id', 'tianyuan_channel', 'tianyuan_customer_class',
        'tianyuan_tier_id',
    ])
    return SQL(
        """
        SELECT p.id
          FROM res_partner p
         WHERE p.active
           AND p.commercial_partner_id = p.id
           AND (p.company_id IS NULL OR p.company_id = ANY(%(companies)s))
           AND p.id > %(after)s
           AND (
               p.id IN (
                   SELECT m.commercial_partner_id
                     FROM account_move m
                    WHERE m.company_id = ANY(%(companies)s)
                      AND m.state = 'posted'
                      AND m.move_type IN %(deals)s
                      AND m.invoice_date BETWEEN %(since)s AND %(end)s
               )
               OR (
                   (p.tianyuan_tier_id->>%(company_key)s) IS NOT NULL
                   AND (p.tianyuan_customer_class->>%(company_key)s) IS DISTINCT FROM 'potential'
               )
           )
        """,
        companies=with_branches(company).ids, company_key=str(company.id), after=after, deals=DEAL_MOVE_TYPES,
        since=since(quarter), end=quarter.date_to,
    )


def since(quarter):
    """Return the first day of the four quarters that end with a quarter."""
    for _quarter in range(QUARTERS_BACK):
        quarter = quarter.previous()
    return quarter.date_from
