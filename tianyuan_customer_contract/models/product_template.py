from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    tianyuan_specification = fields.Char(
        string="Specification", translate=True,
        help="Such as grade, content and packing. Contracts take it where an order's line says nothing else.",
    )
