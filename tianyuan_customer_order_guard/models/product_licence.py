from odoo import fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES

HELP = (
    "What a customer's archive must hold, valid on the order's day, for the product to be sold to them, such as the "
    "licence for hazardous chemicals."
)


def copy_licences(sources, copies):
    """Have copies need what their sources need, whoever duplicates them."""
    # sudo: who has no role may duplicate a product, too
    for source, duplicate in zip(sources.sudo(), copies.sudo(), strict=True):
        if source.tianyuan_licence_type_ids:
            duplicate.tianyuan_licence_type_ids = source.tianyuan_licence_type_ids


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


class ProductProduct(models.Model):
    """The licences without which a product isn't sold (policy 9.1: 经营权)."""

    _inherit = 'product.product'

    def _tianyuan_licence_types(self):
        """What the products need, by themselves or by their categories.

        :return: ``tianyuan.archive.document.type``, those in use
        """
        # sudo: what a product needs holds for whoever sells it
        templates = self.sudo().product_tmpl_id
        categories = templates.categ_id
        above = {int(part) for category in categories for part in (category.parent_path or "").split('/') if part}
        categories |= categories.browse(above)
        return (templates.tianyuan_licence_type_ids | categories.tianyuan_licence_type_ids).filtered('active')
