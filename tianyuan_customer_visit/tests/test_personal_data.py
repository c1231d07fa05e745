"""What a visit holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.tests.personal_data import erase, held_on

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestPersonalData(VisitCommon):

    def test_visits_name_the_contact_until_it_is_erased(self):
        contact = self.new_contact(self.customer, "Wang Fang")
        met = self.done_visit(contact_ids=[(4, contact.id)], purpose="Samples")
        told = self.fill(self.done_visit(), {'finding_type': 'demand', 'description': "Wang Fang asked for more"})
        other = self.fill(self.done_visit())
        self.assertEqual([row[1:] for row in held_on(contact, "Visits", self.company)], [[met.name, "Customer", "Samples"]])
        request = erase(contact, self.archive_specialist, self.rating_manager, self.company)
        self.assertIn(met.name, request.check)
        self.assertIn(told.name, request.check)
        self.assertNotIn(other.name, request.check)
        self.assertEqual(met.with_context(active_test=False).contact_ids.name, f"Erased contact {contact.id}")

    def test_visits_go_along_when_a_customer_becomes_a_contact(self):
        visit = self.new_visit()
        group = self.new_customer("Group")
        joining = self.env['tianyuan.group.joining'].with_user(self.archive_specialist).create({
            'partner_id': self.customer.id, 'group_id': group.id,
        })
        joining.action_apply()
        self.env.invalidate_all()
        self.assertEqual((visit.partner_id, self.customer.parent_id), (group, group))
