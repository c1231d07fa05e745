"""The checklist's step of the contract templates ticks when legal has approved one."""
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestSetupTemplates(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Setup = cls.env['tianyuan.setup'].with_user(cls.rating_manager)
        cls.Template = cls.env['tianyuan.contract.template'].sudo()
        cls.Template.search([]).write({'approved_on': False, 'approved_by_id': False})
        cls.Template.search([]).action_archive()

    def step(self):
        self.env.flush_all()
        [step] = [step for step in self.Setup.checklist()['steps'] if step['key'] == 'templates']
        return step

    def test_it_ticks_with_the_first_approved_template(self):
        templates = self.Template.create([
            {'name': f"Template {number}", 'company_id': self.company.id} for number in range(2)
        ])
        self.assertEqual((self.step()['done'], self.step()['count']), (False, 2))
        templates[0].with_user(self.rating_manager).action_approve()
        self.assertEqual((self.step()['done'], self.step()['count']), (True, 1))
        self.assertEqual(self.step()['note'], "1 approved by legal, 1 to approve")

    def test_another_companys_templates_dont_count(self):
        other = self.setup_other_company()['company']
        self.Template.create({'name': "Theirs", 'company_id': other.id}).action_approve()
        self.assertEqual((self.step()['done'], self.step()['count']), (False, 0))

    def test_it_opens_what_is_to_approve(self):
        action = self.Setup.action_approve_templates()
        self.assertEqual(action['res_model'], 'tianyuan.contract.template')
        with self.assertRaises(AccessError):
            self.Setup.with_user(self.sales_user).action_approve_templates()
