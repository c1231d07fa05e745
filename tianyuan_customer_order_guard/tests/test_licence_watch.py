"""A licence that a customer's products need is watched, although not every archive must have it."""
import base64
from datetime import date

from freezegun import freeze_time

from odoo.fields import Date

from .common import QuotationCommon

PDF = b'%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n'


class TestLicenceWatch(QuotationCommon):

    def look(self, day):
        items = self.env['tianyuan.watch.item'].sudo()
        with freeze_time(day):
            items._watch_company(self.company.sudo(), Date.to_date(day))
        return items.search([
            ('partner_id', '=', self.good.id), ('reason', 'in', ('licence', 'document')), ('state', '!=', 'cleared'),
        ])

    def test_a_licence_of_what_the_customer_buys(self):
        """The permit is valid until 20 June, 30 days after 21 May; the product needs it only from then on."""
        permit = self.env['tianyuan.archive.document.type'].sudo().create({'name': "Permit"})
        self.good.sudo().tianyuan_archive_state = 'collecting'
        paper = self.env['tianyuan.archive.document'].sudo().create({
            'partner_id': self.good.id, 'type_id': permit.id, 'company_id': self.company.id, 'file_name': 'permit.pdf',
            'upload': base64.b64encode(PDF), 'valid_from': '2024-01-01', 'valid_until': '2024-06-20',
        })
        order = self.order(self.good, '2024-05-03 04:00:00', 1000)
        self.assertFalse(self.look('2024-06-01'), "nothing that the customer buys needs it")
        order.order_line.product_id.sudo().product_tmpl_id.tianyuan_licence_type_ids = permit
        self.assertFalse(self.look('2024-05-20'))
        item = self.look('2024-05-21')
        self.assertEqual((item.reason, item.document_id.id, item.due_on), ('licence', paper.id, date(2024, 6, 20)))
        permit.required = True
        self.assertEqual(self.look('2024-05-22').reason, 'document', "every archive must have it now: one warning is enough")
