from odoo import fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES

from ..tools.licences import HELP, copy_licences


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    tianyuan_licence_type_ids = fields.Many2many(
        'tianyuan.archive.document.type', 'tianyuan_product_licence_rel', 'product_tmpl_id', 'type_id',
        string="Licences Needed", groups=ROLES, copy=False, help=HELP,
    )

    def copy(self, default=None):
        copies = super().copy(default)
        copy_licences(self, copies)
        return copies
