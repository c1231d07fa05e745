"""What every addon's translations have to keep, whichever addon of ours it is."""
import re
from collections import Counter, defaultdict
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tools.translate import TranslationModuleReader

LANG = 'zh_CN'

CHINESE = re.compile(r'[\u4e00-\u9fff]')
PLACEHOLDER = re.compile(r'%(?:\(\w+\))?[sdrfg]|\$\{\w+\}')
TAG = re.compile(r'<[^>]*>')
HALF_WIDTH = re.compile(r'[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]|["\']')


class TranslationChecks:
    """Every term of the addon ``module`` has a Simplified Chinese translation.

    What is missing is found and merged by ``scripts/i18n.sh``. A mixin, so that its tests run where it is used only.
    """

    module = None
    # Written alike in both languages. Anything else without a Chinese character is not translated.
    same = set()
    # Where its terms come from, and a file with messages: guards the filter of what is checked.
    kinds = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(get_module_path(cls.module), 'i18n')
        cls.template = polib.pofile(str(folder / f'{cls.module}.pot'))
        cls.chinese = polib.pofile(str(folder / f'{LANG}.po'))
        cls.env['res.lang']._activate_lang(LANG)
        cls.env['ir.module.module']._load_module_terms([cls.module], [LANG], overwrite=True)
        cls.env.registry.clear_all_caches()
        cls.zh = cls.env(context={**cls.env.context, 'lang': LANG})
        cls.exported = cls.exports()

    @classmethod
    def own_fields(cls):
        """The fields that the addon itself declares: of model and name."""
        return {
            (name, field.name)
            for name, model in cls.env.registry.items()
            for definition in model._model_classes__ if getattr(definition, '_module', None) == cls.module
            for field in definition._field_definitions
        }

    @classmethod
    def exports(cls):
        """What Odoo would export now.

        Which fields of other addons appear (of mixins and of inherited documents) depends on what else is
        installed, so only the addon's own count.

        :return: dict of source → places
        """
        own = {f'{cls.module}.field_{model.replace(".", "_")}__{name}' for model, name in cls.own_fields()}
        own |= {name.replace('.field_', '.selection__', 1) for name in own}
        terms = defaultdict(set)
        for _module, ttype, name, res_id, source, _value, _comments in TranslationModuleReader(cls.cr, [cls.module]):
            if name.startswith('ir.model.fields,') and res_id not in own:
                continue
            if str(res_id).startswith(f'{cls.module}.demo_'):
                continue
            terms[source].add(f'{ttype}:{name}:{res_id}')
        return terms

    def test_no_term_lacks_a_translation(self):
        known = {entry.msgid for entry in self.chinese if entry.msgstr and not entry.fuzzy and not entry.obsolete}
        missing = {source: sorted(places) for source, places in self.exported.items() if source not in known}
        self.assertFalse(missing, "Run scripts/i18n.sh and translate what it lists.")

    def test_records_find_their_terms(self):
        """Odoo translates a record by the places that a term names: a view that takes up a term has to be among them."""
        places = {entry.msgid: {place for place, _line in entry.occurrences} for entry in self.chinese}
        missing = defaultdict(list)
        for source, used in self.exported.items():
            lost = {place for place in used if place.startswith('model')} - places.get(source, set())
            if lost:
                missing[source] = sorted(lost)
        self.assertFalse(dict(missing), "Run scripts/i18n.sh.")

    def test_the_addon_exports_what_is_checked(self):
        places = {place.rsplit(':', 1)[0] for found in self.exported.values() for place in found}
        for kind in self.kinds:
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
            entry.msgid for entry in self.chinese if entry.msgid not in self.same and not CHINESE.search(entry.msgstr)
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
                    self.assertTrue(field['string'] in self.same or CHINESE.search(field['string']), field['string'])
                    for _value, label in field.get('selection', ()):
                        self.assertTrue(label in self.same or CHINESE.search(label), label)
