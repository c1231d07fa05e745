"""Fields without a default are left out when defaults are looked for, and nothing else is."""
from unittest.mock import patch

from odoo import models
from odoo.tests import tagged

from ..models.tianyuan_guarded import TianyuanGuarded
from .sheets import SheetCommon

CONTEXTS = ({}, {'default_city': "Suzhou", 'default_note': "N", 'default_name': "Preset", 'default_unknown': 1})


@tagged('post_install', '-at_install')
class TestDefaults(SheetCommon):

    def defaults(self, model, context):
        records = self.env[model].with_user(self.rating_manager).with_context(**context)
        names = list(records._fields)
        found = records.default_get(names)
        return {name: value for name, value in found.items() if records._fields[name].type not in ('date', 'datetime')}

    def test_the_defaults_are_those_odoo_finds(self):
        self.rating_manager.group_ids |= self.env.ref('sales_team.group_sale_manager')
        guarded = [
            name for name, cls in self.registry.items()
            if issubclass(cls, TianyuanGuarded) and not cls._abstract and self.env[name].with_user(self.rating_manager).has_access('read')
        ]
        self.assertLessEqual({'res.partner', 'sale.order', 'tianyuan.visit'}, set(guarded))
        for model in guarded:
            for context in CONTEXTS:
                with self.subTest(model, context=context):
                    with patch.object(TianyuanGuarded, '_tianyuan_fields_with_default', lambda self: None):
                        whole, again = self.defaults(model, context), self.defaults(model, context)
                    found = self.defaults(model, context)
                    self.assertEqual(set(found), set(whole))
                    drawn = {name for name in whole if whole[name] != again[name]}  # a survey's access token
                    self.assertEqual({**found, **{name: whole[name] for name in drawn}}, whole)
                    self.assertLessEqual(drawn, {'access_token'})

    def test_a_users_saved_default_counts(self):
        self.env['ir.default'].with_user(self.rating_manager).set('res.partner', 'city', "Wuxi", user_id=True)
        partner = self.env['res.partner'].with_user(self.rating_manager)
        self.assertNotIn('city', partner._tianyuan_fields_with_default())
        self.assertEqual(partner.default_get(['city', 'street']), {'city': "Wuxi"})

    def test_where_another_addon_gives_defaults_further_down_it_is_asked_for_all(self):
        classes = type(self.env['res.partner']).__mro__
        below = classes[classes.index(TianyuanGuarded) + 1:]
        mixin = next(cls for cls in below if cls is not models.BaseModel and issubclass(cls, models.BaseModel))
        asked = []

        def default_get(self, fields):
            asked.extend(fields)
            return {'street': "1 Bund"}

        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)
        with patch.object(mixin, 'default_get', default_get, create=True):
            self.assertEqual(self.env['res.partner'].default_get(['city', 'street']), {'street': "1 Bund"})
        self.assertEqual(asked, ['city', 'street'])
