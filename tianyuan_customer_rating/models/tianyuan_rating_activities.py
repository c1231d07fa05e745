from odoo import models


class TianyuanRating(models.Model):
    """What asks people to assess is done with as soon as nothing waits for them."""

    _inherit = 'tianyuan.rating'

    def action_cancel(self):
        result = super().action_cancel()
        self.sudo().run_id._close_assessments()
        return result

    def _submit(self, side):
        result = super()._submit(side)
        self.sudo().run_id._close_assessments()
        return result
