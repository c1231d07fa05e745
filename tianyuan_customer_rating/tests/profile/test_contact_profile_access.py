"""Who reads contact profiles (design §7, §10), past the screens, through every door. Who may do what else with one:
``tests/test_access_matrix.py``."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MODULE
from .common import ProfileCommon

MODEL = 'tianyuan.contact.profile'


@tagged('post_install', '-at_install')
class TestContactProfileAccess(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.new_role_user('sales_user', login='team_leader')
        cls.env['crm.team'].create({
            'name': "North", 'user_id': cls.leader.id, 'company_id': cls.company.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.reader = cls.new_role_user('contact_profile')
        cls.plain_user = new_test_user(
            cls.env, 'plain_user', groups='base.group_user,base.group_partner_manager', lang='en_US',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.portal_user = new_test_user(
            cls.env, 'portal_user', groups='base.group_portal', lang='en_US',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.elsewhere = cls.setup_other_company()['company']
        cls.foreign_reader = cls.new_role_user(
            'contact_profile', login='foreign_reader', company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)])
        cls.foreign_specialist = cls.new_role_user(
            'archive_specialist', login='foreign_specialist', company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)])
        cls.allowed = (cls.sales_user, cls.leader, cls.archive_specialist, cls.rating_manager, cls.reader)
        cls.without_rights = (
            cls.other_salesperson, cls.finance_assessor, cls.plain_user, cls.portal_user, cls.foreign_reader,
            cls.foreign_specialist,
        )
        for user in cls.allowed + cls.without_rights[:-1]:
            if user != cls.portal_user:
                user.group_ids += cls.env.ref('base.group_allow_export')
        cls.profile.message_post(body="Dislikes the rival's director")
        cls.attachment = cls.env['ir.attachment'].with_user(cls.archive_specialist).create({
            'name': "family.txt", 'raw': b"secret", 'res_model': MODEL, 'res_id': cls.profile.id,
        })

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.env.invalidate_all()

    def doors(self, user):
        """What a user gets of the profile through each way in; a refusal counts as nothing."""
        profile = self.profile.with_user(user)
        records = profile.browse()
        mine = [('id', '=', profile.id)]
        messages = self.env['mail.message'].with_user(user)
        of_profile = [('model', '=', MODEL), ('res_id', '=', profile.id)]
        ways = {
            'read': lambda: profile.read(['hobbies']),
            'field': lambda: profile.hobbies,
            'search': lambda: records.search(mine),
            'search_count': lambda: records.search_count([('taboos', 'ilike', 'football')]),
            'search_read': lambda: records.search_read(mine, ['taboos']),
            'web_search_read': lambda: records.web_search_read(mine, {'taboos': {}})['records'],
            'web_read': lambda: profile.web_read({'taboos': {}}),
            'name_search': lambda: records.name_search("Wang Fang"),
            'display_name': lambda: profile.display_name,
            'read_group': lambda: records.formatted_read_group(mine, ['hobbies'], ['__count']),
            'export': lambda: profile.export_data(['hobbies'])['datas'],
            'messages': lambda: profile.message_ids.mapped('body'),
            'message search': lambda: messages.search(of_profile),
            'message read': lambda: self.profile.sudo().message_ids.with_user(user).read(['body']),
            'attachment search': lambda: self.env['ir.attachment'].with_user(user).search(
                [('res_model', '=', MODEL), ('res_id', '=', profile.id)]),
            'attachment': lambda: self.attachment.with_user(user).raw,
            'followers': lambda: self.env['mail.followers'].with_user(user).search(
                [('res_model', '=', MODEL)]) and "followers",
            'count on the contact': lambda: self.contact.with_user(user).tianyuan_contact_profile_count,
            'count on the customer': lambda: self.customer.with_user(user).read(['tianyuan_contact_profile_count'])[0][
                'tianyuan_contact_profile_count'],
            'button': lambda: self.contact.with_user(user).action_tianyuan_contact_profiles().get('res_id'),
            'report': lambda: self.env['ir.actions.report'].with_user(user)._render_qweb_html(
                f'{MODULE}.tianyuan_contact_profile_report', profile.ids)[0],
        }
        found = set()
        for name, way in ways.items():
            self.env.invalidate_all()
            try:
                if way():
                    found.add(name)
            except UserError:    # also AccessError
                pass
        return found, set(ways) - {'followers'}

    def test_those_who_may_get_in_everywhere(self):
        for user in self.allowed:
            with self.subTest(user=user.login):
                found, ways = self.doors(user)
                self.assertEqual(found, ways)

    def test_the_others_find_every_door_closed(self):
        for user in self.without_rights:
            with self.subTest(user=user.login):
                self.assertEqual(self.doors(user)[0], set())

    def test_own_profiles_open_no_others(self):
        """Asked for together with an own one, another's profile is neither given nor left in the cache."""
        theirs = self.new_profile(self.other_contact, hobbies="Chess", birthday='1980-05-01')
        both = (self.profile + theirs).with_user(self.sales_user)
        names = sorted(both.fields_get())
        for way in (
            lambda: both.read(['hobbies']), lambda: both.web_read({'hobbies': {}}), lambda: both.mapped('hobbies'),
            lambda: both.export_data(['hobbies', 'phone', 'user_id'])['datas'],
            lambda: both.export_data(['phone', 'hobbies'])['datas'],
        ):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                way()
        for name in names:
            with self.subTest(name):
                self.env.flush_all()
                self.env.invalidate_all()
                both[0][name]    # with the other one read along
                with self.assertRaises(AccessError):
                    both[1].hobbies    # noqa: B018

    def test_access_follows_the_salesperson_at_once(self):
        self.customer.user_id = self.other_salesperson
        self.assertEqual(self.doors(self.other_salesperson)[0], self.doors(self.other_salesperson)[1])
        for user in (self.sales_user, self.leader):
            self.assertEqual(self.doors(user)[0], set(), user.login)

    def test_access_follows_the_contact_to_another_company(self):
        self.contact.parent_id = self.other_customer
        self.assertTrue(self.profile.with_user(self.other_salesperson).has_access('read'))
        self.assertFalse(self.profile.with_user(self.sales_user).has_access('read'))

    def test_a_former_salesperson_who_wrote_there_reads_no_more_than_that(self):
        own = self.profile.with_user(self.sales_user).message_post(body="Likes tea")
        self.customer.user_id = self.other_salesperson
        self.env.flush_all()
        self.env.invalidate_all()
        messages = self.env['mail.message'].with_user(self.sales_user).search(
            [('model', '=', MODEL), ('res_id', '=', self.profile.id)])
        self.assertLessEqual(messages, own)

    def test_partners_say_nothing_of_profiles(self):
        contact = self.contact.with_user(self.plain_user)
        self.assertFalse([name for name in contact.fields_get() if 'profile' in name])
        form = contact.get_view(self.env.ref('base.view_partner_form').id, 'form')['arch']
        self.assertNotIn('name="action_tianyuan_contact_profiles"', form)
        self.assertFalse(self.contact.message_ids.filtered(lambda message: 'rofile' in (message.body or '')))
        with self.assertRaises(AccessError):
            contact.read(['tianyuan_contact_profile_count'])

    def test_the_count_is_what_the_user_may_read(self):
        for user, count in ((self.sales_user, 1), (self.reader, 1), (self.other_salesperson, 0)):
            self.assertEqual(self.customer.with_user(user).tianyuan_contact_profile_count, count)

    # -- mail -------------------------------------------------------------------------------------

    def test_nothing_leaves_by_mail(self):
        partners = (self.sales_user + self.other_salesperson + self.finance_assessor).partner_id
        before = self.env['mail.mail'].sudo().search_count([])
        profile = self.profile.with_user(self.sales_user)
        self.profile.message_subscribe(partners.ids)    # as the specialist
        message = profile.message_post(
            body="He is ill", partner_ids=partners.ids, message_type='comment', subtype_xmlid='mail.mt_comment')
        activity = profile.activity_schedule(
            'mail.mail_activity_data_todo', summary="Send flowers", user_id=self.rating_manager.id)
        self.assertTrue(activity)
        self.assertFalse(self.profile.sudo().message_follower_ids)
        self.assertFalse(message.sudo().notified_partner_ids + message.sudo().partner_ids)
        self.assertEqual(self.env['mail.mail'].sudo().search_count([]), before)
        for user in (self.other_salesperson, self.finance_assessor):
            with self.assertRaises(AccessError):
                message.with_user(user).read(['body'])

    def test_what_changes_is_not_written_to_the_discussion(self):
        self.profile.taboos = "Something else"
        self.env.flush_all()
        self.assertFalse(self.profile.sudo().message_ids.tracking_value_ids)

    # -- screens ------------------------------------------------------------------------------------

    def test_menus(self):
        menu, root, customers = (self.env.ref(f'{MODULE}.{name}').id for name in (
            'tianyuan_contact_profile_menu', 'tianyuan_archive_menu_root', 'res_partner_menu'))
        for user in self.allowed:
            with self.subTest(user=user.login):
                visible = self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()
                self.assertLessEqual({menu, root}, visible)
                self.assertEqual(customers in visible, user != self.reader)
        for user in (self.finance_assessor, self.plain_user):
            with self.subTest(user=user.login):
                self.assertNotIn(menu, self.env['ir.ui.menu'].with_user(user)._visible_menu_ids())

    def test_screens_open_for_those_who_may(self):
        for user in self.allowed:
            for kind in ('list', 'form', 'search', 'kanban'):
                self.profile.with_user(user).get_view(view_type=kind)
            arch = self.contact.with_user(user).get_view(self.env.ref('base.view_partner_form').id, 'form')['arch']
            self.assertIn('action_tianyuan_contact_profiles', arch)
