from odoo import fields, models


class TianyuanRatingCategory(models.Model):
    _name = 'tianyuan.rating.category'
    _description = "Rating Category"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
