from odoo import api, fields, models


class TianyuanRatingLevel(models.Model):
    """A level of an indicator in a scheme.

    If higher is better, the level with the greatest bound ≤ value applies; if lower is better, the one with the
    smallest bound ≥ value. A value that reaches no level has 0 points.
    """

    _name = 'tianyuan.rating.level'
    _description = "Rating Level"
    _inherit = ['tianyuan.scheme.part.mixin', 'tianyuan.plain.text.mixin']
    _order = 'scheme_line_id, points desc, id'

    scheme_line_id = fields.Many2one('tianyuan.rating.scheme.line', required=True, index=True, ondelete='cascade')
    name = fields.Char(required=True, translate=True)
    bound = fields.Float(digits=(16, 4))
    points = fields.Float(digits=(5, 2))

    _points_positive = models.Constraint('CHECK(points >= 0)', "The points of a level can't be negative.")

    @api.constrains('bound', 'points', 'scheme_line_id')
    def _check_levels(self):
        self.scheme_line_id._check_levels()

    @api.depends('name', 'points')
    def _compute_display_name(self):
        for level in self:
            level.display_name = f"{level.name} ({level.points:g})" if level.name else ""

    def _schemes(self):
        return self.scheme_line_id.scheme_id
