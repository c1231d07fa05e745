"""What the list of recipients holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from .common import InsightCommon


@tagged('post_install', '-at_install')
class TestPersonalData(InsightCommon):

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
        request.with_user(self.rating_manager).action_erase()
        self.env.invalidate_all()
        return request

    def test_mails_lose_the_address(self):
        self.send(customers=self.customer)
        row = self.rows()
        self.assertEqual(row.contact_id, self.chen)
        [[_time, insight, address, sender]] = self.section("Market Insight Received", self.chen)
        self.assertEqual((insight, sender), ("Prices of titanium dioxide", self.sales_user.name))
        self.assertIn('chen@one.example', address)
        request = self.erase(self.chen)
        self.assertIn("1 mails with market insight", request.erased)
        self.assertRecordValues(self.rows(), [{'email': False, 'contact_id': self.chen.id}])
        self.assertFalse(self.mails().filtered(lambda mail: 'chen@one.example' in (mail.email_to or '')))
