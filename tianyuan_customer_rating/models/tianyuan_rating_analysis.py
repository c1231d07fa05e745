from odoo import api, fields, models
from odoo.tools import SQL

from .tianyuan_class_history import CUSTOMER_CLASSES
from .tianyuan_rating_indicator import METRICS
from .tianyuan_rating_scheme import CHANNELS


class TianyuanRatingAnalysis(models.Model):
    """The ratings for graph and pivot: one row per indicator of each sheet that isn't cancelled.

    The numbers stay right however they are grouped, because none of them is a mean of means:

    * ``rating_count``: different sheets, not rows;
    * ``average_points``: points ÷ different sheets. By tier or quarter that is the average score, by
      category the average points in that category;
    * ``points_share``: 100 × points ÷ maximum points, both summed;
    * ``purchase_amount``: on one row of a sheet, the one of the indicator with that metric;
    * ``on_time_rate``: mean over the customers that have one, in percent, not weighted by amount.
    """

    _name = 'tianyuan.rating.analysis'
    _description = "Rating Analysis"
    _auto = False
    _order = 'date_from desc, rating_id, id'
    _rec_name = 'rating_id'
    _depends = {
        'tianyuan.rating': [
            'partner_id', 'company_id', 'currency_id', 'channel', 'kind', 'state', 'date_from', 'date_to', 'scheme_id',
            'tier_id', 'tier_change', 'customer_class', 'is_major_account', 'has_bad_debt',
        ],
        'tianyuan.rating.line': [
            'rating_id', 'category_id', 'indicator_id', 'responsibility', 'origin', 'points', 'max_points',
            'metric_value', 'has_value',
        ],
        'tianyuan.rating.indicator': ['metric', 'source'],
        'tianyuan.rating.scheme.line': ['scheme_id', 'indicator_id'],
        'res.partner': ['user_id'],
    }

    rating_id = fields.Many2one('tianyuan.rating', readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    kind = fields.Selection([('quarterly', "Quarterly"), ('prospect', "Prospect")], readonly=True)
    state = fields.Selection(
        [('draft', "Draft"), ('assessing', "Being Assessed"), ('ready', "Ready"), ('confirmed', "Confirmed")],
        string="Status", readonly=True,
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="Quarter", readonly=True)
    tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True)
    tier_change = fields.Selection(
        [('new', "New"), ('up', "Up"), ('same', "Unchanged"), ('down', "Down")], readonly=True,
    )
    customer_class = fields.Selection(CUSTOMER_CLASSES, string="Class", readonly=True)
    is_major_account = fields.Boolean(string="Major Account", readonly=True)
    has_bad_debt = fields.Boolean(string="Bad Debt", readonly=True)
    category_id = fields.Many2one('tianyuan.rating.category', readonly=True)
    indicator_id = fields.Many2one('tianyuan.rating.indicator', readonly=True)
    responsibility = fields.Selection([('sales', "Sales"), ('finance', "Finance")], readonly=True)
    origin = fields.Selection(
        [
            ('computed', "Computed"), ('carried', "Carried over"), ('assessed', "Assessed"),
            ('adjusted', "Adjusted"), ('missing', "Missing"),
        ],
        readonly=True,
    )
    metric = fields.Selection(METRICS, readonly=True)
    rating_count = fields.Integer(string="Ratings", readonly=True, help="The number of different sheets.")
    points = fields.Float(digits=(5, 2), readonly=True)
    max_points = fields.Float(string="Maximum", digits=(5, 2), readonly=True)
    average_points = fields.Float(
        digits=(5, 2), readonly=True, aggregator='avg',
        help="Points per sheet: the average score, or by category the average points in that category.",
    )
    points_share = fields.Float(
        string="Share of Maximum (%)", digits=(5, 1), readonly=True, aggregator='avg',
        help="All points together as a percentage of all points that could be had.",
    )
    purchase_amount = fields.Monetary(
        string="Purchases of the Quarter", readonly=True,
        help="From the indicator that measures the purchases of the quarter, once per sheet.",
    )
    on_time_rate = fields.Float(
        string="On-Time Rate (%)", digits=(5, 1), readonly=True, aggregator='avg',
        help="The mean of the customers that had something due; every customer counts the same.",
    )

    @property
    def _table_query(self):
        # A query instead of a view in the database: nothing to drop at uninstallation, and nothing that
        # keeps an upgrade from changing the tables. ``measured`` is the one indicator of a scheme that
        # holds a metric; were there two, the purchases of a sheet would be counted twice.
        return SQL(
            """
            SELECT l.id, l.rating_id, r.partner_id, p.user_id, r.company_id, r.currency_id, r.channel, r.kind, r.state,
                   r.date_from, r.date_to, r.tier_id, r.tier_change, r.customer_class, r.is_major_account,
                   r.has_bad_debt, l.category_id, l.indicator_id, l.responsibility, l.origin, measured.metric,
                   1 AS rating_count, l.points, l.max_points, l.points AS average_points,
                   100.0 * l.points / NULLIF(l.max_points, 0) AS points_share,
                   CASE WHEN measured.metric = 'purchase_amount' AND l.has_value
                        THEN l.metric_value END AS purchase_amount,
                   CASE WHEN measured.metric = 'on_time_rate' AND l.has_value
                        THEN l.metric_value END AS on_time_rate
              FROM tianyuan_rating_line l
              JOIN tianyuan_rating r ON r.id = l.rating_id AND r.state <> 'cancelled'
              LEFT JOIN res_partner p ON p.id = r.partner_id
              LEFT JOIN (
                  SELECT DISTINCT ON (s.scheme_id, i.metric) s.scheme_id, s.indicator_id, i.metric
                    FROM tianyuan_rating_scheme_line s
                    JOIN tianyuan_rating_indicator i ON i.id = s.indicator_id AND i.source = 'computed'
                   ORDER BY s.scheme_id, i.metric, s.indicator_id
              ) measured ON measured.scheme_id = r.scheme_id AND measured.indicator_id = l.indicator_id
            """,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of sums, and a count of sheets rather than rows, whatever the grouping."""
        def column(name):
            return self._field_to_sql(self._table, name, query)

        if aggregate_spec == 'rating_count:sum':
            return SQL("COUNT(DISTINCT %s)", column('rating_id'))
        if aggregate_spec == 'average_points:avg':
            return SQL("SUM(%s) / NULLIF(COUNT(DISTINCT %s), 0)", column('points'), column('rating_id'))
        if aggregate_spec == 'points_share:avg':
            return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", column('points'), column('max_points'))
        return super()._read_group_select(aggregate_spec, query)

    @api.readonly
    def action_open_rating(self):
        """Open the sheet the row belongs to."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.rating',
            'res_id': self.rating_id.id,
            'view_mode': 'form',
        }
