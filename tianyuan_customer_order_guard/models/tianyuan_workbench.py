from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

ACTION = 'tianyuan_customer_order_guard.sale_order_action_approval'
ROWS_SHOWN = 5


class TianyuanWorkbench(models.AbstractModel):
    """Quotations that wait for a manager's approval (policy 9.1)."""

    _inherit = 'tianyuan.workbench'

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        if role == 'manager':
            cards.insert(1, self._orders_card())
            cards.append(self._holds_card())
        return cards

    @api.model
    def _holds_card(self):
        domain = self._of_company() & Domain('is_running', '=', True)
        return self._card(
            'holds', self.env._("Customers on Hold"), 'fa-hand-paper-o',
            'tianyuan_customer_order_guard.tianyuan_customer_hold_action', domain,
        )

    @api.model
    def _orders_card(self):
        domain = Domain([('tianyuan_approval_state', '=', 'asked'), ('state', 'in', ('draft', 'sent'))])
        return self._card(
            'orders', self.env._("Orders to Approve"), 'fa-gavel', ACTION, domain,
            rows=[
                self._row(
                    order, order.partner_id.display_name, order.name,
                    formatLang(self.env, order.amount_total, currency_obj=order.currency_id),
                ) for order in self.env['sale.order'].search(domain, order='date_order, id', limit=ROWS_SHOWN)
            ],
        )
