"""Set-up that companies share is changed by those only who work in all that use it; others change a copy of their own."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.tianyuan_customer_rating.tests.rating.sheets import SheetCommon

MODULE = 'tianyuan_customer_rating'
SHARED = "Other companies use this too"


@tagged('post_install', '-at_install')
class TestSharedSetup(SheetCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.setup_other_company()['company']
        cls.env['tianyuan.customer.policy'].sudo().create({
            'name': "Theirs", 'company_id': cls.elsewhere.id, 'customer_class': 'key'})
        cls.manager_of_both = cls.new_role_user('manager', login='manager_of_both', company_ids=[
            Command.set((cls.company + cls.elsewhere).ids)])
        cls.records = cls.shared_records()

    @classmethod
    def shared_records(cls):
        """One record of each model that companies share, and a change of it."""
        scheme = cls.env.ref(f'{MODULE}.scheme_distributor')
        line, threshold = scheme.line_ids[0], scheme.threshold_ids[0]
        first = {name: cls.env[name].search([], limit=1) for name in (
            'tianyuan.archive.document.type', 'tianyuan.contract.paper.type', 'tianyuan.contract.template',
            'tianyuan.archive.requirement',
        )}
        return [
            (scheme, {'name': "Mine"}),
            (line, {'sequence': 99}),
            (line.level_ids[0], {'name': "Mine"}),
            (threshold, {'is_key': True}),
            (threshold.tier_id, {'name': "Mine"}),
            (line.indicator_id, {'no_data_policy': 'carry'}),
            (line.category_id, {'name': "Mine"}),
            (first['tianyuan.archive.document.type'], {'remind_days': 3}),
            (first['tianyuan.contract.paper.type'], {'days': 3}),
            (first['tianyuan.contract.template'], {'rights': "Mine"}),
            (first['tianyuan.archive.requirement'], {'sequence': 3}),
        ]

    def test_every_model_of_shared_setup_is_tried(self):
        """A model with an empty company, or scheme parts, can't be forgotten."""
        tried = {record._name for record, _change in self.records}
        for name, model in self.registry.items():
            if not name.startswith('tianyuan.') or model._abstract or model._transient or not model._auto:
                continue
            company = model._fields.get('company_id')
            if company is not None and company.store and not company.required and not company.related:
                with self.subTest(name):
                    self.assertIn(name, tried | {'tianyuan.bad.debt', 'tianyuan.rating.run'})
        inherit = {name for name, model in self.registry.items() if not model._abstract and hasattr(model, '_shared_advice')}
        self.assertEqual(inherit, tried)

    def test_a_manager_of_one_company_changes_nothing_that_others_use(self):
        for record, change in self.records:
            mine = record.with_user(self.rating_manager)
            self.assertTrue(mine.has_access('read'))
            with self.subTest(record._name):
                with self.assertRaises(AccessError) as refused:
                    mine.write(change)
                self.assertIn(SHARED, str(refused.exception))
                with self.assertRaises(AccessError):
                    mine.unlink()

    def test_who_works_in_all_companies_changes_it(self):
        for record, change in self.records:
            with self.subTest(record._name):
                record.with_user(self.manager_of_both).write(change)
                [name] = change
                self.assertIn(str(change[name]), str(record[name]))

    def test_retired_or_translated_over_rpc(self):
        scheme = self.env.ref(f'{MODULE}.scheme_distributor')
        self.authenticate(self.rating_manager.login, self.rating_manager.login)
        for method, args in (
            ('action_retire', []), ('action_draft', []), ('write', [{'state': 'retired'}]), ('write', [{'active': False}]),
            ('write', [{'company_id': self.company.id}]), ('unlink', []),
            ('update_field_translations', ['name', {'zh_CN': "我的"}]), ('action_archive', []),
            ('web_save', [{'grace_days': 3}, {}]),
        ):
            with self.subTest(method), mute_logger('odoo.http'), self.assertRaises(JsonRpcException) as refused:
                self.make_jsonrpc_request(f'/web/dataset/call_kw/{scheme._name}/{method}', {
                    'model': scheme._name, 'method': method, 'args': [scheme.ids, *args], 'kwargs': {}})
            self.assertIn('AccessError', str(refused.exception))
        self.env.invalidate_all()
        self.assertEqual((scheme.state, scheme.active, scheme.company_id.id), ('active', True, False))

    def test_nothing_new_for_all_companies(self):
        with self.assertRaises(AccessError):
            self.env['tianyuan.archive.document.type'].with_user(self.rating_manager).create({
                'name': "Passport", 'required': True, 'company_id': False})
        own = self.env['tianyuan.archive.document.type'].with_user(self.rating_manager).create({'name': "Passport"})
        self.assertEqual(own.company_id, self.company)
        with self.assertRaises(AccessError):
            own.company_id = False
        self.assertEqual(own.company_id, self.company)
        with Form(self.env['tianyuan.archive.document.type'].with_user(self.manager_of_both)) as form:
            form.name = "Visa"
        self.assertFalse(form.record.company_id)

    def test_a_copy_is_the_companys_own(self):
        scheme = self.env.ref(f'{MODULE}.scheme_distributor').with_user(self.rating_manager)
        own = scheme.browse(scheme.action_new_version()['res_id'])
        self.assertEqual((own.company_id, own.state, len(own.line_ids)), (self.company, 'draft', 9))
        own.write({'date_from': '2020-01-01', 'grace_days': 3})
        own.line_ids[0].level_ids[0].name = "Ours"
        own.action_activate()
        applicable = scheme._applicable(self.company, self.quarter.date_to)
        self.assertEqual(applicable['distributor'], own)
        self.assertEqual(scheme._applicable(self.elsewhere, self.quarter.date_to)['distributor'], scheme)
        template = self.env['tianyuan.contract.template'].search([('company_id', '=', False)], limit=1)
        self.assertEqual(template.with_user(self.rating_manager).copy().company_id, self.company)
        self.assertFalse(template.with_user(self.manager_of_both).copy().company_id)

    def test_what_only_ones_own_scheme_uses(self):
        """Indicators and tiers that no other company's scheme scores are one's own."""
        indicator = self.env['tianyuan.rating.indicator'].with_user(self.rating_manager).create({
            'name': "Safety", 'code': 'safety', 'source': 'value',
            'category_id': self.env.ref(f'{MODULE}.scheme_distributor').line_ids[0].category_id.id,
        })
        own = self.env.ref(f'{MODULE}.scheme_distributor').with_user(self.rating_manager).copy()
        own.line_ids[0].indicator_id = indicator
        indicator.no_data_policy = 'zero'
        theirs = own.sudo().copy({'company_id': self.elsewhere.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            indicator.no_data_policy = 'carry'
        theirs.unlink()
        indicator.no_data_policy = 'carry'
        self.assertEqual(indicator.no_data_policy, 'carry')

    def test_a_company_that_uses_nothing_has_no_say(self):
        self.env['tianyuan.customer.policy'].sudo().search([('company_id', '=', self.elsewhere.id)]).unlink()
        scheme = self.env.ref(f'{MODULE}.scheme_distributor').with_user(self.rating_manager)
        scheme.name = "Ours"
        self.assertEqual(scheme.name, "Ours")

    def test_a_branch_is_part_of_its_company(self):
        self.env['tianyuan.customer.policy'].sudo().search([('company_id', '=', self.elsewhere.id)]).unlink()
        branch = self.env['res.company'].sudo().create({'name': "Branch", 'parent_id': self.company.id})
        self.env['tianyuan.customer.policy'].sudo().create({
            'name': "Branch's", 'company_id': branch.id, 'customer_class': 'key'})
        scheme = self.env.ref(f'{MODULE}.scheme_distributor').with_user(self.rating_manager)
        self.assertTrue(scheme.has_access('write'))

    # -- frozen with a used scheme -----------------------------------------------------------------

    def test_what_decides_points_stays_once_it_has_rated(self):
        self.confirmed_sheet()
        scheme = self.env.ref(f'{MODULE}.scheme_distributor')
        indicator = scheme.line_ids.filtered(lambda line: line.indicator_id.code == 'purchase_growth').indicator_id
        for change in (
            {'no_data_policy': 'zero'}, {'source': 'level', 'metric': False}, {'metric': 'annual_purchase'},
            {'lower_is_better': True}, {'responsibility': 'finance'}, {'code': 'growth'},
        ):
            with self.subTest(change), self.assertRaises(UserError) as refused:
                indicator.with_user(self.manager_of_both).write(change)
            self.assertIn("is part of confirmed ratings", str(refused.exception))
        indicator.with_user(self.manager_of_both).write({'no_data_policy': 'assess', 'name': "Growth"})
        tier = scheme.threshold_ids[0].tier_id.with_user(self.manager_of_both)
        with self.assertRaises(UserError):
            tier.sequence = 99
        tier.write({'sequence': tier.sequence, 'color': 3})
        self.assertEqual(tier.color, 3)

    def test_each_of_several_indicators_is_looked_at(self):
        self.confirmed_sheet()
        scheme = self.env.ref(f'{MODULE}.scheme_distributor')
        indicators = scheme.line_ids.indicator_id
        first, other = indicators.filtered(lambda indicator: indicator.metric)[:2]
        for both in (first + other, other + first):
            with self.assertRaises(UserError):
                both.write({'metric': first.metric})
