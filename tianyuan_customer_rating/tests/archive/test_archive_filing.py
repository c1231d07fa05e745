"""An archive is begun, filed under a number it keeps, reviewed, closed and reopened (policy 档案 1, 2, 5)."""
from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import MODULE
from ..questions import confirm
from ..rating.sheets import SheetCommon

ACTIONS = ('start', 'file', 'review', 'close', 'reopen')


@tagged('post_install', '-at_install')
class TestArchiveFiling(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain_user = new_test_user(
            cls.env, 'plain_user', groups='base.group_user', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)], lang='en_US',
        )
        cls.direct = cls.new_customer("Direct Ltd", channel='direct').with_env(cls.env)

    def move(self, step, partners=None, user=None):
        partners = (partners or self.customer).with_user(user or self.archive_specialist)
        return getattr(partners, f'action_tianyuan_{step}_archive')()

    def filed(self, partner=None, user=None):
        partner = partner or self.customer
        self.move('file', partner, user)
        return partner

    # -- numbers ------------------------------------------------------------------------------------

    def test_each_channel_has_its_numbers(self):
        self.filed(self.customer + self.other_customer + self.direct)
        self.assertRegex(self.customer.tianyuan_archive_number, r'^FX\d{5}$')
        self.assertRegex(self.direct.tianyuan_archive_number, r'^ZX\d{5}$')
        first, second = (int(partner.tianyuan_archive_number[2:]) for partner in (self.customer, self.other_customer))
        self.assertEqual(second, first + 1)

    def test_a_number_stays_whatever_happens_to_the_archive(self):
        number = self.filed().tianyuan_archive_number
        for step in ('file', 'review', 'close', 'reopen', 'file'):
            self.move(step)
            self.assertEqual((step, self.customer.tianyuan_archive_number), (step, number))
        self.customer.with_user(self.archive_specialist).tianyuan_channel = 'direct'
        self.move('file')
        self.assertEqual(self.customer.tianyuan_archive_number, number)

    def test_a_number_an_old_archive_has_is_passed_over(self):
        sequence = self.env.ref(f'{MODULE}.ir_sequence_archive_distributor')
        taken = [sequence.get_next_char(sequence.number_next_actual + step) for step in (0, 1, 3)]
        for number in taken:
            self.new_customer("Old", tianyuan_archive_number=number)
        self.filed(self.customer + self.other_customer)
        numbers = (self.customer + self.other_customer).mapped('tianyuan_archive_number')
        self.assertEqual(len(set(numbers) - set(taken)), 2)

    def test_no_two_customers_have_one_number(self):
        self.filed()
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.other_customer.tianyuan_archive_number = self.customer.tianyuan_archive_number
            self.env.flush_all()

    def test_a_company_may_have_numbers_of_its_own(self):
        self.env.ref(f'{MODULE}.ir_sequence_archive_direct').copy({'company_id': self.company.id, 'prefix': 'OWN'})
        self.assertRegex(self.filed(self.direct).tianyuan_archive_number, '^OWN')

    def test_without_a_sequence_nothing_is_filed(self):
        self.env.ref(f'{MODULE}.ir_sequence_archive_direct').active = False
        with self.assertRaisesRegex(UserError, "no number sequence with the code tianyuan.archive.direct"):
            self.move('file', self.direct)

    def test_without_a_channel_nothing_is_filed_and_the_message_says_so(self):
        new = self.new_customer("Channelless Ltd", channel=False)
        with self.assertRaisesRegex(ValidationError, "Set the channel.*\nChannelless Ltd"):
            self.move('file', self.customer + new)

    def test_a_copy_has_no_number(self):
        copy = self.filed().with_user(self.archive_specialist).copy()
        self.assertEqual((copy.tianyuan_archive_number, copy.tianyuan_archive_state), (False, 'none'))

    def test_part_of_the_number_finds_the_customer(self):
        self.filed(self.direct)
        part = self.direct.tianyuan_archive_number[1:]
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            partners = self.env['res.partner'].with_user(user)
            with self.subTest(user.login):
                self.assertIn(self.direct.id, [found for found, _name in partners.name_search(part)])
                self.assertEqual(partners.name_search(self.direct.tianyuan_archive_number, operator='=')[0][0], self.direct.id)
                self.assertIn(self.direct, partners.search([('display_name', 'ilike', part)]))
                self.assertIn(self.direct, partners.search([('display_name', 'ilike', "zx")]))
                self.assertIn(self.direct.id, [found for found, _name in partners.name_search("Direct Ltd")])
                self.assertNotIn(self.direct.id, [found for found, _name in partners.name_search("No such thing")])

    def test_who_may_not_see_numbers_finds_nobody_by_them(self):
        self.filed(self.direct)
        partners = self.env['res.partner'].with_user(self.plain_user)
        self.assertFalse(partners.name_search(self.direct.tianyuan_archive_number))
        self.assertTrue(partners.name_search("Direct Ltd"))

    def test_the_search_box_of_the_list_looks_for_the_number(self):
        arch = self.env['res.partner'].with_user(self.sales_user).get_view(
            self.env.ref('base.view_res_partner_filter').id, 'search')['arch']
        self.assertRegex(arch, r'''<field name="name" filter_domain="\[\('display_name', 'ilike', self\)\]"''')

    # -- states -------------------------------------------------------------------------------------

    def test_from_nothing_to_filed_to_closed_and_back(self):
        self.assertEqual(self.customer.tianyuan_archive_state, 'none')
        for step, state in (
            ('start', 'collecting'), ('file', 'filed'), ('review', 'filed'), ('close', 'closed'), ('reopen', 'collecting'),
            ('close', 'closed'),
        ):
            self.move(step)
            self.assertEqual((step, self.customer.tianyuan_archive_state), (step, state))

    def test_each_step_only_from_where_it_leads_on(self):
        allowed = {
            'none': {'start', 'file'},
            'collecting': {'file', 'close'},
            'filed': {'file', 'review', 'close'},
            'review_due': {'file', 'review', 'close'},
            'closed': {'reopen'},
        }
        for state, steps in allowed.items():
            for step in ACTIONS:
                with self.subTest(state=state, step=step):
                    self.customer.tianyuan_archive_state = state
                    if step in steps:
                        self.move(step)
                    else:
                        with self.assertRaisesRegex(UserError, r"can't be done with the archive of:\nCustomer \("):
                            self.move(step)
                        self.assertEqual(self.customer.tianyuan_archive_state, state)

    def test_filing_what_is_filed_changes_nothing(self):
        self.filed()
        self.customer.tianyuan_archive_state = 'review_due'
        before = self.customer.read(['tianyuan_archive_number', 'tianyuan_archive_reviewed_on'])
        self.filed(self.customer + self.other_customer)
        self.assertEqual(self.customer.tianyuan_archive_state, 'review_due')
        self.assertEqual(self.customer.read(['tianyuan_archive_number', 'tianyuan_archive_reviewed_on']), before)
        self.assertEqual(self.other_customer.tianyuan_archive_state, 'filed')

    @freeze_time('2024-05-31')
    def test_filing_and_reviewing_set_the_days_and_the_specialist(self):
        self.filed()
        self.assertEqual(self.customer.tianyuan_archive_specialist_id, self.archive_specialist)
        self.assertEqual(self.customer.tianyuan_archive_reviewed_on, date(2024, 5, 31))
        self.assertEqual(self.customer.tianyuan_archive_review_due_on, date(2024, 8, 31))
        self.company.tianyuan_archive_review_months = 6
        self.customer.tianyuan_archive_state = 'review_due'
        self.move('review', user=self.rating_manager)
        self.assertEqual(self.customer.tianyuan_archive_state, 'filed')
        self.assertEqual(self.customer.tianyuan_archive_review_due_on, date(2024, 11, 30))
        self.assertEqual(self.customer.tianyuan_archive_specialist_id, self.archive_specialist)
        self.move('close')
        self.assertFalse(self.customer.tianyuan_archive_review_due_on)

    def test_the_specialist_that_is_set_stays(self):
        self.customer.tianyuan_archive_specialist_id = self.rating_manager
        self.move('start')
        self.move('file')
        self.assertEqual(self.customer.tianyuan_archive_specialist_id, self.rating_manager)

    def test_who_cannot_see_the_customers_company_is_not_asked_to_review(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        self.filed()
        self.customer.write({'company_id': self.company.id, 'tianyuan_archive_review_due_on': '2024-01-01'})
        self.archive_specialist.write({'company_ids': [Command.set(elsewhere.ids)], 'company_id': elsewhere.id})
        self.customer._tianyuan_ask_for_review()
        self.assertEqual(self.customer.tianyuan_archive_state, 'review_due')
        asked = self.customer._tianyuan_review_activities().user_id
        self.assertNotIn(self.archive_specialist, asked, "they could not open it")
        self.assertTrue(asked.has_group('tianyuan_customer_rating.group_manager'))    # there is no other specialist
        self.assertIn(self.company, asked.company_ids)

    def test_a_customer_with_contacts_can_be_duplicated(self):
        self.filed()
        self.customer.tianyuan_primary_contact_id = self.new_contact(self.customer)
        duplicate = self.customer.with_user(self.archive_specialist).copy()
        self.assertEqual((duplicate.tianyuan_archive_state, duplicate.tianyuan_archive_number), ('none', False))
        self.assertFalse(duplicate.tianyuan_primary_contact_id, "the contact is the other company's")

    def test_a_person_with_an_archive_does_not_become_a_contact(self):
        person = self.new_customer("Chen", channel='direct', is_company=False).with_env(self.env)
        self.filed(person)
        salesman = new_test_user(
            self.env, 'plain_partner_manager', groups='base.group_user,base.group_partner_manager', lang='en_US',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        for user in (salesman, self.archive_specialist):
            with self.assertRaisesRegex(ValidationError, "Chen is a contact: the archive is kept for Customer"):
                person.with_user(user).parent_id = self.customer
            person.invalidate_recordset()
        self.customer.with_user(salesman).write({'child_ids': [Command.create({'name': "Li"})]})

    def test_an_archive_is_kept_for_the_company_not_for_its_contact(self):
        contact = self.new_contact(self.customer).with_env(self.env)
        self.move('file', contact)
        self.assertEqual((contact.tianyuan_archive_state, self.customer.tianyuan_archive_state), ('none', 'filed'))
        with self.assertRaisesRegex(ValidationError, "is a contact: the archive is kept for Customer"):
            contact.tianyuan_archive_state = 'collecting'

    def test_a_state_written_by_a_specialist_files_as_well(self):
        """An import, or a client of the API, doesn't press buttons."""
        archive = self.env['res.partner'].with_user(self.archive_specialist).create({
            'name': "Old Ltd", 'is_company': True, 'tianyuan_channel': 'direct', 'tianyuan_archive_state': 'filed',
            'tianyuan_archive_reviewed_on': '2024-01-31',
        })
        self.assertRegex(archive.tianyuan_archive_number, '^ZX')
        self.assertEqual(archive.tianyuan_archive_review_due_on, date(2024, 4, 30))
        self.assertEqual(archive.tianyuan_archive_specialist_id, self.archive_specialist)

    def test_only_specialists_and_managers_move_an_archive(self):
        self.sales_user.group_ids += self.env.ref('base.group_partner_manager')
        for user in (self.sales_user, self.finance_assessor, self.plain_user):
            for step in ACTIONS:
                with self.subTest(user=user.login, step=step), self.assertRaises(AccessError):
                    self.move(step, user=user)
        for user in (self.archive_specialist, self.rating_manager):
            self.move('start', user=user)
            self.customer.tianyuan_archive_state = 'none'

    def test_nobody_writes_what_is_computed(self):
        for user in (self.archive_specialist, self.rating_manager):
            for values in ({'tianyuan_first_deal_date': '2020-01-01'}, {'tianyuan_archive_completeness': 100}):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(AccessError):
                        self.customer.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        self.customer.with_user(user).create({'name': "New", **values})
                    [(name, value)] = values.items()
                    new = self.customer.browse().with_user(user).with_context(
                        **{f'default_{name}': value}).create({'name': "Preset"})
                    self.assertFalse(new[name])

    def test_the_buttons_are_on_the_archive_page_of_those_who_may_press_them(self):
        for user, shown in ((self.archive_specialist, True), (self.rating_manager, True), (self.sales_user, False)):
            arch = self.env['res.partner'].with_user(user).get_view(self.env.ref('base.view_partner_form').id)['arch']
            for step in ACTIONS:
                self.assertEqual(f'action_tianyuan_{step}_archive' in arch, shown, (user.login, step))
        with Form(self.customer.with_user(self.archive_specialist)) as form:
            form.tianyuan_main_products = "Resin"

    def test_a_whole_list_is_filed_by_the_action_of_the_list(self):
        action = self.env.ref(f'{MODULE}.res_partner_action_file_archive')
        run = action.with_user(self.archive_specialist).with_context(
            active_model='res.partner', active_ids=(self.customer + self.direct).ids, active_id=self.customer.id)
        asked = run.run()    # both archives are incomplete
        self.assertEqual(set(asked['context']['default_res_ids']), set((self.customer + self.direct).ids))
        self.assertEqual((self.customer + self.direct).mapped('tianyuan_archive_state'), ['none', 'none'])
        confirm(self.env(user=self.archive_specialist), asked)
        self.assertEqual((self.customer + self.direct).mapped('tianyuan_archive_state'), ['filed', 'filed'])
        with self.assertRaises(AccessError):
            run.with_user(self.sales_user).run()

    # -- filing what is incomplete --------------------------------------------------------------------

    def notes(self, partner):
        return [html2plaintext(message.body) for message in partner.message_ids if message.body]

    def test_an_incomplete_archive_is_filed_after_a_question_that_names_what_is_missing(self):
        licence = self.env.ref(f'{MODULE}.document_type_business_licence')
        self.env['tianyuan.archive.document.type'].search([('id', '!=', licence.id)]).required = False
        self.env['tianyuan.archive.requirement'].search([]).sudo().unlink()
        customer = self.customer.with_user(self.archive_specialist)
        asked = customer.action_tianyuan_file_archive_or_ask()
        self.assertEqual(customer.tianyuan_archive_state, 'none', "nothing is filed before somebody confirms")
        with Form(self.env(user=self.archive_specialist)[asked['res_model']].with_context(asked['context'])) as dialog:
            self.assertEqual((dialog.title, dialog.details), ("File Anyway", "Business Licence"))
        dialog.record.action_apply()
        self.assertEqual((customer.tianyuan_archive_state, bool(customer.tianyuan_archive_number)), ('filed', True))
        self.assertIn("Filed although this was missing: Business Licence", self.notes(customer))

    def test_a_complete_archive_is_filed_without_a_question(self):
        self.env['tianyuan.archive.document.type'].search([]).required = False
        self.env['tianyuan.archive.requirement'].search([]).sudo().unlink()
        customer = self.customer.with_user(self.archive_specialist)
        self.assertIs(customer.action_tianyuan_file_archive_or_ask(), False)
        self.assertEqual(customer.tianyuan_archive_state, 'filed')
        self.assertFalse([note for note in self.notes(customer) if "missing" in note])

    def test_the_method_itself_asks_nobody(self):
        self.filed()
        self.assertEqual(self.customer.tianyuan_archive_state, 'filed')
        self.assertFalse([note for note in self.notes(self.customer) if "missing" in note])

    def test_of_many_archives_each_keeps_what_it_lacked(self):
        customers = self.customer + self.direct
        asked = customers.with_user(self.rating_manager).action_tianyuan_file_archive_or_ask()
        dialog = confirm(self.env(user=self.rating_manager), asked)
        self.assertEqual(len(dialog.details.splitlines()), 2)
        for customer in customers:
            self.assertEqual(len([note for note in self.notes(customer) if note.startswith("Filed although")]), 1)

    def test_only_who_keeps_archives_is_asked(self):
        for user in (self.sales_user, self.finance_assessor):
            customer = self.customer.with_user(user)
            for method in ('action_tianyuan_file_archive_or_ask', 'action_tianyuan_file_incomplete'):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(customer, method)()
            with self.assertRaises(AccessError):
                self.env(user=user)['tianyuan.question'].create({
                    'res_model': 'res.partner', 'res_ids': customer.ids, 'method': 'action_tianyuan_file_incomplete',
                }).read(['details'])

    def test_without_a_channel_the_question_is_not_even_asked(self):
        self.customer.sudo().tianyuan_channel = False
        with self.assertRaisesRegex(ValidationError, "Set the channel"):
            self.customer.with_user(self.archive_specialist).action_tianyuan_file_archive_or_ask()

    # -- reviews ------------------------------------------------------------------------------------

    def due(self, partner, days=0, specialist=None):
        self.filed(partner)
        partner.write({
            'tianyuan_archive_review_due_on': fields.Date.today() - relativedelta(days=days),
            'tianyuan_archive_specialist_id': (specialist or self.archive_specialist).id,
        })
        return partner

    def review(self):
        self.env['res.partner']._cron_tianyuan_review()

    def activities(self, partners=None):
        return self.env['mail.activity'].search([
            ('res_model', '=', 'res.partner'), ('res_id', 'in', (partners or self.customer).ids),
            ('activity_type_id', '=', self.env.ref(f'{MODULE}.mail_activity_type_archive_review').id),
        ])

    def test_what_is_due_is_marked_and_its_specialist_asked_once(self):
        self.due(self.customer, days=3)
        self.due(self.other_customer, days=0)
        self.due(self.direct, days=-1)
        self.review()
        self.review()
        self.assertEqual(
            (self.customer + self.other_customer + self.direct).mapped('tianyuan_archive_state'),
            ['review_due', 'review_due', 'filed'])
        asked = self.activities(self.customer + self.other_customer + self.direct)
        self.assertEqual(asked.mapped('res_id'), (self.customer + self.other_customer).ids)
        self.assertEqual(asked.user_id, self.archive_specialist)
        self.assertEqual(asked[0].date_deadline, self.customer.tianyuan_archive_review_due_on)
        self.assertIn("due for review", self.customer.message_ids[0].body)

    def test_what_is_due_is_in_the_list(self):
        self.due(self.customer, days=3)
        self.due(self.direct, days=-1)
        action = self.env['ir.actions.act_window']._for_xml_id(f'{MODULE}.res_partner_action_reviews')
        domain = safe_eval(action['domain'])
        for _round in range(2):    # whether or not the scheduled action has been there
            found = self.env['res.partner'].with_user(self.archive_specialist).search(domain)
            self.assertIn(self.customer, found)
            self.assertNotIn(self.direct, found)
            self.review()

    def test_reviewed_is_done(self):
        self.due(self.customer)
        self.review()
        self.move('review')
        self.assertFalse(self.activities())
        self.review()
        self.assertEqual(self.customer.tianyuan_archive_state, 'filed')
        self.assertFalse(self.activities())

    def test_the_activity_follows_the_specialist_and_ends_with_the_archive(self):
        self.due(self.customer)
        self.review()
        self.customer.tianyuan_archive_specialist_id = self.rating_manager
        self.assertEqual(self.activities().user_id, self.rating_manager)
        self.move('close')
        self.assertFalse(self.activities())

    def test_an_archive_nobody_keeps_is_due_without_an_activity(self):
        self.due(self.customer)
        self.customer.tianyuan_archive_specialist_id = False
        self.review()
        self.assertEqual(self.customer.tianyuan_archive_state, 'review_due')
        self.assertFalse(self.activities())

    def test_many_reviews_take_the_queries_of_a_few(self):
        customers = self.env['res.partner'].create([
            {'name': f"Buyer {n}", 'is_company': True, 'tianyuan_channel': 'direct',
             'tianyuan_archive_state': 'filed', 'tianyuan_archive_specialist_id': self.archive_specialist.id}
            for n in range(65)
        ])
        self.env.flush_all()
        few, many = customers[:5], customers[5:]
        customers[0]._tianyuan_ask_for_review()
        counts = [self.queries(lambda records=records: records._tianyuan_ask_for_review()) for records in (few, many)]
        self.assertLessEqual(counts[1], counts[0] + 10)
        self.assertEqual(len(self.activities(many)), 60)

    def test_reviews_come_at_least_every_month(self):
        for months in (0, -1):
            with self.assertRaisesRegex(Exception, "tianyuan_archive_review_months"), \
                    mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self.company.tianyuan_archive_review_months = months
                self.env.flush_all()
        settings = self.env['res.config.settings'].create({'tianyuan_archive_review_months': 5})
        settings.execute()
        self.assertEqual(self.env.company.tianyuan_archive_review_months, 5)

    # -- the chatter --------------------------------------------------------------------------------

    def changes(self, partner):
        """What the chatter's newest message says has changed: label → (old, new)."""
        self.env.cr.flush()
        tracked = partner.message_ids[0].sudo().tracking_value_ids
        return {
            value.field_id.name: (
                value.old_value_char or value.old_value_float or value.old_value_datetime,
                value.new_value_char or value.new_value_float or value.new_value_datetime,
            ) for value in tracked
        }

    def tracked(self):
        """The customer as it is outside a test, where changes are tracked."""
        self.env.cr.flush()
        return self.customer.with_env(self.env(user=self.archive_specialist.id, context={'lang': 'en_US'}))

    def test_old_and_new_values_are_in_the_chatter(self):
        market, other = self.env['tianyuan.downstream.market'].sudo().create([{'name': "Paint"}, {'name': "Rubber"}])
        contact = self.new_contact(self.customer, "Wang Wei")
        product = self.service_product.product_tmpl_id
        archive = self.tracked()
        archive.write({'tianyuan_downstream_market_ids': [Command.set(market.ids)], 'tianyuan_qq': "1"})
        self.env.cr.flush()
        archive.write({
            'tianyuan_downstream_market_ids': [Command.set((market + other).ids)],
            'tianyuan_purchased_variety_ids': [Command.link(product.id)],
            'tianyuan_primary_contact_id': contact.id,
            'tianyuan_qq': "2", 'tianyuan_registered_capital': 5.0,
            'tianyuan_business_nature': 'dealer',
        })
        changes = self.changes(self.customer)
        self.assertEqual(changes['tianyuan_downstream_market_ids'], ("Paint", "Paint, Rubber"))
        self.assertEqual(changes['tianyuan_purchased_variety_ids'], (False, product.display_name))
        self.assertEqual(changes['tianyuan_primary_contact_id'][1], contact.display_name)
        self.assertEqual(changes['tianyuan_qq'], ("1", "2"))
        self.assertEqual(changes['tianyuan_registered_capital'], (0, 5.0))
        self.assertEqual(changes['tianyuan_business_nature'][1], "Dealer")
        self.assertEqual(self.customer.message_ids[0].author_id, self.archive_specialist.partner_id)

    def test_the_state_and_the_number_are_in_the_chatter(self):
        self.tracked().action_tianyuan_file_archive()
        changes = self.changes(self.customer)
        self.assertEqual(changes['tianyuan_archive_state'], ("No Archive", "Filed"))
        self.assertEqual(changes['tianyuan_archive_number'], (False, self.customer.tianyuan_archive_number))

    def test_what_odoo_tracks_is_in_the_chatter_as_ever(self):
        archive = self.tracked()
        other = self.other_customer.with_env(archive.env)
        (archive + other).write({'phone': "0531 1"})
        self.env.cr.flush()
        (archive + other).write({'phone': "0531 2"})
        archive.write({'tianyuan_qq': "7", 'email': "wang@example.com"})
        self.env.cr.flush()
        self.assertEqual(self.changes(self.customer), {
            'phone': ("0531 1", "0531 2"), 'tianyuan_qq': (False, "7"), 'email': (False, "wang@example.com"),
        })
        self.assertEqual(self.changes(self.other_customer), {'phone': ("0531 1", "0531 2")})
