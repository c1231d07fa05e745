from odoo import models


class TianyuanVisit(models.Model):
    """What customers say of the quality of a product reaches the product (policy 6.4)."""

    _inherit = 'tianyuan.visit'

    def write(self, vals):
        result = super().write(vals)
        if vals.get('state') == 'reported':
            self.sudo().finding_ids._tell_products()
        return result
