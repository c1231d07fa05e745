"""Computes a quarter's metrics as addons usually do: customer by customer, with searches and sums in Python.

It is a comparison for the time and, as it shares no code with the addon, for the results. The data of a customer is
read once. Charges to bad-debt accounts are left out.
"""

from datetime import date
from statistics import fmean, pstdev

BILLS = ("out_invoice", "out_receipt")


def figures_of(customer, quarter, grace_days=0):
    """Return all metrics of one customer as of the quarter's end, by the addon's names; None: no data."""
    documents = customer.env["account.move"].search([
        ("company_id", "=", customer.env.company.id),
        ("commercial_partner_id", "=", customer.id),
        ("state", "=", "posted"),
        ("move_type", "in", [*BILLS, "out_refund"]),
        ("invoice_date", "<=", quarter.date_to),
    ])
    bills = documents.filtered(lambda document: document.move_type in BILLS)
    return {
        **_purchases(documents, quarter),
        "cooperation_years": _years(customer, bills, quarter),
        **_payments(bills, quarter, grace_days),
    }


def _bought(documents, first, last):
    return sum(documents.filtered(lambda document: first <= document.invoice_date <= last)
               .mapped("amount_untaxed_signed"))


def _purchases(documents, quarter):
    by_month = dict.fromkeys([first.month for first in quarter.month_starts()], 0.0)
    for document in documents:
        if document.invoice_date >= quarter.date_from:
            by_month[document.invoice_date.month] += document.amount_untaxed_signed
    amount = sum(by_month.values())
    before = _bought(documents, *quarter.year_before())
    year = quarter.annual_year
    return {
        "purchase_amount": amount,
        "purchase_balance": pstdev(by_month.values()) / fmean(by_month.values()) if amount > 0 else None,
        "purchase_growth": 100 * (amount - before) / before if before > 0 else None,
        "annual_purchase": _bought(documents, date(year, 1, 1), date(year, 12, 31)),
    }


def _years(customer, bills, quarter):
    since = customer.tianyuan_cooperation_start_date or min(bills.mapped("invoice_date"), default=None)
    if not since or since > quarter.date_to:
        return None
    return ((quarter.date_to.year - since.year) * 12 + quarter.date_to.month - since.month) / 12


def _payments(bills, quarter, grace_days):
    """Return the instalments due by the quarter's end; of earlier ones the part open at its beginning."""
    amount = on_time = late_days = 0.0
    for line in bills.line_ids:
        if line.display_type != "payment_term" or line.account_id.account_type != "asset_receivable":
            continue
        if line.account_id.non_trade or line.balance <= 0 or line.amount_currency <= 0:
            continue
        due = line.date_maturity or line.move_id.invoice_date_due or line.move_id.invoice_date
        days_overdue = (quarter.date_to - due).days
        if days_overdue < grace_days:
            continue
        deadline_before = (quarter.date_from - due).days > grace_days
        rate = line.balance / line.amount_currency
        to_pay, punctual, late, weighted = line.amount_currency, 0.0, 0.0, 0.0
        for partial in line.matched_credit_ids:
            paid = partial.debit_amount_currency
            if partial.max_date > quarter.date_to:
                continue
            refunded = partial.credit_move_id.move_id.move_type == "out_refund"
            if refunded or deadline_before and partial.max_date < quarter.date_from:
                to_pay -= paid
            elif (partial.max_date - due).days <= grace_days:
                punctual += paid
            else:
                late += paid
                weighted += paid * (partial.max_date - due).days
        if to_pay > 0.000001:
            amount += to_pay * rate
            on_time += punctual * rate
            late_days += (weighted + max(to_pay - punctual - late, 0) * days_overdue) * rate
    return {
        "on_time_rate": 100 * on_time / amount if amount else None,
        "days_beyond_terms": late_days / amount if amount else None,
    }
