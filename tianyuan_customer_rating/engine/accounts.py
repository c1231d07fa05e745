"""Reads which accounts and journals of a company have which role (design §4, "Accounts and customers")."""

from typing import NamedTuple

from odoo.tools import SQL


class Accounts(NamedTuple):
    """Ids of the accounts, journals and companies in the set-up of a root company, which applies to its branches too.

    ``receivables`` are the trade receivables of the chart and the doubtful accounts (坏账), but never a bill account
    (应收票据). ``money`` is cash, bank, and payments on their way to the bank.
    """

    companies: tuple
    receivables: frozenset
    bills: frozenset
    bad_debts: frozenset
    money: frozenset
    claim_journals: frozenset
    bills_pay_when_cashed: bool

    @property
    def special(self):
        """Return the accounts whose entries need a closer look."""
        return self.bad_debts | self.bills


def with_branches(company):
    """Return a company and its branches, archived ones too, as superuser."""
    return company.sudo().with_context(active_test=False).search([('id', 'child_of', company.id)])


def accounts_of(company):
    """Return the accounts of a company.

    :param company: ``res.company``; a branch has the set-up of its root company
    :return: :class:`Accounts`
    """
    root = company.sudo().root_id
    companies = with_branches(root).ids
    doubtful = frozenset(root.tianyuan_doubtful_account_ids.ids)
    bills = frozenset(root.tianyuan_bill_account_ids.ids) - doubtful
    receivables = _ids(root.env, SQL(
        "SELECT id FROM account_account WHERE account_type = 'asset_receivable' AND non_trade IS NOT TRUE",
    ))
    money = _ids(root.env, SQL(
        """
        SELECT id FROM account_account WHERE account_type = 'asset_cash'
         UNION
        SELECT m.payment_account_id
          FROM account_payment_method_line m JOIN account_journal j ON j.id = m.journal_id
         WHERE j.company_id = ANY(%(companies)s) AND m.payment_account_id IS NOT NULL
         UNION
        SELECT outstanding_account_id
          FROM account_payment
         WHERE company_id = ANY(%(companies)s) AND payment_type = 'inbound' AND outstanding_account_id IS NOT NULL
        """,
        companies=companies,
    ))
    return Accounts(
        companies=tuple(companies),
        receivables=(receivables | doubtful) - bills,
        bills=bills,
        bad_debts=frozenset(root.tianyuan_bad_debt_account_ids.ids),
        money=money - doubtful - bills,
        claim_journals=frozenset(root.tianyuan_claim_journal_ids.ids),
        bills_pay_when_cashed=root.tianyuan_bill_payment == 'cashed',
    )


def _ids(env, query):
    return frozenset(account_id for [account_id] in env.execute_query(query))
