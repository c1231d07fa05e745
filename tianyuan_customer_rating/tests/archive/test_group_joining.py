"""A rated customer becomes a contact of its group: asked what happens to archive, tier and number, and nothing is lost."""
import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..document.common import PDF
from ..rating.sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestGroupJoining(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.new_customer("Group", channel=False)
        cls.customer.write({'user_id': cls.sales_user.id, 'tianyuan_legal_representative': "Chen", 'street': "Road 1"})
        cls.customer.with_user(cls.archive_specialist).action_tianyuan_file_archive()
        cls.number = cls.customer.tianyuan_archive_number
        cls.contact = cls.new_contact(cls.customer, "Wang Fang")
        cls.profile = cls.env['tianyuan.contact.profile'].with_user(cls.archive_specialist).create({
            'partner_id': cls.contact.id, 'company_id': cls.company.id})
        cls.buy(cls.customer, '2024-02-10', 100000)
        cls.rated = cls.confirmed_sheet(cls.customer, day='2024-03-31')
        cls.sheet = cls.new_sheet(cls.customer)

    def join(self, choice='take_over', group=None, user=None):
        customer = self.customer.with_user(user or self.archive_specialist)
        action = customer.action_tianyuan_join_group()
        dialog = Form(self.env[action['res_model']].with_user(customer.env.user).with_context(**action['context']))
        dialog.group_id = (group or self.group).with_user(customer.env.user)
        dialog.choice = choice
        self.outcome = dialog.outcome
        dialog.save().action_apply()
        self.env.flush_all()
        self.env.invalidate_all()

    def paper(self):
        return self.env['tianyuan.archive.document'].with_user(self.archive_specialist).create({
            'name': "Licence", 'partner_id': self.customer.id, 'company_id': self.company.id, 'file_name': 'a.pdf',
            'type_id': self.env['tianyuan.archive.document.type'].sudo().create({'name': "Licence"}).id,
            'upload': base64.b64encode(PDF),
        })

    def text(self, partner):
        return "\n".join(body.striptags() for body in partner.sudo().message_ids.mapped('body'))

    def test_the_group_takes_the_archive_over(self):
        document = self.paper()
        form = self.env['tianyuan.archive.collection'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'city': "Jinan"})
        tier, score = self.rated.tier_id, self.rated.score
        self.assertEqual(self.customer.tianyuan_tier_id, tier)
        self.join()
        self.assertEqual((self.customer.parent_id, self.customer.is_company), (self.group, False))
        self.assertEqual(self.customer.commercial_partner_id, self.group)
        self.assertRecordValues(self.group, [{
            'tianyuan_archive_number': self.number, 'tianyuan_archive_state': 'filed',
            'tianyuan_archive_specialist_id': self.archive_specialist.id, 'tianyuan_legal_representative': False,
            'tianyuan_tier_id': False,
        }])
        self.assertRecordValues(self.customer, [{
            'tianyuan_archive_number': False, 'tianyuan_archive_state': 'none', 'tianyuan_tier_id': False,
            'tianyuan_legal_representative': "Chen", 'street': "Road 1",
        }])
        self.assertEqual((document.partner_id, form.partner_id), (self.group, self.group))
        self.assertEqual(form.city, "Jinan")
        self.assertEqual(self.profile.customer_id, self.group)
        self.assertEqual(self.sheet.state, 'cancelled')
        self.assertRecordValues(self.rated, [
            {'state': 'confirmed', 'partner_id': self.customer.id, 'tier_id': tier.id, 'score': score}])
        for partner in self.group + self.customer:
            self.assertIn("has become a contact of Group", self.text(partner))
            self.assertIn(f"{score:.2f}", self.text(partner))
        found = self.env['tianyuan.rating'].with_user(self.rating_manager).search(
            self.group.with_user(self.rating_manager).action_tianyuan_ratings()['domain'])
        self.assertIn(self.rated, found)

    def test_a_group_with_a_number_keeps_it_and_is_found_by_the_other(self):
        self.group.tianyuan_channel = 'direct'
        self.group.with_user(self.archive_specialist).action_tianyuan_file_archive()
        number = self.group.tianyuan_archive_number
        self.join()
        self.assertEqual(self.group.tianyuan_archive_number, number)
        self.assertRecordValues(self.group.tianyuan_former_number_ids, [{'number': self.number, 'reason': 'joined'}])
        self.assertEqual(self.env['res.partner'].name_search(self.number)[0][0], self.group.id)
        self.assertIn(f"The number {self.number} still finds the group.", self.outcome)

    def test_it_may_stay_a_customer_of_its_own(self):
        document, tier = self.paper(), self.customer.tianyuan_tier_id
        self.join('own')
        self.assertRecordValues(self.customer, [{
            'parent_id': self.group.id, 'is_company': True, 'tianyuan_archive_state': 'closed',
            'tianyuan_archive_number': self.number, 'tianyuan_tier_id': tier.id,
            'tianyuan_archive_review_due_on': False,
        }])
        self.assertEqual(self.customer.commercial_partner_id, self.customer)
        self.assertEqual((document.partner_id, self.profile.customer_id), (self.customer, self.customer))
        self.assertEqual(self.sheet.state, 'draft')
        self.assertIn("stays a customer of its own", self.text(self.group))

    def test_set_directly_it_is_refused_and_the_message_says_what_to_do(self):
        for user in self.archive_specialist + self.rating_manager:
            with self.subTest(user.login), self.assertRaisesRegex(ValidationError, "Becomes a Contact of …"):
                self.customer.with_user(user).write({'parent_id': self.group.id, 'is_company': False})

    def test_only_who_may_hand_both_over(self):
        self.sales_user.group_ids += self.env.ref('base.group_partner_manager')
        with self.assertRaisesRegex(AccessError, "there is a customer archive"):
            self.customer.with_user(self.sales_user).action_tianyuan_join_group()
        joining = self.env['tianyuan.group.joining'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'group_id': self.group.id})
        with self.assertRaises(AccessError):
            joining.action_apply()
        self.env['crm.team'].create({
            'name': "North", 'user_id': self.sales_user.id, 'company_id': self.company.id,
            'member_ids': [(6, 0, self.sales_user.ids)]})
        self.other_customer.user_id = self.new_role_user('sales_user', login='colleague')
        self.other_customer.sudo().tianyuan_archive_state = 'collecting'
        with self.assertRaisesRegex(AccessError, "there is a customer archive"):
            self.join(group=self.other_customer, user=self.sales_user)
        self.join(user=self.sales_user)
        self.assertEqual(self.group.tianyuan_archive_number, self.number)

    def test_a_contact_or_the_customer_itself_is_no_group(self):
        subsidiary = self.new_customer("Subsidiary")
        subsidiary.parent_id = self.customer
        for group in (self.customer, self.contact, subsidiary):
            joining = self.env['tianyuan.group.joining'].with_user(self.archive_specialist).create({
                'partner_id': self.customer.id, 'group_id': group.id})
            with self.subTest(group.name), self.assertRaises(UserError):
                joining.action_apply()
        with self.assertRaisesRegex(UserError, "is a contact already"):
            self.contact.with_user(self.archive_specialist).action_tianyuan_join_group()

    def test_a_running_override_ends(self):
        override = self.env['tianyuan.class.override'].with_user(self.rating_manager).create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': "Losses", 'date_to': '2999-12-31',
            'customer_class': 'ordinary' if self.customer.tianyuan_customer_class == 'key' else 'key',
        })
        self.join()
        self.assertEqual(override.state, 'ended')
        self.assertFalse(self.customer.tianyuan_customer_class)
