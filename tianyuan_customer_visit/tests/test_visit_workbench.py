"""Visits on the salesperson's workbench (policy 10)."""
from odoo.tests import tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitWorkbench(VisitCommon):
    """Today is Monday, 4 March 2024."""

    def test_visits_up_to_today_are_counted_and_overdue_ones_marked(self):
        self.new_visit(date_planned='2024-03-01', purpose="Complaint")
        self.new_visit(date_planned='2024-03-04', purpose="Prices")
        self.new_visit(date_planned='2024-03-05', purpose="Tomorrow")
        card = self.cards(self.sales_user)['visits']
        self.assertEqual(card['value'], 2)
        self.assertEqual([row['danger'] for row in card['rows']], [True, False])
        self.assertIn("Complaint", card['rows'][0]['note'])
        self.assertEqual(self.cards(self.colleague)['visits']['value'], 0)

    def test_a_visit_that_was_made_asks_for_its_report(self):
        visit = self.done_visit()
        cards = self.cards(self.sales_user)
        self.assertEqual((cards['visits']['value'], cards['reports']['value']), (0, 1))
        self.fill(visit).action_report()
        self.assertEqual(self.cards(self.sales_user)['reports']['value'], 0)

    def test_the_customer_shows_its_next_visit(self):
        for day in ('2024-03-20', '2024-03-08'):
            self.new_visit(date_planned=day)
        table = self.cards(self.sales_user)['customers']['table']
        self.assertIn('next_visit', [column['name'] for column in table['columns']])
        [row] = [row for row in table['rows'] if row['id'] == self.customer.id]
        self.assertEqual(row['cells']['next_visit'], "03/08/2024")

    def test_nobody_else_has_a_card_of_visits(self):
        for user in (self.finance_assessor, self.archive_specialist):
            self.assertFalse({'visits', 'reports'} & set(self.cards(user)))
