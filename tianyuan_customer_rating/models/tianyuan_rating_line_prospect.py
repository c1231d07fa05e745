from odoo import fields, models


class TianyuanRatingLine(models.Model):
    _inherit = 'tianyuan.rating.line'

    kind = fields.Selection(related='rating_id.kind')
