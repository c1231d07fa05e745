"""What the list of recipients holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.tests.personal_data import erase, held_on

from .common import InsightCommon


@tagged('post_install', '-at_install')
class TestPersonalData(InsightCommon):

    def test_mails_lose_the_address(self):
        self.send(customers=self.customer)
        row = self.rows()
        self.assertEqual(row.contact_id, self.chen)
        [[_time, insight, address, sender]] = held_on(self.chen, "Market Insight Received", self.company)
        self.assertEqual((insight, sender), ("Prices of titanium dioxide", self.sales_user.name))
        self.assertIn('chen@one.example', address)
        request = erase(self.chen, self.archive_specialist, self.rating_manager, self.company)
        self.assertIn("1 mails with market insight", request.erased)
        self.assertRecordValues(self.rows(), [{'email': False, 'contact_id': self.chen.id}])
        self.assertFalse(self.mails().filtered(lambda mail: 'chen@one.example' in (mail.email_to or '')))
