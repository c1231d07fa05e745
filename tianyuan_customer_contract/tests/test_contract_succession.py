"""Papers and reminders of contracts outlive the salesperson, and move with the customer."""
from freezegun import freeze_time

from odoo.tests import tagged

from .followed import FollowedContractCommon

MODULE = 'tianyuan_customer_contract'
END, REVIEW = f'{MODULE}.mail_activity_type_contract_end', f'{MODULE}.mail_activity_type_contract_review'


@tagged('post_install', '-at_install')
class TestContractSuccession(FollowedContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['tianyuan.contract.paper.type'].sudo().search([]).active = False    # which signing would ask for

    def paper(self, contract, **values):
        return self.env['tianyuan.contract.paper'].sudo().create({
            'contract_id': contract.id, 'name': "Delivery note", 'date_due': '2024-06-01', **values,
        })

    def remind(self):
        with freeze_time('2024-05-20 04:00:00'):
            self.env['tianyuan.contract']._cron_remind()

    def asked(self, contract):
        self.env.flush_all()
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', 'tianyuan.contract'), ('res_id', '=', contract.id),
        ]).user_id

    def test_open_papers_go_to_the_leader_and_those_handed_in_stay(self):
        contract = self.new_contract(user_id=self.sales_user.id)
        waiting, handed_in = self.paper(contract), self.paper(contract, handed_in_on='2024-05-02')
        self.sales_user.action_archive()
        self.assertEqual((waiting.user_id, handed_in.user_id), (self.leader, self.sales_user))

    def test_a_reminder_of_the_end_goes_to_the_leader(self):
        contract = self.new_contract(user_id=self.sales_user.id, date_start='2024-01-01', date_end='2024-05-25')
        self.remind()
        self.assertEqual(self.asked(contract), self.sales_user)
        self.sales_user.action_archive()
        self.assertEqual(self.asked(contract), self.leader)
        self.remind()
        self.assertEqual(self.asked(contract), self.leader)
        self.assertEqual(len(contract.activity_ids), 1)

    def test_running_contracts_and_open_papers_are_handed_over(self):
        colleague = self.new_role_user('sales_user', login='contract_colleague')
        running = self.new_contract(user_id=self.sales_user.id)
        ended = self.new_contract(user_id=self.sales_user.id, state='done')
        paper = self.paper(running)
        hand_over = self.env['tianyuan.hand.over'].with_user(self.rating_manager).with_company(self.company).create({
            'from_user_id': self.sales_user.id, 'company_id': self.company.id, 'to_user_id': colleague.id,
        })
        counts = {kind.key: kind.count for kind in hand_over.kind_ids}
        self.assertEqual((counts['contracts'], counts['papers']), (1, 1))
        hand_over.action_hand_over()
        self.assertEqual(
            (running.user_id, paper.user_id, ended.user_id), (colleague, colleague, self.sales_user),
        )
