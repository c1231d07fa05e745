from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.own_definitions import EARLY, FIELD, RECORDS, Definition
from ...tools.limits import LARGEST_AMOUNT

RESPONSIBILITIES = [('sales', "Sales"), ('finance', "Finance")]
SOURCES = [('computed', "Computed"), ('value', "Number entered"), ('level', "Level picked")]
METRICS = [
    ('purchase_amount', "Purchases of the quarter"),
    ('purchase_balance', "Balance of the monthly purchases"),
    ('purchase_growth', "Growth on the same quarter of last year (%)"),
    ('annual_purchase', "Purchases of the year"),
    ('cooperation_years', "Years of cooperation"),
    ('on_time_rate', "On-time payment rate (%)"),
    ('days_beyond_terms', "Days beyond terms"),
    (EARLY, "Paid before the due date (%)"),
    (FIELD, "Own: number on the customer"),
    (RECORDS, "Own: figure from records"),
]
UNITS = [('amount', "Amount of money"), ('percent', "Percent"), ('days', "Days"), ('years', "Years")]
METRIC_UNITS = {
    'purchase_amount': 'amount', 'annual_purchase': 'amount', 'purchase_growth': 'percent', 'on_time_rate': 'percent',
    'cooperation_years': 'years', 'days_beyond_terms': 'days', EARLY: 'percent',
}

# These fields decide how many points a customer gets.
SCORING_FIELDS = {
    'code', 'source', 'metric', 'lower_is_better', 'no_data_policy', 'responsibility', 'category_id',
} | set(Definition._fields) - {'id'}


class TianyuanRatingIndicator(models.Model):
    _name = 'tianyuan.rating.indicator'
    _description = "Rating Indicator"
    _inherit = ['tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'category_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    category_id = fields.Many2one('tianyuan.rating.category', required=True, index=True, ondelete='restrict')
    responsibility = fields.Selection(
        RESPONSIBILITIES, required=True, default='sales',
        help="The department that assesses the indicator.",
    )
    source = fields.Selection(
        SOURCES, required=True, default='computed',
        help="Computed: the metric is read from orders, invoices and payments, from a number on the customer, or from "
             "other records. "
             "Number entered: a person enters a number that the levels score. "
             "Level picked: a person picks a level.",
    )
    metric = fields.Selection(METRICS)
    unit = fields.Selection(
        UNITS, compute='_compute_unit', store=True, readonly=False, precompute=True,
        help="What the value is shown with on sheets.",
    )
    lower_is_better = fields.Boolean()
    no_data_policy = fields.Selection(
        [('zero', "No points"), ('carry', "Points of the last rating"), ('assess', "Ask a person")],
        string="Without Data", required=True, default='assess',
    )
    scheme_line_ids = fields.One2many(
        'tianyuan.rating.scheme.line', 'indicator_id', export_string_translation=False,
    )

    min_value = fields.Float(
        string="Smallest Value", digits=(16, 4), default=0.0, help="What a person enters may not be less.",
    )
    max_value = fields.Float(
        string="Largest Value", digits=(16, 4), default=LARGEST_AMOUNT / 10,
        help="What a person enters may not be more.",
    )

    _values_in_order = models.Constraint(
        'CHECK(min_value < max_value)', "The largest value must be more than the smallest.",
    )
    _code_unique = models.Constraint('UNIQUE(code)', "There is already an indicator with this code.")

    @api.depends('metric')
    def _compute_unit(self):
        for indicator in self:
            indicator.unit = METRIC_UNITS.get(indicator.metric) if indicator.metric else indicator.unit

    @api.constrains('source', 'metric')
    def _check_metric(self):
        for indicator in self:
            if (indicator.source == 'computed') != bool(indicator.metric):
                raise ValidationError(self.env._(
                    "Indicator %s: a computed indicator needs a metric, and only a computed one has one.",
                    indicator.name,
                ))

    def _check_value(self, value):
        """Refuse numbers that the indicator can't have.

        :raise ValidationError: it is no number, or outside of the indicator's range
        """
        self.ensure_one()
        is_number = isinstance(value, int | float)
        if not is_number or not self.min_value <= value <= self.max_value:
            raise ValidationError(self.env._(
                "%(indicator)s: enter a number from %(smallest)s to %(largest)s.", indicator=self.name,
                smallest=f"{self.min_value:,g}", largest=f"{self.max_value:,.10g}",
            ))

    def _companies_using(self, others):
        return self._companies_of_schemes(self.scheme_line_ids.scheme_id, others)

    @api.model
    def _shared_advice(self):
        return self.env._("Create another one for your company's own scheme.")

    def write(self, vals):
        """Refuse changes of an indicator's meaning that would make confirmed sheets inexplicable."""
        if SCORING_FIELDS & vals.keys():
            lines = self.env['tianyuan.rating.line'].sudo()
            used = lines._read_group(
                [
                    ('indicator_id', 'in', self.ids), ('rating_id.state', '=', 'confirmed'),
                    # The points of imported sheets are what a file gave: no definition explains them.
                    ('rating_id.origin', '=', 'computed'),
                ], ['indicator_id'],
            )
            for [indicator] in used:
                if any(
                    vals[name] != indicator._fields[name].convert_to_write(indicator[name], indicator)
                    for name in SCORING_FIELDS & vals.keys()
                ):
                    raise UserError(self.env._(
                        "Indicator %s is part of confirmed ratings, so what it measures can't be changed. "
                        "Archive it and create a new one.", indicator.name,
                    ))
        return super().write(vals)
