"""Nobody makes a colleague's customer, whose archive is begun, their own; those who keep archives hand it over."""
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from ..profile.common import ProfileCommon
from ..rating.sheets import SheetCommon

REFUSED = "there is a customer archive"
MERGE = 'base.partner.merge.automatic.wizard'


@tagged('post_install', '-at_install')
class TestOwnCustomers(ProfileCommon, SheetCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.sudo().write({
            'tianyuan_archive_state': 'collecting', 'tianyuan_archive_specialist_id': cls.archive_specialist.id,
        })
        cls.leader = cls.new_role_user('sales_user', login='team_leader')
        cls.env['crm.team'].sudo().create({
            'name': "East", 'user_id': cls.leader.id, 'company_id': cls.company.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.partner_manager = cls.env.ref('base.group_partner_manager')
        (cls.other_salesperson + cls.leader + cls.sales_user).sudo().group_ids = [Command.link(cls.partner_manager.id)]
        cls.thief = cls.other_salesperson

    def setUp(self):
        super().setUp()
        self.env.flush_all()

    def call(self, user, model, method, *args, **kwargs):
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(
            f'/web/dataset/call_kw/{model}/{method}', {'model': model, 'method': method, 'args': args, 'kwargs': kwargs})

    def assertRefused(self, user, model, method, *args, **kwargs):
        with mute_logger('odoo.http'), self.assertRaises(JsonRpcException) as caught:
            self.call(user, model, method, *args, **kwargs)
        self.assertIn('odoo.exceptions.AccessError', str(caught.exception))
        self.env.invalidate_all()
        self.assertRecordValues(self.customer, [{'user_id': self.sales_user.id, 'parent_id': False}])
        self.assertEqual(self.contact.commercial_partner_id, self.customer)
        self.assertEqual(self.profile.customer_id, self.customer)
        self.assertFalse(self.profile.with_user(self.thief).has_access('read'))

    # -- each way ------------------------------------------------------------------------------------

    def test_another_salesperson(self):
        self.assertRefused(self.thief, 'res.partner', 'write', self.customer.ids, {'user_id': self.thief.id})
        self.assertRefused(self.thief, 'res.partner', 'web_save', self.customer.ids, {'user_id': self.thief.id},
                           specification={})

    def test_not_by_the_salesperson_either(self):
        self.assertRefused(self.sales_user, 'res.partner', 'write', self.customer.ids, {'user_id': self.thief.id})

    def test_several_customers_at_once(self):
        self.assertRefused(self.thief, 'res.partner', 'write', (self.customer + self.other_customer).ids,
                           {'user_id': self.leader.id})
        self.assertEqual(self.other_customer.user_id, self.thief)

    def test_a_contact_moved_to_ones_own_customer(self):
        own = self.other_customer
        self.assertRefused(self.thief, 'res.partner', 'write', self.contact.ids, {'parent_id': own.id})
        self.assertRefused(self.thief, 'res.partner', 'write', self.contact.ids, {'parent_id': False})
        for command in ([4, self.contact.id], [6, 0, self.contact.ids]):
            self.assertRefused(self.thief, 'res.partner', 'write', own.ids, {'child_ids': [command]})
        self.assertRefused(self.thief, 'res.partner', 'write', own.ids, {
            'child_ids': [[1, self.contact.id, {'parent_id': own.id}]]})
        self.assertRefused(self.thief, 'res.partner', 'write', self.customer.ids, {
            'child_ids': [[3, self.contact.id, 0]]})
        self.assertRefused(self.thief, 'res.partner', 'create', {
            'name': "Mine", 'is_company': True, 'user_id': self.thief.id, 'child_ids': [[4, self.contact.id]]})

    def test_a_contact_made_a_customer_of_its_own(self):
        self.assertRefused(self.thief, 'res.partner', 'write', self.contact.ids, {'is_company': True})
        self.assertRefused(self.thief, 'res.partner', 'write', self.contact.ids, {
            'is_company': True, 'user_id': self.thief.id})
        self.assertRefused(self.thief, 'res.partner', 'write', self.contact.ids, {'company_type': 'company'})

    def test_the_commercial_entity_written_behind_odoos_screens(self):
        for partner in (self.contact, self.customer):
            self.assertRefused(self.thief, 'res.partner', 'write', partner.ids, {
                'commercial_partner_id': self.other_customer.id})

    def test_a_customer_made_part_of_another_company(self):
        self.assertRefused(self.thief, 'res.partner', 'write', self.customer.ids, {'parent_id': self.other_customer.id})
        person = self.env['res.partner'].create({'name': "Sole trader", 'user_id': self.sales_user.id})
        person.sudo().tianyuan_archive_state = 'collecting'
        with self.assertRaises(JsonRpcException), mute_logger('odoo.http'):
            self.call(self.thief, 'res.partner', 'write', person.ids, {'parent_id': self.other_customer.id})
        self.assertEqual(person.commercial_partner_id, person)

    def test_the_parent_of_a_customer_is_an_ordinary_company(self):
        """Under an archived parent a company stays its own customer; what is made there makes nothing one's own."""
        made = self.call(self.thief, 'res.partner', 'create', [
            {'name': "New contact", 'parent_id': self.customer.id, 'user_id': self.thief.id},
            {'name': "Subsidiary", 'parent_id': self.customer.id, 'is_company': True, 'user_id': self.thief.id},
        ])
        self.assertEqual(len(made), 2)
        self.assertEqual(self.customer.user_id, self.sales_user)
        self.assertFalse(self.profile.with_user(self.thief).has_access('read'))
        self.assertFalse(self.customer.with_user(self.thief)._tianyuan_is_own())

    def test_merged_with_ones_own(self):
        for destination in (self.other_customer, self.customer):
            wizard = self.env[MERGE].with_user(self.thief).create({
                'state': 'selection', 'partner_ids': [Command.set((self.customer + self.other_customer).ids)],
                'dst_partner_id': destination.id,
            })
            self.env.flush_all()
            self.assertRefused(self.thief, MERGE, 'action_merge', wizard.ids)
        wizard = self.env[MERGE].with_user(self.thief).create({
            'state': 'selection', 'partner_ids': [Command.set((self.contact + self.other_contact).ids)],
            'dst_partner_id': self.other_contact.id,
        })
        self.assertRefused(self.thief, MERGE, 'action_merge', wizard.ids)

    def test_imported(self):
        self.env['ir.model.data'].sudo().create({
            'module': 'tianyuan_test', 'name': 'customer', 'model': 'res.partner', 'res_id': self.customer.id})
        importing = self.env['base_import.import'].with_user(self.thief).create({
            'res_model': 'res.partner', 'file_type': 'text/csv', 'file_name': 'customers.csv',
            'file': f'id,user_id/.id\ntianyuan_test.customer,{self.thief.id}\n'.encode(),
        })
        result = importing.execute_import(
            ['id', 'user_id/.id'], ['id', 'user_id/.id'],
            {'quoting': '"', 'separator': ',', 'has_headers': True, 'encoding': 'utf-8'})
        self.assertIn(REFUSED, result['messages'][0]['message'])
        self.assertEqual(self.customer.user_id, self.sales_user)

    def test_ratings_stay_unread(self):
        sheet = self.new_sheet()
        self.assertFalse(sheet.with_user(self.thief).has_access('read'))
        self.assertRefused(self.thief, 'res.partner', 'write', self.customer.ids, {'user_id': self.thief.id})
        self.assertFalse(sheet.with_user(self.thief).has_access('read'))

    # -- who may ---------------------------------------------------------------------------------------

    def test_those_who_keep_archives_and_the_team_leader_hand_over(self):
        for user in (self.archive_specialist, self.rating_manager, self.leader):
            with self.subTest(user.login):
                self.customer.sudo().user_id = self.sales_user
                self.env.flush_all()
                self.call(user, 'res.partner', 'write', self.customer.ids, {'user_id': self.thief.id})
                self.assertEqual(self.customer.user_id, self.thief)
                self.assertTrue(self.profile.with_user(self.thief).has_access('read'))

    def test_the_leader_of_another_team_does_not(self):
        self.customer.sudo().user_id = self.thief
        self.env.flush_all()
        with self.assertRaisesRegex(AccessError, REFUSED):
            self.customer.with_user(self.leader).user_id = self.leader

    def test_a_customer_without_salesperson_is_given_out_by_keepers(self):
        self.customer.sudo().user_id = False
        with self.assertRaises(AccessError):
            self.customer.with_user(self.thief).user_id = self.thief
        self.assertFalse(self.customer.user_id)
        self.customer.with_user(self.archive_specialist).user_id = self.thief
        self.assertEqual(self.customer.user_id, self.thief)

    def test_who_is_asked(self):
        with self.assertRaises(AccessError) as caught:
            self.customer.with_user(self.thief).user_id = self.thief
        for text in (self.customer.name, "archive specialist", self.leader.name, self.archive_specialist.name):
            self.assertIn(text, str(caught.exception))
        plain = self.new_role_user('sales_user', login='plain')
        plain.sudo().group_ids = [Command.set((self.env.ref('base.group_user') + self.partner_manager).ids)]
        with self.assertRaises(AccessError) as caught:
            self.customer.with_user(plain).user_id = plain
        self.assertIn(self.leader.name, str(caught.exception))
        self.assertNotIn(self.archive_specialist.name, str(caught.exception))

    def test_a_closed_archive_stays_guarded(self):
        self.customer.sudo().tianyuan_archive_state = 'closed'
        with self.assertRaisesRegex(AccessError, REFUSED):
            self.customer.with_user(self.thief).user_id = self.thief

    # -- what goes on as it did ------------------------------------------------------------------------

    def test_without_an_archive_all_is_as_in_odoo(self):
        self.customer.sudo().tianyuan_archive_state = 'none'
        self.customer.with_user(self.thief).user_id = self.thief
        self.contact.with_user(self.thief).parent_id = self.other_customer
        self.assertEqual((self.customer.user_id, self.contact.commercial_partner_id), (self.thief, self.other_customer))

    def test_values_that_stay(self):
        self.customer.with_user(self.thief).write({
            'user_id': self.sales_user.id, 'parent_id': False, 'is_company': True, 'phone': "1"})
        self.contact.with_user(self.thief).write({'parent_id': self.customer.id, 'phone': "2"})
        self.assertEqual((self.customer.phone, self.contact.phone), ("1", "2"))

    def test_the_form_saves_everything_else(self):
        with Form(self.customer.with_user(self.thief)) as form:
            form.phone = "0551 1234"
        self.assertEqual(self.customer.phone, "0551 1234")
        form = Form(self.customer.with_user(self.thief))
        form.user_id = self.thief
        with self.assertRaisesRegex(AccessError, REFUSED):
            form.save()

    def test_contacts_of_one_customer_are_merged_by_whoever_edits_contacts(self):
        double = self.new_contact(self.customer, "Wang Fang (2)")
        wizard = self.env[MERGE].with_user(self.thief).create({
            'state': 'selection', 'partner_ids': [Command.set((self.contact + double).ids)],
            'dst_partner_id': self.contact.id,
        })
        wizard.action_merge()
        self.assertFalse(double.exists())
        self.assertEqual(self.profile.partner_id, self.contact)

    def test_the_specialist_merges_customers(self):
        wizard = self.env[MERGE].with_user(self.archive_specialist).create({
            'state': 'selection', 'partner_ids': [Command.set((self.customer + self.other_customer).ids)],
            'dst_partner_id': self.customer.id,
        })
        wizard.action_merge()
        self.assertFalse(self.other_customer.exists())
        self.assertEqual(self.customer.user_id, self.sales_user)
        self.assertIn("Other customer", str(self.customer.message_ids[:2].mapped('body')))

    def test_code_of_odoos_as_superuser_goes_on(self):
        self.customer.with_user(self.thief).sudo().user_id = self.thief
        self.assertEqual(self.customer.user_id, self.thief)

    # -- noted -----------------------------------------------------------------------------------------

    def test_a_new_salesperson_is_noted_even_in_an_import(self):
        self.env.cr.precommit.run()    # what was created just now isn't tracked before
        quiet = self.customer.with_user(self.archive_specialist).with_context(tracking_disable=True, mail_notrack=True)
        before = self.customer.message_ids
        quiet.user_id = self.thief
        self.env.flush_all()
        self.env.cr.precommit.run()
        [note] = self.customer.message_ids - before
        [value] = note.sudo().tracking_value_ids
        self.assertEqual(note.author_id, self.archive_specialist.partner_id)
        self.assertEqual((value.old_value_char, value.new_value_char), (self.sales_user.name, self.thief.name))

    def test_a_contact_that_leaves_is_noted_on_the_customer(self):
        before = self.customer.message_ids
        self.contact.with_user(self.archive_specialist).parent_id = self.other_customer
        [note] = self.customer.message_ids - before
        self.assertIn("Wang Fang → Other customer", note.body)
        self.assertEqual(note.author_id, self.archive_specialist.partner_id)

    def test_many_customers_cost_no_more_queries(self):
        customers = self.env['res.partner'].sudo().create([
            {'name': f"C{number}", 'is_company': True, 'user_id': self.sales_user.id,
             'tianyuan_archive_state': 'collecting'} for number in range(40)
        ])

        def refused(some):
            with self.assertRaises(AccessError):
                some.with_user(self.thief)._tianyuan_check_merge()

        few = self.queries(lambda: refused(customers[:4]))
        many = self.queries(lambda: refused(customers[4:]))
        self.assertLessEqual(many, few)
