from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _check_amount_and_confirm_order(self):
        """Accept the payment without confirming the order if the order has to wait for a manager's approval."""
        waiting = self.filtered(lambda transaction: transaction._tianyuan_paid_quotation()._tianyuan_await_approval())
        return super(PaymentTransaction, self - waiting)._check_amount_and_confirm_order()

    def _tianyuan_paid_quotation(self):
        """Return the quotation that the payment would confirm, if any."""
        return self.sale_order_ids.filtered(
            lambda order: len(self.sale_order_ids) == 1
            and order.state in ('draft', 'sent') and order._is_confirmation_amount_reached(),
        )
