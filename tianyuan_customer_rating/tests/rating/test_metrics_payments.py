"""Design §4, obligations: what fell due, what was paid by then, and how many days the rest was late.

Every expected number is worked out by hand in the comment above it. The quarter is 2024 Q2, so E is
30 June; from 5 May to E are 56 days, from 10 February to E 141.
"""
from odoo import Command
from odoo.tests import tagged

from ..common import RatingCommon

NO_DATA = {'on_time_rate': None, 'days_beyond_terms': None}
ALL_ON_TIME = {'on_time_rate': 100.0, 'days_beyond_terms': 0.0}


class PaymentMetricsCommon(RatingCommon):

    def assertPayments(self, on_time_rate, days_beyond_terms, **options):
        self.assertMetrics({'on_time_rate': on_time_rate, 'days_beyond_terms': days_beyond_terms}, **options)

    def due_invoice(self, amount=1000, due='2024-05-05', day=None, **options):
        """An invoice made 30 days before it is due."""
        return self.invoice(self.customer, day or self.days_after(due, -30), amount, due=due, **options)


class NegativeAmounts:
    """Credit notes and write-offs, which storno books as negative amounts."""

    # --- credit notes -------------------------------------------------

    def test_a_credit_note_shrinks_the_obligation_and_is_neither_on_time_nor_late(self):
        invoice = self.due_invoice()
        self.pay(invoice, '2024-05-05', 400)
        self.credit_note(invoice, '2024-06-20', 200)
        # 400 of 800 on time; 400 open: 400 × 56 / 800
        self.assertPayments(50.0, 28.0)

    def test_a_credit_note_before_the_invoice_shrinks_it_too(self):
        note = self.invoice(self.customer, '2024-03-01', 200, kind='out_refund')
        invoice = self.due_invoice()
        (self.receivables(note) + self.receivables(invoice)).reconcile()
        self.pay(invoice, '2024-05-05', 800)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_credit_note_on_the_last_day_counts_and_one_a_day_later_does_not(self):
        invoice = self.due_invoice()
        self.pay(invoice, '2024-05-05', 800)
        self.credit_note(invoice, '2024-06-30', 100)
        # 800 of 900; 100 × 56 / 900
        self.assertPayments(88.8889, 6.2222)
        self.credit_note(invoice, '2024-07-01', 100)
        self.assertPayments(88.8889, 6.2222)

    def test_an_obligation_credited_in_full_is_none(self):
        self.credit_note(self.due_invoice(), '2024-06-20', 1000)
        self.assertMetrics(NO_DATA)

    def test_a_credit_note_matched_with_nothing_shrinks_what_is_due(self):
        self.due_invoice()
        self.invoice(self.customer, '2024-05-05', 1000, kind='out_refund')
        self.assertMetrics(NO_DATA)
        self.assertPayments(0.0, 56.0, apply_unmatched_credits=False)

    def test_a_credit_note_paid_out_is_not_an_obligation_of_the_customer(self):
        note = self.invoice(self.customer, '2024-04-05', 300, kind='out_refund', due='2024-05-05')
        payment = self.env['account.payment'].create({
            'payment_type': 'outbound', 'partner_type': 'customer', 'partner_id': self.customer.id,
            'amount': 300, 'date': '2024-05-20', 'journal_id': self.company_data['default_journal_bank'].id,
        })
        payment.outstanding_account_id = self.outstanding_account
        payment.action_post()
        (self.receivables(note) + self.receivables(payment.move_id)).reconcile()
        self.assertMetrics(NO_DATA)

    # --- write-offs ---------------------------------------------------

    def test_what_is_written_off_to_a_bad_debt_account_stays_unpaid(self):
        invoice = self.due_invoice()
        self.pay(invoice, '2024-05-05', 700)
        self.write_off(invoice, '2024-06-10', 300)
        # 700 of 1000; 300 × 56 / 1000
        self.assertPayments(70.0, 16.8)

    def test_a_write_off_before_the_due_date_is_not_a_payment_on_time(self):
        self.write_off(self.due_invoice(), '2024-04-20', 1000)
        self.assertPayments(0.0, 56.0)

    def test_a_write_off_booked_as_negative_credit_stays_unpaid(self):
        invoice = self.due_invoice()
        self.pay(invoice, '2024-05-05', 700)
        self.write_off(invoice, '2024-06-10', 300, negative=True)
        self.assertPayments(70.0, 16.8)

    def test_arrears_written_off_before_the_quarter_are_still_arrears(self):
        invoice = self.due_invoice(due='2024-02-10')
        self.write_off(invoice, '2024-03-15', 1000)
        self.assertPayments(0.0, 141.0)

    def test_an_entry_to_any_other_account_is_a_payment(self):
        barter = self._create_account("Barter", 'TYBART', 'expense')
        self.write_off(self.due_invoice(), '2024-05-05', 1000, account=barter)
        self.assertMetrics(ALL_ON_TIME)

    def test_an_entry_that_pays_and_writes_off_pays_only_its_share(self):
        self.pay_and_write_off(self.due_invoice(), '2024-05-05', 900)
        # of the 1000 cleared, 100 went to bad debt: 900 on time; 100 × 56 / 1000
        self.assertPayments(90.0, 5.6)

    def test_a_payment_entered_with_a_recovered_bad_debt_is_a_payment(self):
        invoice = self.due_invoice()
        entry = self.env['account.move'].create({
            'move_type': 'entry',
            'date': '2024-05-05',
            'journal_id': self.company_data['default_journal_misc'].id,
            'line_ids': [
                Command.create({'account_id': account.id, 'partner_id': self.customer.id, 'balance': balance})
                for account, balance in (
                    (self.outstanding_account, 1300), (self.receivable_account, -1000), (self.bad_debt_account, -300),
                )
            ],
        })
        entry.action_post()
        (self.receivables(invoice) + self.receivables(entry)).reconcile()
        self.assertMetrics(ALL_ON_TIME)

    def test_an_entry_that_pays_late_and_writes_off(self):
        self.pay_and_write_off(self.due_invoice(), '2024-05-15', 900)
        # 900 ten days late, 100 open for 56 days: (9000 + 5600) / 1000
        self.assertPayments(0.0, 14.6)

    def test_a_payment_difference_on_another_account_is_paid(self):
        fees = self._create_account("Bank fees", 'TYFEES', 'expense')
        self.pay_and_write_off(self.due_invoice(), '2024-05-05', 900, account=fees)
        self.assertMetrics(ALL_ON_TIME)

    def test_an_entry_that_pays_and_writes_off_two_invoices_shares_the_loss(self):
        first, second = self.due_invoice(600), self.due_invoice(400, due='2024-06-20')
        # what is booked on an account counts as money where the company receives payments on it
        self.company_data['default_journal_bank'].inbound_payment_method_line_ids.payment_account_id = self.outstanding_account
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'date': '2024-05-05',
            'line_ids': [Command.create({'partner_id': self.customer.id, **line}) for line in (
                {'account_id': self.outstanding_account.id, 'debit': 750},
                {'account_id': self.bad_debt_account.id, 'debit': 250},
                {'account_id': self.receivable_account.id, 'credit': 1000},
            )],
        })
        entry.action_post()
        (self.receivables(first + second) + self.receivables(entry)).reconcile()
        # a quarter of each stays unpaid: 750 of 1000; (150 × 56 + 100 × 10) / 1000
        self.assertPayments(75.0, 9.4)

    def test_a_foreign_entry_that_pays_and_writes_off(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        self.pay_and_write_off(self.due_invoice(100, currency=usd), '2024-05-05', 90)
        # 90 of 100 dollars; 10% × 56
        self.assertPayments(90.0, 5.6)

    def test_an_account_of_the_list_taken_off_it_is_a_payment_again(self):
        self.write_off(self.due_invoice(), '2024-05-05', 1000)
        self.company.tianyuan_bad_debt_account_ids = False
        self.assertMetrics(ALL_ON_TIME)


@tagged('post_install', '-at_install')
class TestPaymentMetrics(NegativeAmounts, PaymentMetricsCommon):

    # --- on time and late ---------------------------------------------

    def test_paid_before_or_on_the_due_date_is_on_time(self):
        self.pay(self.due_invoice(), '2024-04-20', 1000)
        self.pay(self.due_invoice(), '2024-05-05', 1000)
        self.assertMetrics(ALL_ON_TIME)

    def test_paid_a_day_after_the_due_date_is_late(self):
        self.pay(self.due_invoice(), '2024-05-06', 1000)
        self.assertPayments(0.0, 1.0)

    def test_unpaid_is_late_until_the_end_of_the_quarter(self):
        self.due_invoice()
        self.assertPayments(0.0, 56.0)

    def test_due_on_the_last_day_and_unpaid_is_not_on_time_but_no_day_late(self):
        self.due_invoice(due='2024-06-30')
        self.assertPayments(0.0, 0.0)

    def test_due_the_day_after_the_quarter_belongs_to_the_next_quarter(self):
        self.due_invoice(due='2024-07-01')
        self.assertMetrics(NO_DATA)

    def test_due_on_the_first_day_belongs_to_the_quarter(self):
        self.pay(self.due_invoice(due='2024-04-01'), '2024-04-01', 1000)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_part_payment_counts_for_its_part(self):
        self.pay(self.due_invoice(), '2024-05-05', 400)
        # 400 of 1000 on time; 600 open for 56 days: 600 × 56 / 1000
        self.assertPayments(40.0, 33.6)

    def test_each_part_has_its_own_days(self):
        invoice = self.due_invoice()
        self.pay(invoice, '2024-05-05', 400)
        self.pay(invoice, '2024-05-15', 300)
        # 400 × 0 + 300 × 10 + 300 × 56 = 19800; / 1000
        self.assertPayments(40.0, 19.8)

    def test_obligations_weigh_by_their_amount(self):
        self.pay(self.due_invoice(3000), '2024-05-05', 3000)
        self.pay(self.due_invoice(1000), '2024-05-25', 1000)
        # 3000 of 4000 on time; 1000 × 20 / 4000
        self.assertPayments(75.0, 5.0)

    def test_an_obligation_includes_its_tax(self):
        invoice = self.due_invoice(1000, tax=self.tax_13)
        self.pay(invoice, '2024-05-05', 1130)
        self.due_invoice(1000, due='2024-06-30')
        # 1130 / (1130 + 1000)
        self.assertPayments(53.0516, 0.0)

    def test_rates_are_rounded_half_up_to_four_decimals(self):
        self.pay(self.due_invoice(2), '2024-05-05', 2)
        self.pay(self.due_invoice(1), '2024-05-07', 1)
        # 2 / 3; 1 × 2 / 3
        self.assertPayments(66.6667, 0.6667)

    def test_a_payment_for_two_invoices_pays_each_its_part(self):
        first, second = self.due_invoice(1000, due='2024-05-05'), self.due_invoice(500, due='2024-05-20')
        self.pay(first + second, '2024-05-10', 1200)
        # 1000 paid 5 days late; 200 on time; 300 open for 41 days: (5000 + 12300) / 1500
        self.assertPayments(13.3333, 11.5333)

    def test_a_payment_matched_with_nothing_pays_what_is_due(self):
        self.due_invoice()
        self.receive(self.customer, '2024-05-05', 1000)
        self.assertMetrics(ALL_ON_TIME)
        self.assertPayments(0.0, 56.0, apply_unmatched_credits=False)

    # --- instalments --------------------------------------------------

    def test_each_instalment_is_an_obligation_of_its_own(self):
        invoice = self.invoice(self.customer, '2024-03-20', 1000, term=self.two_instalments)    # due 19 April, 19 May
        first, second = self.receivables(invoice)
        self.pay(first, '2024-04-19', 500)
        self.pay(second, '2024-05-29', 500)
        # 500 of 1000 on time; 500 × 10 / 1000
        self.assertPayments(50.0, 5.0)

    def test_an_instalment_due_after_the_quarter_waits_for_its_own_quarter(self):
        invoice = self.invoice(self.customer, '2024-05-10', 1000, term=self.two_instalments)    # due 9 June, 9 July
        first, second = self.receivables(invoice)
        self.pay(first, '2024-06-09', 500)
        self.assertMetrics(ALL_ON_TIME)
        self.pay(second, '2024-07-10', 500)
        self.assertMetrics(ALL_ON_TIME)
        self.assertPayments(0.0, 1.0, quarter=self.quarter_of('2024-09-30'))

    def test_an_instalment_due_before_the_quarter_is_arrears(self):
        invoice = self.invoice(self.customer, '2024-02-20', 1000, term=self.two_instalments)    # due 21 March, 20 April
        self.pay(self.receivables(invoice)[1], '2024-04-20', 500)
        # 500 on time of 500 + 500 arrears; the arrears 101 days: 500 × 101 / 1000
        self.assertPayments(50.0, 50.5)

    # --- prepayment ---------------------------------------------------

    def test_a_prepayment_is_on_time(self):
        received = self.receive(self.customer, '2024-03-01', 1000)
        invoice = self.invoice(self.customer, '2024-04-05', 1000, due='2024-04-05')
        (received + self.receivables(invoice)).reconcile()
        self.assertMetrics(ALL_ON_TIME)

    def test_a_prepayment_of_a_part_pays_that_part(self):
        received = self.receive(self.customer, '2024-03-01', 300)
        invoice = self.due_invoice()
        (received + self.receivables(invoice)).reconcile()
        # 700 × 56 / 1000
        self.assertPayments(30.0, 39.2)

    def test_what_was_paid_in_an_earlier_quarter_is_on_time_in_the_quarter_it_is_due(self):
        invoice = self.due_invoice(due='2024-04-10')
        self.pay(invoice, '2024-03-20', 600)
        # 600 on time; 400 open for 81 days
        self.assertPayments(60.0, 32.4)
        self.assertPayments(None, None, quarter=self.quarter.previous())

    # --- foreign currency ---------------------------------------------

    def test_an_exchange_loss_is_not_a_late_payment(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        invoice = self.due_invoice(100, currency=usd)
        self.pay(invoice, '2024-05-05', 100)    # 800 of debt for 625 of money, the rest an exchange loss
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertMetrics(ALL_ON_TIME)

    def test_an_exchange_gain_is_not_an_early_payment(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 10.0))
        self.pay(self.due_invoice(100, currency=usd), '2024-05-15', 100)
        self.assertPayments(0.0, 10.0)

    def test_a_foreign_invoice_paid_late_has_the_days_of_its_payment(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        self.pay(self.due_invoice(100, currency=usd), '2024-05-15', 100)
        self.assertPayments(0.0, 10.0)

    def test_a_foreign_part_payment_pays_its_share_of_the_invoice_as_posted(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        self.pay(self.due_invoice(100, currency=usd), '2024-05-05', 40)
        # 40 of 100 dollars; 60% open for 56 days
        self.assertPayments(40.0, 33.6)

    def test_a_foreign_obligation_weighs_what_was_posted(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        self.pay(self.due_invoice(100, currency=usd), '2024-05-05', 100)     # worth 800, whatever it brought
        self.due_invoice(200, due='2024-06-20')
        # 800 of 1000; 200 × 10 / 1000
        self.assertPayments(80.0, 2.0)

    def test_a_foreign_credit_note_takes_its_share(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        invoice = self.due_invoice(100, currency=usd)
        self.credit_note(invoice, '2024-05-20', 20)
        self.pay(invoice, '2024-05-05', 40)
        # 20 dollars credited, 40 paid, 40 open: 320 of 640; 320 × 56 / 640
        self.assertPayments(50.0, 28.0)

    def test_a_foreign_invoice_can_be_paid_in_company_currency(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        self.pay(self.due_invoice(100, currency=usd), '2024-05-05', 625, currency=self.cny)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_company_currency_invoice_can_be_paid_in_foreign_currency(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        self.pay(self.due_invoice(1000), '2024-05-05', 160, currency=usd)
        self.assertMetrics(ALL_ON_TIME)

    def test_a_foreign_prepayment_is_on_time(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-04-01', 6.25))
        received = self.receive(self.customer, '2024-03-01', 50, currency=usd)
        invoice = self.due_invoice(100, currency=usd)
        (received + self.receivables(invoice)).reconcile()
        # 50 of 100 dollars on time, the rest open for 56 days
        self.assertPayments(50.0, 28.0)

    def test_a_foreign_two_instalment_invoice(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-01', 6.25))
        invoice = self.invoice(self.customer, '2024-03-20', 100, term=self.two_instalments, currency=usd)
        self.pay(self.receivables(invoice)[0], '2024-04-19', 50)
        self.pay(self.receivables(invoice)[1], '2024-05-29', 25)
        # 50 on time, 25 ten days late, 25 open since 19 May (42 days): (250 + 1050) / 100
        self.assertPayments(50.0, 13.0)

    # --- arrears ------------------------------------------------------

    def test_arrears_still_open_count_against_the_rate(self):
        self.due_invoice(due='2024-02-10')
        self.pay(self.due_invoice(3000), '2024-05-05', 3000)
        # 3000 / (3000 + 1000); 1000 × 141 / 4000
        self.assertPayments(75.0, 35.25)

    def test_arrears_paid_in_the_quarter_are_late_and_never_on_time(self):
        self.pay(self.due_invoice(due='2024-02-10'), '2024-05-10', 1000)
        # 19 days of February, March, April and 10 of May
        self.assertPayments(0.0, 90.0)

    def test_arrears_paid_the_day_before_the_quarter_are_gone(self):
        self.pay(self.due_invoice(due='2024-02-10'), '2024-03-31', 1000)
        self.assertMetrics(NO_DATA)

    def test_arrears_paid_on_the_first_day_were_arrears(self):
        self.pay(self.due_invoice(due='2024-02-10'), '2024-04-01', 1000)
        self.assertPayments(0.0, 51.0)

    def test_what_was_due_the_day_before_the_quarter_is_arrears(self):
        self.due_invoice(due='2024-03-31')
        self.assertPayments(0.0, 91.0)

    def test_arrears_are_what_was_open_when_the_quarter_began_less_credit_notes(self):
        arrears = self.due_invoice(due='2024-02-10')
        self.pay(arrears, '2024-02-10', 100)
        self.pay(arrears, '2024-03-20', 300)
        self.credit_note(arrears, '2024-05-01', 100)
        self.pay(arrears, '2024-05-10', 200)
        self.pay(self.due_invoice(), '2024-05-05', 1000)
        # arrears: 600 open on 31 March, less 100 = 500, of which 200 paid after 90 days, 300 open for 141
        # 1000 / 1500; (200 × 90 + 300 × 141) / 1500 = 60300 / 1500
        self.assertPayments(66.6667, 40.2)

    def test_a_credit_note_before_the_quarter_shrinks_arrears(self):
        arrears = self.due_invoice(due='2024-02-10')
        self.credit_note(arrears, '2024-03-31', 500)
        self.pay(self.due_invoice(500), '2024-05-05', 500)
        # 500 / (500 + 500); 500 × 141 / 1000
        self.assertPayments(50.0, 70.5)

    def test_arrears_credited_in_full_in_the_quarter_are_none(self):
        self.credit_note(self.due_invoice(due='2024-02-10'), '2024-04-01', 1000)
        self.assertMetrics(NO_DATA)

    def test_a_credit_note_after_the_quarter_leaves_arrears_as_they_were(self):
        self.credit_note(self.due_invoice(due='2024-02-10'), '2024-07-01', 1000)
        self.assertPayments(0.0, 141.0)

    def test_foreign_arrears_count_their_open_share_as_posted(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-03-01', 6.25))
        arrears = self.due_invoice(100, due='2024-02-10', currency=usd)
        self.pay(arrears, '2024-03-20', 75)
        self.pay(self.due_invoice(600), '2024-05-05', 600)
        # a quarter of 800 is still open: 600 / (600 + 200); 200 × 141 / 800
        self.assertPayments(75.0, 35.25)

    # --- grace days ---------------------------------------------------

    def test_grace_days_extend_the_deadline(self):
        self.pay(self.due_invoice(), '2024-05-10', 1000)
        self.assertPayments(100.0, 0.0, grace_days=5)
        self.assertPayments(0.0, 5.0, grace_days=4)

    def test_days_beyond_terms_count_from_the_due_date_once_the_grace_is_over(self):
        self.pay(self.due_invoice(), '2024-05-11', 1000)
        self.assertPayments(0.0, 6.0, grace_days=5)

    def test_what_is_still_open_counts_from_the_due_date_even_with_grace(self):
        self.due_invoice()
        self.assertPayments(0.0, 56.0, grace_days=5)

    def test_grace_days_move_an_obligation_to_the_quarter_of_its_deadline(self):
        self.pay(self.due_invoice(due='2024-06-28'), '2024-07-01', 1000)
        self.assertPayments(None, None, grace_days=5)
        self.assertPayments(100.0, 0.0, grace_days=5, quarter=self.quarter_of('2024-07-01'))

    def test_due_before_the_quarter_with_a_deadline_in_it_is_not_arrears(self):
        self.pay(self.due_invoice(due='2024-03-28'), '2024-04-02', 1000)
        self.assertPayments(100.0, 0.0, grace_days=5)

    # --- as of E ------------------------------------------------------

    def test_a_payment_after_the_quarter_changes_nothing(self):
        invoice = self.due_invoice()
        self.pay(invoice, '2024-05-05', 400)
        before = self.metrics()
        self.pay(invoice, '2024-07-01', 300)
        self.write_off(invoice, '2024-07-02', 100)
        self.credit_note(invoice, '2024-07-03', 200)
        self.assertEqual(self.metrics(), before)
        self.assertPayments(40.0, 33.6)

    def test_a_payment_on_the_last_day_of_the_quarter_counts(self):
        self.pay(self.due_invoice(), '2024-06-30', 1000)
        self.assertPayments(0.0, 56.0)
        self.pay(self.due_invoice(due='2024-06-30'), '2024-06-30', 1000)
        # 1000 of 2000 on time; 1000 × 56 / 2000
        self.assertPayments(50.0, 28.0)

    def test_an_invoice_made_after_the_quarter_is_not_an_obligation_of_it(self):
        self.invoice(self.customer, '2024-07-05', 1000, due='2024-06-20')
        self.assertMetrics(NO_DATA)

    # --- what is an obligation ----------------------------------------

    def test_receipts_are_obligations(self):
        receipt = self.due_invoice(kind='out_receipt')
        self.pay(receipt, '2024-05-15', 1000)
        self.assertPayments(0.0, 10.0)

    def test_draft_and_cancelled_invoices_are_not_obligations(self):
        self.due_invoice(post=False)
        self.due_invoice(post=False).button_cancel()
        self.assertMetrics(NO_DATA)

    def test_opening_entries_are_not_obligations(self):
        opening = self.opening_entry(self.customer, '2024-01-01', 1000, due='2024-05-05')
        self.assertMetrics(NO_DATA)
        self.pay(opening, '2024-05-20', 1000)
        self.assertMetrics(NO_DATA)

    def test_vendor_bills_are_not_obligations_of_the_customer(self):
        self.due_invoice(kind='in_invoice')
        self.assertMetrics(NO_DATA)

    def test_non_trade_receivables_are_not_obligations(self):
        self.customer.property_account_receivable_id = self._create_account(
            "Other receivables", 'TYOTHR', 'asset_receivable', reconcile=True, non_trade=True)
        self.due_invoice()
        self.assertMetrics({**NO_DATA, 'purchase_amount': 1000.0})

    def test_a_line_without_maturity_is_due_when_its_invoice_is(self):
        invoice = self.due_invoice()
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET date_maturity = NULL WHERE id = %s",
                            self.receivables(invoice).ids)
        self.env.invalidate_all()
        self.assertPayments(0.0, 56.0)

    def test_a_contacts_invoice_is_an_obligation_of_the_customer(self):
        contact = self.new_contact(self.customer)
        invoice = self.invoice(contact, '2024-04-05', 1000, due='2024-05-05')
        self.pay(invoice, '2024-05-15', 1000)
        self.assertPayments(0.0, 10.0)

    def test_obligations_of_other_customers_do_not_count(self):
        self.invoice(self.other_customer, '2024-04-05', 1000, due='2024-05-05')
        self.assertMetrics(NO_DATA)

    def test_obligations_to_a_second_company_are_kept_apart(self):
        other_company = self.setup_other_company("Second company")['company']
        self.pay(self.due_invoice(), '2024-05-05', 1000)
        self.pay(self.due_invoice(company=other_company), '2024-05-15', 1000)
        self.assertPayments(100.0, 0.0)
        self.assertPayments(0.0, 10.0, company=other_company)


@tagged('post_install', '-at_install')
class TestPaymentMetricsWithoutStorno(NegativeAmounts, PaymentMetricsCommon):
    """The same, with credit notes booked on the other side instead of as negative amounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_storno = False


@tagged('post_install', '-at_install')
class TestStorno(PaymentMetricsCommon):

    def test_the_company_under_test_books_credit_notes_as_negative_amounts(self):
        self.assertTrue(self.company.account_storno)
        note = self.credit_note(self.due_invoice(), '2024-05-20', 200)
        line = self.receivables(note)
        self.assertEqual((line.debit, line.credit, line.balance), (-200.0, 0.0, -200.0))
