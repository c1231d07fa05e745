from odoo import models


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['tianyuan.protected.mixin', 'sale.order', 'tianyuan.partner.badge.mixin']
    _tianyuan_access_fields = ()

    def action_confirm(self):
        result = super().action_confirm()
        self._tianyuan_end_potential()
        return result

    def _tianyuan_end_potential(self):
        """The first confirmed order makes a potential customer an ordinary one, until the next rating (policy 8.3)."""
        confirmed = self.sudo().filtered(lambda order: order.state == 'sale')
        for company, orders in confirmed.grouped('company_id').items():
            potential = orders.partner_id.commercial_partner_id.with_company(company).filtered(
                lambda customer: customer.tianyuan_customer_class == 'potential',
            )
            if not potential:
                continue
            orders_of = orders.grouped(lambda order: order.partner_id.commercial_partner_id)
            first_orders = {customer: orders_of[customer][0] for customer in potential}
            self.env['res.partner']._tianyuan_change_class(company, {
                customer: {'new_class': 'ordinary', 'reason': self.env._("First order %s confirmed", order.name)}
                for customer, order in first_orders.items()
            })
            for customer, order in first_orders.items():
                order._tianyuan_suggest_support(customer)

    def _tianyuan_suggest_support(self, customer):
        # a customer who signs online confirms as somebody who has no activities
        people = (customer.user_id + self.env.user + self.user_id).filtered(lambda user: user.active and not user.share)
        user = people[:1]
        customer.with_context(lang=user.lang or self.env.lang).activity_schedule(
            'tianyuan_customer_rating.mail_activity_type_first_deal',
            summary=self.with_context(lang=user.lang or self.env.lang).env._(
                "Consider marketing policy support for the first deal",
            ),
            note=self.name,
            user_id=user.id,
        )
