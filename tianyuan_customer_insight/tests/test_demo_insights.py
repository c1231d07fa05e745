"""The demo's market insight: in every state, about every topic, and no mail on its way."""
from collections import Counter

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..demo import insights
from odoo.addons.tianyuan_customer_rating.demo import setup
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter


@tagged('post_install', '-at_install')
class TestDemoInsights(TransactionCase):

    def test_the_company_knows_its_markets(self):
        demo = self.env['tianyuan.demo']
        today = fields.Date.context_today(demo)
        company = setup.ensure_company(demo._demo_env())
        env = demo._demo_env(company)
        setup.ensure_users(env, company)
        setup.ensure_customers(
            env, setup.ensure_terms(env, company), setup.ensure_products(env, company), Quarter.last_complete(today),
        )
        mails = env['mail.mail'].search_count([])
        insights.load(env, today)
        insights.load(env, today)
        known = env['tianyuan.market.insight'].search([('company_id', '=', company.id)])
        self.assertEqual(Counter(known.mapped('state')), {'shared': 3, 'draft': 2})
        self.assertEqual(set(known.mapped('topic')), {'macro', 'policy', 'demand', 'competitors'})
        self.assertEqual(sum(known.mapped('sent_count')), 15)
        self.assertEqual(env['mail.mail'].search_count([]), mails)
