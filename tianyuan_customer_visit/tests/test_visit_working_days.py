"""Automatic visits fall on days on which the company works."""
from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from ..models.res_partner import QUIET_CONTEXT
from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestWorkingDays(VisitCommon):
    """Monday 4 March 2024 is today."""

    def working_day(self, day, company=None):
        return (company or self.company)._tianyuan_working_day(date(2024, 3, 31))(date.fromisoformat(day))

    def holiday(self, start, end, calendar=None):
        """A public holiday from one UTC moment to another."""
        calendar = calendar or self.company.resource_calendar_id
        return self.env['resource.calendar.leaves'].sudo().create({
            'name': "Holiday", 'calendar_id': calendar.id, 'company_id': self.company.id,
            'date_from': datetime.fromisoformat(start), 'date_to': datetime.fromisoformat(end),
        })

    def automatic(self, day, **values):
        return self.env['tianyuan.visit'].sudo().with_context(**QUIET_CONTEXT).create({
            'company_id': self.company.id, 'partner_id': self.customer.id, 'user_id': self.sales_user.id,
            'kind': 'phone', 'date_planned': day, 'is_auto': True, **values,
        })

    def plan(self):
        self.env['res.partner']._tianyuan_change_class(
            self.company, {self.customer: {'new_class': 'key', 'reason': "Test"}})
        self.customer.sudo()._tianyuan_plan_visits(self.company)

    def test_a_weekend_becomes_monday(self):
        self.assertEqual(
            [self.working_day(f'2024-03-{day:02}') for day in (8, 9, 10, 11)],
            [date(2024, 3, 8), date(2024, 3, 11), date(2024, 3, 11), date(2024, 3, 11)],
        )

    def test_public_holidays_are_left_out(self):
        self.holiday('2024-03-10 22:00:00', '2024-03-12 21:59:00')    # Monday and Tuesday, in Brussels and in Shanghai
        self.assertEqual(self.working_day('2024-03-09'), date(2024, 3, 13))

    def test_a_company_that_works_on_saturdays(self):
        calendar = self.company.resource_calendar_id
        calendar.attendance_ids = [Command.create({
            'name': "Saturday", 'dayofweek': '5', 'hour_from': 9, 'hour_to': 12, 'day_period': 'morning',
        })]
        self.assertEqual(self.working_day('2024-03-09'), date(2024, 3, 9))

    def test_without_working_hours_it_is_monday_to_friday(self):
        self.company.resource_calendar_id = False
        self.assertEqual(self.working_day('2024-03-09'), date(2024, 3, 11))
        self.assertEqual(self.working_day('2024-03-08'), date(2024, 3, 8))

    def test_flexible_hours_have_weekends_and_holidays(self):
        calendar = self.env['resource.calendar'].sudo().create({
            'name': "Flexible", 'company_id': self.company.id, 'flexible_hours': True,
        })
        self.company.resource_calendar_id = calendar
        self.assertEqual(
            [self.working_day(f'2024-03-{day:02}') for day in (8, 9, 10)],
            [date(2024, 3, 8), date(2024, 3, 11), date(2024, 3, 11)],
        )
        self.holiday('2024-03-11 00:00:00', '2024-03-11 23:00:00', calendar)
        self.assertEqual(self.working_day('2024-03-09'), date(2024, 3, 12))

    def test_a_company_that_never_works_keeps_the_day(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        self.assertEqual(self.working_day('2024-03-09'), date(2024, 3, 9))

    def test_what_is_past_stays(self):
        self.assertEqual(self.working_day('2024-03-03'), date(2024, 3, 3))

    def test_a_planned_visit_moves_off_a_new_holiday_and_stays_there(self):
        visit = self.automatic('2024-03-12')
        self.holiday('2024-03-11 22:00:00', '2024-03-12 21:59:00')
        self.plan()
        self.assertEqual(visit.date_planned, date(2024, 3, 13))
        self.plan()
        self.assertEqual(visit.date_planned, date(2024, 3, 13))

    def test_a_visit_planned_by_hand_stays_on_its_sunday(self):
        visit = self.new_visit(date_planned='2024-03-10')
        self.plan()
        self.assertEqual(visit.date_planned, date(2024, 3, 10))

    def test_an_overdue_visit_stays(self):
        visit = self.automatic('2024-03-02')
        self.plan()
        self.assertEqual(visit.date_planned, date(2024, 3, 2))
