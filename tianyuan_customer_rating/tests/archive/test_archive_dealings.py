"""Posting an invoice notes the first deal and newly bought varieties (design §7), at no cost to posting."""
from datetime import date

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.tools import dealings
from odoo.addons.tianyuan_customer_rating.hooks import post_init_hook, pre_init_hook

from ..common import RatingCommon


@tagged('post_install', '-at_install', 'smoke')
class TestArchiveDealings(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resin, cls.pigment = cls.env['product.product'].create([{'name': "Resin"}, {'name': "Pigment"}])

    def sell(self, *products, partner=None, day='2024-05-06', kind='out_invoice', post=True, **line):
        invoice = self.env['account.move'].create({
            'move_type': kind, 'partner_id': (partner or self.customer).id, 'invoice_date': day, 'date': day,
            'invoice_line_ids': [
                Command.create({'product_id': product.id, 'quantity': 1, 'price_unit': 100, 'tax_ids': [], **line})
                for product in products
            ] + [Command.create({'display_type': 'line_section', 'name': "Goods"})],
        })
        if post:
            invoice.action_post()
            self.committed()
        return invoice

    def committed(self):
        """What is left to do when a transaction is committed."""
        self.env.cr.flush()
        self.env.invalidate_all()

    def bought(self, partner=None):
        return sorted((partner or self.customer).tianyuan_purchased_variety_ids.mapped('name'))

    def test_what_is_bought_is_noted_once(self):
        self.sell(self.resin)
        self.assertEqual(self.bought(), ["Resin"])
        self.sell(self.resin, self.pigment)
        self.assertEqual(self.bought(), ["Pigment", "Resin"])
        self.assertFalse(self.bought(self.other_customer))

    def test_for_the_company_of_the_contact(self):
        self.sell(self.resin, partner=self.new_contact(self.customer))
        self.assertEqual(self.bought(), ["Resin"])
        self.assertEqual(self.customer.tianyuan_first_deal_date, date(2024, 5, 6))

    def test_receipts_too_but_no_credit_notes_bills_or_drafts(self):
        self.sell(self.resin, kind='out_receipt')
        for kind in ('out_refund', 'in_invoice'):
            self.sell(self.pigment, kind=kind)
        self.sell(self.pigment, post=False)
        self.committed()
        self.assertEqual(self.bought(), ["Resin"])
        self.sell(self.pigment, kind='out_refund', partner=self.other_customer)
        self.assertFalse(self.other_customer.tianyuan_first_deal_date)

    def test_no_down_payments_discounts_or_free_samples(self):
        self.sell(self.resin)
        self.sell(self.pigment, is_downpayment=True)
        self.sell(self.pigment, price_unit=0)
        invoice = self.sell(self.resin, post=False)
        invoice.invoice_line_ids = [Command.create({
            'product_id': self.pigment.id, 'quantity': 1, 'price_unit': -10, 'tax_ids': []})]
        invoice.action_post()
        self.committed()
        self.assertEqual(self.bought(), ["Resin"])

    def test_the_first_deal_is_the_earliest_posted_invoice(self):
        self.sell(self.resin, day='2024-05-06')
        self.assertEqual(self.customer.tianyuan_first_deal_date, date(2024, 5, 6))
        earlier = self.sell(self.resin, day='2023-01-02')
        self.assertEqual(self.customer.tianyuan_first_deal_date, date(2023, 1, 2))
        self.sell(self.resin, day='2024-06-06')
        self.assertEqual(self.customer.tianyuan_first_deal_date, date(2023, 1, 2))
        earlier.button_draft()
        self.committed()
        self.assertEqual(self.customer.tianyuan_first_deal_date, date(2024, 5, 6))

    def test_an_invoice_taken_back_before_the_end_is_no_deal(self):
        invoice = self.sell(self.resin, post=False)
        invoice.action_post()
        invoice.button_draft()
        self.committed()
        self.assertFalse(self.customer.tianyuan_first_deal_date)
        self.assertFalse(self.bought())

    def test_the_archive_tells_and_counts_it(self):
        self.env['tianyuan.archive.requirement'].search([('field_name', '!=', 'tianyuan_purchased_variety_ids')]).unlink()
        self.env['tianyuan.archive.document.type'].search([]).required = False
        self.customer.tianyuan_archive_state = 'collecting'
        self.env.flush_all()
        self.assertEqual(self.customer.tianyuan_archive_completeness, 0)
        self.sell(self.resin, self.pigment)
        self.assertEqual(self.customer.tianyuan_archive_completeness, 100)
        self.assertRegex(self.customer.message_ids[0].body, "(Resin and Pigment|Pigment and Resin)")

    def test_a_customer_without_an_archive_gets_no_note(self):
        before = self.customer.message_ids
        self.sell(self.resin)
        self.assertEqual(self.customer.message_ids, before)
        self.assertEqual(self.bought(), ["Resin"])

    def test_whoever_posts_the_invoice(self):
        invoice = self.sell(self.resin, post=False)
        biller = self.new_role_user('finance_assessor')
        biller.group_ids += self.env.ref('account.group_account_invoice')
        invoice.with_user(biller).action_post()
        self.committed()
        self.assertEqual(self.bought(), ["Resin"])

    def test_installing_fills_what_was_invoiced_before(self):
        self.sell(self.resin, day='2022-02-02')
        self.sell(self.pigment, day='2023-03-03')
        self.env.cr.execute("DELETE FROM tianyuan_partner_variety_rel")
        self.env.cr.execute("UPDATE res_partner SET tianyuan_first_deal_date = NULL")
        pre_init_hook(self.env)
        post_init_hook(self.env)
        self.assertEqual(self.bought(), ["Pigment", "Resin"])
        self.assertEqual(self.customer.tianyuan_first_deal_date, date(2022, 2, 2))
        self.assertFalse(self.other_customer.tianyuan_first_deal_date)

    def test_all_customers_are_learned_about_in_one_pass(self):
        query = SQL("EXPLAIN %s", dealings.note_first_deals())
        plan = "\n".join(line for line, in self.env.execute_query(query))
        self.assertEqual(plan.count(" on account_move "), 1, plan)
        self.assertNotIn("SubPlan", plan)

    def test_posting_itself_costs_no_query_and_the_rest_is_the_same_for_one_and_for_many(self):
        def unposted(count):
            invoices = self.env['account.move'].browse()
            for number in range(count):
                invoices += self.sell(self.resin, self.pigment, partner=self.new_customer(f"B {number}"), post=False)
            self.env.flush_all()
            return invoices

        self.sell(self.resin)    # warm up
        one, many = unposted(1), unposted(20)
        remember = type(one)._tianyuan_remember_dealings
        spent = []

        def counted(moves):
            before = self.env.cr.sql_log_count
            remember(moves)
            spent.append(self.env.cr.sql_log_count - before)

        self.patch(type(one), '_tianyuan_remember_dealings', counted)
        counts = []
        for invoices in (one, many):
            invoices.action_post()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env['account.move'].sudo()._tianyuan_note_dealings()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(spent, [0, 0])
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 4)
        self.assertEqual(set(many.partner_id.mapped('tianyuan_first_deal_date')), {date(2024, 5, 6)})

    def test_an_invoice_like_those_before_writes_nothing(self):
        self.sell(self.resin)
        invoice = self.sell(self.resin, post=False, day='2024-06-06')
        invoice.action_post()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env['account.move'].sudo()._tianyuan_note_dealings()
        self.assertEqual(self.env.cr.sql_log_count - before, 0)

    def test_a_variety_taken_away_is_noted_again_with_the_next_invoice(self):
        self.sell(self.resin)
        self.customer.tianyuan_purchased_variety_ids = False
        self.sell(self.resin, day='2024-06-06')
        self.assertEqual(self.bought(), ["Resin"])
