from odoo import api, models

PRICED = {
    'discount', 'display_type', 'order_id', 'price_unit', 'product_id', 'product_uom_id', 'product_uom_qty', 'tax_ids',
}


class SaleOrderLine(models.Model):
    """Lines of confirmed orders are watched: what they add is checked like a confirmation (design §9)."""

    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        """
        :raise UserError: a manager would have to approve a confirmed order with the new lines
        """
        preset = self.env.context.get('default_order_id')
        orders = self.env['sale.order'].browse({vals.get('order_id', preset) for vals in vals_list} - {None, False})
        watch = orders._tianyuan_watch()
        lines = super().create(vals_list)
        orders._check_tianyuan_raised(watch)
        return lines

    def write(self, vals):
        """
        :raise UserError: a manager would have to approve a confirmed order with the changed lines
        """
        if not vals.keys() & PRICED:
            return super().write(vals)
        orders = self.order_id | self.env['sale.order'].browse(vals.get('order_id') or ())
        watch = orders._tianyuan_watch()
        result = super().write(vals)
        orders._check_tianyuan_raised(watch)
        return result
