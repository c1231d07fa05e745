from odoo import fields, models


class TianyuanDownstreamMarket(models.Model):
    _name = 'tianyuan.downstream.market'
    _description = "Downstream Market"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'name'

    name = fields.Char(required=True, translate=True)

    _name_unique = models.Constraint('UNIQUE(name)', "There is already a market of this name.")
