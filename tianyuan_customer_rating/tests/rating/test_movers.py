"""Who moved up and who moved down after a run (policy 6.5, 7.3)."""
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestMovers(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.confirmed_sheet(cls.customer, '2024-03-31')                                          # 100: AAA
        cls.confirmed_sheet(cls.other_customer, '2024-03-31', credit_performance=0, loyalty=0)   # 65: B
        cls.down = cls.ready_sheet(cls.customer, loyalty=0, purchase_balance=5)                  # 80: AA
        cls.up = cls.ready_sheet(cls.other_customer)                                             # 100: AAA
        cls.rating_run = cls.env['tianyuan.rating.run'].create({
            'company_id': cls.company.id, 'date_from': '2024-04-01', 'date_to': '2024-06-30',
        })
        (cls.down + cls.up).sudo().run_id = cls.rating_run
        cls.env.flush_all()

    def movers(self, user=None):
        action = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_action_movers')
        domain = [('state', '=', 'confirmed'), ('tier_change', 'in', ('up', 'down')), ('is_last_rated_quarter', '=', True)]
        self.assertEqual(action['domain'].replace(' ', ''), str(domain[:2]).replace(' ', ''))
        return self.env['tianyuan.rating'].with_user(user or self.rating_manager).search(domain)

    def test_a_run_counts_its_movers_before_they_are_confirmed(self):
        for user in (self.rating_manager, self.finance_assessor):
            run = self.rating_run.with_user(user)
            self.assertEqual((run.moved_up_count, run.moved_down_count), (1, 1))
            Rating = self.env['tianyuan.rating'].with_user(user)
            for action, sheet in ((run.action_view_moved_up(), self.up), (run.action_view_moved_down(), self.down)):
                self.assertEqual(Rating.search(action['domain']), sheet)
        self.assertEqual(self.rating_run.with_user(self.rating_manager).action_view_moved_up()['name'], "2024 Q2: Moved Up")

    def test_cancelled_sheets_are_no_movers(self):
        self.up.action_cancel()
        self.rating_run.invalidate_recordset()
        self.assertEqual((self.rating_run.moved_up_count, self.rating_run.moved_down_count), (0, 1))
        self.assertFalse(self.env['tianyuan.rating'].search(self.rating_run.action_view_moved_up()['domain']))

    def test_the_list_shows_the_last_rated_quarter(self):
        self.assertFalse(self.movers())    # the last rated quarter is the first one: nobody has moved
        self.down.action_confirm()
        self.assertEqual(self.movers(), self.down)
        self.up.action_confirm()
        self.assertEqual(self.movers(), self.down + self.up)
        self.assertEqual(self.movers(self.sales_user), self.down + self.up)
        self.assertFalse(self.movers(self.new_role_user('sales_user', login='tianyuan_colleague')))
        first = self.up.previous_rating_id
        self.assertEqual((first.is_last_rated_quarter, self.up.is_last_rated_quarter), (False, True))
        outside = self.env['tianyuan.rating'].search([
            ('company_id', '=', self.company.id), ('is_last_rated_quarter', '=', False),
        ])
        self.assertEqual(outside, first + self.down.previous_rating_id)

    def test_the_previous_tier_is_kept_with_the_sheet(self):
        self.up.action_confirm()
        self.assertEqual((self.up.previous_tier_id.name, self.up.tier_id.name), ('B', 'AAA'))
        previous = self.up.previous_rating_id
        previous.action_reopen("Wrong")
        self.assess(previous, 'credit_performance', points=20)    # 85: AA
        self.submit(previous)
        previous.action_confirm()
        self.assertEqual(previous.tier_id.name, 'AA')
        self.assertEqual((self.up.previous_tier_id.name, self.up.tier_change), ('B', 'up'))

    def test_nobody_writes_the_previous_tier(self):
        with self.assertRaisesRegex(AccessError, "can't be written"):
            self.up.with_user(self.rating_manager).previous_tier_id = self.tier('C')
