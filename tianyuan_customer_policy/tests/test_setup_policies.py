"""The checklist's step of the policies: ready-made ones are created with one click, and ticked."""
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PolicyCommon


@tagged('post_install', '-at_install')
class TestSetupPolicies(PolicyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Setup = cls.env['tianyuan.setup'].with_user(cls.rating_manager)
        cls.Policy = cls.env['tianyuan.customer.policy']

    def step(self):
        [step] = [step for step in self.Setup.checklist()['steps'] if step['key'] == 'policies']
        return step

    def own_policies(self):
        return self.Policy.search([('company_id', '=', self.company.id)])

    def test_one_click_makes_a_policy_for_each_class(self):
        self.own_policies().unlink()
        self.assertEqual((self.step()['done'], self.step()['method']), (False, 'action_make_policies'))
        self.assertEqual(self.Setup.action_make_policies()['res_model'], 'tianyuan.customer.policy')
        made = {policy.customer_class: policy for policy in self.own_policies()}
        self.assertEqual(made.keys(), {'key', 'ordinary', 'potential'})
        self.assertEqual((made['key'].supply_priority, made['key'].credit_limit_kind), ('high', 'none'))
        self.assertIn("market demand and competitors", made['key'].service_terms)
        self.assertEqual((self.step()['done'], self.step()['method']), (True, False))
        made['key'].with_user(self.rating_manager).visit_interval = 30
        self.assertEqual(made['key'].visit_interval, 30)

    def test_own_policies_stay_alone_of_their_class(self):
        self.own_policies().unlink()
        own = self.Policy.create({'name': "Ours", 'customer_class': 'key', 'company_id': self.company.id})
        own.active = False
        self.Setup.action_make_policies()
        self.assertEqual(set(self.own_policies().mapped('customer_class')), {'ordinary', 'potential'})
        self.Setup.action_make_policies()
        self.assertEqual(len(self.own_policies()), 2)

    def test_only_managers_make_them(self):
        self.own_policies().unlink()
        for user in (self.sales_user, self.finance_assessor):
            with self.assertRaises(AccessError):
                self.Setup.with_user(user).action_make_policies()
        self.assertFalse(self.own_policies())
