"""Every view of the addon, and every page it opens, can be shown to each role."""
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .rating.sheets import SheetCommon


@tagged('post_install', '-at_install', 'smoke')
class TestViews(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        nobody = new_test_user(cls.env, 'views_nobody', groups='base.group_user', lang='en_US')
        cls.people = cls.sales_user + cls.archive_specialist + cls.finance_assessor + cls.rating_manager + nobody

    def least(self, alone, together):
        """How many there are at least, of the core alone and of all addons."""
        wings = self.env['ir.module.module'].sudo().search_count([
            ('name', '=like', 'tianyuan_customer_%'), ('state', '=', 'installed')])
        return together if wings > 5 else alone

    def own(self, model):
        """Records of the addons' own data."""
        data = self.env['ir.model.data'].sudo().search([('module', '=like', 'tianyuan%'), ('model', '=', model)])
        return self.env[model].sudo().browse(data.mapped('res_id')).exists()

    def test_every_view_is_shown_to_whoever_may_read_its_records(self):
        views = self.own('ir.ui.view').filtered(lambda view: view.type != 'qweb')
        self.assertGreater(len(views), self.least(80, 130))
        shown = 0
        for user in self.people:
            for view in views:
                model = self.env[view.model].with_user(user)
                if not model.has_access('read'):
                    continue
                root = view
                while root.mode == 'extension':
                    root = root.inherit_id
                with self.subTest(user=user.login, view=view.xml_id):
                    self.assertTrue(model.get_view(root.id, root.type)['arch'])
                    shown += 1
        self.assertGreater(shown, self.least(200, 300))

    def test_every_page_opens_for_whoever_may_read_its_records(self):
        actions = self.own('ir.actions.act_window')
        self.assertGreater(len(actions), self.least(35, 50))
        opened = 0
        for user in self.people:
            for action in actions.with_user(user).sudo():
                model = self.env[action.res_model].with_user(user)
                if action.group_ids and not action.group_ids & user.all_group_ids or not model.has_access('read'):
                    continue
                with self.subTest(user=user.login, action=action.xml_id):
                    context = safe_eval(action.context or '{}', {'active_id': 0, 'active_ids': [], 'uid': user.id})
                    asked = [(view_id or False, kind) for view_id, kind in action.views]
                    found = model.with_context(**context).get_views([*asked, (action.search_view_id.id, 'search')])
                    self.assertLessEqual({kind for _view, kind in asked}, found['views'].keys())
                    opened += 1
        self.assertGreater(opened, self.least(60, 80))
