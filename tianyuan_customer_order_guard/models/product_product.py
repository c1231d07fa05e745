from odoo import models


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
