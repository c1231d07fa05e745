from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..rating.sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestPartnerMerge(SheetCommon):

    def merge(self, source, destination, user=None):
        wizard = self.env['base.partner.merge.automatic.wizard'].with_user(user or self.env.user).create({})
        wizard._merge((source + destination).ids, destination.with_env(wizard.env), extra_checks=False)

    def test_two_customers_rated_in_the_same_quarter_leave_one_sheet(self):
        kept, dropped = self.new_sheet(self.customer), self.new_sheet(self.other_customer)
        self.merge(self.other_customer, self.customer)
        self.assertFalse(self.other_customer.exists())
        self.assertEqual(kept.state, 'draft')
        self.assertEqual((dropped.state, dropped.partner_id), ('cancelled', self.customer))

    def test_a_confirmed_sheet_is_kept_before_an_open_one(self):
        open_sheet = self.new_sheet(self.customer)
        self.buy(self.other_customer, '2024-05-10', 100000)
        confirmed = self.confirmed_sheet(self.other_customer)
        self.merge(self.other_customer, self.customer)
        self.assertEqual((open_sheet.state, confirmed.state), ('cancelled', 'confirmed'))
        self.assertEqual(confirmed.partner_id, self.customer)
        self.assertEqual(self.customer.tianyuan_score, confirmed.score)
        self.assertEqual(self.customer.tianyuan_tier_id, confirmed.tier_id)

    def test_no_quarter_is_lost(self):
        self.buy(self.customer, '2024-02-10', 100000)
        self.buy(self.other_customer, '2024-05-10', 100000)
        first = self.confirmed_sheet(self.customer, day='2024-03-31')
        second = self.confirmed_sheet(self.other_customer)
        self.merge(self.other_customer, self.customer)
        self.assertEqual(self.customer.tianyuan_rating_ids, second + first)
        self.assertEqual(set((first + second).mapped('state')), {'confirmed'})
        self.assertEqual(self.customer.tianyuan_score, second.score, "the later quarter counts")

    def test_archive_numbers_are_merged_by_those_who_keep_archives(self):
        user = new_test_user(self.env, 'tianyuan_plain', groups='base.group_user,base.group_partner_manager')
        self.other_customer.tianyuan_archive_number = 'D-0007'
        with self.assertRaisesRegex(AccessError, "there is a customer archive"):
            self.merge(self.other_customer, self.customer, user)
        self.merge(self.other_customer, self.customer, self.archive_specialist)
        self.assertEqual(self.customer.tianyuan_archive_number, 'D-0007')

    def test_the_archive_is_kept_whichever_of_the_two_has_it(self):
        self.other_customer.action_tianyuan_file_archive()
        number = self.other_customer.tianyuan_archive_number
        self.invoice(self.other_customer, '2023-05-05', 100)
        self.invoice(self.customer, '2024-05-05', 100)
        self.env.cr.flush()
        self.merge(self.other_customer, self.customer)
        self.assertEqual((self.customer.tianyuan_archive_state, self.customer.tianyuan_archive_number), ('filed', number))
        self.assertEqual(str(self.customer.tianyuan_first_deal_date), '2023-05-05')

    def test_of_two_archives_the_destinations_number_is_kept_and_the_open_one_stays_open(self):
        (self.customer + self.other_customer).action_tianyuan_file_archive()
        number = self.customer.tianyuan_archive_number
        self.customer.action_tianyuan_close_archive()
        self.merge(self.other_customer, self.customer)
        self.assertEqual((self.customer.tianyuan_archive_state, self.customer.tianyuan_archive_number), ('filed', number))
