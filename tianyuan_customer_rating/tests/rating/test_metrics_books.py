"""Design §4 and §5 where bookkeeping is untidy: every number worked out by hand, in the comment above it.

The quarter is 2024 Q2. From 5 May to its end, 30 June, are 56 days.
"""
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .bookkeeping import BookkeepingCommon
from .test_metrics_payments import ALL_ON_TIME, NO_DATA


@tagged('post_install', '-at_install')
class TestWrittenOff(BookkeepingCommon):

    # --- which entries are bad debts ------------------------------------

    def test_a_provision_is_no_bad_debt_and_pays_for_none(self):
        self.book('2024-03-31', (self.expense, self.customer, 100_000), (self.allowance, self.customer, -100_000))
        self.assertFalse(self.debts())
        self.lose(self.due_invoice(), '2024-06-10', 1000, account=self.allowance)
        debt = self.debts()
        self.assertEqual((debt.amount, debt.recovered_amount, debt.state), (1000, 0, 'open'))
        # the write-off against the allowance is no payment
        self.assertPayments(0.0, 56.0)

    def test_a_provision_and_its_use_in_one_entry_are_one_debt(self):
        self.book(
            '2024-06-10', (self.expense, self.customer, 1000), (self.allowance, self.customer, -1000),
            (self.allowance, self.customer, 1000), (self.receivable_account, self.customer, -1000),
        )
        self.assertEqual(self.debts().mapped('amount'), [1000])

    def test_a_release_of_the_allowance_recovers_nothing(self):
        self.lose(self.due_invoice(), '2024-05-20', 1000, account=self.allowance)
        self.book('2024-06-10', (self.allowance, self.customer, 1000), (self.expense, self.customer, -1000))
        self.assertEqual(self.debts().mapped('state'), ['open'])

    def test_a_partner_on_the_receivable_alone_is_enough(self):
        self.lose(self.due_invoice(), '2024-05-20', 1000, loss=None)
        self.assertEqual((self.debts().amount, self.debts().state), (1000, 'open'))
        self.assertPayments(0.0, 56.0)

    def test_a_loss_without_partner_is_shared_by_what_was_credited(self):
        self.book(
            '2024-05-20', (self.expense, None, 1000), (self.receivable_account, self.customer, -600),
            (self.receivable_account, self.other_customer, -400),
        )
        self.assertEqual((self.debts().amount, self.debts(self.other_customer).amount), (600, 400))

    def test_a_loss_without_any_partner_is_nobodys(self):
        before = self.env['tianyuan.bad.debt'].search_count([])
        self.book('2024-05-20', (self.expense, None, 1000), (self.receivable_account, None, -1000))
        self.assertEqual(self.env['tianyuan.bad.debt'].search_count([]), before)

    def test_a_loss_on_a_bill_is_a_bad_debt(self):
        self.company.tianyuan_bill_account_ids = self.bills
        self.book('2024-05-20', (self.expense, self.customer, 1000), (self.bills, self.customer, -1000))
        self.assertEqual(self.debts().mapped('amount'), [1000])

    def test_an_entry_dated_in_the_future_counts_from_its_date(self):
        self.book('2999-01-01', (self.expense, self.customer, 1000), (self.receivable_account, self.customer, -1000))
        self.assertEqual(self.debts().mapped('amount'), [1000])
        self.assertFalse(self.has_bad_debt('2998-12-31'))
        self.assertTrue(self.has_bad_debt('2999-01-01'))

    # --- recoveries -----------------------------------------------------

    def test_a_reversal_of_a_part_recovers_that_part(self):
        self.lose(self.due_invoice(), '2024-05-20', 1000)
        entry = self.debts().move_line_id.move_id
        reversal = self.book(
            '2024-06-10', (self.receivable_account, self.customer, 400), (self.expense, self.customer, -400),
        )
        reversal.reversed_entry_id = entry
        self.env['tianyuan.bad.debt'].sudo()._sync_ledger(self.company)
        debt = self.debts()
        self.assertEqual((debt.recovered_amount, debt.state, str(debt.recovered_on)), (400, 'open', '2024-06-10'))

    def test_one_customers_half_of_an_entry_reversed_leaves_the_others(self):
        entry = self.book(
            '2024-05-20', (self.expense, self.customer, 500), (self.expense, self.other_customer, 500),
            (self.receivable_account, self.customer, -500), (self.receivable_account, self.other_customer, -500),
        )
        reversal = self.book(
            '2024-06-10', (self.receivable_account, self.customer, 500), (self.expense, self.customer, -500),
        )
        reversal.reversed_entry_id = entry
        self.env['tianyuan.bad.debt'].sudo()._sync_ledger(self.company)
        self.assertEqual(
            (self.debts().state, self.debts(self.other_customer).state), ('recovered', 'open'))

    def test_money_recovers_the_oldest_debt_first(self):
        for day, amount in (('2024-05-01', 700), ('2024-05-02', 300)):
            self.lose(self.due_invoice(amount), day, amount)
        self.recover('2024-06-01', 800)
        self.assertEqual(self.debts().mapped('recovered_amount'), [700, 100])
        self.assertEqual(self.debts().mapped('state'), ['recovered', 'open'])
        self.assertEqual(self.debts()[0].recovery_ids.mapped('amount'), [700])

    def test_money_that_came_before_recovers_nothing(self):
        self.recover('2024-05-01', 1000)
        self.lose(self.due_invoice(), '2024-05-02', 1000)
        self.assertEqual((self.debts().recovered_amount, self.debts().state), (0, 'open'))

    def test_a_reversed_recovery_opens_the_debt_again(self):
        self.lose(self.due_invoice(), '2024-05-02', 1000)
        recovery = self.recover('2024-05-10', 1000)
        self.assertEqual(self.debts().state, 'recovered')
        recovery._reverse_moves([{'date': '2024-08-10'}], cancel=True)
        self.assertEqual((self.debts().mapped('state'), self.debts().recovered_amount), (['open'], 0))
        # as of the quarter's end the reversal wasn't there yet
        self.assertFalse(self.has_bad_debt('2024-06-30'))
        self.assertTrue(self.has_bad_debt('2024-08-10'))

    def test_a_debt_recovered_after_the_quarter_is_bad_debt_in_it(self):
        self.lose(self.due_invoice(), '2024-05-20', 1000)
        self.recover('2024-10-05', 1000)
        self.assertTrue(self.has_bad_debt('2024-09-30'))
        self.assertFalse(self.has_bad_debt('2024-10-05'))

    def test_a_debt_recorded_by_hand_is_recovered_by_hand_only(self):
        debt = self.env['tianyuan.bad.debt'].create(
            {'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-05-20', 'amount': 500})
        self.recover('2024-06-01', 500)
        self.assertEqual(debt.state, 'open')

    # --- what it does to the payments -----------------------------------

    def test_what_is_recovered_in_money_is_paid_on_that_day(self):
        self.lose(self.due_invoice(), '2024-06-10', 1000)
        self.recover('2024-08-10', 1000)
        self.assertPayments(0.0, 56.0)
        # arrears of 1000, paid on 10 August: 26 + 30 + 31 + 10 days
        self.assertPayments(0.0, 97.0, quarter=self.third_quarter())
        self.assertMetrics(NO_DATA, quarter=self.quarter_of('2024-12-31'))

    def test_a_write_off_with_its_tax_is_no_payment(self):
        invoice = self.due_invoice(tax=self.tax_13)
        entry = self.book(
            '2024-06-10', (self.expense, self.customer, 1000), (self.tax, None, 130),
            (self.receivable_account, self.customer, -1130),
        )
        self.match(invoice, entry)
        self.assertPayments(0.0, 56.0)
        self.recover('2024-06-25', 500)
        # half of the debt, so half of 1130 is paid after 51 days, and half open for 56
        self.assertPayments(0.0, 53.5)

    def test_one_pays_and_anothers_claim_is_written_off_in_one_entry(self):
        paid, lost = self.due_invoice(), self.invoice(self.other_customer, '2024-04-05', 1000, due='2024-05-05')
        for partner in (self.other_customer, None):
            with self.subTest(loss=partner and partner.name), self.env.cr.savepoint() as savepoint:
                entry = self.book(
                    '2024-05-05', (self.bank, self.customer if partner is None else None, 1000),
                    (self.expense, partner, 1000),
                    (self.receivable_account, self.customer, -1000), (self.receivable_account, self.other_customer, -1000),
                )
                self.receivables(paid + entry).filtered(lambda line: line.partner_id == self.customer).reconcile()
                self.receivables(lost + entry).filtered(lambda line: line.partner_id == self.other_customer).reconcile()
                self.assertMetrics(ALL_ON_TIME)
                self.assertPayments(0.0, 56.0, partner=self.other_customer)
                self.assertFalse(self.has_bad_debt('2024-06-30'))
                self.assertTrue(self.has_bad_debt('2024-06-30', self.other_customer))
                savepoint.close(rollback=True)

    def test_a_reversed_write_off_is_a_claim_again(self):
        invoice = self.due_invoice()
        entry = self.lose(invoice, '2024-05-20', 1000)
        claim = self.book(
            '2024-06-10', (self.receivable_account, self.customer, 1000), (self.expense, self.customer, -1000),
        )
        claim.reversed_entry_id = entry
        self.assertPayments(0.0, 56.0)
        # the claim goes on in the debit of the reversal: paid on 20 June, 46 days late
        payment = self.receive(self.customer, '2024-06-20', 1000)
        (payment + self.receivables(claim)).reconcile()
        self.assertPayments(0.0, 46.0)
        self.assertFalse(self.has_bad_debt('2024-06-30'))

    def test_a_write_off_set_back_to_draft_is_no_payment(self):
        entry = self.lose(self.due_invoice(), '2024-05-04', 1000)
        entry.button_draft()
        self.assertPayments(0.0, 56.0)


@tagged('post_install', '-at_install')
class TestUnmatchedCredits(BookkeepingCommon):

    def test_a_payment_nobody_has_matched_pays_what_is_due(self):
        self.due_invoice()
        self.receive(self.customer, '2024-05-05', 1000)
        self.assertMetrics(ALL_ON_TIME)
        self.assertPayments(0.0, 56.0, apply_unmatched_credits=False)

    def test_the_oldest_deadline_is_paid_first(self):
        self.due_invoice(1000, due='2024-05-05')
        self.due_invoice(1000, due='2024-06-05')
        self.receive(self.customer, '2024-05-15', 1500)
        # 1000 ten days late; 500 on time, 500 open for 25 days: (10000 + 12500) / 2000
        self.assertPayments(25.0, 11.25)

    def test_matching_later_changes_nothing(self):
        invoice = self.due_invoice(due='2024-06-20')
        payment = self.receive(self.customer, '2024-06-15', 1000)
        before = self.metrics()
        (payment + self.receivables(invoice)).reconcile()
        self.assertEqual(self.metrics(), before)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_credit_note_goes_to_the_invoice_it_reverses_first(self):
        old, returned = self.due_invoice(1000, due='2024-05-05'), self.due_invoice(1000, due='2024-06-25')
        note = self.invoice(self.customer, '2024-06-01', 1000, kind='out_refund')
        note.reversed_entry_id = returned
        # of two claims of 1000 the second is gone; the first is open for 56 days
        self.assertPayments(0.0, 56.0)
        self.pay(old, '2024-05-05', 1000)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_credit_note_goes_to_its_invoice_though_that_is_not_due(self):
        self.due_invoice(1000, due='2024-05-05')
        later = self.due_invoice(600, due='2024-07-25', day='2024-06-25')
        note = self.invoice(self.customer, '2024-06-28', 600, kind='out_refund')
        note.reversed_entry_id = later
        self.assertPayments(0.0, 56.0)

    def test_money_paid_back_takes_the_oldest_credit(self):
        self.due_invoice(1000, due='2024-06-10')
        self.receive(self.customer, '2024-04-20', 1000)
        self.book('2024-05-02', (self.receivable_account, self.customer, 1000), (self.bank, None, -1000))
        self.receive(self.customer, '2024-06-15', 1000)
        # the first payment went back; the second came five days late
        self.assertPayments(0.0, 5.0)

    def test_a_credit_after_the_quarter_pays_nothing_in_it(self):
        self.due_invoice()
        self.receive(self.customer, '2024-07-01', 1000)
        self.assertPayments(0.0, 56.0)

    def test_what_was_matched_after_the_quarter_was_open_at_its_end(self):
        self.due_invoice(1000, due='2024-05-05')
        later = self.invoice(self.customer, '2024-07-10', 1000, due='2024-08-10')
        payment = self.receive(self.customer, '2024-05-05', 1000)
        (payment + self.receivables(later)).reconcile()
        self.assertMetrics(ALL_ON_TIME)

    def test_a_credit_is_no_payment_before_its_obligation_exists(self):
        self.receive(self.customer, '2024-03-01', 1000)
        self.invoice(self.customer, '2024-04-20', 1000, due='2024-04-20')
        self.assertMetrics(ALL_ON_TIME)

    def test_the_whole_books_give_the_same_as_one_customers(self):
        self.due_invoice()
        self.receive(self.customer, '2024-05-15', 400)
        self.assertEqual(self.metrics_of_all()[self.customer.id], self.metrics())
        # 400 ten days late, 600 open for 56 days
        self.assertPayments(0.0, 37.6)

    def metrics_of_all(self):
        from ...engine.metrics import compute_metrics
        return compute_metrics(self.env, self.company, self.quarter)


@tagged('post_install', '-at_install')
class TestWhatIsNoPayment(BookkeepingCommon):

    def test_a_payment_back_in_draft_or_rejected(self):
        for undo in ('action_draft', 'action_reject'):
            with self.subTest(undo), self.env.cr.savepoint() as savepoint:
                invoice = self.due_invoice()
                line = self.pay(invoice, '2024-05-05', 1000)
                self.assertMetrics(ALL_ON_TIME)
                getattr(line.payment_id, undo)()
                self.assertPayments(0.0, 56.0)
                savepoint.close(rollback=True)

    def test_a_credit_note_back_in_draft(self):
        note = self.credit_note(self.due_invoice(), '2024-05-01', 1000)
        self.assertMetrics(NO_DATA)
        note.button_draft()
        self.assertPayments(0.0, 56.0)

    def test_an_invoice_in_the_books_after_its_payment(self):
        """A lock date pushed the entry of an invoice of 28 May to 31 July."""
        invoice = self.invoice(self.customer, '2024-05-28', 1000, due='2024-06-08', accounting_date='2024-07-31')
        payment = self.receive(self.customer, '2024-06-05', 1000)
        (payment + self.receivables(invoice)).reconcile()
        self.assertMetrics(ALL_ON_TIME)

    def test_a_claim_moved_to_a_doubtful_account_is_not_paid(self):
        self.company.tianyuan_doubtful_account_ids = self.doubtful
        invoice = self.due_invoice()
        moved = self.book(
            '2024-05-04', (self.doubtful, self.customer, 1000), (self.receivable_account, self.customer, -1000),
        )
        self.match(invoice, moved)
        self.assertPayments(0.0, 56.0)
        payment = self.book('2024-06-04', (self.bank, None, 400), (self.doubtful, self.customer, -400))
        self.match(moved, payment, account=self.doubtful)
        # 400 thirty days late, 600 open for 56 days
        self.assertPayments(0.0, 45.6)
        # the next quarter begins with 600; from 5 May to 30 September are 148 days
        self.assertPayments(0.0, 148.0, quarter=self.third_quarter())

    def test_a_doubtful_claim_written_off_and_recovered(self):
        self.company.tianyuan_doubtful_account_ids = self.doubtful
        invoice = self.due_invoice()
        moved = self.book(
            '2024-05-04', (self.doubtful, self.customer, 1000), (self.receivable_account, self.customer, -1000),
        )
        self.match(invoice, moved)
        loss = self.book('2024-06-01', (self.expense, self.customer, 1000), (self.doubtful, self.customer, -1000))
        self.match(moved, loss, account=self.doubtful)
        self.assertPayments(0.0, 56.0)
        self.assertTrue(self.has_bad_debt('2024-06-30'))
        self.recover('2024-07-05', 1000)
        # 61 days from 5 May to 5 July
        self.assertPayments(0.0, 61.0, quarter=self.third_quarter())

    def test_accounts_that_cannot_be_matched_are_refused(self):
        fixed = self._create_account("Fixed", 'TYFIX1', 'asset_current')
        for name in ('tianyuan_doubtful_account_ids', 'tianyuan_bill_account_ids'):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "Allow reconciliation"):
                self.company[name] = fixed

    # --- claims that are no invoices ------------------------------------

    def test_an_opening_balance_is_due_like_an_invoice(self):
        entry = self.book(
            '2024-01-01', (self.receivable_account, self.customer, 1000, '2024-05-05'), (self.revenue, None, -1000),
            journal=self.openings,
        )
        self.assertMetrics(NO_DATA)
        self.company.tianyuan_claim_journal_ids = self.openings
        self.assertPayments(0.0, 56.0)
        payment = self.receive(self.customer, '2024-05-05', 1000)
        (payment + self.receivables(entry)).reconcile()
        self.assertMetrics(ALL_ON_TIME)

    def test_an_opening_balance_without_a_due_date_is_due_on_its_day(self):
        self.company.tianyuan_claim_journal_ids = self.openings
        self.book('2024-05-05', (self.receivable_account, self.customer, 1000), (self.revenue, None, -1000),
                  journal=self.openings)
        self.assertPayments(0.0, 56.0)

    def test_a_returned_payment_is_a_claim_again(self):
        self.company.tianyuan_claim_journal_ids = self.openings
        self.pay(self.due_invoice(), '2024-05-05', 1000)
        self.book('2024-05-15', (self.receivable_account, self.customer, 1000), (self.bank, None, -1000),
                  journal=self.openings)
        # 1000 on time of 2000; the new claim is due on 15 May and open for 46 days
        self.assertPayments(50.0, 23.0)

    def test_a_claim_that_goes_on_in_a_claim_journal_is_counted_once(self):
        self.company.tianyuan_claim_journal_ids = self.openings
        self.company.tianyuan_doubtful_account_ids = self.doubtful
        invoice = self.due_invoice()
        moved = self.book(
            '2024-05-20', (self.doubtful, self.customer, 1000), (self.receivable_account, self.customer, -1000),
            journal=self.openings,
        )
        self.match(invoice, moved)
        self.assertPayments(0.0, 56.0)

    # --- bills ------------------------------------------------------------

    def take_bill(self, invoice, day, amount=1000):
        bill = self.book(
            day, (self.bills, self.customer, amount), (self.receivable_account, self.customer, -amount),
        )
        self.match(invoice, bill)
        return bill

    def test_a_bill_is_paid_when_it_is_taken_or_when_it_is_cashed(self):
        self.company.tianyuan_bill_account_ids = self.bills
        bill = self.take_bill(self.due_invoice(), '2024-05-05')
        self.assertMetrics(ALL_ON_TIME)
        self.company.tianyuan_bill_payment = 'cashed'
        self.assertPayments(0.0, 56.0)
        cashed = self.book('2024-06-05', (self.bank, None, 1000), (self.bills, self.customer, -1000))
        self.match(bill, cashed, account=self.bills)
        # 31 days from 5 May to 5 June
        self.assertPayments(0.0, 31.0)

    def test_a_discounted_bill_is_cashed_with_its_costs(self):
        self.company.write({'tianyuan_bill_account_ids': self.bills.ids, 'tianyuan_bill_payment': 'cashed'})
        bill = self.take_bill(self.due_invoice(), '2024-05-01')
        discounted = self.book(
            '2024-05-04', (self.bank, None, 980), (self.revenue, None, 20), (self.bills, None, -1000),
        )
        self.match(bill, discounted, account=self.bills)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_dishonoured_bill_never_was_a_payment(self):
        self.company.tianyuan_bill_account_ids = self.bills
        bill = self.take_bill(self.due_invoice(), '2024-05-05')
        self.assertMetrics(ALL_ON_TIME)
        protest = self.book(
            '2024-06-20', (self.receivable_account, self.customer, 1000), (self.bills, self.customer, -1000),
        )
        self.match(bill, protest, account=self.bills)
        self.assertPayments(0.0, 56.0)
        payment = self.receive(self.customer, '2024-07-04', 1000)
        (payment + self.receivables(protest)).reconcile()
        # arrears of 1000, paid 60 days after 5 May
        self.assertPayments(0.0, 60.0, quarter=self.third_quarter())

    def test_a_bill_dishonoured_after_the_quarter_was_good_in_it(self):
        self.company.tianyuan_bill_account_ids = self.bills
        bill = self.take_bill(self.due_invoice(), '2024-05-05')
        protest = self.book(
            '2024-07-20', (self.receivable_account, self.customer, 1000), (self.bills, self.customer, -1000),
        )
        self.match(bill, protest, account=self.bills)
        self.assertMetrics(ALL_ON_TIME)
        # arrears that nobody had known of: from 5 May to 30 September are 148 days
        self.assertPayments(0.0, 148.0, quarter=self.third_quarter())

    def test_a_bill_written_off_is_lost_in_both_modes(self):
        self.company.tianyuan_bill_account_ids = self.bills
        bill = self.take_bill(self.due_invoice(), '2024-05-05')
        loss = self.book('2024-06-20', (self.expense, self.customer, 1000), (self.bills, self.customer, -1000))
        self.match(bill, loss, account=self.bills)
        for mode in ('receipt', 'cashed'):
            self.company.tianyuan_bill_payment = mode
            self.assertPayments(0.0, 56.0)
        self.assertTrue(self.has_bad_debt('2024-06-30'))

    # --- branches ---------------------------------------------------------

    def test_what_branches_do_counts_as_their_companys(self):
        branch = self.env['res.company'].create({'name': "Branch", 'parent_id': self.company.id})
        self.env.user.company_ids += branch
        self.env.cr.precommit.run()    # Odoo loads the branch's chart of accounts
        invoice = self.invoice(self.customer, '2024-04-05', 1000, due='2024-05-05', company=branch)
        self.assertMetrics({'purchase_amount': 1000.0})
        self.assertPayments(0.0, 56.0)
        entry = self.book(
            '2024-05-20', (self.expense, self.customer, 1000), (self.receivable_account, self.customer, -1000),
            company=branch,
        )
        self.match(invoice, entry)
        self.assertPayments(0.0, 56.0)
        self.assertEqual(self.debts().company_id, self.company)
        self.assertTrue(self.has_bad_debt('2024-06-30', company=branch))
        with self.assertRaisesRegex(ValidationError, "is a branch of"):
            self.env['tianyuan.rating'].create({
                'partner_id': self.customer.id, 'company_id': branch.id, 'date_from': '2024-04-01',
                'date_to': '2024-06-30',
            })
