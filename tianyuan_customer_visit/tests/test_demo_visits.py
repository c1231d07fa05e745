"""The demo's visits: in every state, told once."""
from collections import Counter

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.tianyuan_customer_rating.demo import setup
from ..demo import visits
from odoo.addons.tianyuan_customer_rating.demo.records import ref
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter


@tagged('post_install', '-at_install')
class TestDemoVisits(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        demo = cls.env['tianyuan.demo']
        cls.today = fields.Date.context_today(demo)
        company = setup.ensure_company(demo._demo_env())
        cls.env = demo._demo_env(company)
        cls.company = company.with_env(cls.env)
        setup.ensure_users(cls.env, cls.company)
        setup.ensure_customers(
            cls.env, setup.ensure_terms(cls.env, cls.company), setup.ensure_products(cls.env, cls.company),
            Quarter.last_complete(cls.today),
        )
        visits.load(cls.env, cls.company, cls.today)
        cls.env.flush_all()

    def test_every_state_is_there_and_loading_twice_adds_nothing(self):
        def states():
            found = self.env['tianyuan.visit'].search([('company_id', '=', self.company.id), ('is_auto', '=', False)])
            return Counter(found.mapped('state'))
        self.assertEqual(states(), {'reported': 3, 'done': 2, 'planned': 3})
        visits.load(self.env, self.company, self.today)
        self.assertEqual(states().total(), 8)

    def test_the_customers_own_salespeople_made_them(self):
        visit = ref(self.env, 'visit_expansion')
        self.assertEqual(visit.user_id, visit.partner_id.user_id)
        self.assertEqual(visit.create_uid, visit.user_id)
        self.assertEqual(Counter(visit.finding_ids.mapped('finding_type')), {'demand': 1, 'suggestion': 1, 'evaluation': 1})

    def test_quality_feedback_is_on_its_product(self):
        finding = ref(self.env, 'finding_quality_0')
        self.assertTrue(finding.told_product)
        self.assertEqual(finding.product_id.tianyuan_quality_feedback_count, 1)
