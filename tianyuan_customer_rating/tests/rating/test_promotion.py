"""Who rises or falls at a confirmed rating is brought to the salesperson's notice (policy 6.5, 7.3)."""
from odoo.tests import tagged

from ...engine.outcome import write_outcome
from .sheets import SheetCommon

ORDINARY = {'loyalty': 4}    # 89 points: AA, which is ordinary for a distributor


@tagged('post_install', '-at_install')
class TestPromotion(SheetCommon):

    def promotions(self, sheets):
        return self.env['mail.activity'].search([('res_model', '=', 'tianyuan.rating'), ('res_id', 'in', sheets.ids)])

    def test_the_salesperson_hears_of_a_rise_and_a_fall_once(self):
        for day, points, expected in (
            ('2023-09-30', ORDINARY, False),                                         # the first tier, ordinary
            ('2023-12-31', {}, "Customer promoted"),                                 # AAA, key
            ('2024-03-31', {'loyalty': 12}, False),                                  # still AAA
            ('2024-06-30', {'loyalty': 12, 'credit_performance': 0}, "Customer demoted"),
        ):
            with self.subTest(day):
                sheet = self.confirmed_sheet(day=day, **points)
                activity = self.promotions(sheet)
                self.assertEqual(activity.summary, expected)
                self.assertEqual(activity.user_id, self.sales_user if expected else self.env['res.users'])
        sheet.action_reopen("Wrong")
        self.assertFalse(self.promotions(sheet))
        self.submit(sheet)
        sheet.action_confirm()
        self.assertEqual(len(self.promotions(sheet)), 1)

    def test_a_first_rating_is_no_rise(self):
        self.assertFalse(self.promotions(self.confirmed_sheet()))

    def test_becoming_key_is_a_rise(self):
        write_outcome(self.env, self.company, {self.customer.id: (None, 0.0, 'ordinary', False)})
        self.assertEqual(self.promotions(self.confirmed_sheet()).summary, "Customer promoted")

    def test_without_salesperson_nobody_is_told(self):
        sheet = self.ready_sheet()
        self.customer.user_id = False
        sheet.action_confirm()
        self.assertFalse(self.promotions(sheet))

    def test_many_rises_take_the_queries_of_a_few(self):
        def ready(count):
            customers = self.env['res.partner'].create([{
                'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': 'distributor',
                'user_id': self.sales_user.id,
            } for number in range(count)])
            write_outcome(
                self.env, self.company, {customer.id: (None, 0.0, 'ordinary', False) for customer in customers},
            )
            sheets = self.env['tianyuan.rating'].create([{
                'partner_id': customer.id, 'company_id': self.company.id,
                'date_from': self.quarter.date_from, 'date_to': self.quarter.date_to,
            } for customer in customers])
            sheets.action_compute()
            for line in sheets.sudo().line_ids:
                line.write({'points': line.max_points, 'origin': 'assessed'})
            sheets.sudo().write({'sales_done': True, 'finance_done': True, 'state': 'ready'})
            return sheets

        def queries(sheets):
            return self.queries(sheets.action_confirm)

        warm_up, few, many = ready(1), ready(3), ready(60)
        queries(warm_up)
        self.assertLessEqual(queries(many), queries(few))
        self.assertEqual(len(self.promotions(many)), 60)
