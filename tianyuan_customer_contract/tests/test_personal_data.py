"""What a contract holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.tests.personal_data import erase, held_on

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestPersonalData(ContractCommon):

    def test_a_contract_keeps_its_signatory(self):
        contact = self.new_contact(self.customer, "Wang Fang")
        contract = self.new_contract(signatory_name="Wang Fang", signatory_capacity='authorised')
        self.assertEqual(held_on(contact, "Contracts Signed", self.company), [[contract.name, "Customer", "Authorised"]])
        request = erase(contact, self.archive_specialist, self.rating_manager, self.company)
        self.assertIn(contract.name, request.kept)
        self.assertEqual(contract.signatory_name, "Wang Fang")
        self.assertEqual(contact.name, f"Erased contact {contact.id}")
