"""What has come of contracts, against numbers worked out by hand (policy 9.3, design §8)."""
from odoo import Command
from odoo.tests import freeze_time, tagged

from .followed import FollowedContractCommon

TODAY = '2024-06-20'


@tagged('post_install', '-at_install', 'smoke')
@freeze_time(f'{TODAY} 04:00:00')
class TestContractProgress(FollowedContractCommon):

    def assertProgress(self, contract, *amounts):
        """Ordered, delivered, invoiced, paid, overdue."""
        self.env.flush_all()
        contract.invalidate_recordset()
        names = ('ordered', 'delivered', 'invoiced', 'paid', 'overdue')
        self.assertEqual([contract[f'{name}_amount'] for name in names], list(amounts))

    def test_part_delivery_and_quotations(self):
        order = self.sell(10, 100, self.tax_13)    # 1,130
        order.order_line.qty_delivered = 4
        quotation = self.order(self.customer, '2024-05-06 02:00:00', 500, confirm=False)
        contract = self.new_contract(order, quotation)
        self.assertProgress(contract, 1130, 452, 0, 0, 0)
        self.assertEqual(contract.delivered_percent, 40)
        order.order_line.qty_delivered = 12    # more than ordered
        self.assertProgress(contract, 1130, 1356, 0, 0, 0)
        order._action_cancel()
        self.assertProgress(contract, 0, 0, 0, 0, 0)
        self.assertEqual(contract.delivered_percent, 0)

    def test_what_was_delivered_without_an_order_counts_with_its_tax(self):
        order = self.sell(10, 100, self.tax_13)
        order.order_line.qty_delivered = 10
        order.order_line = [Command.create({
            'product_id': order.order_line.product_id.id, 'product_uom_qty': 0, 'qty_delivered': 3, 'price_unit': 100,
            'tax_ids': [Command.set(self.tax_13.ids)],
        })]
        # 1,000 and 3 × 100, each with 13 %
        self.assertProgress(self.new_contract(order), 1130, 1469, 0, 0, 0)

    def test_partial_payment_and_due_dates(self):
        order = self.sell(10, 100, self.tax_13)
        contract = self.new_contract(order)
        invoice = self.bill(order, day='2024-05-06', due='2024-06-20')
        self.assertProgress(contract, 1130, 0, 1130, 0, 0)    # due today isn't overdue
        self.pay(invoice, '2024-05-20', 430)
        self.assertProgress(contract, 1130, 0, 1130, 430, 0)
        with freeze_time('2024-06-21 04:00:00'):
            self.assertProgress(contract, 1130, 0, 1130, 430, 700)
            self.assertEqual(str(contract.overdue_since), '2024-06-20')
            self.assertFalse(contract.is_payment_late)    # seven days of grace
        with freeze_time('2024-06-28 04:00:00'):
            contract.invalidate_recordset()
            self.assertTrue(contract.is_payment_late)
            self.assertIn(contract, contract.search([('is_payment_late', '=', True)]))
            self.assertNotIn(contract, contract.search([('is_payment_late', '=', False)]))

    def test_instalments(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order)
        self.bill(order, day='2024-05-01', term=self.two_instalments)    # 500 on 31 May, 500 on 30 June
        self.assertProgress(contract, 1000, 0, 1000, 0, 500)

    def test_draft_and_cancelled_invoices_count_for_nothing(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order)
        invoice = order._create_invoices()
        self.assertProgress(contract, 1000, 0, 0, 0, 0)
        invoice.button_cancel()
        self.assertProgress(contract, 1000, 0, 0, 0, 0)

    def test_credit_note(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order)
        invoice = self.bill(order)
        self.take_back(invoice, '2024-05-10', 200)
        self.assertProgress(contract, 1000, 0, 800, 0, 800)    # a credit is no payment
        self.pay(invoice, '2024-05-20', 800)
        self.assertProgress(contract, 1000, 0, 800, 800, 0)

    def test_credit_note_made_by_hand(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order)
        invoice = self.bill(order)
        self.credit_note(invoice, '2024-05-10', 200)
        self.pay(invoice, '2024-05-20', 300)
        self.assertProgress(contract, 1000, 0, 800, 300, 500)

    def test_write_off_is_no_payment(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order)
        invoice = self.bill(order)
        self.pay(invoice, '2024-05-20', 600)
        self.write_off(invoice, '2024-06-01', 400)
        self.assertProgress(contract, 1000, 0, 1000, 600, 0)

    def test_down_payment_is_counted_once(self):
        order = self.sell(10, 100)
        contract = self.new_contract(order)
        self.env['sale.advance.payment.inv'].with_context(
            active_model='sale.order', active_ids=order.ids, active_id=order.id,
        ).create({'advance_payment_method': 'percentage', 'amount': 30, 'sale_order_ids': [Command.set(order.ids)]}).create_invoices()
        down = order.invoice_ids
        down.write({'invoice_date': '2024-05-06', 'invoice_payment_term_id': False, 'invoice_date_due': '2024-05-06'})
        down.action_post()
        self.assertProgress(contract, 1000, 0, 300, 0, 300)
        self.pay(down, '2024-05-07', 300)
        self.assertProgress(contract, 1000, 0, 300, 300, 0)
        final = order._create_invoices(final=True)
        final.write({'invoice_date': '2024-05-20', 'invoice_payment_term_id': False, 'invoice_date_due': '2024-05-20'})
        final.action_post()
        self.assertEqual(final.amount_total, 700)
        self.assertProgress(contract, 1000, 0, 1000, 300, 700)
        self.pay(final, '2024-05-25', 350)
        self.assertProgress(contract, 1000, 0, 1000, 650, 350)

    def test_second_currency(self):
        """Ordered at 7, invoiced at 7.2: for the contract what was ordered is invoiced in full."""
        usd = self.new_usd(('2024-01-01', 7.0), ('2024-05-15', 7.2))
        order = self.sell(10, 100, currency=usd)
        order.order_line.qty_delivered = 5
        contract = self.new_contract(order, currency_id=usd.id)
        self.assertProgress(contract, 1000, 500, 0, 0, 0)
        invoice = self.bill(order, day='2024-05-20')
        self.assertEqual(invoice.currency_id, usd)
        self.assertProgress(contract, 1000, 500, 1000, 0, 1000)
        self.pay(invoice, '2024-05-25', 250, currency=usd)
        self.assertProgress(contract, 1000, 500, 1000, 250, 750)
        row = self.env['tianyuan.contract.analysis'].search([('contract_id', '=', contract.id)])
        self.assertEqual(row.currency_id, self.cny)
        self.assertEqual(
            (row.ordered, row.delivered, row.invoiced, row.paid, row.overdue), (7000, 3500, 7000, 1750, 5250))

    def test_an_alliance_gathers_orders_in_several_currencies(self):
        """1,000 USD at 7 and 500 CNY; 1,400 CNY are 200 USD."""
        usd = self.new_usd(('2024-01-01', 7.0), ('2024-05-15', 7.2))
        order = self.sell(10, 100, currency=usd)
        order.order_line.qty_delivered = 5
        contract = self.new_contract(order, self.sell(1, 500), contract_type='strategic')
        dollars = self.new_contract(
            self.sell(1, 2000, currency=usd), self.sell(1, 1400), currency_id=usd.id, contract_type='strategic',
        )
        self.assertProgress(contract, 7500, 3500, 0, 0, 0)
        self.assertProgress(dollars, 2200, 0, 0, 0, 0)
        invoice = self.bill(order, day='2024-05-20')
        self.assertProgress(contract, 7500, 3500, 7000, 0, 7000)
        self.pay(invoice, '2024-05-25', 250, currency=usd)
        self.assertProgress(contract, 7500, 3500, 7000, 1750, 5250)

    def test_invoice_of_two_contracts(self):
        """700 and 300 on one invoice, 500 paid."""
        one, two = self.sell(7, 100), self.sell(3, 100)
        first, second = self.new_contract(one), self.new_contract(two)
        invoice = self.bill(one + two)
        self.assertEqual(invoice.amount_total, 1000)
        self.pay(invoice, '2024-05-10', 500)
        self.assertProgress(first, 700, 0, 700, 350, 350)
        self.assertProgress(second, 300, 0, 300, 150, 150)

    def test_analysis_is_in_company_currency_and_its_shares_are_of_sums(self):
        usd = self.new_usd(('2024-01-01', 7.0))
        paid, unpaid = self.sell(1, 1000), self.sell(1, 3000)
        first, second = self.new_contract(paid), self.new_contract(unpaid)
        foreign = self.new_contract(self.sell(1, 100, currency=usd), currency_id=usd.id)
        self.pay(self.bill(paid), '2024-05-10', 1000)
        analysis = self.env['tianyuan.contract.analysis'].with_user(self.leader)
        domain = [('contract_id', 'in', (first + second + foreign).ids)]
        [(ordered, share, currency)] = analysis._read_group(
            domain, [], ['ordered:sum', 'paid_share:avg', 'currency_id:count_distinct'])
        self.assertEqual((ordered, round(share, 4), currency), (4700, round(100 * 1000 / 4700, 4), 1))
        self.assertEqual(dict(analysis._read_group(domain, ['team_id'], ['ordered:sum'])), {self.team: 4700})
        row = analysis.search([('contract_id', '=', foreign.id)])
        self.assertEqual((row.ordered, row.currency_id), (700, self.cny))
        self.assertEqual(row.action_open_contract()['res_id'], foreign.id)

    def test_the_documents_behind_the_figures(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order, self.order(self.customer, '2024-05-06 02:00:00', 9, confirm=False))
        late, early = self.bill(order, due='2024-05-20'), self.invoice(self.customer, '2024-05-06', 5)
        for method, expected in (
            ('action_open_orders', contract.order_ids), ('action_open_deliveries', order.order_line),
            ('action_open_invoices', late), ('action_open_overdue_invoices', late),
        ):
            action = getattr(contract.with_user(self.sales_user), method)()
            found = self.env[action['res_model']].with_user(self.rating_manager).search(action['domain'])
            self.assertEqual(found.sudo(False), expected.with_user(self.rating_manager), method)
        self.assertTrue(early)
        self.pay(late, '2024-05-30', 1000)
        action = contract.action_open_overdue_invoices()
        self.assertFalse(self.env['account.move'].search(action['domain']))

    def test_two_hundred_contracts_take_the_queries_of_two(self):
        order = self.sell(1, 10)
        self.bill(order)
        contracts = self.new_contract(order)
        contracts += self.env['tianyuan.contract'].sudo().create([{
            'partner_id': self.customer.id, 'company_id': self.company.id,
        } for _number in range(200)])
        self.env['sale.order'].sudo().create([
            {'partner_id': self.customer.id, 'company_id': self.company.id, 'tianyuan_contract_id': contract.id}
            for contract in contracts[1:]
        ])
        fields = ['ordered_amount', 'paid_percent', 'is_payment_late', 'late_paper_count']
        contracts.write({'state': 'signed'})
        few, many = contracts[:2], contracts    # both with one that has amounts
        self.queries(lambda: few.with_user(self.sales_user).read(fields))    # warm up
        costs = [self.queries(lambda some=some: some.with_user(self.sales_user).read(fields)) for some in (few, many)]
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 12)

    def test_who_sees_the_figures(self):
        order = self.sell(1, 1000)
        contract = self.new_contract(order)
        for user in (
            self.sales_user, self.leader, self.archive_specialist, self.finance_assessor, self.rating_manager,
        ):
            self.env.invalidate_all()
            self.assertEqual(contract.with_user(user).ordered_amount, 1000, user.login)
            self.assertEqual(
                self.env['tianyuan.contract.analysis'].with_user(user).search_count(
                    [('contract_id', '=', contract.id)]), 1)
            self.env['tianyuan.contract'].with_user(user).search([
                '|', ('user_id.sale_team_id.user_id', '=', user.id),
                ('user_id.sale_team_id.member_ids', 'in', [user.id])])
        stranger = self.new_role_user('sales_user', login='tianyuan_stranger')
        other_company = self.setup_other_company()['company']
        foreign = self.new_role_user(
            'manager', login='tianyuan_foreign', company_id=other_company.id,
            company_ids=[Command.set(other_company.ids)])
        for user in (stranger, foreign):
            self.assertFalse(self.env['tianyuan.contract'].with_user(user).search([('id', '=', contract.id)]))
            self.assertFalse(self.env['tianyuan.contract.analysis'].with_user(user).search(
                [('contract_id', '=', contract.id)]))
