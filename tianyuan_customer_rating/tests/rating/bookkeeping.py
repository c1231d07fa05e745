"""Entries as a bookkeeper writes them, on the accounts of a Chinese company: bad debts, doubtful claims, bills."""
from odoo import Command
from odoo.fields import Date

from .test_metrics_payments import PaymentMetricsCommon


class BookkeepingCommon(PaymentMetricsCommon):
    """The company has an expense (6702) and an allowance (1231) account for bad debts, a doubtful and a bill account
    (1121), and a journal for opening balances; none of the last three is set up unless a test does so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allowance = cls._create_account("Allowance", 'TY1231', 'asset_current')
        cls.expense = cls.bad_debt_account
        cls.company.tianyuan_bad_debt_account_ids = cls.expense + cls.allowance
        cls.doubtful = cls._create_account("Doubtful claims", 'TYDOUB', 'asset_current', reconcile=True)
        cls.bills = cls._create_account("Bills", 'TY1121', 'asset_current', reconcile=True)
        cls.revenue = cls.company_data['default_account_revenue']
        cls.bank = cls.company_data['default_journal_bank'].default_account_id
        cls.tax = cls._create_account("Output tax", 'TYTAX1', 'liability_current')
        cls.misc = cls.company_data['default_journal_misc']
        cls.openings = cls.misc.copy({'name': "Opening balances", 'code': 'TYOPN'})

    @classmethod
    def book(cls, day, *lines, journal=None, company=None):
        """A posted entry.

        :param lines: (account, customer or None, amount in debit or negative in credit), and a due date if there is one
        """
        move = cls.env['account.move'].with_company(company or cls.company).create({
            'move_type': 'entry', 'date': day, 'journal_id': (journal or cls.misc).id,
            'line_ids': [Command.create({
                'account_id': account.id, 'partner_id': partner and partner.id, 'balance': amount,
                'date_maturity': due[0] if due else False,
            }) for account, partner, amount, *due in lines],
        })
        move.action_post()
        return move

    @classmethod
    def match(cls, *moves, account=None):
        """Match the items of moves on an account; by default on receivables."""
        account = account or cls.receivable_account
        lines = cls.env['account.move'].concat(*moves).line_ids
        lines.filtered(lambda line: line.account_id == account and not line.reconciled).reconcile()

    @classmethod
    def lose(cls, invoice, day, amount, account=None, **partners):
        """Write an amount of an invoice off in an entry of its own, matched with the invoice."""
        partner = invoice.commercial_partner_id
        entry = cls.book(
            day, (account or cls.expense, partners.get('loss', partner), amount),
            (cls.receivable_account, partners.get('claim', partner), -amount),
        )
        cls.match(invoice, entry)
        return entry

    @classmethod
    def recover(cls, day, amount, partner=None, account=None):
        """Money comes for what had been written off."""
        return cls.book(day, (cls.bank, None, amount), (account or cls.expense, partner or cls.customer, -amount))

    def debts(self, partner=None):
        return self.env['tianyuan.bad.debt'].search(
            [('partner_id', '=', (partner or self.customer).id), ('company_id', '=', self.company.id)], order='date, id',
        )

    def has_bad_debt(self, day, partner=None, company=None):
        partner = partner or self.customer
        return partner.id in self.env['tianyuan.bad.debt']._partners_with_bad_debt(
            company or self.company, Date.to_date(day), partner.ids,
        )

    def third_quarter(self):
        return self.quarter_of('2024-09-30')
