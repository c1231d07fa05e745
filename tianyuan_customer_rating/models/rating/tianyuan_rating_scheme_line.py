from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ...engine.scoring import Level, LineSpec


class TianyuanRatingSchemeLine(models.Model):
    """An indicator of a scheme with its maximum points and levels."""

    _name = 'tianyuan.rating.scheme.line'
    _description = "Rating Scheme Line"
    _inherit = ['tianyuan.scheme.part.mixin', 'tianyuan.plain.text.mixin']
    _order = 'scheme_id, sequence, id'
    _rec_name = 'indicator_id'

    scheme_id = fields.Many2one('tianyuan.rating.scheme', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    indicator_id = fields.Many2one('tianyuan.rating.indicator', required=True, index=True, ondelete='restrict')
    category_id = fields.Many2one(related='indicator_id.category_id')
    responsibility = fields.Selection(related='indicator_id.responsibility')
    max_points = fields.Float(digits=(5, 2), required=True)
    level_ids = fields.One2many('tianyuan.rating.level', 'scheme_line_id', copy=True)

    _indicator_unique = models.Constraint(
        'UNIQUE(scheme_id, indicator_id)', "An indicator can occur only once in a scheme.",
    )
    _max_points_positive = models.Constraint(
        'CHECK(max_points > 0)', "The maximum points of an indicator must be more than zero.",
    )

    @api.constrains('max_points', 'level_ids', 'indicator_id')
    def _check_levels(self):
        """Check that levels have different bounds within the maximum, and better values never fewer points."""
        for line in self:
            indicator = line.indicator_id
            levels = line.level_ids.sorted('bound', reverse=indicator.lower_is_better)
            if any(float_compare(level.points, line.max_points, precision_digits=2) > 0 for level in levels):
                raise ValidationError(self.env._(
                    "Indicator %(indicator)s: a level gives more than the maximum of %(points)s points.",
                    indicator=indicator.name, points=f"{line.max_points:g}",
                ))
            if indicator.source == 'level':
                continue  # A user picks the level, so its bound has no effect.
            for worse, better in zip(levels, levels[1:], strict=False):
                if float_compare(worse.bound, better.bound, precision_digits=4) == 0:
                    raise ValidationError(self.env._(
                        "Indicator %(indicator)s: the levels “%(first)s” and “%(second)s” have the same bound.",
                        indicator=indicator.name, first=worse.name, second=better.name,
                    ))
                if float_compare(worse.points, better.points, precision_digits=2) > 0:
                    raise ValidationError(self.env._(
                        "Indicator %(indicator)s: “%(better)s” is the better level, but gives fewer points "
                        "than “%(worse)s”.",
                        indicator=indicator.name, better=better.name, worse=worse.name,
                    ))

    def _spec(self):
        """Return the parts of this line that scoring needs.

        :return: :class:`~odoo.addons.tianyuan_customer_rating.engine.scoring.LineSpec`
        """
        self.ensure_one()
        indicator = self.indicator_id
        return LineSpec(
            code=indicator.code,
            source=indicator.source,
            responsibility=indicator.responsibility,
            max_points=self.max_points,
            lower_is_better=indicator.lower_is_better,
            no_data_policy=indicator.no_data_policy,
            levels=tuple(Level(level.bound, level.points, level.id) for level in self.level_ids),
            metric=indicator._metric_key(),
            category=indicator.category_id.id,
        )
