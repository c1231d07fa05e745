from odoo import fields, models


class ResPartner(models.Model):
    """Which of a customer's purchases the archive knows, so that posting another one needn't look."""

    _inherit = 'res.partner'

    # ids of products whose varieties have been noted among the purchased ones
    tianyuan_noted_product_ids = fields.Json(
        copy=False, prefetch=False, groups=fields.NO_ACCESS, export_string_translation=False,
    )

    def write(self, vals):
        """A variety that somebody takes away is noted again with the next invoice."""
        result = super().write(vals)
        if 'tianyuan_purchased_variety_ids' in vals:
            noted = self.sudo().filtered('tianyuan_noted_product_ids')
            noted.with_context(tracking_disable=True).tianyuan_noted_product_ids = False
        return result
