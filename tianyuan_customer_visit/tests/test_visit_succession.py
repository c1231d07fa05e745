"""Visits and findings of somebody who leaves go to the leader, and on to who gets the customers."""
from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitSuccession(VisitCommon):

    def turn(self, customer_class):
        self.env['res.partner']._tianyuan_change_class(
            self.company, {self.customer: {'new_class': customer_class, 'reason': "Test"}})
        self.customer.sudo()._tianyuan_plan_visits(self.company)
        return self.env['tianyuan.visit'].sudo().search([
            ('partner_id', '=', self.customer.id), ('state', '=', 'planned'),
        ])

    def hand_over(self):
        hand_over = self.env['tianyuan.hand.over'].with_user(self.rating_manager).with_company(self.company).create({
            'from_user_id': self.sales_user.id, 'company_id': self.company.id, 'to_user_id': self.colleague.id,
        })
        counts = {kind.key: kind.count for kind in hand_over.kind_ids}
        hand_over.action_hand_over()
        return counts

    def test_planned_visits_go_to_the_leader_and_stay_automatic(self):
        automatic, by_hand = self.turn('key'), self.new_visit(partner_id=self.customer.id).sudo()
        self.sales_user.action_archive()
        self.assertEqual((automatic + by_hand).user_id, self.leader)
        self.assertTrue(automatic.is_auto)

    def test_planning_goes_on_for_the_leader(self):
        self.sales_user.action_archive()
        visit = self.turn('key')
        self.assertEqual((visit.user_id, visit.is_auto), (self.leader, True))

    def test_a_cultivation_goes_on_with_the_leader(self):
        visit = self.turn('potential')
        activity = visit.activity_id
        self.assertEqual(activity.user_id, self.sales_user)
        self.sales_user.action_archive()
        self.assertTrue(activity.exists(), "Odoo would have deleted it")
        self.assertEqual((activity.user_id, visit.user_id), (self.leader, self.leader))

    def test_open_findings_go_to_the_leader_and_closed_ones_stay(self):
        visit = self.done_visit()
        self.fill(visit, {'finding_type': 'demand', 'user_id': self.sales_user.id},
                  {'finding_type': 'suggestion', 'user_id': self.sales_user.id, 'result': "Told them"})
        opened, closed = visit.finding_ids.sorted('id')
        closed.action_done()
        self.sales_user.action_archive()
        self.assertEqual((opened.sudo().user_id, closed.sudo().user_id), (self.leader, self.sales_user))
        self.assertEqual(self.activities_of(opened), [("Market Demand of Customer", self.leader)])

    def test_a_late_report_is_asked_of_the_leader_who_was_not_there_when_it_was_made(self):
        visit = self.done_visit()
        with freeze_time('2024-03-08 04:00:00'):
            self.env['tianyuan.visit']._cron_chase()
            self.assertEqual(self.activities_of(visit), [("Report the visit", self.sales_user)])
            self.sales_user.action_archive()
        self.assertEqual(self.activities_of(visit), [("Report the visit", self.leader)])
        self.assertEqual(visit.sudo().user_id, self.sales_user)    # who made it isn't rewritten

    def test_a_report_that_became_late_while_nobody_was_there_is_asked_for_when_there_is_somebody(self):
        visit = self.done_visit()
        self.leader.action_archive()
        self.sales_user.action_archive()
        with freeze_time('2024-03-08 04:00:00'):
            self.env['tianyuan.visit']._cron_chase()
            self.assertFalse(visit.sudo().chased)
            self.customer.sudo().user_id = self.colleague
            self.env['tianyuan.visit']._cron_chase()
        self.assertEqual(self.activities_of(visit), [("Report the visit", self.colleague)])

    def test_handing_over_moves_what_is_open_and_keeps_who_made_a_visit(self):
        made = self.done_visit()
        self.fill(made, {'finding_type': 'demand', 'user_id': self.sales_user.id})
        planned = self.turn('key')
        counts = self.hand_over()
        self.assertEqual((counts['visits'], counts['reports'], counts['findings']), (1, 1, 1))
        self.assertEqual(
            (planned.user_id, made.sudo().user_id, made.sudo().finding_ids.user_id),
            (self.colleague, self.sales_user, self.colleague),
        )

    def test_who_moves_to_finance_leaves_reports_and_findings_to_the_leader(self):
        made, planned = self.done_visit(), self.new_visit().sudo()
        self.fill(made, {'finding_type': 'demand', 'user_id': self.sales_user.id})
        with freeze_time('2024-03-08 04:00:00'):
            self.env['tianyuan.visit']._cron_chase()
            self.sales_user.group_ids = [Command.set(self.finance_assessor.group_ids.ids)]
        self.assertEqual(self.activities_of(made), [("Report the visit", self.leader)])
        self.assertEqual((planned.user_id, made.sudo().finding_ids.user_id), (self.leader, self.leader))
        self.assertEqual(made.sudo().user_id, self.sales_user)

    def test_handing_over_after_the_leader_stood_in(self):
        visit = self.turn('potential')
        self.sales_user.action_archive()
        self.hand_over()
        self.assertEqual((visit.user_id, visit.activity_id.user_id), (self.colleague, self.colleague))
