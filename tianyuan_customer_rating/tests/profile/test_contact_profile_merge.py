"""Merging contacts joins their profiles, whoever merges them: nothing that was known is lost."""
from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import ProfileCommon


@tagged('post_install', '-at_install')
class TestContactProfileMerge(ProfileCommon):

    def merge(self, sources, destination, user=None):
        self.env.flush_all()
        wizard = self.env['base.partner.merge.automatic.wizard'].with_user(user or self.env.user).create({})
        wizard._merge((sources + destination).ids, destination.with_env(wizard.env), extra_checks=False)
        self.env.invalidate_all()

    def test_a_profile_moves_to_the_contact_that_stays(self):
        self.merge(self.contact, self.other_contact)
        self.assertEqual(self.profile.partner_id, self.other_contact)
        self.assertEqual(self.profile.customer_id, self.other_customer)
        self.assertTrue(self.profile.with_user(self.other_salesperson).has_access('read'))
        self.assertFalse(self.profile.with_user(self.sales_user).has_access('read'))

    def test_two_profiles_become_one(self):
        self.profile.write({'birthday': '1980-05-01', 'education': 'bachelor', 'temperament': "Calm"})
        other = self.new_profile(
            self.other_contact, birthday='1981-06-02', education='bachelor', hobbies="Tea", temperament="Quick",
            contact_way='wechat', career="Chemist")
        message = other.message_post(body="Met at the fair")
        file = self.env['ir.attachment'].sudo().create({
            'name': "card.txt", 'raw': b"card", 'res_model': other._name, 'res_id': other.id})
        self.merge(self.other_contact, self.contact)
        self.assertFalse(other.exists())
        self.assertRecordValues(self.profile, [{
            'partner_id': self.contact.id, 'customer_id': self.customer.id,
            'education': 'bachelor', 'contact_way': 'wechat', 'career': "Chemist", 'hobbies': "Fishing\nTea",
            'temperament': "Calm; Quick", 'taboos': "Never mention football",
        }])
        self.assertEqual(str(self.profile.birthday), '1980-05-01')
        self.assertIn("1981-06-02", self.profile.note)
        self.assertIn(message, self.profile.message_ids)
        self.assertEqual(file.res_id, self.profile.id)

    def test_three_of_which_the_remaining_one_has_none(self):
        third = self.new_contact(self.customer, "Third")
        other = self.new_profile(self.other_contact, hobbies="Tea")
        self.merge(self.contact + self.other_contact, third)
        [kept] = (self.profile + other).exists()
        self.assertEqual((kept.partner_id, kept.hobbies), (third, "Fishing\nTea"))

    def test_each_company_keeps_its_own(self):
        elsewhere = self.setup_other_company()['company']
        theirs = self.env['tianyuan.contact.profile'].sudo().create({
            'partner_id': self.other_contact.id, 'company_id': elsewhere.id, 'hobbies': "Tea"})
        self.merge(self.other_contact, self.contact)
        self.assertEqual(theirs.partner_id, self.contact)
        self.assertEqual((theirs.hobbies, self.profile.hobbies), ("Tea", "Fishing"))

    def test_by_somebody_who_may_not_read_them(self):
        user = new_test_user(
            self.env, 'merges', groups='base.group_user,base.group_partner_manager', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        self.new_profile(self.other_contact, hobbies="Tea")
        self.merge(self.other_contact, self.contact, user)
        self.assertEqual(self.profile.hobbies, "Fishing\nTea")
        self.assertFalse(self.profile.with_user(user).has_access('read'))

    def test_merging_customers_moves_the_profiles_of_their_contacts(self):
        self.merge(self.customer, self.other_customer)
        self.assertEqual(self.contact.parent_id, self.other_customer)
        self.assertEqual(self.profile.customer_id, self.other_customer)
