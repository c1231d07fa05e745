from odoo import api, fields, models


class TianyuanRatingCategory(models.Model):
    _name = 'tianyuan.rating.category'
    _description = "Rating Category"
    _inherit = ['tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    indicator_ids = fields.One2many('tianyuan.rating.indicator', 'category_id', export_string_translation=False)

    def _companies_using(self, others):
        return self._companies_of_schemes(self.indicator_ids.scheme_line_ids.scheme_id, others)

    @api.model
    def _shared_advice(self):
        return self.env._("Create another one for your company's own scheme.")
