"""The addon's terms come out in Chinese on the screens."""
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .common import MODULE
from .translations import CHINESE, TranslationChecks

SAME = {'ID', 'QQ', '/ 100', '100%', '%(sheet)s: %(problem)s', 'object.name', 'object.display_name'}


@tagged('post_install', '-at_install')
class TestTranslations(TranslationChecks, TransactionCase):

    module = MODULE
    same = SAME
    kinds = (
        'model:ir.model.fields,field_description', 'model:ir.model.fields,help', 'model:ir.model,name',
        'model:ir.model.fields.selection,name', 'model:ir.model.constraint,message',
        'model_terms:ir.ui.view,arch_db', 'model:ir.ui.menu,name', 'model:ir.actions.act_window,name',
        'model_terms:ir.actions.act_window,help', 'model:ir.actions.server,name', 'model:res.groups,name',
        'model:tianyuan.rating.level,name', 'model:tianyuan.rating.category,name',
        f'code:addons/{MODULE}/models/rating/tianyuan_rating.py',
    )

    def test_the_policys_own_words(self):
        """Terms a reader of the company's policy looks for."""
        rating = self.zh['tianyuan.rating'].fields_get()
        self.assertEqual(rating['tier_id']['string'], '等级')
        self.assertEqual(rating['score']['string'], '得分')
        self.assertEqual(rating['is_major_account']['string'], '大客户')
        self.assertEqual(dict(rating['channel']['selection']), {'distributor': '分销商', 'direct': '直销客户'})
        self.assertEqual(
            dict(rating['customer_class']['selection']), {'key': '重点', 'ordinary': '普通', 'potential': '潜在'},
        )
        partner = self.zh['res.partner'].fields_get()
        self.assertEqual(partner['tianyuan_archive_specialist_id']['string'], '客户专员')
        self.assertEqual(
            dict(partner['tianyuan_business_nature']['selection']), {'manufacturer': '制造商', 'dealer': '经销商'},
        )
        self.assertEqual(self.zh['tianyuan.rating.category'].browse([
            self.zh.ref(f'{MODULE}.category_{name}').id
            for name in ('quality', 'capacity', 'balance', 'credit', 'solvency')
        ]).mapped('name'), ['品质特性评价', '吸货能力评价', '吸货均衡性评价', '信用履约评价', '偿债能力评价'])

    def test_screens_are_chinese(self):
        form = self.zh['tianyuan.rating'].get_view(self.env.ref(f'{MODULE}.tianyuan_rating_view_form').id, 'form')
        self.assertIn('提交销售评定', form['arch'])
        self.assertNotIn('Submit Sales', form['arch'])
        partner = self.zh['res.partner'].get_view(self.env.ref('base.view_partner_form').id, 'form')
        self.assertIn('客户档案', partner['arch'])
        self.assertEqual(self.zh.ref(f'{MODULE}.tianyuan_menu_root').name, '客户管理')
        self.assertIn('客户信用等级评定表', str(self.zh.ref(f'{MODULE}.tianyuan_rating_action').help))

    def test_the_list_of_apps_is_chinese(self):
        addon = self.zh['ir.module.module'].search([('name', '=', MODULE)])
        self.assertEqual(addon.shortdesc, '客户评价')
        self.assertRegex(addon.summary, CHINESE)

    def test_messages_are_chinese(self):
        with self.assertRaisesRegex(UserError, '评定表不能复制'):
            self.zh['tianyuan.rating'].copy()
