"""Bad debt recorded by finance, and bad debt that the ledger knows of (design §5; policy 无呆坏帐记录)."""
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import tagged

from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestBadDebt(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.new_contact(cls.customer, "Accountant")

    @classmethod
    def entry(cls, amount, partner=None, day='2024-05-20', account=None, company_data=None):
        """A posted entry with ``amount`` in debit of the bad-debt account against a receivable; negative: in credit of it
        against money."""
        data = company_data or cls.company_data
        side, other = ('debit', 'credit') if amount > 0 else ('credit', 'debit')
        partner = cls.customer if partner is None else partner
        against = (
            data['default_account_receivable'] if amount > 0 else data['default_journal_bank'].default_account_id
        )
        move = cls.env['account.move'].with_company(data['company']).create({
            'move_type': 'entry',
            'date': day,
            'journal_id': data['default_journal_misc'].id,
            'line_ids': [
                Command.create({'account_id': (account or cls.bad_debt_account).id, 'partner_id': partner.id,
                                side: abs(amount)}),
                Command.create({'account_id': against.id, 'partner_id': partner.id, other: abs(amount)}),
            ],
        })
        move.action_post()
        return move

    def debts(self, partner=None):
        return self.env['tianyuan.bad.debt'].search([('partner_id', '=', (partner or self.customer).id)], order='id')

    def sync(self):
        self.env['tianyuan.bad.debt'].sudo()._sync_ledger(self.company)

    def has_bad_debt(self, day, partner=None):
        partner = partner or self.customer
        return partner.id in self.env['tianyuan.bad.debt']._partners_with_bad_debt(
            self.company, Date.to_date(day), partner.ids,
        )

    # -- recorded by hand -----------------------------------------------------------------

    def test_a_bad_debt_counts_from_its_date_until_it_is_closed(self):
        debt = self.env['tianyuan.bad.debt'].with_user(self.finance_assessor).create(
            {'partner_id': self.contact.id, 'company_id': self.company.id, 'date': '2024-05-20', 'amount': 500})
        self.assertEqual((debt.partner_id, debt.origin, debt.state), (self.customer, 'manual', 'open'))
        self.assertFalse(self.has_bad_debt('2024-05-19'))
        self.assertTrue(self.has_bad_debt('2024-05-20'))
        debt.action_recover()
        # it has come back today
        self.assertTrue(self.has_bad_debt('2024-06-30'))
        self.assertFalse(self.has_bad_debt(Date.context_today(debt)))
        self.assertEqual((debt.recovered_amount, debt.recovered_on), (500, Date.context_today(debt)))
        with self.assertRaisesRegex(UserError, "Only an open bad debt"):
            debt.action_cancel()

    def test_a_bad_debt_of_tomorrow_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.env['tianyuan.bad.debt'].create({'partner_id': self.customer.id, 'date': '2999-01-01', 'amount': 1})

    def test_a_person_cannot_pose_as_the_ledger(self):
        line = self.entry(700).line_ids[0]
        Debt = self.env['tianyuan.bad.debt'].with_user(self.finance_assessor)
        values = {'partner_id': self.other_customer.id, 'company_id': self.company.id, 'amount': 1}
        for extra in ({'origin': 'ledger'}, {'move_line_id': line.id}, {'closed_by_ledger': True}):
            with self.subTest(**extra), self.assertRaises(UserError):
                Debt.create({**values, **extra})
        preset = Debt.with_context(default_origin='ledger', default_move_line_id=line.id).create(values)
        self.assertEqual((preset.origin, preset.move_line_id.id), ('manual', False))
        for change in ({'amount': 1}, {'date': '2024-01-01'}, {'partner_id': self.other_customer.id},
                       {'origin': 'manual'}):
            with self.subTest(**change), self.assertRaises(UserError):
                self.debts().with_user(Debt.env.user).write(change)

    # -- the ledger -----------------------------------------------------------------------

    def test_a_posted_item_on_a_bad_debt_account_is_a_bad_debt_once(self):
        move = self.entry(700)
        debt = self.debts()
        self.assertEqual(
            (debt.amount, str(debt.date), debt.origin, debt.state, debt.move_line_id),
            (700, '2024-05-20', 'ledger', 'open', move.line_ids.filtered(lambda line: line.debit)))
        self.sync()
        self.assertEqual(self.debts(), debt)

    def test_an_item_of_a_contact_is_a_debt_of_its_company(self):
        self.entry(700, self.contact)
        self.assertEqual(self.debts().amount, 700)

    def test_an_item_without_partner_is_nobodys_debt(self):
        before = self.env['tianyuan.bad.debt'].search_count([])
        self.entry(700, self.env['res.partner'])
        self.assertEqual(self.env['tianyuan.bad.debt'].search_count([]), before)

    def test_a_write_off_against_an_invoice_is_a_bad_debt(self):
        self.write_off(self.invoice(self.customer, '2024-04-10', 1000), '2024-05-20', 1000, negative=True)
        self.assertEqual((self.debts().amount, self.debts().state), (1000, 'open'))

    def test_a_reversed_entry_is_recovered(self):
        self.entry(700)._reverse_moves([{'date': '2024-06-10'}], cancel=True)
        self.assertEqual(self.debts().state, 'recovered')

    def test_credits_recover_the_oldest_debt_first_and_whole_debts_only(self):
        self.entry(700, day='2024-05-01')
        self.entry(300, day='2024-05-02')
        self.entry(-400, day='2024-06-01')
        self.assertEqual(self.debts().mapped('state'), ['open', 'open'])
        self.entry(-300, day='2024-06-02')
        self.assertEqual(self.debts().mapped('state'), ['recovered', 'open'])
        self.entry(-300, day='2024-06-03')
        self.assertEqual(self.debts().mapped('state'), ['recovered', 'recovered'])

    def test_credits_of_another_customer_recover_nothing(self):
        self.entry(700)
        self.entry(-700, self.other_customer)
        self.assertEqual(self.debts().state, 'open')

    def test_an_entry_back_in_draft_is_no_debt_until_it_is_posted_again(self):
        move = self.entry(700)
        debt = self.debts()
        move.button_draft()
        self.sync()
        self.assertEqual(debt.state, 'cancelled')
        move.action_post()
        self.assertEqual((self.debts(), debt.state), (debt, 'open'))

    def test_a_corrected_entry_corrects_its_debt(self):
        move = self.entry(700)
        debt = self.debts()
        move.button_draft()
        move.line_ids.partner_id = self.other_customer
        move.write({
            'date': '2024-05-28',
            'line_ids': [Command.update(line.id, {'debit': line.debit and 650, 'credit': line.credit and 650})
                         for line in move.line_ids],
        })
        move.action_post()
        self.assertFalse(self.debts())
        self.assertEqual(self.debts(self.other_customer), debt)
        self.assertEqual((debt.state, debt.amount, str(debt.date)), ('open', 650, '2024-05-28'))

    def test_a_deleted_entry_leaves_a_cancelled_debt(self):
        move = self.entry(700)
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        self.sync()
        self.assertEqual(self.debts().state, 'cancelled')

    def test_what_a_person_has_closed_stays_closed(self):
        move = self.entry(700)
        self.debts().with_user(self.finance_assessor).action_recover()
        self.sync()
        self.assertEqual(self.debts().state, 'recovered')
        move.button_draft()
        move.action_post()
        self.assertEqual(self.debts().state, 'recovered')

    def test_a_person_may_close_what_the_ledger_had_closed(self):
        self.entry(700)
        credit = self.entry(-700, day='2024-06-01')
        self.debts().with_user(self.finance_assessor).write({'state': 'cancelled'})
        credit.button_draft()
        self.sync()
        self.assertEqual(self.debts().state, 'cancelled')

    def test_an_account_configured_later_finds_the_debts_already_posted(self):
        account = self._create_account("Other losses", 'TYBD02', 'expense')
        self.entry(700, account=account)
        self.assertFalse(self.debts())
        self.company.tianyuan_bad_debt_account_ids += account
        self.sync()
        self.assertEqual(self.debts().amount, 700)

    def test_another_companys_account_makes_no_debt(self):
        other = self.setup_other_company()
        account = self._create_account("Bad debt losses", 'TYBD09', 'expense', company=other['company'])
        self.entry(700, account=account, company_data=other)
        self.assertFalse(self.debts())
        other['company'].tianyuan_bad_debt_account_ids = account
        self.entry(800, account=account, company_data=other)
        self.assertEqual(set(self.debts().mapped('company_id')), {other['company']})
        self.assertFalse(self.has_bad_debt('2024-06-30'))

    # -- cost -----------------------------------------------------------------------------

    def test_posting_without_bad_debt_accounts_takes_no_extra_query(self):
        """The look at the company's accounts is remembered: the second time it costs nothing."""
        self.company.tianyuan_bad_debt_account_ids = False
        self.company._tianyuan_bad_debt_account_ids()
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertEqual(self.company._tianyuan_bad_debt_account_ids(), ())
        # and nothing else is done: posting asks the bad debts nothing at all
        with self.patch_bad_debt_sync() as asked:
            self.invoice(self.customer, '2024-04-10', 1000)
            self.entry(700)
        self.assertFalse(asked)

    def test_posting_elsewhere_than_on_bad_debt_accounts_asks_nothing(self):
        with self.patch_bad_debt_sync() as asked:
            self.invoice(self.customer, '2024-04-10', 1000)
            self.assertFalse(asked)
            self.entry(700)
        self.assertEqual(len(asked), 1)

    @contextmanager
    def patch_bad_debt_sync(self):
        """Record the calls that would look at the ledger's bad debts."""
        calls = []
        with patch.object(self.env.registry['tianyuan.bad.debt'], '_sync_ledger',
                          lambda model, *args: calls.append(args)):
            yield calls


@tagged('post_install', '-at_install')
class TestWarningOnDocuments(SheetCommon):
    """Quotations and invoices say how much bad debt a customer has since when, and how a tier was lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.user_id = cls.sales_user

    def warning(self, customer):
        matters = customer._tianyuan_with_matter('bad_debt', self.company)
        order = self.order(customer, '2024-06-03 04:00:00', 100, confirm=False)
        return order, order._tianyuan_word('bad_debt', **matters[customer]) if matters else None

    def debt(self, amount, day, **values):
        return self.env['tianyuan.bad.debt'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': day, 'amount': amount, **values,
        })

    def test_what_is_open_is_summed_and_the_oldest_day_named(self):
        self.debt(200, '2024-03-05')
        self.debt(1000.5, '2024-02-01')
        self.debt(7, '2024-01-01').action_recover()
        self.debt(9, '2024-01-02').action_cancel()
        owed = self.env['tianyuan.bad.debt']._owed(self.company, Date.today(), self.customer.ids)
        self.assertEqual(owed, {self.customer.id: (1200.5, Date.to_date('2024-02-01'))})
        _order, said = self.warning(self.customer)
        self.assertIn("1,200.50", said)
        self.assertIn("02/01/2024", said)

    def test_what_the_ledger_recovered_in_part_is_taken_off(self):
        TestBadDebt.entry.__func__(type(self), 500, day='2024-05-20')
        TestBadDebt.entry.__func__(type(self), -120, day='2024-06-01')
        owed = self.env['tianyuan.bad.debt']._owed(self.company, Date.to_date('2024-06-30'), self.customer.ids)
        self.assertEqual(owed, {self.customer.id: (380, Date.to_date('2024-05-20'))})

    def test_the_link_leads_to_the_debts_the_user_may_read(self):
        debt = self.debt(200, '2024-03-05')
        order, _said = self.warning(self.customer)
        colleague = self.new_role_user('sales_user', login='colleague_of_debts')
        for user, shown in ((self.sales_user, True), (self.rating_manager, True), (self.finance_assessor, True),
                            (self.archive_specialist, False), (colleague, False)):
            with self.subTest(user.login):
                self.assertEqual(order.with_user(user).sudo(False).tianyuan_has_bad_debts, shown)
        action = order.with_user(self.sales_user).action_tianyuan_bad_debts()
        self.assertEqual(self.env[action['res_model']].with_user(self.sales_user).search(action['domain']), debt)
        with self.assertRaises(AccessError):
            order.with_user(self.archive_specialist).action_tianyuan_bad_debts()

    def test_a_lost_tier_is_not_a_tier_that_was_never_given(self):
        never, none, lost = self.new_customer("Never"), self.new_customer("None"), self.customer
        for customer in (none, lost):
            customer.user_id = self.sales_user
        nothing = {'loyalty': 0, 'willingness': 0, 'purchase_growth': 0, 'debt_ratio': 0, 'cooperation_time': 0,
                   'purchase_volume': 0, 'purchase_balance': 0, 'credit_performance': 0, 'days_beyond_terms': 0}
        self.confirmed_sheet(lost, '2024-03-31')
        self.assertTrue(lost.tianyuan_tier_id)
        for customer in (none, lost):
            self.confirmed_sheet(customer, **nothing)
        lost.invalidate_recordset()
        found = (never + none + lost).sudo()._tianyuan_without_tier(self.company)
        self.assertEqual(found, {
            never.id: {}, none.id: {'quarter': '2024 Q2'},
            lost.id: {'quarter': '2024 Q2', 'lost': self.env['tianyuan.class.history'].search(
                [('partner_id', '=', lost.id)], order='id', limit=1).new_tier_id.name},
        })
        order = self.order(lost, '2024-06-03 04:00:00', 100, confirm=False)
        self.assertEqual(
            [order._tianyuan_word_no_tier(**found[customer.id]).split(found[lost.id]['lost'])[0]
             for customer in (never, none)],
            ["This customer has no tier: not rated yet.",
             "This customer has no tier: the rating of 2024 Q2 awarded none."])
        self.assertRegex(order._tianyuan_word_no_tier(**found[lost.id]), r"^This customer lost tier \w+ in 2024 Q2\.$")
        for customer, note in ((never, "Not rated yet"), (none, "No tier in 2024 Q2")):
            self.assertEqual(customer.with_user(self.rating_manager).tianyuan_no_tier_note, note)
        self.assertRegex(lost.with_user(self.rating_manager).tianyuan_no_tier_note, r"^Tier \w+ lost in 2024 Q2$")

    def test_a_loss_in_a_rating_that_was_reopened_is_none(self):
        self.confirmed_sheet(self.customer, '2024-03-31')
        sheet = self.confirmed_sheet(
            self.customer, loyalty=0, willingness=0, purchase_growth=0, debt_ratio=0, cooperation_time=0,
            purchase_volume=0, purchase_balance=0, credit_performance=0, days_beyond_terms=0)
        self.assertFalse(self.customer.tianyuan_tier_id)
        sheet.action_reopen("A mistake")
        self.assertTrue(self.customer.tianyuan_tier_id)
        self.assertFalse(self.customer.with_user(self.rating_manager).tianyuan_no_tier_note)
