"""A visit is planned, made and reported; its report says all three kinds of things or that there is nothing to say
(policy 10)."""
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisit(VisitCommon):

    # -- planned → done → reported --------------------------------------------------------------------

    def test_its_way(self):
        visit = self.new_visit(kind='phone', purpose="Prices")
        self.assertRegex(visit.name, r'^HF/2024/\d{4}$')
        self.assertEqual((visit.state, visit.user_id, visit.date_planned), ('planned', self.sales_user, date(2024, 3, 4)))
        visit.action_done()
        self.assertEqual((visit.state, visit.date_done), ('done', date(2024, 3, 4)))
        self.assertEqual(visit.report_due_on, date(2024, 3, 7))    # three days, by default
        self.fill(visit, {'finding_type': 'demand', 'description': "More resin"}).action_report()
        self.assertEqual((visit.state, visit.reported_on), ('reported', date(2024, 3, 4)))

    def test_the_day_is_the_company_s(self):
        with freeze_time('2024-03-04 20:00:00'):    # already 5 March in Shanghai
            self.assertEqual(self.done_visit().date_done, date(2024, 3, 5))

    def test_the_day_of_a_company_without_a_time_zone_is_its_country_s(self):
        self.company.partner_id.tz = False
        self.company.resource_calendar_id.tz = 'UTC'
        with freeze_time('2024-03-04 20:00:00'):
            visit = self.env['tianyuan.visit'].with_context(tz='America/New_York')
            self.assertEqual(visit.default_get(['date_planned'])['date_planned'], date(2024, 3, 5))

    def test_one_that_was_made_earlier_is_due_earlier(self):
        visit = self.done_visit(date_done='2024-03-01')
        self.assertEqual((visit.date_done, visit.report_due_on), (date(2024, 3, 1), date(2024, 3, 4)))
        visit.date_done = '2024-03-02'
        self.assertEqual(visit.report_due_on, date(2024, 3, 5))

    def test_none_is_made_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "today at the latest"):
            self.new_visit(date_done='2024-03-05')

    # -- handing in from the screen -------------------------------------------------------------------

    def asked(self, visit):
        action = visit.action_ask_report()
        dialog = self.env(user=visit.env.user)[action['res_model']].with_context(action['context']).create({})
        return dialog

    def test_the_question_names_what_there_is_nothing_to_report_about(self):
        visit = self.done_visit()
        visit.write({'summary': "<p>They are content</p>", 'finding_ids': [
            Command.create({'finding_type': 'demand', 'description': "More resin"})]})
        dialog = self.asked(visit)
        self.assertEqual(dialog.details, "Nothing to report: Customer Evaluation and Improvement Suggestion")
        self.assertEqual(visit.state, 'done', "asking changes nothing")
        dialog.action_apply()
        self.assertEqual(visit.state, 'reported')
        self.assertEqual(
            (visit.no_evaluation, visit.no_demand, visit.no_suggestion), (True, False, True))

    def test_a_planned_visit_is_made_and_reported_in_one_step(self):
        visit = self.new_visit(summary="<p>A call</p>")
        self.asked(visit).action_apply()
        self.assertEqual((visit.state, visit.date_done, visit.reported_on),
                         ('reported', date(2024, 3, 4), date(2024, 3, 4)))

    def test_without_a_text_it_is_not_even_asked(self):
        visit = self.done_visit()
        for method in ('action_ask_report', 'action_hand_in'):
            with self.subTest(method), self.assertRaisesRegex(UserError, "write first how the visit went"):
                getattr(visit, method)()
        self.assertEqual((visit.state, visit.no_demand), ('done', False))

    def test_nobody_hands_in_a_colleague_s_report(self):
        visit = self.done_visit()
        visit.summary = "<p>They are content</p>"
        for user in (self.colleague, self.archive_specialist, self.finance_assessor):
            for method in ('action_ask_report', 'action_hand_in'):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(visit.with_user(user), method)()

    def test_what_is_still_open_is_on_the_form(self):
        visit = self.fill(self.done_visit())
        self.assertFalse(visit.report_missing)
        visit.no_demand = False
        self.assertEqual(visit.report_missing, "Market Demand")
        visit.no_demand = True
        visit.action_report()
        self.assertFalse(visit.report_missing)

    def test_an_incomplete_report_is_refused_and_told_what_is_missing(self):
        visit = self.done_visit()
        with self.assertRaises(UserError) as refusal:
            visit.action_report()
        self.assertEqual(refusal.exception.args[0], (
            f"The report of {visit.name} isn't complete. What is missing:\n"
            "- a report of how the visit went\n"
            "- Customer Evaluation: a finding, or the tick that there is nothing to report\n"
            "- Market Demand: a finding, or the tick that there is nothing to report\n"
            "- Improvement Suggestion: a finding, or the tick that there is nothing to report"
        ))
        visit.write({
            'summary': "<p><br></p>", 'no_evaluation': True,
            'finding_ids': [Command.create({'finding_type': 'suggestion', 'description': "Deliver earlier"})],
        })
        with self.assertRaises(UserError) as refusal:
            visit.action_report()
        self.assertEqual(refusal.exception.args[0].split("\n")[1:], [
            "- a report of how the visit went",    # an empty paragraph says nothing
            "- Market Demand: a finding, or the tick that there is nothing to report",
        ])
        visit.write({'summary': "<p>Well</p>", 'no_demand': True})
        visit.action_report()
        self.assertEqual(visit.state, 'reported')

    def test_steps_out_of_turn_are_refused(self):
        planned, done, reported = self.new_visit(), self.done_visit(), self.reported_visit()
        for visit, steps in (
            (planned, ('action_report', 'action_replan')),
            (done, ('action_done',)),
            (reported, ('action_done', 'action_report', 'action_cancel', 'action_replan')),
        ):
            for step in steps:
                with self.subTest(state=visit.state, step=step), self.assertRaisesRegex(UserError, "isn't possible"):
                    getattr(visit, step)()

    def test_one_that_was_not_made_is_cancelled_and_planned_again(self):
        visit = self.done_visit()
        visit.action_cancel()
        self.assertEqual((visit.state, visit.date_done, visit.report_due_on), ('cancelled', False, False))
        visit.action_replan()
        self.assertEqual(visit.state, 'planned')
        visit.action_done()
        visit.action_replan()
        self.assertEqual((visit.state, visit.date_done), ('planned', False))

    def test_a_report_stays_as_it_is_until_a_manager_reopens_it(self):
        visit = self.reported_visit({'finding_type': 'demand'})
        finding = visit.finding_ids
        for work in (
            lambda: visit.write({'summary': "<p>Otherwise</p>"}),
            lambda: visit.write({'date_done': '2024-03-01'}),
            lambda: visit.write({'finding_ids': [Command.create({'description': "Later"})]}),
            lambda: visit.write({'finding_ids': [Command.update(finding.id, {'description': "Otherwise"})]}),
            lambda: finding.write({'finding_type': 'evaluation'}),
            lambda: finding.unlink(),
            lambda: visit.with_user(self.rating_manager).write({'summary': "<p>Otherwise</p>"}),
        ):
            with self.assertRaisesRegex(UserError, "stays as it is. A manager can reopen it"):
                work()
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            visit.action_reopen()
        visit.with_user(self.rating_manager).action_reopen()
        self.assertEqual((visit.state, visit.reported_on), ('done', False))
        self.assertIn("The report was reopened to be corrected.", visit.message_ids.mapped('preview')[0])
        visit.summary = "<p>Otherwise</p>"
        visit.action_report()
        self.assertEqual(visit.state, 'reported')

    def test_what_follows_by_itself_is_written_by_nobody(self):
        for values in (
            {'state': 'reported'}, {'name': "HF/1"}, {'is_auto': True}, {'reported_on': '2024-01-01'},
            {'report_due_on': '2999-01-01'}, {'chased': 'leader'},
        ):
            for user in (self.sales_user, self.rating_manager):
                with self.subTest(user=user.login, **values):
                    visit = self.new_visit()
                    with self.assertRaises(AccessError):
                        visit.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        self.new_visit(user=user, **values)
        visit = self.visits.with_context(default_state='reported', default_is_auto=True).create(
            {'partner_id': self.customer.id})
        self.assertEqual((visit.state, visit.is_auto), ('planned', False))

    def test_visits_that_were_made_are_kept(self):
        visits = self.new_visit() + self.done_visit() + self.reported_visit()
        with self.assertRaises(AccessError):
            visits[0].unlink()    # a salesperson cancels
        visits.env.invalidate_all()
        for visit in visits.with_user(self.rating_manager)[1:]:
            with self.assertRaisesRegex(UserError, "has been made, and visits are kept"):
                visit.unlink()
        visits.with_user(self.rating_manager)[0].unlink()

    # -- with whom ------------------------------------------------------------------------------------

    def test_the_customer_is_a_company_and_the_contacts_are_its_own(self):
        contact, stranger = self.new_contact(self.customer, "Wang"), self.new_contact(self.other_customer, "Li")
        with self.assertRaisesRegex(ValidationError, "is a contact: choose its company"):
            self.new_visit(contact)
        with self.assertRaisesRegex(ValidationError, "is no contact of Customer"):
            self.new_visit(contact_ids=[Command.set(stranger.ids)])
        self.assertEqual(self.new_visit(contact_ids=[Command.set(contact.ids)]).contact_ids, contact)

    def test_another_customer_on_the_form_takes_the_contacts_away(self):
        contact = self.new_contact(self.customer, "Wang")
        with Form(self.env['tianyuan.visit'].with_user(self.rating_manager).with_company(self.company)) as form:
            form.partner_id = self.customer
            form.contact_ids.add(contact)
            form.partner_id = self.other_customer
            self.assertFalse(form.contact_ids[:])
        self.assertEqual(form.record.user_id, self.colleague)

    def test_planned_visits_go_with_the_customer(self):
        planned, by_leader, done = self.new_visit(), self.new_visit(user_id=self.leader.id), self.done_visit()
        self.customer.user_id = self.colleague
        self.assertEqual(
            [visit.sudo().user_id for visit in (planned, by_leader, done)],
            [self.colleague, self.leader, self.sales_user],
        )

    def test_late_ones_are_found(self):
        with freeze_time('2024-02-01 04:00:00'):
            late = self.new_visit() + self.done_visit()
            self.new_visit(date_planned='2024-03-04')
            self.reported_visit()
        self.done_visit()
        found = self.visits.search([('is_overdue', '=', True), ('partner_id', '=', self.customer.id)])
        self.assertEqual(found.sorted('id'), late)
        self.assertEqual(late.mapped('is_overdue'), [True, True])

    # -- who may --------------------------------------------------------------------------------------

    def test_own_customers_only(self):
        own, others = self.new_visit(), self.new_visit(self.other_customer, self.colleague)
        for user, seen in (
            (self.sales_user, own), (self.leader, own), (self.colleague, others), (self.archive_specialist, own + others),
            (self.finance_assessor, own + others), (self.rating_manager, own + others),
        ):
            with self.subTest(user=user.login):
                found = self.visits.with_user(user).search([('partner_id', 'in', (self.customer + self.other_customer).ids)])
                self.assertEqual(found.sorted('id').ids, seen.ids)
        for user in (self.archive_specialist, self.finance_assessor):
            for work in (
                lambda user=user: own.with_user(user).write({'purpose': "x"}),
                lambda user=user: own.with_user(user).action_done(),
                lambda user=user: own.with_user(user).action_cancel(),
                lambda user=user: self.new_visit(user=user),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    work()
        for work in (
            lambda: self.new_visit(self.other_customer),
            lambda: others.with_user(self.sales_user).action_done(),
            lambda: own.write({'partner_id': self.other_customer.id}),
        ):
            with self.assertRaises(AccessError):
                work()
        others.with_user(self.rating_manager).action_done()
        self.assertEqual(others.state, 'done')

    def test_another_company_s_are_not_seen(self):
        elsewhere = self.setup_other_company()['company']
        visit = self.env['tianyuan.visit'].sudo().create({'partner_id': self.customer.id, 'company_id': elsewhere.id})
        self.assertRegex(visit.name, r'/0001$')    # each company has its own numbers
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            self.assertFalse(self.visits.with_user(user).search([('id', '=', visit.id)]))
        with self.assertRaises(AccessError):
            self.new_visit(company_id=elsewhere.id)

    # -- the customer's page --------------------------------------------------------------------------

    def test_the_customer_s_page_says_how_many_and_when_last(self):
        customer = self.customer.with_user(self.sales_user)
        self.assertEqual((customer.tianyuan_visit_count, customer.tianyuan_last_visit_on), (0, False))
        self.reported_visit(date_done='2024-02-20')
        self.done_visit(date_done='2024-01-10')    # entered later, made earlier
        self.new_visit()
        self.new_visit().action_cancel()
        self.env.invalidate_all()
        self.assertEqual((customer.tianyuan_visit_count, customer.tianyuan_last_visit_on), (3, date(2024, 2, 20)))
        contact = self.new_contact(self.customer).with_user(self.sales_user)
        self.assertEqual(contact.tianyuan_visit_count, 3)
        seen_by_colleague = self.customer.with_user(self.colleague)
        self.assertEqual((seen_by_colleague.tianyuan_visit_count, seen_by_colleague.tianyuan_last_visit_on), (0, False))
        action = customer.action_tianyuan_visits()
        self.assertEqual(self.visits.search_count(action['domain']), 4)

    def test_a_visit_is_planned_from_the_customer_or_a_contact(self):
        contact = self.new_contact(self.customer, "Wang").with_user(self.sales_user)
        context = contact.action_tianyuan_plan_visit()['context']
        visit = self.visits.with_context(**context).create({})
        self.assertEqual((visit.partner_id, visit.contact_ids), (self.customer, contact))
        with self.assertRaisesRegex(AccessError, "your own customers only"):
            self.other_customer.with_user(self.sales_user).action_tianyuan_plan_visit()
        with self.assertRaises(AccessError):
            self.customer.with_user(self.finance_assessor).action_tianyuan_plan_visit()
        self.assertTrue(self.other_customer.with_user(self.rating_manager).action_tianyuan_plan_visit())

    # -- late reports ---------------------------------------------------------------------------------

    def chase(self, day):
        with freeze_time(f'{day} 04:00:00'):
            self.env['tianyuan.visit']._cron_chase()

    def test_a_late_report_is_chased_once_with_each(self):
        visit = self.done_visit()    # due on the 7th; the leader hears of it after the 10th
        mine, leaders = ("Report the visit", self.sales_user), ("A visit of your team hasn't been reported", self.leader)
        for day, expected in (
            ('2024-03-07', []), ('2024-03-08', [mine]), ('2024-03-10', [mine]), ('2024-03-11', [mine, leaders]),
            ('2024-04-11', [mine, leaders]),
        ):
            self.chase(day)
            self.assertEqual(self.activities_of(visit), expected, day)
        self.fill(visit).action_report()
        self.assertFalse(self.activities_of(visit))
        self.chase('2024-05-01')
        self.assertFalse(self.activities_of(visit))

    def test_the_company_says_how_long_a_report_takes(self):
        self.company.tianyuan_visit_report_days = 1
        visit = self.done_visit()
        self.chase('2024-03-06')
        self.assertEqual(self.activities_of(visit), [("Report the visit", self.sales_user)])
        self.chase('2024-03-07')
        self.assertEqual(len(self.activities_of(visit)), 2)

    def test_a_leader_is_not_told_twice_and_nobody_is_told_what_they_cant_see(self):
        with freeze_time('2024-02-01 04:00:00'):
            of_leader = self.done_visit(user_id=self.leader.id)
            of_stranger = self.done_visit(user_id=self.colleague.id)
        self.chase('2024-03-04')
        self.assertEqual(self.activities_of(of_leader), [("Report the visit", self.leader)])
        self.assertEqual(
            self.activities_of(of_stranger), [("A visit of your team hasn't been reported", self.leader)])

    def test_a_reopened_report_is_chased_anew(self):
        visit = self.reported_visit()
        with freeze_time('2024-04-01 04:00:00'):
            visit.with_user(self.rating_manager).action_reopen()
        self.assertEqual(visit.report_due_on, date(2024, 4, 4))
        self.chase('2024-04-04')
        self.assertFalse(self.activities_of(visit))
        self.chase('2024-04-05')
        self.assertEqual(self.activities_of(visit), [("Report the visit", self.sales_user)])

    def test_the_reminder_is_in_the_salesperson_s_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.env['ir.module.module']._load_module_terms(['tianyuan_customer_rating'], ['zh_CN'], overwrite=True)
        self.sales_user.sudo().lang = 'zh_CN'
        visit = self.done_visit()
        self.chase('2024-03-08')
        worded = self.env['tianyuan.visit'].with_context(lang='zh_CN').env._("Report the visit")
        self.assertEqual(self.activities_of(visit), [(worded, self.sales_user)])

    def test_many_late_reports_take_no_more_queries_than_few(self):
        def late(count):
            customers = self.env['res.partner'].create([
                {'name': f"Late {number}", 'is_company': True, 'user_id': self.sales_user.id} for number in range(count)
            ])
            visits = self.env['tianyuan.visit'].sudo().create(
                [{'partner_id': customer.id, 'company_id': self.company.id} for customer in customers])
            visits._mark_done()
            return visits
        few, many = late(5), late(60)
        few._chase('salesperson')    # warm up
        few.write({'chased': False})
        self.assertLessEqual(
            self.queries(lambda: many._chase('salesperson')), self.queries(lambda: few._chase('salesperson')) + 5)
