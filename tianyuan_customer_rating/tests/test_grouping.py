"""Fields that somebody may not read aren't told by grouping, counting, searching or sorting either."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common import RatingCommon


@tagged('post_install', '-at_install')
class TestGrouping(RatingCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        groups = ['base.group_user', 'sales_team.group_sale_salesman_all_leads', 'base.group_partner_manager',
                  'account.group_account_invoice', 'base.group_allow_export']
        cls.guest = new_test_user(
            cls.env, 'guest_without_role', groups=','.join(groups), company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])
        cls.product = cls.env['product.template'].sudo().create({'name': "Titanium dioxide"})
        cls.market = cls.env['tianyuan.downstream.market'].sudo().create({'name': "Paint works"})
        cls.customer.sudo().write({
            'tianyuan_purchased_variety_ids': [Command.set(cls.product.ids)],
            'tianyuan_downstream_market_ids': [Command.set(cls.market.ids)],
        })
        cls.order(cls.customer, '2024-05-05 08:00:00', 100)
        cls.invoice(cls.customer, '2024-05-05', 100)
        cls.env.flush_all()

    def fields_kept(self):
        """The addon's fields on Odoo's models that the guest may not read, those that users have of partners included."""
        for name, model in self.registry.items():
            if name.startswith('tianyuan.') or model._abstract or model._transient:
                continue
            records = self.env[name].with_user(self.guest)
            for field in model._fields.values():
                if field.name.startswith('tianyuan_') and not records._has_field_access(field, 'read'):
                    yield records, field

    def attempts(self, field, path):
        """(method, arguments) that would tell something of the field."""
        spec = f'{path}:month' if field.type in ('date', 'datetime') else path
        yield 'formatted_read_group', [[], [spec], ['__count']]
        yield 'formatted_read_grouping_sets', [[], [[spec], []], ['__count']]
        yield 'web_read_group', [[], [spec]]
        yield 'read_group', [[], ['id'], [spec]]
        yield 'search_count', [[(path, '!=', False)]]
        if '.' not in path:
            yield 'read_progress_bar', [[], spec, {'field': 'active', 'colors': {'true': 'success'}}]
            yield 'search_read', [[], [path], 0, 1]
            yield 'search', [[], 0, 1, path]
            for aggregate in ('count_distinct', 'array_agg', 'max'):
                yield 'formatted_read_group', [[], [], [f'{path}:{aggregate}']]

    def assertTellsNothing(self, records, field, path):
        for method, args in self.attempts(field, path):
            if not hasattr(records, method):
                continue
            with self.subTest(records._name, field=path, method=method, args=str(args)):
                try:
                    with self.env.cr.savepoint():
                        answer = getattr(records, method)(*args)
                except (AccessError, ValueError, UserError):
                    continue    # what Odoo can't do with a kind of field at all tells nothing either
                self.fail(f"{method} answers {answer}")

    @mute_logger('odoo.orm.models', 'odoo.models')
    def test_no_field_is_told_by_grouping_or_searching(self):
        seen = set()
        for records, field in self.fields_kept():
            if not records.has_access('read') or not (field.store or field.inherited or field.search):
                continue
            if not records.search_count([], limit=1):
                continue    # there is nothing to group
            seen.add((records._name, field.name))
            self.assertTellsNothing(records, field, field.name)
        for name in ('tianyuan_purchased_variety_ids', 'tianyuan_downstream_market_ids', 'tianyuan_rating_ids'):
            self.assertIn(('res.partner', name), seen)

    @mute_logger('odoo.orm.models', 'odoo.models')
    def test_nor_through_records_that_name_the_customer(self):
        fields = [field for records, field in self.fields_kept() if records._name == 'res.partner' and field.store]
        self.assertGreater(len(fields), 20)
        for name, path in (
            ('sale.order', 'partner_id'), ('sale.order', 'partner_invoice_id'), ('account.move', 'commercial_partner_id'),
            ('res.partner', 'commercial_partner_id'), ('res.users', 'partner_id'),
        ):
            records = self.env[name].with_user(self.guest)
            self.assertTrue(records.search_count([], limit=1), name)
            for field in fields:
                self.assertTellsNothing(records, field, f'{path}.{field.name}')

    def test_over_rpc(self):
        self.authenticate('guest_without_role', 'guest_without_role')
        for model, path in (('res.partner', ''), ('sale.order', 'partner_id.')):
            for method, kwargs in (
                ('formatted_read_group', {'groupby': [f'{path}tianyuan_purchased_variety_ids'], 'aggregates': ['__count']}),
                ('web_read_group', {'groupby': [f'{path}tianyuan_purchased_variety_ids']}),
                ('formatted_read_grouping_sets', {
                    'grouping_sets': [[f'{path}tianyuan_purchased_variety_ids']], 'aggregates': ['__count']}),
            ):
                with self.subTest(model, method=method), mute_logger('odoo.http'):
                    with self.assertRaises(JsonRpcException) as refused:
                        self.make_jsonrpc_request(f'/web/dataset/call_kw/{model}/{method}', {
                            'model': model, 'method': method, 'args': [[]], 'kwargs': kwargs})
                    self.assertIn('AccessError', str(refused.exception))

    def test_who_has_a_role_groups_by_them(self):
        groups = self.env['res.partner'].with_user(self.sales_user).formatted_read_group(
            [('id', '=', self.customer.id)], ['tianyuan_purchased_variety_ids'], ['__count'])
        self.assertEqual(
            [(group['tianyuan_purchased_variety_ids'][0], group['__count']) for group in groups], [(self.product.id, 1)])
        [group] = self.env['res.partner'].with_user(self.guest).formatted_read_group(
            [('id', '=', self.customer.id)], ['user_id'], ['__count'])
        self.assertEqual(group['__count'], 1)
