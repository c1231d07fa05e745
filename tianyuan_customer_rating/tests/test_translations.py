"""Every term of the addon has a Simplified Chinese translation, and it comes out on the screens.

What is missing here is found and merged by ``scripts/i18n.sh``.
"""
import re
from collections import Counter, defaultdict
from pathlib import Path

import polib

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

MODULE = 'tianyuan_customer_rating'
LANG = 'zh_CN'
I18N = Path(__file__).parent.parent / 'i18n'

# Written alike in both languages. Anything else without a Chinese character is not translated.
SAME = {'ID', 'QQ', '/ 100', '100%', '%(sheet)s: %(problem)s', 'object.name', 'object.display_name'}

CHINESE = re.compile(r'[\u4e00-\u9fff]')
PLACEHOLDER = re.compile(r'%(?:\(\w+\))?[sdrfg]|\$\{\w+\}')
TAG = re.compile(r'<[^>]*>')
HALF_WIDTH = re.compile(r'[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]|["\']')


@tagged('post_install', '-at_install')
class TestTranslations(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(str(I18N / f'{MODULE}.pot'))
        cls.chinese = polib.pofile(str(I18N / f'{LANG}.po'))
        cls.env['res.lang']._activate_lang(LANG)
        cls.env['ir.module.module']._load_module_terms([MODULE], [LANG], overwrite=True)
        cls.env.registry.clear_all_caches()
        cls.zh = cls.env(context={**cls.env.context, 'lang': LANG})

    @classmethod
    def own_fields(cls):
        """The fields that the addon itself declares: of model and name."""
        return {
            (name, field.name)
            for name, model in cls.env.registry.items()
            for definition in model._model_classes__ if getattr(definition, '_module', None) == MODULE
            for field in definition._field_definitions
        }

    def exported(self):
        """What Odoo would export now.

        Which fields of other addons appear (of mixins and of inherited documents) depends on what else is
        installed, so only the addon's own count.

        :return: dict of source → places
        """
        own = {f'{MODULE}.field_{model.replace(".", "_")}__{name}' for model, name in self.own_fields()}
        own |= {name.replace('.field_', '.selection__', 1) for name in own}
        terms = defaultdict(set)
        for _module, ttype, name, res_id, source, _value, _comments in TranslationModuleReader(self.cr, [MODULE]):
            if name.startswith('ir.model.fields,') and res_id not in own:
                continue
            if str(res_id).startswith(f'{MODULE}.demo_'):
                continue
            terms[source].add(f'{ttype}:{name}:{res_id}')
        return terms

    def test_no_term_lacks_a_translation(self):
        known = {entry.msgid for entry in self.chinese if entry.msgstr and not entry.fuzzy and not entry.obsolete}
        missing = {source: sorted(places) for source, places in self.exported().items() if source not in known}
        self.assertFalse(missing, "Run scripts/i18n.sh and translate what it lists.")

    def test_the_addon_exports_what_is_checked(self):
        """Guards the filter above: fields, selections, views, menus, data and messages are all there."""
        places = {place.rsplit(':', 1)[0] for found in self.exported().values() for place in found}
        for kind in (
            'model:ir.model.fields,field_description', 'model:ir.model.fields,help', 'model:ir.model,name',
            'model:ir.model.fields.selection,name', 'model:ir.model.constraint,message',
            'model_terms:ir.ui.view,arch_db', 'model:ir.ui.menu,name', 'model:ir.actions.act_window,name',
            'model_terms:ir.actions.act_window,help', 'model:ir.actions.server,name', 'model:res.groups,name',
            'model:tianyuan.rating.level,name', 'model:tianyuan.rating.category,name',
            f'code:addons/{MODULE}/models/tianyuan_rating.py',
        ):
            self.assertIn(kind, places)

    def test_files_are_in_order(self):
        self.assertEqual(self.chinese.metadata['Language'], LANG)
        self.assertEqual(self.chinese.metadata['Plural-Forms'], 'nplurals=1; plural=0;')
        self.assertEqual([entry.msgid for entry in self.chinese], [entry.msgid for entry in self.template])
        self.assertEqual([entry.msgid for entry in self.chinese], sorted({entry.msgid for entry in self.chinese}))
        self.assertFalse([entry.msgid for entry in self.chinese.obsolete_entries()])
        self.assertFalse([entry.msgid for entry in self.chinese.fuzzy_entries()])
        self.assertFalse([entry.msgid for entry in self.chinese if not entry.msgstr.strip()])

    def test_translations_are_chinese(self):
        foreign = [
            entry.msgid for entry in self.chinese if entry.msgid not in SAME and not CHINESE.search(entry.msgstr)
        ]
        self.assertFalse(foreign)

    def test_punctuation_is_chinese(self):
        wrong = {
            entry.msgid: entry.msgstr for entry in self.chinese if HALF_WIDTH.search(TAG.sub('', entry.msgstr))
        }
        self.assertFalse(wrong)

    def test_placeholders_are_kept(self):
        """Messages are formatted: a lost or a misspelt placeholder hides what the message is about."""
        messages = [
            entry for entry in self.chinese if any(place.startswith('code:') for place, _line in entry.occurrences)
        ]
        self.assertTrue(any(PLACEHOLDER.search(entry.msgid) for entry in messages))
        for entry in messages:
            with self.subTest(term=entry.msgid):
                self.assertEqual(
                    Counter(PLACEHOLDER.findall(entry.msgstr)), Counter(PLACEHOLDER.findall(entry.msgid)),
                )

    def test_markup_is_kept(self):
        for entry in self.chinese:
            with self.subTest(term=entry.msgid):
                self.assertEqual(TAG.findall(entry.msgstr), TAG.findall(entry.msgid))

    def test_whitespace_at_the_ends_is_kept(self):
        for entry in self.chinese:
            with self.subTest(term=entry.msgid):
                self.assertEqual(entry.msgstr, entry.msgstr.strip())
                self.assertEqual(entry.msgstr.count('\n'), entry.msgid.count('\n'))

    def test_labels_and_choices_are_chinese(self):
        own = defaultdict(set)
        for model, name in self.own_fields():
            own[model].add(name)
        for model in sorted(name for name in own if not self.env[name]._abstract):
            for name, field in self.zh[model].fields_get(sorted(own[model])).items():
                if not self.env[model]._fields[name].export_string_translation:
                    continue
                with self.subTest(model=model, field=name):
                    self.assertTrue(field['string'] in SAME or CHINESE.search(field['string']), field['string'])
                    for _value, label in field.get('selection', ()):
                        self.assertTrue(label in SAME or CHINESE.search(label), label)

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
