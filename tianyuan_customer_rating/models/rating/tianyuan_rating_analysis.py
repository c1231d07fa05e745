import itertools
import re
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.selections import CHANNELS, CUSTOMER_CLASSES
from .tianyuan_rating_indicator import METRICS

# Fields of the sheet to group and filter by, and aggregates that can be computed from sums over whole sheets.
SHEET_FIELDS = frozenset({
    'user_id', 'company_id', 'currency_id', 'channel', 'kind', 'state', 'date_from', 'date_to', 'tier_id',
    'tier_change', 'customer_class', 'is_major_account', 'has_bad_debt', 'sheet_origin',
})
# Columns of the sheet with another name than the field.
SHEET_COLUMNS = {'sheet_origin': 'origin'}
SHEET_AGGREGATES = frozenset({
    '__count', 'rating_count:sum', 'points:sum', 'average_points:avg', 'currency_id:array_agg_distinct',
})
LINE_AGGREGATES = frozenset({
    'max_points:sum', 'points_share:avg', 'purchase_amount:sum', 'purchase_amount:sum_currency', 'on_time_rate:avg',
    'on_time_rate:count',
})


class Sums(NamedTuple):
    """The columns to group sums by, and whether sums of lines other than their number are needed.

    It is a class of its own because clients can't send one in the context.
    """

    columns: tuple
    of_lines: bool


class TianyuanRatingAnalysis(models.Model):
    """Ratings for graph and pivot views: one row per indicator of each sheet that isn't cancelled.

    The numbers are right for every grouping, because none is a mean of means:

    * ``rating_count``: number of different sheets, not of rows;
    * ``average_points``: points ÷ number of different sheets. By tier or quarter that is the average score, by category
      the average points in that category;
    * ``points_share``: 100 × points ÷ maximum points, both summed;
    * ``purchase_amount``: set on one row per sheet, the one of the indicator with that metric;
    * ``on_time_rate``: mean over the customers that have one, in percent, not weighted by amount.

    If no condition or grouping concerns single customers or indicators, the database sums whole sheets, which gives the
    same numbers faster.
    """

    _name = 'tianyuan.rating.analysis'
    _description = "Rating Analysis"
    _auto = False
    _order = 'date_from desc, rating_id, id'
    _rec_name = 'rating_id'
    _depends = {
        'tianyuan.rating': [
            'partner_id', 'company_id', 'currency_id', 'channel', 'kind', 'state', 'date_from', 'date_to', 'scheme_id',
            'tier_id', 'tier_change', 'customer_class', 'is_major_account', 'has_bad_debt', 'origin',
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
            ('adjusted', "Adjusted"), ('missing', "Missing"), ('imported', "Imported"),
        ],
        readonly=True,
    )
    sheet_origin = fields.Selection(
        [('computed', "Computed from the Books"), ('imported', "Imported")], string="Made From", readonly=True,
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
        # A query instead of a database view: uninstalling has nothing to drop, and a view would block table changes in
        # upgrades.
        sums = self._sums()
        return self._sums_query(*sums) if sums else SQL(
            """
            SELECT l.id, l.rating_id, r.partner_id, p.user_id, r.company_id, r.currency_id, r.channel, r.kind, r.state,
                   r.date_from, r.date_to, r.tier_id, r.tier_change, r.customer_class, r.is_major_account,
                   r.has_bad_debt, r.origin AS sheet_origin, l.category_id, l.indicator_id, l.responsibility, l.origin,
                   measured.metric,
                   1 AS rating_count, l.points, l.max_points, l.points AS average_points,
                   100.0 * l.points / NULLIF(l.max_points, 0) AS points_share,
                   CASE WHEN measured.metric = 'purchase_amount' AND l.has_value
                        THEN l.metric_value END AS purchase_amount,
                   CASE WHEN measured.metric = 'on_time_rate' AND l.has_value
                        THEN l.metric_value END AS on_time_rate,
                   r.score AS sheet_score
              FROM tianyuan_rating_line l
              JOIN tianyuan_rating r ON r.id = l.rating_id AND r.state <> 'cancelled'
              LEFT JOIN res_partner p ON p.id = r.partner_id
              LEFT JOIN %s measured ON measured.scheme_id = r.scheme_id AND measured.indicator_id = l.indicator_id
            """, self._metric_indicators_sql(),
        )

    @api.model
    def _sums_query(self, columns, of_lines):
        """Return the query with sums over sheets and over their lines.

        Summing the sheets separately needs no COUNT(DISTINCT) over lines, so the database can use parallel workers.
        """
        sources = [
            SQL.identifier('p' if name == 'user_id' else 'r', SHEET_COLUMNS.get(name, name)) for name in columns
        ]
        return SQL(
            """
            SELECT %(named)s, COUNT(*) AS rating_count, SUM(r.score) AS points, 0 AS line_count,
                   NULL::numeric AS max_points, NULL::numeric AS purchase_amount, NULL::numeric AS on_time_rate,
                   0 AS on_time_count
              FROM tianyuan_rating r
              LEFT JOIN res_partner p ON p.id = r.partner_id
             WHERE r.state <> 'cancelled' AND r.scheme_id IS NOT NULL    -- only sheets with a scheme have lines
             GROUP BY %(sources)s
             UNION ALL
            SELECT %(named)s, 0, NULL, COUNT(*), %(sums)s
              FROM tianyuan_rating_line l
              JOIN tianyuan_rating r ON r.id = l.rating_id AND r.state <> 'cancelled'
              LEFT JOIN res_partner p ON p.id = r.partner_id
              %(measured)s
             GROUP BY %(sources)s
            """,
            named=SQL(", ").join(
                SQL("%s AS %s", source, SQL.identifier(name)) for source, name in zip(sources, columns, strict=True)
            ),
            sources=SQL(", ").join(sources),
            sums=SQL(
                """SUM(l.max_points),
                   SUM(l.metric_value) FILTER (WHERE l.has_value AND measured.metric = 'purchase_amount'),
                   SUM(l.metric_value) FILTER (WHERE l.has_value AND measured.metric = 'on_time_rate'),
                   COUNT(l.metric_value) FILTER (WHERE l.has_value AND measured.metric = 'on_time_rate')""",
            ) if of_lines else SQL("NULL, NULL, NULL, 0"),
            measured=SQL(
                "LEFT JOIN %s measured "
                "ON measured.scheme_id = r.scheme_id AND measured.indicator_id = l.indicator_id",
                self._metric_indicators_sql(),
            ) if of_lines else SQL(),
        )

    @api.model
    def _metric_indicators_sql(self):
        """Return the SQL of one indicator per scheme and metric; with two, a sheet's value would be counted twice."""
        return SQL("""(
            SELECT DISTINCT ON (s.scheme_id, i.metric) s.scheme_id, s.indicator_id, i.metric
              FROM tianyuan_rating_scheme_line s
              JOIN tianyuan_rating_indicator i ON i.id = s.indicator_id AND i.source = 'computed'
             ORDER BY s.scheme_id, i.metric, s.indicator_id
        )""")

    @api.model
    def _sums(self):
        sums = self.env.context.get('tianyuan_analysis_sums')
        return sums if isinstance(sums, Sums) else None

    @api.model
    def _with_sheet_sums(self, domain, groupby, aggregates):
        """Return self, with sums over whole sheets in the context if these give the same result.

        That is the case if no condition, grouping or aggregate concerns single customers or lines.
        """
        conditions = Domain(domain) & self.env['ir.rule']._compute_domain(self._name, 'read')
        asked = [*(condition.field_expr for condition in conditions.iter_conditions()), *groupby]
        names = {re.split('[.:]', name)[0] for name in asked} | {'currency_id'}
        of_lines = set(aggregates) - SHEET_AGGREGATES
        if SHEET_FIELDS.issuperset(names) and LINE_AGGREGATES.issuperset(of_lines):
            return self.with_context(tianyuan_analysis_sums=Sums(tuple(sorted(names)), bool(of_lines)))
        return self

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        rows = self if having else self._with_sheet_sums(domain, groupby, aggregates)
        return super(TianyuanRatingAnalysis, rows)._read_group(
            domain, groupby, aggregates, having, offset, limit, order,
        )

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        rows = self._with_sheet_sums(domain, itertools.chain(*grouping_sets), aggregates)
        return super(TianyuanRatingAnalysis, rows)._read_grouping_sets(domain, grouping_sets, aggregates, order)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Order by this table's columns instead of the sheet's, so that an index can be used and few rows are read."""
        if field_name != 'rating_id' or alias != self._table:
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        turned = SQL() if direction.code == 'DESC' else SQL("DESC")
        terms = [SQL.identifier(alias, name) for name in ('date_from', 'sheet_score', 'rating_id')]
        query._order_groupby.extend(terms)
        return SQL(", ").join(SQL("%s %s", term, turned) for term in terms)

    def _read_group_select(self, aggregate_spec, query):
        """Compute ratios from sums, and count sheets instead of rows, for every grouping."""
        def column(name):
            return self._field_to_sql(self._table, name, query)

        def count(name):
            return SQL("COALESCE(SUM(%s), 0)::bigint", SQL.identifier(self._table, name))

        summed = self._sums()
        if aggregate_spec == 'points_share:avg':
            return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", column('points'), column('max_points'))
        if aggregate_spec == '__count' and summed:
            return count('line_count')
        if aggregate_spec == 'on_time_rate:count' and summed:
            return count('on_time_count')
        if aggregate_spec == 'on_time_rate:avg' and summed:
            return SQL("SUM(%s) / NULLIF(%s, 0)", column('on_time_rate'), count('on_time_count'))
        if aggregate_spec in ('rating_count:sum', 'average_points:avg'):
            sheets = count('rating_count') if summed else SQL("COUNT(DISTINCT %s)", column('rating_id'))
            return sheets if aggregate_spec == 'rating_count:sum' else SQL(
                "SUM(%s) / NULLIF(%s, 0)", column('points'), sheets,
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.readonly
    def action_open_rating(self):
        """Open the sheet of the row."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.rating',
            'res_id': self.rating_id.id,
            'view_mode': 'form',
        }
