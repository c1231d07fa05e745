"""What an own indicator may be made from, and who may make one."""
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...engine.own_definitions import DefinitionError, literal
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
