from odoo import api, models

FIRST_DEAL_TYPE = 'tianyuan_customer_rating.mail_activity_type_first_deal'


class SaleOrder(models.Model):
    """A potential customer's first confirmed order changes the class (policy 8.3)."""

    _name = 'sale.order'
    _inherit = [
        'tianyuan.protected.mixin', 'sale.order', 'tianyuan.activity.mixin', 'tianyuan.partner.badge.mixin',
    ]
    _tianyuan_access_fields = ()

    def action_confirm(self):
        result = super().action_confirm()
        self._tianyuan_end_potential()
        return result

    def action_tianyuan_bad_debts(self):
        """Open the bad debts that the warning is about.

        :raise AccessError: the user may not read the document, or bad debts
        """
        return self._tianyuan_open_bad_debts()

    def _tianyuan_end_potential(self):
        """Make potential customers ordinary with their first confirmed order, until the next rating."""
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
            self._tianyuan_suggest_support(potential, first_orders)

    @api.model
    def _tianyuan_suggest_support(self, customers, first_orders):
        """Ask the customer's salesperson, or else the user who confirms or sells the order, to consider support for it.

        :param dict first_orders: customer → order
        """
        def receiver(customer):
            # The current user may be a portal user, when a customer confirms by signing online.
            people = customer.user_id + self.env.user + first_orders[customer].user_id
            return people.filtered(lambda user: user.active and not user.share)[:1]

        customers._tianyuan_schedule(
            FIRST_DEAL_TYPE, receiver,
            summary=lambda customer: customer.env._("Consider marketing policy support for the first deal"),
            note=lambda customer: first_orders[customer].name, notify=True,
        )
