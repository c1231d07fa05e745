from odoo import fields, models


class TianyuanRatingTier(models.Model):
    _name = 'tianyuan.rating.tier'
    _description = "Customer Tier"
    _order = 'sequence, id'

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The best tier comes first.")
    color = fields.Integer()

    _name_unique = models.Constraint('UNIQUE(name)', "There is already a tier of this name.")
