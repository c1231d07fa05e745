"""Whether a user has groups is remembered, and is what Odoo says at any moment: it decides who may see what."""
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models.tianyuan_roles import ROLES

ROLE = 'tianyuan_customer_rating.group_sales_user'
SPECS = (
    ROLES, ROLE, 'base.group_user', 'base.group_system', 'base.group_user,base.group_system', '!base.group_user',
    '!base.group_system', f'{ROLES},!base.group_portal', 'base.group_no_one', '!base.group_no_one', '.',
)


@tagged('post_install', '-at_install')
class TestRememberedGroups(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, 'grouped', groups='base.group_user')
        cls.portal = new_test_user(cls.env, 'grouped_portal', groups='base.group_portal')

    def told(self, user, spec):
        user = user.with_user(user)
        return user.has_groups(spec), user.has_groups(spec)

    def role(self):
        return self.env.ref(ROLE)

    def test_it_is_what_odoo_says(self):
        plain = {}
        registry_class = type(self.env['res.users'])
        for user in (self.user, self.portal, self.env.ref('base.user_admin')):
            with patch.object(registry_class, '_tianyuan_remembers_groups', False):
                plain[user] = {spec: self.told(user, spec) for spec in SPECS}
            self.assertTrue(registry_class._tianyuan_remembers_groups)
            for spec in SPECS:
                with self.subTest(spec, user=user.login):
                    self.assertEqual(self.told(user, spec), plain[user][spec])

    def test_a_role_given_or_taken_away_counts_at_once(self):
        self.assertEqual(self.told(self.user, ROLES), (False, False))
        self.user.group_ids = [Command.link(self.role().id)]
        self.assertEqual(self.told(self.user, ROLES), (True, True))
        self.user.group_ids = [Command.unlink(self.role().id)]
        self.assertEqual(self.told(self.user, ROLES), (False, False))

    def test_who_gets_a_role_by_another_group_has_it_at_once(self):
        group = self.env['res.groups'].create({'name': "Sellers", 'user_ids': [Command.link(self.user.id)]})
        self.assertEqual(self.told(self.user, ROLES), (False, False))
        group.implied_ids = [Command.link(self.role().id)]
        self.assertEqual(self.told(self.user, ROLES), (True, True))

    def test_a_field_of_the_addon_is_closed_at_once(self):
        self.user.group_ids = [Command.link(self.role().id)]
        partner = self.env['res.partner'].create({'name': "Paint Ltd"}).with_user(self.user)
        self.assertEqual(partner.tianyuan_channel, False)
        self.user.group_ids = [Command.unlink(self.role().id)]
        with self.assertRaises(AccessError):
            partner.tianyuan_channel    # noqa: B018

    def test_a_portal_user_is_told_nothing_of_others(self):
        with self.assertRaises(AccessError):
            self.user.with_user(self.portal).has_groups('base.group_user')

    def test_nothing_is_remembered_where_another_addon_decides(self):
        users = self.env['res.users']
        registry_class = type(users)

        def not_on_sundays(self, group_ext_id):
            return False

        try:
            with patch.object(registry_class, '_has_group', not_on_sundays):
                users._register_hook()
                self.assertFalse(registry_class._tianyuan_remembers_groups)
                self.assertEqual(self.told(self.user, 'base.group_user'), (False, False))
        finally:
            users._register_hook()
        self.assertTrue(registry_class._tianyuan_remembers_groups)
        self.assertEqual(self.told(self.user, 'base.group_user'), (True, True))
