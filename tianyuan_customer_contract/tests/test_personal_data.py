"""What a contract holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestPersonalData(ContractCommon):

    def section(self, title, person):
        """The rows under a title of what is exported."""
        sections = {name: rows for name, _headings, rows in person.sudo().with_context(
            lang='en_US', allowed_company_ids=self.company.ids)._tianyuan_personal_data()}
        return sections[title]

    def erase(self, person):
        """The request after a manager carried it out, and the alias of the person."""
        request = self.env['tianyuan.personal.erasure'].with_user(self.archive_specialist).create({
            'partner_id': person.id, 'reason': "A letter", 'company_id': self.company.id,
        })
        self.company.sudo().partner_id.lang = 'en_US'    # of the name that stands in the place of the person's
        request.with_user(self.rating_manager).action_erase()
        self.env.invalidate_all()
        return request

    def test_a_contract_keeps_its_signatory(self):
        contact = self.new_contact(self.customer, "Wang Fang")
        contract = self.new_contract(signatory_name="Wang Fang", signatory_capacity='authorised')
        self.assertEqual(self.section("Contracts Signed", contact), [[contract.name, "Customer", "Authorised"]])
        request = self.erase(contact)
        self.assertIn(contract.name, request.kept)
        self.assertEqual(contract.signatory_name, "Wang Fang")
        self.assertEqual(contact.name, f"Erased contact {contact.id}")
