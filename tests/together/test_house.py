"""How the code is cut (design §2): the core knows nothing of the addons that stand on it, and each model has one place.

Read from the source alone.
"""
import ast
import re
import unittest
from collections import defaultdict
from pathlib import Path

REPO = Path(__file__).parents[2]
CORE = REPO / 'tianyuan_customer_rating'
WINGS = [path for path in sorted(REPO.glob('tianyuan_customer_*/')) if path != CORE]
ROOMS = (
    'mixins', 'archive', 'document', 'borrow', 'collection', 'profile', 'rating', 'setup', 'workbench', 'intake',
    'retention', 'privacy', 'handover', 'watch', 'proof', 'earlier',
)
LONG = {
    ('rating', 'res.partner'): ['res_partner', 'res_partner_completeness'],
    ('rating', 'tianyuan.rating'): ['tianyuan_rating', 'tianyuan_rating_explain'],
    ('rating', 'tianyuan.rating.indicator'): ['tianyuan_rating_indicator', 'tianyuan_rating_indicator_definition'],
    ('rating', 'tianyuan.rating.run'): ['tianyuan_rating_run', 'tianyuan_rating_run_activities'],
    ('contract', 'tianyuan.contract'): ['tianyuan_contract', 'tianyuan_contract_follow'],
    ('rating_survey', 'survey.user_input'): ['survey_user_input', 'survey_user_input_findings'],
}
SOURCES = ('.py', '.xml', '.csv', '.js', '.scss')
LEFT_OUT = {'tests', 'i18n', 'migrations'}    # a migration moves records from the core to others


def sources(addon):
    for path in sorted(addon.rglob('*')):
        if path.suffix in SOURCES and not LEFT_OUT.intersection(path.relative_to(addon).parts):
            yield path


def models(addon):
    """The classes of models: (path, name of the model, whether it is a new one, names in the class)."""
    for path in sources(addon):
        if path.suffix != '.py':
            continue
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef) or not any('models.' in ast.unparse(base) for base in node.bases):
                continue
            names = {
                target.id: statement for statement in node.body if isinstance(statement, ast.Assign)
                for target in statement.targets if isinstance(target, ast.Name)
            }
            names.update({statement.name: statement for statement in node.body if isinstance(statement, ast.FunctionDef)})
            own, inherited = (
                ast.literal_eval(names[name].value) if name in names else None for name in ('_name', '_inherit')
            )
            parents = [inherited] if isinstance(inherited, str) else inherited or []
            yield path, own or parents[0], bool(own) and own not in parents, set(names)


def own_names(addon):
    """What an addon adds: its models, and what it puts on others' models under the family's prefix."""
    for _path, model, is_new, names in models(addon):
        if is_new:
            yield model
        yield from (name for name in names if re.match(r'_?(\w+_)?tianyuan_', name))


class TestHouse(unittest.TestCase):

    def test_the_core_names_none_of_the_others(self):
        core = set(own_names(CORE))
        theirs = {name for wing in WINGS for name in own_names(wing)} - core
        theirs |= {wing.name for wing in WINGS}
        self.assertGreater(len(theirs), 100)
        named = defaultdict(set)
        for path in sources(CORE):
            words = set(re.findall(r'[\w.]+', path.read_text()))
            words |= {part for word in words for part in word.split('.')}
            for name in theirs & words:
                named[str(path.relative_to(REPO))].add(name)
        self.assertFalse(dict(named))

    def test_others_stand_on_the_core_or_on_what_they_depend_on(self):
        for wing in WINGS:
            depends = set(ast.literal_eval((wing / '__manifest__.py').read_text())['depends'])
            if 'tianyuan_customer_visit' in depends:
                depends.add(CORE.name)
            text = "".join(path.read_text() for path in sources(wing))
            with self.subTest(wing.name):
                others = {other.name for other in WINGS} - depends - {wing.name}
                self.assertFalse(others & set(re.findall(r'\w+', text)))

    def test_a_model_has_one_class_in_an_addon_or_room(self):
        """But for a few long ones, of which one subject has a file of its own."""
        long_ones = {}
        for addon in (CORE, *WINGS):
            places = defaultdict(list)
            for path, model, _is_new, _names in models(addon):
                places[path.parent, model].append(path.stem)
            long_ones.update(
                {(addon.name.removeprefix('tianyuan_customer_'), place[1]): sorted(files)
                 for place, files in places.items() if len(files) > 1})
        self.assertEqual(long_ones, LONG)

    def test_a_file_is_named_after_its_model(self):
        for addon in (CORE, *WINGS):
            files = defaultdict(list)
            for path, model, _is_new, _names in models(addon):
                if 'models' in path.parts:
                    files[path].append(model.replace('.', '_'))
            for path, names in files.items():
                with self.subTest(str(path.relative_to(REPO))):
                    self.assertTrue(any(path.stem.startswith(name) for name in names), names)

    def test_mixins_stand_on_no_room(self):
        for path in sorted((CORE / 'models' / 'mixins').glob('*.py')):
            imported = re.findall(r'^from \.\.(\w+)', path.read_text(), re.M)
            self.assertFalse(set(imported) & set(ROOMS), path.name)

    def test_an_addon_extends_the_customers_form_once(self):
        for addon in (CORE, *WINGS):
            text = "".join(path.read_text() for path in sources(addon) if path.suffix == '.xml')
            extended = re.findall(r'inherit_id" ref="(?:base\.view_partner_form|[\w.]*res_partner_view_form)"', text)
            with self.subTest(addon.name):
                self.assertLessEqual(len(extended), 1)
