"""A visitor of the company's shop, who has never heard of customer archives."""

import json

from odoo.http import Request
from odoo.tests import HttpCase, tagged


@tagged("standard")
class TestWebsite(HttpCase):
    def setUp(self):
        super().setUp()
        self.paint = self.env["product.product"].create(
            {"name": "Sample", "list_price": 0, "type": "service", "website_published": True, "taxes_id": False}
        )

    def test_a_visitor_orders(self):
        self.authenticate(None, None)
        self.make_jsonrpc_request(
            "/shop/cart/add",
            {"product_template_id": self.paint.product_tmpl_id.id, "product_id": self.paint.id, "quantity": 2},
        )
        address = {
            "name": "Visitor",
            "email": "visitor@example.com",
            "phone": "0512 1234",
            "street": "1 Canal Road",
            "city": "Brussels",
            "zip": "1000",
            "country_id": self.env.ref("base.be").id,
            "address_type": "billing",
            "use_delivery_as_billing": "true",
            "csrf_token": Request.csrf_token(self),
        }
        answer = self.url_open("/shop/address/submit", data=address)
        assert "redirectUrl" in json.loads(answer.content), answer.text
        answer = self.url_open("/shop/payment/validate")
        assert "/shop/confirmation" in [step.headers.get("Location") for step in answer.history], answer.text[:2000]
        order = self.env["sale.order"].search([("partner_id.email", "=", "visitor@example.com")])
        assert order.state == "sale"
        assert order.order_line.product_id == self.paint
        assert order.partner_id.tianyuan_archive_state == "none"
        assert order.tianyuan_approval_state == "none"
