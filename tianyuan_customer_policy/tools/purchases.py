"""Customers' average monthly purchases, from which credit limits can be computed (design §9)."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.engine.moves import PURCHASE_MOVE_TYPES

MONTHS = 12


def complete_months(today):
    """Return the first and the last day of the twelve complete months before a day."""
    until = today.replace(day=1) - relativedelta(days=1)
    return date(until.year, until.month, 1) - relativedelta(months=MONTHS - 1), until


def monthly_averages(env, company, today, partner_ids):
    """Compute average monthly purchases: posted customer invoices and receipts less credit notes, before tax.

    :param company: ``res.company`` that invoiced
    :param date today: the twelve complete months before count, even without purchases
    :param partner_ids: ids of commercial partners
    :return: dict of partner id → amount in the company's currency, not rounded; customers without
        an invoice are left out
    """
    env['account.move'].flush_model([
        'amount_untaxed_signed', 'commercial_partner_id', 'company_id', 'invoice_date', 'move_type', 'state',
    ])
    since, until = complete_months(today)
    return {partner_id: float(total) / MONTHS for partner_id, total in env.execute_query(SQL(
        """
        SELECT commercial_partner_id, SUM(amount_untaxed_signed)
          FROM account_move
         WHERE company_id = %(company)s
           AND state = 'posted'
           AND move_type IN %(types)s
           AND invoice_date BETWEEN %(since)s AND %(until)s
           AND commercial_partner_id = ANY(%(partners)s)
         GROUP BY commercial_partner_id
        """,
        company=company.id, types=PURCHASE_MOVE_TYPES, since=since, until=until, partners=list(partner_ids),
    ))}
