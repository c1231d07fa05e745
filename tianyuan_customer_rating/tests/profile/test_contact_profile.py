"""The personal file of a contact (policy 附件7): one per person and company, and what depends on the day."""
from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ProfileCommon


@tagged('post_install', '-at_install', 'smoke')
class TestContactProfile(ProfileCommon):

    def test_the_specialist_writes_one(self):
        form = Form(self.env['tianyuan.contact.profile'].with_user(self.archive_specialist))
        form.partner_id = self.other_contact
        form.birthday = '1980-05-01'
        form.education = 'bachelor'
        profile = form.save()
        self.assertEqual((profile.customer_id, profile.user_id), (self.other_customer, self.other_salesperson))
        self.assertEqual(profile.company_id, self.company)
        self.assertIn("Zhao Lei", profile.display_name)

    def test_one_per_contact_and_company(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.new_profile(self.contact)
        elsewhere = self.setup_other_company()['company']
        self.env['tianyuan.contact.profile'].sudo().create({'partner_id': self.contact.id, 'company_id': elsewhere.id})

    def test_a_company_has_none(self):
        with self.assertRaisesRegex(ValidationError, "Customer is a company: a profile is about a person."):
            self.new_profile(self.customer)

    def test_a_birthday_is_past(self):
        with freeze_time('2024-06-30'):
            self.profile.birthday = '2024-06-30'
            with self.assertRaisesRegex(ValidationError, "can't be in the future"):
                self.profile.birthday = '2024-07-01'

    def test_age_and_next_birthday(self):
        for born, today, age, following in (
            ('1980-05-01', '2024-04-30', 43, '2024-05-01'),
            ('1980-05-01', '2024-05-01', 44, '2024-05-01'),
            ('1980-05-01', '2024-05-02', 44, '2025-05-01'),
            ('1984-02-29', '2023-02-28', 39, '2023-02-28'),
            ('1984-02-29', '2024-02-28', 39, '2024-02-29'),
            ('1984-02-29', '2024-03-01', 40, '2025-02-28'),
        ):
            with self.subTest(born=born, today=today), freeze_time(today):
                self.profile.birthday = born
                self.profile.invalidate_recordset()
                self.assertEqual(self.profile.age, age)
                self.assertEqual(str(self.profile.next_birthday), following)
        self.profile.birthday = False
        self.assertFalse(self.profile.next_birthday or self.profile.age)

    def test_birthdays_of_a_month_are_found(self):
        self.profile.birthday = '1980-05-31'
        other = self.new_profile(self.other_contact, birthday='1990-06-01')
        unknown = self.new_profile(self.new_contact(self.customer, "No birthday"))
        everyone = self.profile + other + unknown

        def found(*condition):
            return everyone.search([('birthday_month', *condition), ('id', 'in', everyone.ids)])

        self.assertEqual(found('=', 5), self.profile)
        self.assertEqual(found('in', [5, 6]), self.profile + other)
        self.assertEqual(found('=', 7), unknown.browse())
        self.assertEqual((self.profile.birthday_month, unknown.birthday_month), (5, 0))

    def test_found_by_contact_and_customer(self):
        search = self.env['tianyuan.contact.profile'].with_user(self.archive_specialist).name_search
        self.assertIn(self.profile.id, [found[0] for found in search("Wang Fang")])
        self.assertIn(self.profile.id, [found[0] for found in search("Customer")])
        self.assertNotIn(self.profile.id, [found[0] for found in search("Fishing")])

    def test_it_goes_where_the_contact_goes(self):
        self.contact.parent_id = self.other_customer
        self.assertEqual(self.profile.customer_id, self.other_customer)
        self.contact.parent_id = False
        self.assertEqual(self.profile.customer_id, self.contact)

    def test_of_a_customer_who_is_a_person(self):
        person = self.new_customer("Sole trader", is_company=False)
        self.assertEqual(self.new_profile(person).customer_id, person)

    def test_who_was_reminded_of_is_not_written_by_people(self):
        for write in (
            lambda: self.profile.write({'birthday_reminded_for': '2024-01-01'}),
            lambda: self.new_profile(self.other_contact, birthday_reminded_for='2024-01-01'),
        ):
            with self.assertRaises(AccessError):
                write()
        fresh = self.profile.with_context(default_birthday_reminded_for='2024-01-01').create({
            'partner_id': self.other_contact.id, 'company_id': self.company.id,
        })
        self.assertFalse(fresh.birthday_reminded_for)

    # -- deleting -----------------------------------------------------------------------------------

    def test_a_contact_with_a_profile_is_not_deleted(self):
        for partner in (self.contact, self.customer, self.customer + self.contact):
            for user in (self.archive_specialist, self.rating_manager):
                with self.subTest(partner=partner, user=user.login), self.assertRaisesRegex(
                    UserError, "Wang Fang has a contact profile. The archive specialist deletes the profile first",
                ):
                    partner.with_user(user).unlink()

    def test_who_may_not_read_it_is_not_told_of_it(self):
        self.other_salesperson.group_ids += self.env.ref('base.group_partner_manager')
        with self.assertRaises(UserError) as refused:
            self.contact.with_user(self.other_salesperson).unlink()
        self.assertNotIn("profile", str(refused.exception))
        self.assertIn("Wang Fang belongs to a customer archive", str(refused.exception))

    def test_without_the_profile_the_contact_can_go(self):
        self.profile.unlink()
        self.contact.with_user(self.archive_specialist).unlink()
        self.assertFalse(self.contact.exists())

    # -- from the partner -----------------------------------------------------------------------------

    def test_opened_from_the_contact_and_from_the_customer(self):
        contact, customer = (self.contact + self.customer).with_user(self.archive_specialist)
        action = contact.action_tianyuan_contact_profiles()
        self.assertEqual((action['res_id'], action['view_mode']), (self.profile.id, 'form'))
        second = self.new_profile(self.new_contact(self.customer, "Second"))
        action = customer.action_tianyuan_contact_profiles()
        self.assertEqual(self.profile.search(action['domain']), second + self.profile)
        self.assertFalse(action.get('res_id'))
        self.assertEqual((customer + contact).mapped('tianyuan_contact_profile_count'), [2, 1])

    def test_begun_from_a_contact_without_one(self):
        action = self.other_contact.with_user(self.archive_specialist).action_tianyuan_contact_profiles()
        self.assertEqual((action['res_id'], action['view_mode']), (False, 'form'))
        self.assertEqual(action['context'], {'default_partner_id': self.other_contact.id})
