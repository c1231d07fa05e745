"""What an own indicator may be made from, and who may make one."""
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...engine import own_values
from ...engine.own_definitions import DefinitionError, company_field, literal
from .own_indicators import OwnCommon


@tagged('post_install', '-at_install')
class TestOwnDefinitions(OwnCommon):

    def assertRefused(self, **definition):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.own_indicator(**definition)

    def test_only_managers_define_indicators(self):
        indicator = self.own_indicator()
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.own_indicator(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                indicator.with_user(user).own_domain = "[]"
            with self.subTest(user.login), self.assertRaises(AccessError):
                indicator.with_user(user).action_try()

    def test_a_filter_is_never_evaluated(self):
        for text in (
            "[('user_id', '=', uid)]", "[('date_order', '>=', context_today())]",
            "[('id', '=', __import__('os').getpid())]", "[('id', 'in', [x for x in range(9)])]",
            "[('name', '=', 'a' % 1)]", "[('name', '=', f'{1}')]", "__import__('os').system('true')",
            "[('date_order', '>=', (datetime.date.today()).strftime('%Y'))]", "(", "{}", "'text'", "[" * 300,
            "[('name', '=', " + "-" * 9999 + "1)]",
        ):
            with self.subTest(text[:60]):
                with self.assertRaises(DefinitionError):
                    literal(self.env, text)
                self.assertRefused(own_domain=text)
                self.assertRefused(own_measure='share_count', own_base_domain=text)

    def test_dates_of_a_filter_are_fixed(self):
        for value in ("'today'", "'today -7d'", "'=monday'", "['2024-01-01', 'now']"):
            with self.subTest(value):
                self.assertRefused(own_domain=f"[('date_order', '{'in' if '[' in value else '>='}', {value})]")
                self.assertRefused(
                    own_domain=f"[('order_line', 'any', [('create_date', '>=', {value})])]")
        indicator = self.own_indicator(own_domain="[('date_order', '>=', '2024-05-01 00:00:00')]")
        self.assertTrue(indicator)

    def test_a_filter_uses_what_is_stored_exists_and_leads_nowhere_else(self):
        for text in (
            "[('no_such_field', '=', 1)]", "[('order_line.no_such_field', '=', 1)]", "[('state.name', '=', 1)]",
            "[('is_expired', '=', True)]",                               # not stored
            "[('user_id.login', '=', 'admin')]", "[('user_id.password', 'like', 'a')]",
            "[('message_ids.body', 'like', 'a')]", "[('activity_ids', 'any', [])]",
            "[('order_line', 'any!', [])]", "[('partner_id.bank_ids.acc_number', 'like', '6')]",
            "[('name', 'no such operator', 1)]", "[('name', '=')]", "['|', ('name', '=', 'a')]",
            "[('partner_id.commercial_partner_id.parent_id.parent_id.parent_id', '=', 1)]",
        ):
            with self.subTest(text):
                self.assertRefused(own_domain=text)
        allowed = (
            "[('order_line.product_id.categ_id', 'child_of', 1), '|', ('amount_untaxed', '>', 5), "
            "('order_line', 'any', [('product_uom_qty', '>', 2)]), ('partner_id.ref', '=', False), (1, '=', 1)]")
        self.assertTrue(self.own_indicator(own_domain=allowed))

    def test_a_filter_compares_fields_with_values_that_they_can_have(self):
        for text in (
            "[('amount_untaxed', '>', 'abc')]", "[('id', 'in', ['abc'])]", "[('amount_untaxed', '=', 1+2j)]",
            "[('name', '=', 'a\\x00b')]", "[('name', '=', b'a')]", "[('name', '=', 5)]", "[('name', '>', False)]",
            "[('amount_untaxed', '<', 1e999)]", "[('amount_untaxed', 'ilike', '5')]", "[('locked', '=', 'yes')]",
            "[('partner_id', '=', 1.5)]", "[('partner_id', '>', 'a')]", "[('order_line', 'any', [('price_unit', '=', 'x')])]",
            "[('name', '=', [['a']])]", "[('name', 'in', [('a',)])]",
        ):
            with self.subTest(text):
                self.assertRefused(own_domain=text)
                self.assertRefused(own_measure='share_count', own_base_domain=text)
        for text in (
            "[('amount_untaxed', 'in', [1, 2.5, False])]", "[('name', 'in', ['S1', False])]", "[('locked', '=', 0)]",
            "[('partner_id', 'ilike', 'a')]", "[('partner_id', '=', False)]", "[('id', '>', 3)]",
            "[('state', 'in', ('sale', 'sent'))]", "[('name', '=like', 'S%')]",
        ):
            with self.subTest(text), self.env.cr.savepoint() as savepoint:
                self.values(self.own_indicator(own_domain=text))
                savepoint.rollback()

    def test_a_filter_that_odoo_cannot_turn_into_a_query_is_refused(self):
        self.assertRefused(
            own_model='account.move.line', own_date_field='date', own_domain="[('account_id.code_mapping_ids.code', '=', '1')]")
        with patch.object(type(self.env['sale.order']), '_search', side_effect=ValueError("no column")):
            self.assertRefused()

    def test_what_the_database_refuses_is_no_data_and_said(self):
        indicator = self.own_indicator()
        self.order(self.customer, '2024-05-01 04:00:00', 1)
        wrong = Domain.custom(to_sql=lambda model, alias, query: SQL("%s = 'abc'", SQL.identifier(alias, 'amount_untaxed')))
        with patch.object(own_values, 'filter_of', return_value=wrong), mute_logger('odoo.sql_db'):
            with self.assertLogs(own_values.__name__, 'WARNING'):
                self.assertIsNone(self.values(indicator))
            self.assertIn("The records can't be read", indicator._find_own_problem())
        self.assertEqual(self.values(indicator), 1.0)

    def test_nothing_that_follows_from_ratings_is_rated(self):
        for model in (
            'tianyuan.watch.item', 'tianyuan.watch.course', 'tianyuan.rating.outcome', 'tianyuan.class.history',
            'tianyuan.class.override', 'tianyuan.rating.run.error', 'tianyuan.rating.analysis',
        ):
            with self.subTest(model):
                self.assertRefused(own_model=model, own_domain=False, own_date_field=False, own_period=False)
        for name in ('tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account'):
            with self.subTest(name):
                self.assertRefused(own_domain=f"[('partner_id.{name}', '!=', False)]")
        for text in (
            "[('partner_id.tianyuan_watch_item_ids', '!=', False)]",
            "[('partner_id.tianyuan_watch_item_ids', 'any', [('state', '=', 'new')])]",
        ):
            with self.subTest(text):
                self.assertRefused(own_domain=text)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.number_indicator('tianyuan_score')
        # A copy of such a field is none of a customer's own either.
        self.env['ir.model.fields'].sudo().create({
            'name': 'x_points', 'model_id': self.env['ir.model']._get_id('sale.order'), 'ttype': 'float',
            'related': 'partner_id.tianyuan_score', 'state': 'manual', 'store': False, 'field_description': "Points",
        })
        self.assertRefused(own_domain="[('x_points', '>', 5)]")
        with patch.object(
            type(self.env['tianyuan.rating.indicator']), '_own_result_models', lambda indicators: {'sale.order'},
        ):
            self.assertRefused()

    def test_records_of_companies_of_which_no_field_says_which_are_refused(self):
        self.assertEqual(company_field(self.env['sale.order.line']), 'company_id')
        self.assertEqual(company_field(self.env['tianyuan.hand.over.kind']), 'hand_over_id.company_id')
        for model in ('tianyuan.archive.destruction.line', 'tianyuan.archive.number'):
            with self.subTest(model), self.assertRaisesRegex(ValidationError, "belong to companies"):
                self.own_indicator(own_model=model, own_domain=False, own_date_field=False, own_period=False)

    def test_refused_records_are_not_searched_by_the_last_field_of_a_filter(self):
        for text in (
            "[('user_id', 'ilike', 'a')]", "[('user_id', '=', 'Mitchell')]", "[('write_uid', 'in', ['a'])]",
            "[('partner_id.bank_ids', 'ilike', '6')]", "[('message_ids', 'ilike', 'a')]", "[('user_id', 'child_of', 1)]",
            "[('partner_id.bank_ids', 'in', [1])]",
        ):
            with self.subTest(text):
                self.assertRefused(own_domain=text)
        for text in ("[('user_id', '=', False)]", "[('user_id', 'in', [1, 2])]", "[('create_uid', '!=', 1)]"):
            with self.subTest(text):
                self.assertTrue(self.own_indicator(own_domain=text))

    def test_records_that_no_indicator_is_made_from(self):
        for model in (
            'res.users', 'mail.message', 'ir.attachment', 'res.partner.bank', 'tianyuan.contact.profile',
            'tianyuan.archive.access.log', 'tianyuan.rating', 'res.partner', 'product.product', 'no.such.model',
            'tianyuan.quarter.to.date',
        ):
            with self.subTest(model):
                self.assertRefused(own_model=model, own_domain=False, own_date_field=False, own_period=False)
                self.assertNotIn(model, dict(self.env['tianyuan.rating.indicator']._selection_own_models()))

    def test_only_what_the_manager_can_read(self):
        self.env['ir.model.access'].sudo().search([('model_id.model', '=', 'sale.order')]).perm_read = False
        offered = dict(self.env['tianyuan.rating.indicator'].with_user(self.rating_manager)._selection_own_models())
        self.assertIn('account.move', offered)
        self.assertNotIn('sale.order', offered)
        self.assertRefused()
        # neither by way of a filter
        self.assertRefused(
            own_model='sale.order.line', own_partner_path='order_partner_id', own_date_field='create_date',
            own_domain="[('order_id.name', '=', 'S1')]")
        indicator = self.own_indicator(
            own_model='sale.order.line', own_partner_path='order_partner_id', own_date_field='create_date',
            own_domain=False)
        for name, value in (
            ('own_domain', "[('order_id', 'any', [('name', '=', 'S1')])]"), ('own_partner_path', 'order_id.partner_id'),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "may not read"), self.env.cr.savepoint():
                indicator[name] = value
        indicator.sudo().own_domain = "[('order_id.name', '=', 'S1')]"
        indicator.name = "Another name"    # what somebody else has defined doesn't prevent this

    def test_fields_for_certain_groups_are_refused(self):
        """Everybody who reads a sheet sees the value."""
        self.assertIn('account.group', self.env['res.partner']._fields['credit_limit'].groups)
        manager = self.rating_manager
        manager.sudo().group_ids += self.env.ref('account.group_account_manager')
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.number_indicator('credit_limit')
        self.patch(self.env['sale.order']._fields['amount_untaxed'], 'groups', 'base.group_system')
        self.assertRefused(own_measure='sum', own_measure_field='amount_untaxed')
        self.assertRefused(own_domain="[('amount_untaxed', '>', 1)]")

    def test_incomplete_definitions_are_refused(self):
        for definition in (
            {'own_measure': 'sum'}, {'own_measure': 'sum', 'own_measure_field': 'name'},
            {'own_measure': 'sum', 'own_measure_field': 'partner_id'},
            {'own_measure': 'sum', 'own_measure_field': 'order_line.price_unit'},
            {'own_measure': 'average', 'own_measure_field': 'amount_undiscounted'},    # not stored
            {'own_measure': 'count_distinct'}, {'own_measure': False}, {'own_model': False},
            {'own_measure': 'days_since', 'own_date_field': False, 'own_period': False}, {'own_measure': 'days_until'},
            {'own_partner_path': False}, {'own_partner_path': 'user_id'}, {'own_partner_path': 'name'},
            {'own_partner_path': 'user_id.partner_id'}, {'own_date_field': 'name'}, {'own_period': False},
            {'own_period': 'valid', 'own_date_field': False},
        ):
            with self.subTest(str(definition)):
                self.assertRefused(**definition)
        for name in ('name', 'no_such_field', 'parent_id', 'id', False, 'tianyuan_archive_completeness.x'):
            with self.subTest(f"customer's {name}"), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.number_indicator(name)

    def test_what_confirmed_sheets_measure_stays(self):
        indicator = self.own_indicator()
        scheme = self.env['tianyuan.rating.scheme'].search([('channel', '=', 'distributor')], limit=1)
        sheet = self.confirmed_sheet()
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_rating_line SET indicator_id = %s WHERE rating_id = %s AND sequence = 1",
            indicator.id, sheet.id,
        ))
        self.env.invalidate_all()
        self.assertTrue(scheme)
        for name, value in (
            ('own_domain', "[]"), ('own_period', 'year'), ('own_measure', 'days_since'), ('own_date_field', 'create_date'),
            ('own_archived', True), ('own_partner_path', 'partner_invoice_id'),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                indicator[name] = value
        indicator.write({'own_period': 'quarter', 'sequence': 3})    # changes nothing that counts

    def test_what_disappears_gives_no_data_and_says_so(self):
        indicator = self.own_indicator()
        self.order(self.customer, '2024-05-01 04:00:00', 1)
        self.assertEqual(self.values(indicator), 1.0)
        self.assertFalse(indicator.own_problem)
        for column, value, word in (
            ('own_model', 'gone.model', "gone.model"), ('own_date_field', 'x_gone', "x_gone"),
            ('own_domain', "[('x_gone', '=', 1)]", "x_gone"), ('own_partner_path', 'x_gone', "x_gone"),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(SQL(
                    "UPDATE tianyuan_rating_indicator SET %s = %s WHERE id = %s",
                    SQL.identifier(column), value, indicator.id,
                ))
                self.env.invalidate_all()
                self.assertIsNone(self.values(indicator))
                self.assertIn(word, indicator.own_problem)
                with self.assertRaisesRegex(UserError, word):
                    indicator.action_try()
                self.assertTrue(indicator.with_user(self.finance_assessor).read())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_uninstalling_a_field_is_not_blocked_by_the_indicator_that_uses_it(self):
        field = self.env['ir.model.fields'].sudo().create({
            'name': 'x_stars', 'model_id': self.env['ir.model']._get_id('res.partner'), 'ttype': 'float',
            'field_description': "Stars", 'state': 'manual',
        })
        indicator = self.number_indicator('x_stars')
        self.customer.x_stars = 3
        self.assertEqual(self.values(indicator), 3.0)
        with mute_logger('odoo.models'):
            field.unlink()
        self.env.invalidate_all()
        self.assertIsNone(self.values(indicator))
        self.assertIn('x_stars', indicator.own_problem)

    def test_each_preset_is_a_definition(self):
        Indicator = self.env['tianyuan.rating.indicator'].with_user(self.rating_manager)
        presets = Indicator._own_presets()
        self.assertGreaterEqual(len(presets), 4)
        for key, preset in presets.items():
            with self.subTest(key):
                indicator = Indicator.create({
                    'code': key, 'category_id': self.category.id, 'source': 'computed', **preset,
                })
                self.assertFalse(indicator.own_problem)
                self.assertTrue(indicator.own_summary)

    def test_units_follow_from_what_is_computed(self):
        for definition, unit in (
            ({}, False), ({'own_measure': 'sum', 'own_measure_field': 'amount_untaxed'}, 'amount'),
            ({'own_measure': 'days_since'}, 'days'), ({'own_measure': 'share_count', 'own_base_domain': '[]'}, 'percent'),
        ):
            self.assertEqual(self.own_indicator(**definition).unit, unit)
