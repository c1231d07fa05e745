from collections import defaultdict

from odoo import models

# what confirming looks at
AWARDED = ('tianyuan_customer_class', 'tianyuan_tier_id')


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'tianyuan.partner.badge']

    def action_confirm(self):
        for company, orders in self.sudo().grouped('company_id').items():
            # with the author of the note that the order is confirmed, whom Odoo reads
            met = orders.partner_id | self.env.user.partner_id.sudo()
            met.with_company(company)._tianyuan_read_along(AWARDED, companies=True)
        result = super().action_confirm()
        self._tianyuan_end_potential()
        return result

    def _tianyuan_end_potential(self):
        """The first confirmed order makes a potential customer an ordinary one, until the next rating (policy 8.3)."""
        first_orders = defaultdict(dict)
        for order in self.sudo().filtered(lambda order: order.state == 'sale'):
            customer = order.partner_id.commercial_partner_id.with_company(order.company_id)
            if customer.tianyuan_customer_class == 'potential':
                first_orders[order.company_id].setdefault(customer, order)
        for company, orders in first_orders.items():
            self.env['res.partner']._tianyuan_change_class(company, {
                customer: {'new_class': 'ordinary', 'reason': self.env._("First order %s confirmed", order.name)}
                for customer, order in orders.items()
            })
            for customer, order in orders.items():
                order._tianyuan_suggest_support(customer)

    def _tianyuan_suggest_support(self, customer):
        # a customer who signs online confirms as somebody who has no activities
        people = (customer.user_id + self.env.user + self.user_id).filtered(lambda user: user.active and not user.share)
        user = people[:1]
        customer.with_context(lang=user.lang or self.env.lang).activity_schedule(
            'mail.mail_activity_data_todo',
            summary=self.with_context(lang=user.lang or self.env.lang).env._(
                "Consider marketing policy support for the first deal",
            ),
            note=self.name,
            user_id=user.id,
        )
