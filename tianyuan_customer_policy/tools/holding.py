"""The query for the policy in force of each customer (policy 6.4, 7.2, 8.3; design §9)."""

from odoo.tools import SQL


def flush(env):
    """Flush all fields that :func:`holding_query` reads."""
    env['tianyuan.customer.policy'].flush_model([
        'active', 'channel', 'company_id', 'customer_class', 'date_from', 'date_to', 'tier_id',
    ])
    env['res.partner'].flush_model(['tianyuan_channel', 'tianyuan_customer_class', 'tianyuan_tier_id'])


def holding_query(company, day, partner_ids):
    """Return SQL of a company's policies that are in force for commercial partners on a day.

    Where several policies fit, a policy for the customer's tier comes before one for all tiers, then a policy for the
    customer's channel before one for both channels. Customers without a class have no policy.

    :param company: ``res.company`` whose class and tier of the customers count
    :param date day: day on which the policies have to be valid
    :param partner_ids: ids of commercial partners
    :return: SQL with rows of partner id and policy id, at most one per partner
    """
    return SQL(
        """
        SELECT DISTINCT ON (p.id) p.id AS partner_id, y.id AS policy_id
          FROM res_partner p
          JOIN tianyuan_customer_policy y
            ON y.customer_class = p.tianyuan_customer_class->>%(key)s
           AND (y.tier_id IS NULL OR y.tier_id = (p.tianyuan_tier_id->>%(key)s)::int)
           AND (y.channel IS NULL OR y.channel = p.tianyuan_channel)
         WHERE p.id = ANY(%(partners)s)
           AND y.company_id = %(company)s
           AND y.active
           AND (y.date_from IS NULL OR y.date_from <= %(day)s)
           AND (y.date_to IS NULL OR y.date_to >= %(day)s)
         ORDER BY p.id, y.tier_id IS NULL, y.channel IS NULL
        """,
        key=str(company.id), company=company.id, day=day, partners=list(partner_ids),
    )
