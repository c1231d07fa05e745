from odoo import fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES

from ..tools.licences import HELP, copy_licences


class ProductCategory(models.Model):
    _inherit = 'product.category'

    tianyuan_licence_type_ids = fields.Many2many(
        'tianyuan.archive.document.type', 'tianyuan_category_licence_rel', 'category_id', 'type_id',
        string="Licences Needed", groups=ROLES, copy=False,
        help="For all products of this category and those below it. " + HELP,
    )

    def copy(self, default=None):
        copies = super().copy(default)
        copy_licences(self, copies)
        return copies
