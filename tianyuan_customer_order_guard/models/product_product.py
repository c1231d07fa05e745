from odoo import models


class ProductProduct(models.Model):
    """The licences without which a product isn't sold (policy 9.1: 经营权)."""

    _inherit = 'product.product'

    def _tianyuan_licence_types(self):
        """Return the licences that the products or their categories need.

        :return: active ``tianyuan.archive.document.type``
        """
        # sudo: the licences count whether or not the user may read them
        templates = self.sudo().product_tmpl_id
        categories = templates.categ_id
        above = {int(part) for category in categories for part in (category.parent_path or "").split('/') if part}
        categories |= categories.browse(above)
        return (templates.tianyuan_licence_type_ids | categories.tianyuan_licence_type_ids).filtered('active')
