"""A run asks the two sides to assess, and who is late is reminded (design §6)."""
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sheets import SheetCommon

FINISHED = '2024-07-02'


@tagged('post_install', '-at_install')
class TestAssessmentActivities(SheetCommon):
    newest = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_salesperson = cls.new_role_user('sales_user', login='other_salesperson')
        cls.foreign_customer = cls.new_customer("Foreign", user_id=cls.other_salesperson.id)
        cls.without_role = cls.new_role_user('archive_specialist', login='sells_without_role')
        for customer in (
            cls.customer, cls.other_customer, cls.foreign_customer,
            cls.new_customer("Nobody's"), cls.new_customer("Without role", user_id=cls.without_role.id),
        ):
            cls.invoice(customer, '2024-05-15', 1000)
        cls.env['mail.activity'].search([]).unlink()

    def run_of(self, company=None, day=FINISHED):
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).sudo().create({
            'company_id': (company or self.company).id, 'date_from': '2024-04-01', 'date_to': '2024-06-30',
        })
        with freeze_time(day):
            run.action_start()
            run._process()
        self.assertEqual(run.state, 'done')
        return run

    def chase(self, day):
        """The weekly look at who is late, on a given day."""
        with freeze_time(day):
            self.env['tianyuan.rating.run']._cron_chase_assessments()
            self.env.flush_all()
            # what is created in a test bears the time of its transaction
            self.env.cr.execute("UPDATE mail_activity SET create_date = %s WHERE id > %s", (day, self.newest))
            self.newest = max(self.env['mail.activity'].with_context(active_test=False).search([]).ids, default=0)
            self.env.invalidate_all()

    def asked(self, user=None, kind=None):
        """The open activities: (user, summary)."""
        domain = [('res_model', '=', 'tianyuan.rating')]
        if user:
            domain.append(('user_id', '=', user.id))
        if kind:
            domain.append(('activity_type_id', '=', self.env.ref(f'tianyuan_customer_rating.mail_activity_type_{kind}').id))
        return self.env['mail.activity'].sudo().search(domain)

    def fill(self, sheets):
        for line in sheets.sudo().line_ids:
            line.write({'points': 0, 'origin': 'assessed'})

    def own(self, run, user=None):
        return run.rating_ids.filtered(lambda sheet: sheet.user_id == (user or self.sales_user))

    # -- asking -----------------------------------------------------------------------------------

    def test_each_salesperson_and_finance_assessor_is_asked_once(self):
        assessors = self.finance_assessor + self.new_role_user('finance_assessor', login='second_assessor')
        run = self.run_of()
        self.assertEqual(len(run.rating_ids), 5)
        people = self.sales_user + self.other_salesperson + assessors
        asked = self.asked().filtered(lambda activity: activity.user_id in people)
        self.assertEqual({activity.user_id: activity.summary for activity in asked}, {
            self.sales_user: "2 ratings wait for your assessment",
            self.other_salesperson: "1 ratings wait for your assessment",
            assessors[0]: "5 ratings wait for your assessment",
            assessors[1]: "5 ratings wait for your assessment",
        })
        self.assertEqual(len(asked), 4)
        self.assertFalse(self.asked(self.without_role), "who can't assess isn't asked")
        self.assertEqual(set(asked.mapped('date_deadline')), {fields.Date.to_date('2024-07-12')})

    def test_the_activity_stands_on_a_sheet_its_person_can_read(self):
        self.run_of()
        for user in (self.sales_user, self.other_salesperson, self.finance_assessor):
            with self.subTest(user.login):
                activity = self.asked(user).with_user(user)
                self.assertEqual(len(activity), 1)
                self.assertTrue(self.env[activity.res_model].browse(activity.res_id).with_user(user).has_access('read'))
                self.assertIn('tianyuan_rating_line_action', activity.note)
        with self.assertRaises(AccessError):
            self.asked(self.sales_user).with_user(self.other_salesperson).read(['summary'])

    def test_a_company_decides_how_many_days_there_are(self):
        self.company.tianyuan_rating_assessment_days = 3
        self.run_of()
        self.assertEqual(self.asked(self.sales_user).date_deadline, fields.Date.to_date('2024-07-05'))

    def test_people_of_another_company_are_not_asked(self):
        elsewhere = self.setup_other_company()['company']
        assessor = self.new_role_user(
            'finance_assessor', login='assessor_elsewhere',
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)])
        self.run_of()
        self.assertFalse(self.asked(assessor))
        self.invoice(self.customer, '2024-05-15', 1000, company=elsewhere)
        self.env['tianyuan.rating.scheme'].search([('state', '=', 'active')]).sudo().company_id = False
        self.run_of(elsewhere)
        self.assertEqual(self.asked(assessor).summary, "1 ratings wait for your assessment")
        self.assertEqual(len(self.asked(self.sales_user)), 1)

    def test_a_second_run_of_the_quarter_does_not_ask_again(self):
        self.run_of()
        self.run_of()
        self.assertEqual(len(self.asked(self.sales_user)), 1)
        self.assertEqual(len(self.asked(self.finance_assessor)), 1)

    # -- done by itself ---------------------------------------------------------------------------

    def test_the_last_submitted_sheet_marks_the_activity_done(self):
        run = self.run_of()
        self.fill(run.rating_ids)
        first, second = self.own(run)
        first.with_user(self.sales_user).action_submit_sales()
        self.assertTrue(self.asked(self.sales_user))
        second.with_user(self.sales_user).action_submit_sales()
        self.assertFalse(self.asked(self.sales_user))
        self.assertTrue(self.asked(self.other_salesperson))
        self.assertTrue(self.asked(self.finance_assessor))
        run.rating_ids.with_user(self.finance_assessor).action_submit_finance()
        self.assertFalse(self.asked(self.finance_assessor))

    def test_cancelled_sheets_ask_nobody(self):
        run = self.run_of()
        self.own(run).with_user(self.rating_manager).action_cancel()
        self.assertFalse(self.asked(self.sales_user))
        self.assertTrue(self.asked(self.finance_assessor))

    def test_a_customer_who_goes_to_a_colleague_takes_the_duty_along(self):
        run = self.run_of()
        self.own(run).partner_id.sudo().user_id = self.other_salesperson
        self.chase('2024-07-08')
        self.assertFalse(self.asked(self.sales_user))
        self.chase('2024-07-15')
        self.assertEqual(self.asked(self.other_salesperson, 'reminder').summary,
                         "Overdue: 3 ratings wait for your assessment")

    # -- nobody's customers ---------------------------------------------------------------------------

    def test_who_started_the_run_is_asked_where_no_salesperson_can_assess(self):
        self.run_of()
        other_manager = self.new_role_user('manager', login='other_manager')
        activity = self.asked(kind='unassigned')
        self.assertEqual((activity.user_id, activity.summary),
                         (self.rating_manager, "2 ratings have no salesperson who can assess them"))
        self.assertIn("Give the customers a salesperson", activity.note)
        self.assertIn('tianyuan_rating_line_action_sales', activity.note)
        self.assertFalse(self.asked(other_manager))

    def test_all_managers_are_asked_after_a_run_nobody_started(self):
        other_manager = self.new_role_user('manager', login='other_manager')
        run = self.run_of()
        self.asked().unlink()
        self.env.cr.execute("UPDATE tianyuan_rating_run SET create_uid = 1 WHERE id = %s", [run.id])
        run.invalidate_recordset()
        run._plan_assessments()
        people = self.asked(kind='unassigned').user_id
        self.assertLessEqual(self.rating_manager + other_manager, people)
        self.assertTrue(all(user.active and self.company in user.company_ids for user in people))

    def test_the_team_leader_is_asked_where_the_salesperson_has_no_role(self):
        leader = self.new_role_user('sales_user', login='leader')
        self.env['crm.team'].create({
            'name': "Team", 'user_id': leader.id, 'company_id': self.company.id,
            'member_ids': [Command.set((self.without_role + self.other_salesperson).ids)],
        })
        run = self.run_of()
        self.assertEqual(self.asked(leader).summary, "1 ratings wait for your assessment", "not what others can do")
        self.assertEqual(self.asked(self.rating_manager).summary, "1 ratings have no salesperson who can assess them")
        sheet = run.rating_ids.filtered(lambda sheet: sheet.user_id == self.without_role)
        self.fill(sheet)
        sheet.with_user(leader).action_submit_sales()
        self.assertFalse(self.asked(leader))

    def test_a_salesperson_who_has_left_leaves_nothing_unasked(self):
        self.other_salesperson.action_archive()
        self.run_of()
        self.assertEqual(self.asked(self.rating_manager).summary, "3 ratings have no salesperson who can assess them")

    def test_the_manager_is_done_when_the_customers_have_salespeople(self):
        run = self.run_of()
        self.chase('2024-07-13')
        self.assertEqual(self.asked(self.rating_manager, 'reminder').summary,
                         "Overdue: 2 ratings wait for your assessment")
        orphans = run.rating_ids.filtered(lambda sheet: sheet.user_id not in self.sales_user + self.other_salesperson)
        orphans.partner_id.sudo().user_id = self.sales_user
        self.chase('2024-07-14')
        self.assertFalse(self.asked(self.rating_manager))
        self.chase('2024-07-21')
        self.assertEqual(self.asked(self.sales_user, 'reminder').summary, "Overdue: 4 ratings wait for your assessment")

    def test_no_sheet_is_left_without_anyone_who_is_asked(self):
        run = self.run_of()
        waiting = self.env['tianyuan.rating.run']._open_assessments(self.company)
        for sides in (('sales', 'unassigned'), ('finance',)):
            people = {}
            for (_company, _run, side, user), (count, _first) in waiting.items():
                if side in sides:
                    people.setdefault(side, {})[user] = count
            asked = sum(sum(counts.values()) if side != 'finance' else max(counts.values())
                        for side, counts in people.items())
            self.assertEqual(asked, len(run.rating_ids), sides)

    # -- sheets made by hand --------------------------------------------------------------------------

    def by_hand(self, customers, day=FINISHED):
        with freeze_time(day):
            sheets = self.env['tianyuan.rating'].with_user(self.rating_manager).create([
                {'partner_id': customer.id, 'company_id': self.company.id,
                 'date_from': '2024-04-01', 'date_to': '2024-06-30'} for customer in customers
            ])
            sheets.action_compute()
        return sheets

    def test_sheets_made_by_hand_ask_once_they_are_computed(self):
        draft = self.new_sheet(self.foreign_customer)
        sheets = self.by_hand(self.customer + self.other_customer)
        activity = self.asked(self.sales_user)
        self.assertEqual((activity.summary, activity.date_deadline, activity.res_id), (
            "2 ratings wait for your assessment", fields.Date.to_date('2024-07-12'), min(sheets.ids)))
        self.assertEqual(self.asked(self.finance_assessor).summary, "2 ratings wait for your assessment")
        self.assertFalse(self.asked(self.other_salesperson), "a draft asks nobody")
        self.assertFalse(draft.assessment_due_on)
        sheets.action_compute()
        self.assertEqual(len(self.asked(self.sales_user)), 1, "computing again doesn't ask again")

    def test_sheets_made_by_hand_are_done_chased_and_asked_for_anew(self):
        first = self.by_hand(self.customer)
        self.fill(first)
        first.with_user(self.sales_user).action_submit_sales()
        self.assertFalse(self.asked(self.sales_user))
        self.by_hand(self.other_customer, day='2024-07-04')
        self.assertEqual(len(self.asked(self.sales_user)), 1)
        self.chase('2024-07-14')
        self.assertFalse(self.asked(self.sales_user, 'reminder'))
        self.assertEqual(self.asked(self.finance_assessor, 'reminder').summary,
                         "Overdue: 1 ratings wait for your assessment")
        self.chase('2024-07-15')
        self.assertEqual(self.asked(self.sales_user, 'reminder').summary,
                         "Overdue: 1 ratings wait for your assessment")

    def test_a_sheet_by_hand_of_nobodys_customer_asks_the_managers(self):
        sheet = self.by_hand(self.env['res.partner'].search([('name', '=', "Nobody's")]))
        self.assertEqual(self.asked(self.rating_manager).summary, "1 ratings have no salesperson who can assess them")
        sheet.with_user(self.rating_manager).action_cancel()
        self.assertFalse(self.asked())

    def test_sheets_by_hand_and_of_a_run_are_asked_for_apart_and_chased_together(self):
        self.run_of()
        late = self.new_customer("Late", user_id=self.sales_user.id)
        self.by_hand(late)
        self.assertEqual(sorted(self.asked(self.sales_user).mapped('summary')),
                         ["1 ratings wait for your assessment", "2 ratings wait for your assessment"])
        self.chase('2024-07-13')
        self.assertEqual(self.asked(self.sales_user, 'reminder').summary, "Overdue: 3 ratings wait for your assessment")

    def test_a_run_that_takes_over_a_sheet_made_by_hand_asks_for_the_others(self):
        sheet = self.by_hand(self.customer)
        self.fill(sheet)
        sheet.with_user(self.sales_user).action_submit_sales()
        self.env.cr.execute("UPDATE mail_activity SET create_date = create_date - interval '1 day'")
        self.env.invalidate_all()
        run = self.run_of()
        self.assertEqual(sheet.run_id, run)
        self.assertEqual(self.asked(self.sales_user).summary, "1 ratings wait for your assessment")
        self.assertEqual(self.asked(self.sales_user).res_id, self.own(run).filtered(lambda s: not s.sales_done).id)

    # -- reminding ----------------------------------------------------------------------------------

    def test_nobody_is_reminded_before_or_on_the_day(self):
        self.run_of()
        self.chase('2024-07-12')
        self.assertFalse(self.asked(kind='reminder'))

    def test_who_is_late_gets_one_reminder_a_week(self):
        self.run_of()
        self.chase('2024-07-13')
        first = self.asked(self.sales_user, 'reminder')
        self.assertEqual(first.summary, "Overdue: 2 ratings wait for your assessment")
        self.chase('2024-07-16')
        self.assertEqual(self.asked(self.sales_user, 'reminder'), first)
        self.chase('2024-07-20')
        second = self.asked(self.sales_user, 'reminder')
        self.assertEqual(len(second), 1, "the new one takes the old one's place")
        self.assertNotEqual(second, first)

    def test_a_reminder_someone_ticked_off_comes_back_a_week_later_only(self):
        self.run_of()
        self.chase('2024-07-13')
        self.asked(self.sales_user, 'reminder').with_user(self.sales_user).action_done()
        self.chase('2024-07-15')
        self.assertFalse(self.asked(self.sales_user, 'reminder'))
        self.chase('2024-07-20')
        self.assertEqual(len(self.asked(self.sales_user, 'reminder')), 1)

    def test_reminders_end_with_the_last_submitted_sheet(self):
        run = self.run_of()
        self.chase('2024-07-13')
        self.fill(run.rating_ids)
        with freeze_time('2024-07-14'):
            self.own(run).with_user(self.sales_user).action_submit_sales()
        self.assertFalse(self.asked(self.sales_user))
        self.chase('2024-07-22')
        self.assertFalse(self.asked(self.sales_user))
        self.assertEqual(len(self.asked(self.other_salesperson, 'reminder')), 1)

    # -- however many -----------------------------------------------------------------------------

    def test_asking_and_chasing_for_many_customers_takes_the_queries_of_a_few(self):
        run = self.run_of()
        counts = {}
        for step in ('warm up', 'few', 'many'):
            self.asked().unlink()
            if step == 'many':
                customers = self.env['res.partner'].create([
                    {'name': f"Buyer {number}", 'is_company': True, 'user_id': self.sales_user.id} for number in range(100)
                ])
                self.env['tianyuan.rating'].sudo().create([
                    {'partner_id': customer.id, 'company_id': self.company.id, 'run_id': run.id, 'state': 'assessing',
                     'date_from': '2024-04-01', 'date_to': '2024-06-30'} for customer in customers
                ])
            with freeze_time('2024-07-15'), patch.object(self.registry['mail.activity'], 'action_notify', lambda self: None):
                counts[step] = [self.queries(run._plan_assessments), self.queries(run._cron_chase_assessments)]
        self.assertEqual(self.asked(self.sales_user, 'reminder').summary, "Overdue: 102 ratings wait for your assessment")
        for few, many in zip(counts['few'], counts['many'], strict=True):
            self.assertLessEqual(many, few)
