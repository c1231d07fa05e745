from odoo import api, models

CHECKED_FIELDS = {
    'discount', 'display_type', 'order_id', 'price_unit', 'product_id', 'product_uom_id', 'product_uom_qty', 'tax_ids',
}


class SaleOrderLine(models.Model):
    """Changed lines of confirmed orders are checked like a confirmation (design §9)."""

    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        """Check confirmed orders that get new lines.

        :raise UserError: a manager would have to approve a confirmed order with the new lines
        """
        preset = self.env.context.get('default_order_id')
        orders = self.env['sale.order'].browse({vals.get('order_id', preset) for vals in vals_list} - {None, False})
        snapshot = orders._tianyuan_take_snapshot()
        lines = super().create(vals_list)
        orders._check_tianyuan_changes(snapshot)
        return lines

    def write(self, vals):
        """Check confirmed orders whose lines change.

        :raise UserError: a manager would have to approve a confirmed order with the changed lines
        """
        if not vals.keys() & CHECKED_FIELDS:
            return super().write(vals)
        orders = self.order_id | self.env['sale.order'].browse(vals.get('order_id') or ())
        snapshot = orders._tianyuan_take_snapshot()
        result = super().write(vals)
        orders._check_tianyuan_changes(snapshot)
        return result
