from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Specification of an ordered product, for its contract (policy 9.2)."""

    _inherit = 'sale.order.line'

    tianyuan_specification = fields.Char(string="Specification", compute='_compute_tianyuan_specification')

    @api.depends('name', 'product_id.tianyuan_specification')
    def _compute_tianyuan_specification(self):
        """Take what the description adds to the product's name, else the product's own specification."""
        for line in self:
            product = line.product_id
            first, *rest = (line.name or '').strip().splitlines() or ['']
            if product.name and product.name not in first:
                rest.insert(0, first)
            variant = product.product_template_attribute_value_ids._get_combination_name()
            texts = [" ".join(text.split()) for text in rest]
            line.tianyuan_specification = (
                ", ".join(filter(None, texts))
                or ", ".join(filter(None, (product.tianyuan_specification, variant)))
            )

    def _tianyuan_lacks_specification(self):
        """Return whether the specification is missing. Services, such as freight, need none."""
        self.ensure_one()
        return self.product_id.type != 'service' and not self.tianyuan_specification
