from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .rating.sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestPresets(SheetCommon):
    """What is awarded can't be slipped in by a default: neither a context's nor a user's own."""

    def test_a_context_default_awards_no_tier_to_a_new_customer(self):
        tier = self.env.ref('tianyuan_customer_rating.tier_aaa')
        specialist = self.env['res.partner'].with_user(self.archive_specialist)
        partner = specialist.with_context(
            default_tianyuan_tier_id=tier.id, default_tianyuan_customer_class='key', default_tianyuan_score=100,
        ).create({'name': "Preset Paint Ltd", 'is_company': True})
        self.assertFalse(partner.tianyuan_tier_id)
        self.assertFalse(partner.tianyuan_customer_class)
        self.assertEqual(partner.tianyuan_score, 0)

    def test_a_users_saved_default_awards_no_tier_to_a_new_customer(self):
        self.env['ir.default'].with_user(self.archive_specialist).set(
            'res.partner', 'tianyuan_customer_class', 'key', user_id=True,
        )
        partner = self.env['res.partner'].with_user(self.archive_specialist).create({'name': "Preset Paint Ltd"})
        self.assertFalse(partner.tianyuan_customer_class)

    def test_a_context_default_confirms_no_rating(self):
        partner = self.env['res.partner'].create({'name': "Draft Paint Ltd", 'is_company': True})
        sheet = self.env['tianyuan.rating'].with_user(self.rating_manager).with_context(
            default_state='confirmed', default_score=100, default_sales_done=True,
        ).create({'partner_id': partner.id, 'company_id': self.env.company.id})
        self.assertEqual(sheet.state, 'draft')
        self.assertEqual(sheet.score, 0)
        self.assertFalse(sheet.sales_done)

    def test_a_context_default_starts_no_run(self):
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).with_context(
            default_state='done', default_done_count=7,
        ).create({'company_id': self.env.company.id})
        self.assertEqual((run.state, run.done_count), ('draft', 0))

    def test_a_salesperson_creates_a_customer_with_the_values_the_form_sends(self):
        self.sales_user.group_ids = [Command.link(self.env.ref('base.group_partner_manager').id)]
        partner = self.env['res.partner'].with_user(self.sales_user).create({
            'name': "New Paint Ltd",
            'tianyuan_archive_state': 'none',
            'tianyuan_channel': False,
            'tianyuan_registered_capital_currency_id': False,
        })
        self.assertEqual(partner.name, "New Paint Ltd")

    def test_a_salesperson_sets_no_channel_on_a_new_customer(self):
        self.sales_user.group_ids = [Command.link(self.env.ref('base.group_partner_manager').id)]
        with self.assertRaises(AccessError):
            self.env['res.partner'].with_user(self.sales_user).create({
                'name': "New Paint Ltd", 'tianyuan_channel': 'direct',
            })
