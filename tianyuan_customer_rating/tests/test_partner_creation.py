"""What follows from a new partner is all that Odoo finds, though fewer fields are looked at."""
from odoo import Command
from odoo.tests import tagged

from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestPartnerCreation(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env['res.partner'].create({'name': "New", 'is_company': True})
        cls.awaited = cls.partner._tianyuan_awaited_at_creation()

    def following(self, names):
        """What follows from these fields of a new partner: field → the records it is computed for."""
        found = {}
        for field, records, create in self.partner._modified([self.partner._fields[name] for name in names], True):
            self.assertTrue(create)
            found.setdefault(field, set()).update((records._name, record_id) for record_id in records._ids)
        return found

    def test_what_is_left_out_has_nothing_that_follows(self):
        left_out = self.partner._fields.keys() - self.awaited
        self.partner.read()    # fields that aren't stored count only if they are in the cache
        self.assertFalse(self.following(left_out))
        self.assertEqual(self.following(self.awaited), self.following(self.partner._fields))

    def test_most_of_the_archive_is_left_out(self):
        left_out = self.partner._fields.keys() - self.awaited
        self.assertLessEqual({'tianyuan_score', 'tianyuan_tier_id', 'tianyuan_archive_number'}, left_out)
        self.assertLessEqual({'name', 'parent_id', 'street', 'tianyuan_archive_state'}, self.awaited)

    def test_what_is_computed_of_a_new_company_and_its_contacts(self):
        company = self.env['res.partner'].create({
            'name': "New Ltd", 'is_company': True, 'tianyuan_channel': 'direct',
            'child_ids': [Command.create({'name': "Wang"})],
        })
        contact = company.child_ids
        self.assertEqual((company.commercial_partner_id, contact.commercial_partner_id), (company, company))
        self.assertEqual((contact.complete_name, contact.commercial_company_name), ("New Ltd, Wang", "New Ltd"))
        self.assertEqual(contact.tianyuan_channel, 'direct')
        user = self.env['res.users'].create({'name': "Li", 'login': "li", 'tianyuan_qq': "54321"})
        self.assertEqual((user.partner_id.tianyuan_qq, user.tianyuan_qq), ("54321", "54321"))


@tagged('post_install', '-at_install')
class TestPartnerCreationWithAnotherField(SheetCommon):

    def test_a_field_made_later_counts(self):
        """A company's own field that depends on one from which nothing followed."""
        self.assertNotIn('ref', self.env['res.partner']._tianyuan_awaited_at_creation())
        self.env['ir.model.fields'].create({
            'model_id': self.env['ir.model']._get_id('res.partner'), 'name': 'x_line', 'ttype': 'char', 'store': True,
            'depends': 'ref', 'compute': "for record in self:\n    record['x_line'] = record.ref",
        })
        self.assertIn('ref', self.env['res.partner']._tianyuan_awaited_at_creation())
        partner = self.env['res.partner'].create({'name': "Chats", 'ref': "12345"})
        self.assertEqual(partner.x_line, "12345")
