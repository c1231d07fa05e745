"""Late payment, late papers, reviews and ends of contracts (policy 6.2, 9.3, design §8)."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .followed import FollowedContractCommon

MODULE = 'tianyuan_customer_contract'
FILE = 'JVBERi0xLjQK'


@tagged('post_install', '-at_install')
class TestContractEscalation(FollowedContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['tianyuan.contract.paper.type'].sudo().search([]).active = False
        cls.company.tianyuan_contract_grace_days = 7

    def activities(self, contract, kind):
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', 'tianyuan.contract'), ('res_id', '=', contract.id),
            ('activity_type_id', '=', self.env.ref(f'{MODULE}.mail_activity_type_contract_{kind}').id),
        ])

    def escalate(self, day):
        with freeze_time(f'{day} 04:00:00'):
            self.env['tianyuan.contract']._cron_escalate()
            self.env.invalidate_all()

    def remind(self, day):
        with freeze_time(f'{day} 04:00:00'):
            self.env['tianyuan.contract']._cron_remind()
            self.env.invalidate_all()

    def a_late_contract(self, amount=1000, due='2024-05-20', **values):
        order = self.sell(1, amount)
        with freeze_time('2024-05-06 04:00:00'):
            contract = self.new_contract(order, **values)
        return contract, self.bill(order, due=due)

    # -- late payment ------------------------------------------------------------------------------------

    def test_late_payment_is_reported_once_to_the_team_leader(self):
        contract, _invoice = self.a_late_contract()
        self.escalate('2024-05-27')    # the last day of grace
        self.assertFalse(self.activities(contract, 'payment'))
        self.escalate('2024-05-28')
        activity = self.activities(contract, 'payment')
        self.assertEqual(activity.user_id, self.leader)
        self.assertIn("1,000.00", activity.summary)
        self.assertIn(contract.name, activity.note)
        self.escalate('2024-05-28')
        self.escalate('2024-06-05')
        self.assertEqual(self.activities(contract, 'payment'), activity)
        matter = contract.matter_ids
        self.assertEqual((matter.kind, matter.amount, matter.state, matter.days), ('payment', 1000, 'open', 0))
        self.assertEqual((str(matter.reported_on), matter.user_id), ('2024-05-28', self.leader))

    def test_done_activity_does_not_come_back(self):
        contract, _invoice = self.a_late_contract()
        self.escalate('2024-05-28')
        self.activities(contract, 'payment').action_done()
        self.escalate('2024-05-29')
        self.assertFalse(self.activities(contract, 'payment'))

    def test_reported_again_when_a_step_of_days_has_passed(self):
        contract, _invoice = self.a_late_contract(due='2024-05-20')
        self.escalate('2024-05-28')
        first = self.activities(contract, 'payment')
        self.escalate('2024-06-18')    # 29 days
        self.assertEqual(self.activities(contract, 'payment'), first)
        self.escalate('2024-06-19')    # 30
        second = self.activities(contract, 'payment')
        self.assertEqual(len(second), 1)
        self.assertNotEqual(second, first)
        self.assertEqual(contract.matter_ids.days, 30)
        self.escalate('2024-06-20')
        self.assertEqual(self.activities(contract, 'payment'), second)

    def test_reported_again_when_another_invoice_is_late_but_not_when_some_is_paid(self):
        contract, invoice = self.a_late_contract(contract_type='agency')
        self.escalate('2024-05-28')
        first = self.activities(contract, 'payment')
        self.pay(invoice, '2024-05-28', 600)
        self.escalate('2024-05-29')
        self.assertEqual(self.activities(contract, 'payment'), first)
        order = self.sell(1, 200)
        order.sudo().tianyuan_contract_id = contract
        self.bill(order, due='2024-05-25')
        self.escalate('2024-06-02')    # the new one is late: 600 in all
        second = self.activities(contract, 'payment')
        self.assertNotEqual(second, first)
        self.assertIn("600.00", second.summary)
        self.assertEqual(contract.matter_ids.amount, 600)

    def test_settled_and_late_again_is_a_new_matter(self):
        contract, invoice = self.a_late_contract(contract_type='agency')
        self.escalate('2024-05-28')
        self.pay(invoice, '2024-05-29', 1000)
        self.escalate('2024-05-30')
        self.assertFalse(self.activities(contract, 'payment'))
        self.assertEqual((contract.matter_ids.state, str(contract.matter_ids.settled_on)), ('settled', '2024-05-30'))
        order = self.sell(1, 10)
        order.sudo().tianyuan_contract_id = contract
        self.bill(order, due='2024-05-25')
        self.escalate('2024-06-05')
        self.assertEqual(sorted(contract.matter_ids.mapped('state')), ['open', 'settled'])
        self.assertIn("10.00", self.activities(contract, 'payment').summary)

    def test_completing_or_cancelling_a_contract_ends_its_following(self):
        contract, _invoice = self.a_late_contract()
        self.escalate('2024-05-28')
        contract.write({'state': 'cancelled'})
        self.assertFalse(self.activities(contract, 'payment'))
        self.assertEqual(contract.matter_ids.state, 'settled')

    def test_draft_contracts_are_not_reported(self):
        contract, _invoice = self.a_late_contract(state='draft')
        self.escalate('2024-05-28')
        self.assertFalse(contract.matter_ids)

    def test_words_are_in_the_leaders_language(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.leader.sudo().lang = 'fr_FR'
        contract, _invoice = self.a_late_contract()
        self.escalate('2024-05-28')
        self.assertIn("1 000,00", self.activities(contract, 'payment').summary.replace('\u202f', ' ').replace('\xa0', ' '))

    def test_without_a_leader_the_orders_team_then_the_managers_are_told(self):
        self.team.user_id = False
        contract, _invoice = self.a_late_contract()
        self.escalate('2024-05-28')
        self.assertIn(self.rating_manager, self.activities(contract, 'payment').user_id)
        self.assertNotIn(self.leader, self.activities(contract, 'payment').user_id)
        # the leader of the orders' team is told, if they may read the contract
        head = self.new_role_user('manager', login='tianyuan_head')
        team = self.env['crm.team'].create({'name': "West", 'company_id': self.company.id, 'user_id': head.id})
        contract, _invoice = self.a_late_contract()
        contract.order_ids.team_id = team
        self.escalate('2024-05-28')
        self.assertEqual(self.activities(contract, 'payment').user_id, head)

    def test_with_the_customer_it_goes_to_the_next_salesperson_and_their_leader(self):
        next_leader = self.new_role_user('sales_user', login='tianyuan_next_leader')
        successor = self.new_role_user('sales_user', login='tianyuan_successor')
        self.env['crm.team'].create({
            'name': "West", 'company_id': self.company.id, 'user_id': next_leader.id,
            'member_ids': [Command.set(successor.ids)],
        })
        contract, _invoice = self.a_late_contract(date_end='2024-06-30')
        self.customer.user_id = successor
        self.escalate('2024-05-28')
        self.assertEqual(self.activities(contract, 'payment').user_id, next_leader)
        self.remind('2024-05-31')
        self.assertEqual(self.activities(contract, 'end').user_id, successor)

    def test_a_leader_who_cannot_read_the_contract_is_not_told(self):
        self.team.user_id = new_test_user(
            self.env, login='tianyuan_outsider', groups='base.group_user', company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)])
        contract, _invoice = self.a_late_contract()
        contract.order_ids.team_id = False
        self.escalate('2024-05-28')
        self.assertIn(self.rating_manager, self.activities(contract, 'payment').user_id)

    def test_two_hundred_late_contracts_take_few_more_queries_than_twenty(self):
        def late(number):
            orders = self.env['sale.order']
            for _number in range(number):
                order = self.sell(1, 10)
                self.new_contract(order)
                orders += order
            self.bill(orders, due='2024-05-20')
        self.escalate('2024-05-28')
        costs = []
        for number in (5, 25):
            late(number)
            self.env.flush_all()
            costs.append(self.queries(lambda: self.escalate('2024-05-28')))
        self.assertLessEqual(costs[1] - costs[0], 3 * 20)
        again = self.queries(lambda: self.escalate('2024-05-28'))
        self.assertLessEqual(again, 25)

    # -- papers ------------------------------------------------------------------------------------------

    def new_type(self, name, **values):
        return self.env['tianyuan.contract.paper.type'].sudo().create({'name': name, 'days': 10, **values})

    def test_signing_adds_the_papers_of_the_type(self):
        self.new_type("Original")
        self.new_type("Plan", contract_type='strategic')
        self.new_type("On request", required=False)
        self.new_type("Elsewhere", company_id=self.setup_other_company()['company'].id)
        with freeze_time('2024-05-06 04:00:00'):
            contract = self.new_contract(state='draft')
            self.assertFalse(contract.paper_ids)
            contract.write({'state': 'signed'})
            self.assertEqual(
                [(paper.name, str(paper.date_due), paper.user_id) for paper in contract.paper_ids],
                [("Original", '2024-05-16', self.sales_user)])
            alliance = self.new_contract(contract_type='strategic')
            self.assertEqual(set(alliance.paper_ids.mapped('name')), {"Original", "Plan"})
            contract.write({'state': 'draft'})
            contract.write({'state': 'signed'})
            self.assertEqual(len(contract.paper_ids), 1)

    def test_no_paper_is_handed_in_by_a_default(self):
        self.env['tianyuan.contract.paper.type'].sudo().create({'name': "Original", 'days': 10})
        contract = self.new_contract(state='draft')
        contract.with_context(default_handed_in_on='2024-05-06').write({'state': 'signed'})
        self.assertEqual(contract.paper_ids.mapped('handed_in_on'), [False])

    def test_late_papers_are_reported_and_settle_when_handed_in(self):
        self.new_type("Original")
        self.new_type("Invoicing Details", days=20)
        with freeze_time('2024-05-06 04:00:00'):
            contract = self.new_contract()
        first, second = contract.paper_ids.sorted('date_due')
        self.escalate('2024-05-16')
        self.assertFalse(self.activities(contract, 'papers'))
        self.escalate('2024-05-17')
        activity = self.activities(contract, 'papers')
        self.assertEqual((activity.user_id, contract.matter_ids.count), (self.leader, 1))
        self.escalate('2024-05-18')
        self.assertEqual(self.activities(contract, 'papers'), activity)
        self.escalate('2024-05-27')    # the other one too
        self.assertNotEqual(self.activities(contract, 'papers'), activity)
        self.assertEqual(contract.matter_ids.count, 2)
        with freeze_time('2024-05-28 04:00:00'):
            self.assertEqual(first.state, 'overdue')
            self.assertIn(contract, contract.search([('is_paper_late', '=', True)]))
            first.with_user(self.sales_user).action_hand_in()
            self.assertEqual((first.state, str(first.handed_in_on)), ('done', '2024-05-28'))
            self.assertTrue(self.activities(contract, 'papers'))
            second.with_user(self.sales_user).write({'file': FILE, 'file_name': 'details.pdf'})
            self.assertEqual((second.state, str(second.handed_in_on)), ('done', '2024-05-28'))
            self.assertFalse(self.activities(contract, 'papers'))
            self.assertEqual(contract.matter_ids.state, 'settled')
            self.assertNotIn(contract, contract.search([('is_paper_late', '=', True)]))

    def test_states_of_papers_can_be_searched(self):
        contract = self.new_contract()
        papers = self.env['tianyuan.contract.paper'].create([
            {'contract_id': contract.id, 'name': name, 'date_due': day, 'handed_in_on': handed} for name, day, handed in (
                ("A", '2024-05-01', False), ("B", '2024-05-10', False), ("C", '2024-05-01', '2024-05-01'))])
        with freeze_time('2024-05-10 04:00:00'):
            papers.invalidate_recordset()
            self.assertEqual(papers.mapped('state'), ['overdue', 'open', 'done'])
            for paper in papers:
                self.assertEqual(papers.search([('state', '=', paper.state), ('id', 'in', papers.ids)]), paper)
            self.assertEqual(papers.search([('state', '!=', 'done'), ('id', 'in', papers.ids)]), papers[:2])

    def test_papers_stay_with_their_contract_and_company(self):
        contract, other = self.new_contract(), self.new_contract(partner=self.other_customer)
        paper = self.env['tianyuan.contract.paper'].with_user(self.sales_user).create(
            {'contract_id': contract.id, 'name': "Original", 'date_due': '2024-05-10'})
        with self.assertRaisesRegex(UserError, "stays with its contract"):
            paper.contract_id = other
        with self.assertRaises(AccessError):
            paper.create({'contract_id': other.id, 'name': "Original", 'date_due': '2024-05-10'})
        with self.assertRaises(AccessError):
            paper.unlink()
        with self.assertRaises(AccessError):
            paper.with_user(self.finance_assessor).action_hand_in()

    def test_nobody_writes_what_was_reported(self):
        contract, _invoice = self.a_late_contract()
        self.escalate('2024-05-28')
        for user in (self.leader, self.rating_manager):
            matter = contract.matter_ids.with_user(user)
            self.assertEqual(matter.amount, 1000)
            with self.assertRaises(AccessError):
                matter.write({'state': 'settled'})
            with self.assertRaises(AccessError):
                contract.with_user(user).write({'matter_ids': [(1, matter.id, {'state': 'settled'})]})

    # -- reviews and ends --------------------------------------------------------------------------------

    def test_alliances_are_reviewed_in_turn(self):
        self.company.tianyuan_contract_review_months = 6
        with freeze_time('2024-01-31 04:00:00'):
            contract = self.new_contract(contract_type='strategic')
            sale = self.new_contract()
        self.assertEqual((contract.review_interval_months, str(contract.next_review_on)), (6, '2024-07-31'))
        self.assertEqual((sale.review_interval_months, sale.next_review_on), (0, False))
        self.remind('2024-07-30')
        self.assertFalse(self.activities(contract, 'review'))
        self.remind('2024-07-31')
        activity = self.activities(contract, 'review')
        self.assertEqual(activity.user_id, self.sales_user)
        self.remind('2024-08-01')
        self.assertEqual(self.activities(contract, 'review'), activity)
        with freeze_time('2024-08-02 04:00:00'):
            self.assertIn(contract, contract.search([('is_review_due', '=', True)]))
            contract.with_user(self.sales_user).action_reviewed()
        self.assertEqual(str(contract.next_review_on), '2025-02-02')
        self.assertFalse(self.activities(contract, 'review'))
        self.assertTrue(contract.message_ids.filtered(lambda message: "Reviewed with the customer" in message.body))
        self.remind('2025-02-02')
        self.assertTrue(self.activities(contract, 'review'))

    def test_who_may_not_review_and_what_is_not_reviewed(self):
        contract = self.new_contract(contract_type='agency')
        with self.assertRaises(AccessError):
            contract.with_user(self.finance_assessor).action_reviewed()
        with self.assertRaisesRegex(UserError, "after how many months"):
            self.new_contract().with_user(self.sales_user).action_reviewed()
        with self.assertRaisesRegex(UserError, "Draft"):
            self.new_contract(contract_type='agency', state='draft').with_user(self.sales_user).action_reviewed()

    def test_the_salesperson_is_told_once_before_the_end(self):
        contract = self.new_contract(date_start='2024-01-01', date_end='2024-06-30')
        self.company.tianyuan_contract_end_days = 30
        self.remind('2024-05-30')
        self.assertFalse(self.activities(contract, 'end'))
        self.remind('2024-05-31')
        activity = self.activities(contract, 'end')
        self.assertEqual((activity.user_id, str(activity.date_deadline)), (self.sales_user, '2024-06-30'))
        self.remind('2024-06-01')
        self.assertEqual(self.activities(contract, 'end'), activity)
        with freeze_time('2024-06-02 04:00:00'):
            self.assertIn(contract, contract.search([('is_expiring', '=', True)]))
            contract.invalidate_recordset()
            self.assertTrue(contract.is_expiring)
            contract.date_end = '2025-06-30'
            self.assertFalse(self.activities(contract, 'end'))
        self.remind('2024-06-02')
        self.assertFalse(self.activities(contract, 'end'))
        self.remind('2025-06-01')
        self.assertTrue(self.activities(contract, 'end'))
