"""The salesperson is reminded of a contact's birthday: once a year, quietly, and whoever it is by then."""
from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.profile.tianyuan_contact_profile import ACTIVITY_TYPE
from .common import ProfileCommon


@tagged('post_install', '-at_install')
class TestContactProfileBirthday(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['tianyuan.contact.profile'].sudo().search([('id', '!=', cls.profile.id)]).birthday_reminder = False
        cls.company.tianyuan_birthday_reminder_days = 7
        cls.profile.birthday = '1980-05-10'

    def remind(self, *days):
        """The daily look at birthdays, on each of the days; at noon in China."""
        for day in days:
            with freeze_time(f'{day} 04:00:00'):
                self.env['tianyuan.contact.profile']._cron_remind_of_birthdays()

    def reminders(self, user=None, profile=None):
        return (profile or self.profile).sudo().activity_search([ACTIVITY_TYPE], user_id=user and user.id)

    def deadlines(self):
        return [str(day) for day in self.reminders().mapped('date_deadline')]

    def test_some_days_before_and_not_earlier(self):
        self.remind('2024-05-02')
        self.assertFalse(self.reminders())
        self.remind('2024-05-03')
        reminder = self.reminders(self.sales_user)
        self.assertEqual(self.deadlines(), ['2024-05-10'])
        self.assertEqual(reminder.summary, "Upcoming birthday")
        self.assertFalse(reminder.note)

    def test_on_the_day_itself_but_not_after_it(self):
        self.remind('2024-05-11')
        self.assertFalse(self.reminders())
        self.remind('2025-05-10')
        self.assertEqual(self.deadlines(), ['2025-05-10'])

    def test_once_a_year(self):
        self.remind('2024-05-03', '2024-05-04', '2024-05-10')
        self.assertEqual(len(self.reminders()), 1)
        self.reminders().with_user(self.sales_user).action_done()
        self.remind('2024-05-05')
        self.assertFalse(self.reminders())
        self.remind('2025-05-04')
        self.assertEqual(self.deadlines(), ['2025-05-10'])

    def test_across_the_turn_of_the_year(self):
        self.profile.birthday = '1975-01-02'
        self.remind('2024-12-28')
        self.assertEqual(self.deadlines(), ['2025-01-02'])

    def test_born_on_29_february(self):
        self.profile.birthday = '1984-02-29'
        self.remind('2023-02-20')
        self.assertFalse(self.reminders())
        self.remind('2023-02-21', '2023-02-28', '2023-03-01')
        self.assertEqual(self.deadlines(), ['2023-02-28'])
        self.reminders().unlink()
        self.remind('2024-02-21')
        self.assertFalse(self.reminders())
        self.remind('2024-02-22')
        self.assertEqual(self.deadlines(), ['2024-02-29'])

    def test_the_companys_own_number_of_days(self):
        self.company.tianyuan_birthday_reminder_days = 1
        self.remind('2024-05-08')
        self.assertFalse(self.reminders())
        self.remind('2024-05-09')
        self.assertTrue(self.reminders())

    def test_a_company_without_reminders(self):
        self.company.tianyuan_birthday_reminder_days = 0
        self.remind('2024-05-10')
        self.assertFalse(self.reminders())
        for days in (-1, 61):
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.company.tianyuan_birthday_reminder_days = days
                self.env.flush_all()

    def test_not_where_it_is_switched_off_nor_of_archived_contacts(self):
        self.profile.birthday_reminder = False
        self.remind('2024-05-10')
        self.assertFalse(self.reminders())
        self.profile.birthday_reminder = True
        self.contact.active = False
        self.remind('2024-05-10')
        self.assertFalse(self.reminders())

    def test_a_corrected_birthday_is_announced_anew(self):
        self.remind('2024-05-05')
        with freeze_time('2024-05-05'):
            self.profile.birthday = '1980-05-12'
        self.assertFalse(self.reminders())
        self.remind('2024-05-05')
        self.assertEqual(self.deadlines(), ['2024-05-12'])

    def test_only_a_salesperson_who_may_open_it(self):
        for user in (False, self.finance_assessor):
            self.customer.user_id = user
            self.remind('2024-05-05')
            self.assertFalse(self.reminders())
        elsewhere = self.setup_other_company()['company']
        self.customer.user_id = self.new_role_user(
            'sales_user', login='elsewhere', company_id=elsewhere.id, company_ids=[(6, 0, elsewhere.ids)])
        self.remind('2024-05-05')
        self.assertFalse(self.reminders())
        self.customer.user_id = self.sales_user
        self.remind('2024-05-06')
        self.assertTrue(self.reminders(self.sales_user))

    def test_a_customer_who_goes_to_a_colleague_takes_it_along(self):
        self.remind('2024-05-05')
        self.customer.user_id = self.other_salesperson
        self.remind('2024-05-06')
        self.assertEqual(self.reminders().user_id, self.other_salesperson)
        self.customer.user_id = False
        self.remind('2024-05-07')
        self.assertFalse(self.reminders())

    def test_the_salesperson_marks_it_done(self):
        self.remind('2024-05-05')
        self.reminders().with_user(self.sales_user).action_feedback(feedback="Called")
        self.assertIn("Called", str(self.profile.message_ids.mapped('body')))

    def test_no_mail_is_sent(self):
        before = self.env['mail.mail'].sudo().search_count([])
        notifications = self.env['mail.notification'].sudo().search_count([])
        self.remind('2024-05-05')
        self.assertTrue(self.reminders())
        self.assertEqual(self.env['mail.mail'].sudo().search_count([]), before)
        self.assertEqual(self.env['mail.notification'].sudo().search_count([]), notifications)

    def test_many_take_the_queries_of_a_few(self):
        counts = []
        for number, day in ((3, '2024-08-05'), (3, '2024-09-05'), (60, '2024-10-05')):
            month = int(day[5:7])
            contacts = self.env['res.partner'].create([
                {'name': f"Contact {number}", 'parent_id': self.customer.id} for number in range(number)])
            self.env['tianyuan.contact.profile'].sudo().create([
                {'partner_id': contact.id, 'company_id': self.company.id, 'birthday': f'1980-{month:02}-10'}
                for contact in contacts
            ])
            counts.append(self.queries(lambda day=day: self.remind(day)))
        self.assertLessEqual(counts[2], counts[1] + 5)
