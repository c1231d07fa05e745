"""A customer's satisfaction is the average of what they answered in the last twelve months."""
from freezegun import freeze_time

from odoo.tests import tagged

from .questionnaires import QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestSatisfaction(QuestionnaireCommon):

    def of(self, partner, user=None):
        partner = partner.with_user(user or self.rating_manager).with_company(self.company)
        partner.invalidate_recordset()
        return partner.tianyuan_answer_count, partner.tianyuan_is_scored, partner.tianyuan_satisfaction

    def test_the_average_of_the_last_twelve_months(self):
        self.assertEqual(self.of(self.customer), (0, False, 0.0))
        with freeze_time('2023-02-01 04:00:00'):
            self.answer(self.send(), 1, 1, 1, 1, 1)    # too long ago
        self.answer(self.send(), 5, 5, 5, 5, 4)        # 95
        self.answer(self.send(self.customer), 3, 3, 3, 3, 2)    # 45
        self.send()                                    # not answered
        self.assertEqual(self.of(self.customer), (2, True, 70.0))
        self.assertEqual(self.of(self.contact), (2, True, 70.0))
        with freeze_time('2025-03-05 04:00:00'):
            self.assertEqual(self.of(self.customer), (0, False, 0.0))

    def test_entirely_dissatisfied_is_a_number_too(self):
        self.answer(self.send(), 1, 1, 1, 1, 1)
        self.assertEqual(self.of(self.customer), (1, True, 0.0))

    def test_another_companys_isnt_counted(self):
        self.answer(self.send(), 5, 5, 5, 5, 5)
        company = self.env['res.company'].create({'name': "Another"})
        self.rating_manager.sudo().company_ids += company
        there = self.customer.with_user(self.rating_manager).with_context(
            allowed_company_ids=(company + self.company).ids)
        self.assertEqual((there.tianyuan_answer_count, there.tianyuan_satisfaction), (0, 0.0))

    def test_what_says_nothing_of_satisfaction_counts_but_changes_no_average(self):
        for _number in range(4):
            self.answer(self.send(), 5, 5, 5, 5, 5)
        answers = self.env['survey.user_input'].sudo().search([('tianyuan_customer_id', '=', self.customer.id)])
        answers[0].write({'tianyuan_is_scored': False, 'tianyuan_satisfaction': 0})
        for answer, satisfaction in zip(answers[1:], (50, 50, 100), strict=True):
            answer.tianyuan_satisfaction = satisfaction
        self.assertEqual(self.of(self.customer), (4, True, 66.67))

    def test_whoever_may_not_read_questionnaires_is_told_of_none(self):
        self.answer(self.send(), 5, 5, 5, 5, 5)
        self.assertEqual(self.of(self.customer), (1, True, 100.0))
        self.env['ir.model.access'].sudo().search([('model_id.model', '=', 'survey.user_input')]).perm_read = False
        self.assertEqual(self.of(self.customer), (0, False, 0.0))

    def test_an_unsaved_contact_has_none(self):
        self.answer(self.send(), 5, 5, 5, 5, 5)
        new = self.env['res.partner'].with_user(self.rating_manager).new({'parent_id': self.customer.id})
        self.assertEqual((new.tianyuan_answer_count, new.tianyuan_is_scored, new.tianyuan_satisfaction), (0, False, 0.0))

    def test_customers_are_found_by_it(self):
        partners = self.env['res.partner'].with_user(self.rating_manager).with_company(self.company)
        both = ('id', 'in', (self.customer + self.other_customer).ids)
        self.answer(self.send(), 3, 3, 3, 3, 3)    # 50
        self.answer(self.send(self.other_customer, user=self.colleague), 5, 5, 5, 5, 5)
        self.assertEqual(partners.search([both, ('tianyuan_satisfaction', '<', 60)]), self.customer)
        self.assertEqual(partners.search([both, ('tianyuan_satisfaction', '>=', 50)]), self.customer + self.other_customer)
        self.assertFalse(partners.search([both, ('tianyuan_satisfaction', '>', 100)]))

    def test_it_is_found_with_one_query_for_all(self):
        self.answer(self.send(), 3, 3, 3, 3, 3)
        customers = (self.customer + self.other_customer).with_user(self.rating_manager).with_company(self.company)
        names = ['tianyuan_answer_count', 'tianyuan_is_scored', 'tianyuan_satisfaction']
        customers.fetch(['commercial_partner_id', 'user_id'])
        customers.read(names)    # warm up
        customers.invalidate_recordset(names, flush=False)
        with self.assertQueryCount(1):
            rows = customers.read(names, load='')
        self.assertEqual([row['tianyuan_satisfaction'] for row in rows], [50.0, 0.0])

    def test_merged_customers_bring_theirs_along(self):
        self.answer(self.send(self.other_customer, user=self.colleague), 5, 5, 5, 5, 5)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + self.other_customer).ids, self.customer, extra_checks=False)
        self.assertEqual(self.of(self.customer), (1, True, 100.0))
