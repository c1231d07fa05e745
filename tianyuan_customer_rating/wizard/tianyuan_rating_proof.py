from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools.misc import formatLang

from ..engine import later, proof, workbook
from ..engine.periods import Quarter
from ..engine.validation import (
    judge_share,
    kolmogorov_smirnov,
    migration,
    population_stability,
    rank_difference,
    rank_order,
)
from ..engine.workbook import Table
from ..models.proof.tianyuan_rating_outcome import HORIZONS
from ..tools.roles import FINANCE, MANAGER
from ..tools.selections import CHANNELS
from .tianyuan_rating_proof_row import CONDITIONS, RANK_VERDICTS

MAX_QUARTERS = 8
EXCEL_DIGITS = {'percent': 1, 'decimal': 2}
EXCEL_KINDS = {
    'indicator_id': 'text', 'name': 'text', 'count': 'number', 'customer_count': 'number', 'judged_count': 'number',
    'bad_count': 'number', 'right_count': 'number', 'bad_percent': 'percent', 'on_time_rate': 'percent',
    'days_beyond_terms': 'percent', 'bad_debt_amount': 'decimal', 'purchase_amount': 'decimal', 'verdict': 'text',
    'pairs_right': 'percent', 'pairs_low': 'percent', 'pairs_high': 'percent', 'rank_verdict': 'text',
    'plain_pairs_right': 'percent',
}
# The columns that each part of the report has.
GROUP = ('name', 'count', 'customer_count', 'judged_count', 'bad_count', 'bad_percent')
BOOKS = ('on_time_rate', 'days_beyond_terms')
AMOUNTS = ('bad_debt_amount', 'purchase_amount')
PAIRS = ('pairs_right', 'pairs_low', 'pairs_high', 'rank_verdict')
EXCEL_COLUMNS = {
    'tier_row_ids': (*GROUP, 'verdict', *BOOKS, *AMOUNTS),
    'quarter_row_ids': (*GROUP, *PAIRS, *BOOKS, *AMOUNTS),
    'indicator_row_ids': ('name', 'judged_count', 'customer_count', 'bad_count', *PAIRS, 'plain_pairs_right'),
    'level_row_ids': ('indicator_id', *GROUP, 'verdict', *BOOKS),
    'change_row_ids': (*GROUP, 'right_count', 'verdict'),
}


class TianyuanRatingProof(models.TransientModel):
    """Does the scheme work? What became of the customers of confirmed sheets, and whether the score had ranked them.

    Ratings and outcomes are only read. Only :meth:`_open` creates reports, so users can't enter values. Every figure
    says on how many customers it rests, and with too few nothing is concluded; ``docs/proof.md`` explains them.
    """

    _name = 'tianyuan.rating.proof'
    _description = "Proof of the Rating Scheme"
    _inherit = ['tianyuan.plain.text.mixin']

    name = fields.Char(readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    horizon = fields.Selection(HORIZONS, required=True, readonly=True, default='quarter')
    channel = fields.Selection(CHANNELS, readonly=True)
    # Outcomes are found by the day after the rated quarter; empty for all quarters.
    date_from = fields.Date(readonly=True, export_string_translation=False)
    earlier_date = fields.Date(readonly=True, export_string_translation=False)
    later_date = fields.Date(readonly=True, export_string_translation=False)
    quarters = fields.Char(string="Rated Quarters", readonly=True)
    rating_count = fields.Integer(string="Sheets", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    good_count = fields.Integer(string="Turned Out Good", readonly=True)
    bad_count = fields.Integer(string="Turned Out Bad", readonly=True)
    unjudged_count = fields.Integer(string="Nothing to Judge", readonly=True)
    definition = fields.Char(string="Bad Is", readonly=True)
    left_out = fields.Char(string="Ratings Left Out", readonly=True)
    auc = fields.Float(string="AUC", readonly=True, digits=(5, 4))
    gini = fields.Float(readonly=True, digits=(5, 4))
    rank_verdict = fields.Selection(RANK_VERDICTS, readonly=True, export_string_translation=False)
    verdict = fields.Char(string="Answer", readonly=True)
    ranking = fields.Html(string="Rank Order", readonly=True)
    separation = fields.Html(string="Good and Bad by Score", readonly=True)
    adjustments = fields.Html(string="What People Changed", readonly=True)
    moves = fields.Html(string="From Tier to Tier", readonly=True)
    stability = fields.Html(string="Stability of the Scores", readonly=True)
    row_ids = fields.One2many('tianyuan.rating.proof.row', 'proof_id', readonly=True)
    tier_row_ids = fields.One2many('tianyuan.rating.proof.row', 'proof_id', readonly=True, string="By Tier",
                                   domain=[('section', '=', 'tier')])
    quarter_row_ids = fields.One2many('tianyuan.rating.proof.row', 'proof_id', readonly=True, string="By Quarter",
                                      domain=[('section', '=', 'quarter')])
    indicator_row_ids = fields.One2many('tianyuan.rating.proof.row', 'proof_id', readonly=True, string="By Indicator",
                                        domain=[('section', '=', 'indicator')])
    level_row_ids = fields.One2many('tianyuan.rating.proof.row', 'proof_id', readonly=True, string="By Level",
                                    domain=[('section', '=', 'level')])
    change_row_ids = fields.One2many('tianyuan.rating.proof.row', 'proof_id', readonly=True, string="By Change",
                                     domain=[('section', 'in', ('adjusted', 'override'))])

    def action_show(self):
        """Show another part of the outcomes, by the keys of the context.

        ``proof_quarter`` is ``earlier``, ``later`` or ``all``, ``proof_horizon`` a horizon, ``proof_channel`` a channel
        or ``all``.

        :raise AccessError: the user is neither manager nor finance assessor, or may not read the report
        """
        self.ensure_one()
        self.check_access('read')
        self._check_may_read(self.company_id)
        context, values = self.env.context, {}
        quarters = {'earlier': self.earlier_date, 'later': self.later_date, 'all': False}
        if context.get('proof_quarter') in quarters:
            values['date_from'] = quarters[context['proof_quarter']]
        if context.get('proof_horizon') in dict(HORIZONS):
            values['horizon'] = context['proof_horizon']
        if context.get('proof_channel') in dict(CHANNELS):
            values['channel'] = context['proof_channel']
        elif context.get('proof_channel') == 'all':
            values['channel'] = False
        # sudo: users only read reports; the right to do so has been checked.
        self.sudo().write(values)
        self.sudo()._prove()
        return True

    def action_view_outcomes(self):
        """Open the outcomes that the report is about; ``search_default_…`` in the context filters them.

        :raise AccessError: the user may not read the report
        """
        self.ensure_one()
        self.check_access('read')
        return self._outcomes_action(self.name, Domain.TRUE)

    def action_chart_tiers(self):
        """Open a chart of how many of each tier turned out bad, quarter by quarter.

        :raise AccessError: the user may not read the report
        """
        self.ensure_one()
        self.check_access('read')
        action = self._outcomes_action(self.name, Domain('is_judged', '=', True))
        return {
            **action, 'view_mode': 'graph,pivot,list',
            'context': {'graph_groupbys': ['tier_id', 'rating_date_to:quarter'], 'graph_measure': 'bad_percent'},
        }

    def action_chart_scores(self):
        """Open a chart of how many turned out bad in each band of scores.

        :raise AccessError: the user may not read the report
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': 'tianyuan.rating.proof.row',
            'view_mode': 'graph',
            'domain': [('proof_id', '=', self.id), ('section', '=', 'band')],
        }

    def action_export(self):
        """Download the report as a workbook.

        :raise AccessError: the user may not read the report
        """
        self.ensure_one()
        self.check_access('read')
        return {'type': 'ir.actions.act_url', 'url': f'/tianyuan/proof/{self.id}/xlsx', 'target': 'download'}

    @api.model
    def _open(self):
        """Open the report of the user's company, about all quarters.

        :raise AccessError: the user is neither manager nor finance assessor
        """
        company = self.env.company.root_id
        self._check_may_read(company)
        # sudo: users only read reports; the right to do so has been checked.
        report = self.sudo().create({'company_id': company.id})
        report._prove()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Does the Scheme Work?"),
            'res_model': self._name,
            'res_id': report.id,
            'view_mode': 'form',
        }

    @api.model
    def _check_may_read(self, company):
        if not any(map(self.env.user.has_group, (FINANCE, MANAGER))) or company not in self.env.companies.root_id:
            raise AccessError(self.env._(
                "Only managers and finance assessors of the company can see what became of its ratings.",
            ))

    def _outcomes_action(self, name, domain):
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'tianyuan.rating.outcome',
            'view_mode': 'list,pivot,graph',
            'domain': list(self._domain() & domain),
            'context': {key: value for key, value in self.env.context.items() if key.startswith('search_default_')},
        }

    # -- what the report is about ---------------------------------------------------------------------------------

    def _base_domain(self):
        """Return the domain of the outcomes of all quarters."""
        domain = Domain([
            ('company_id', '=', self.company_id.id), ('horizon', '=', self.horizon),
            ('rating_id.state', '=', 'confirmed'),
        ])
        return domain & Domain('rating_id.channel', '=', self.channel) if self.channel else domain

    def _domain(self):
        """Return the domain of the outcomes that the report is about."""
        return self._base_domain() & Domain('date_from', 'in', self._periods())

    def _outcome_ids(self):
        return self.env['tianyuan.rating.outcome'].search(self._domain(), order='id').ids

    def _periods(self):
        """Return the first days of the outcomes, oldest first; each is the day after a rated quarter."""
        return [self.date_from] if self.date_from else self._all_periods()[-MAX_QUARTERS:]

    def _all_periods(self):
        groups = self.env['tianyuan.rating.outcome']._read_group(self._base_domain(), ['date_from:day'])
        return sorted(day for [day] in groups)

    @api.model
    def _rated(self, day):
        """Return the quarter that was rated before a day."""
        return Quarter.containing(day - timedelta(days=1))

    # -- the figures ----------------------------------------------------------------------------------------------

    def _prove(self):
        """Compute the report and store it."""
        self.ensure_one()
        periods = self._all_periods()
        if self.date_from and self.date_from not in periods:
            self.date_from = False
        shown = self._periods()
        newest = shown[-1] if shown else None
        outcome_ids = self._outcome_ids()
        rows = proof.rated_customers(self.env, outcome_ids)
        judged = [row for row in rows if row.is_judged]
        bad_count = sum(row.is_bad for row in judged)
        company = self.company_id
        order = rank_order(
            [row.score for row in judged], [row.is_bad for row in judged], *self._minimum(),
            customers=[row.partner for row in judged],
        )
        names = [self._rated(day).name for day in shown]
        self.write({
            'name': self._title(names),
            'quarters': ", ".join(names),
            'earlier_date': max((day for day in periods if newest and day < (self.date_from or newest)), default=False),
            'later_date': min((day for day in periods if self.date_from and day > self.date_from), default=False),
            'rating_count': len(rows),
            'customer_count': len({row.partner for row in rows}),
            'good_count': len(judged) - bad_count,
            'bad_count': bad_count,
            'unjudged_count': len(rows) - len(judged),
            'definition': self.env._(
                "New bad debt, less than %(rate)s %% paid on time, or more than %(days)s days late on average",
                rate=f"{company.tianyuan_proof_on_time_rate:g}", days=f"{company.tianyuan_proof_days_late:g}",
            ),
            'left_out': self._left_out(),
            'auc': order.auc or 0.0,
            'gini': order.gini or 0.0,
            'rank_verdict': order.verdict,
            'verdict': self._rank_sentence(order),
            'ranking': self._ranking(order, judged),
            'separation': self._separation(judged),
            'adjustments': self._adjustments(rows, judged),
            'moves': self._moves(shown),
            'stability': self._stability(shown),
            'row_ids': [Command.clear(), *map(Command.create, self._row_vals(rows, judged, outcome_ids))],
        })

    def _left_out(self):
        """Return which ratings can't have an outcome, or False."""
        begin = later.books_begin(self.env, self.company_id)
        count = begin and proof.count_before_books(self.env, self.company_id, self.channel, begin)
        return bool(count) and self.env._(
            "%(count)s ratings lie before the books, which begin in %(month)s: what became of their customers can't be "
            "read.",
            count=count, month=begin.strftime('%Y-%m'),
        )

    def _title(self, names):
        if not names:
            return self.env._("No outcomes yet")
        horizon = dict(self._fields['horizon']._description_selection(self.env))[self.horizon]
        channel = dict(self._fields['channel']._description_selection(self.env)).get(self.channel)
        span = names[0] if len(names) == 1 else f"{names[0]} – {names[-1]}"
        return " · ".join(filter(None, [span, horizon, channel]))

    def _minimum(self):
        number = self.company_id.tianyuan_proof_min_customers
        return number, number

    def _rank_sentence(self, order):
        """Return the answer in one sentence."""
        if order.verdict == 'too_few':
            return self.env._(
                "Too few to judge: at least %s customers who turned out good, and as many who turned out bad, are "
                "needed.",
                self.company_id.tianyuan_proof_min_customers,
            )
        return {
            'ranks': self.env._("The score ranks customers: those who turned out bad had lower scores."),
            'random': self.env._("The score doesn't rank customers better than chance."),
            'worse': self.env._("The score ranks the wrong way round: those who turned out bad had higher scores."),
        }[order.verdict]

    def _ranking(self, order, judged):
        """Return the rank order in words, with and without what people adjusted."""
        texts = [self._basis(judged)]
        if order.auc is None:
            return self._list(texts)
        texts.append(self.env._(
            "Of 100 pairs of a customer who turned out good and one who turned out bad, the score puts %(right)s in "
            "the right order; chance would be 50.", right=self._number(100 * order.auc),
        ))
        if order.low is not None:
            texts.append(self.env._(
                "With 95 %% certainty it is between %(low)s and %(high)s.",
                low=self._number(100 * order.low), high=self._number(100 * order.high),
            ))
        texts.append(self.env._(
            "AUC %(auc)s, Gini %(gini)s.", auc=self._number(order.auc, 3), gini=self._number(order.gini, 3),
        ))
        return self._list(texts + self._with_and_without(judged))

    def _with_and_without(self, judged):
        """Return in words whether people made the ranking better, by what they adjusted before the time was over."""
        known = [row for row in judged if not row.is_late]
        late = self._late_sentence(len(judged) - len(known))
        plain, bad = [row.plain_score for row in known], [row.is_bad for row in known]
        scores, customers = [row.score for row in known], [row.partner for row in known]
        without = rank_order(plain, bad, *self._minimum(), customers=customers)
        if without.auc is None:
            return late
        difference = rank_difference(scores, plain, bad, *self._minimum(), customers=customers)
        return [*late, self.env._(
            "Without what people adjusted it would be %(without)s of 100 pairs instead of %(right)s.",
            without=self._number(100 * without.auc), right=self._number(100 * (without.auc + difference.difference)),
        ), {
            'too_few': self.env._("Whether the adjustments helped can't be judged: too few customers."),
            'equal': self.env._("The adjustments changed nothing that is more than chance."),
            'better': self.env._("The adjustments made the ranking better."),
            'worse': self.env._("The adjustments made the ranking worse."),
        }[difference.verdict]]

    def _late_sentence(self, count):
        return [self.env._(
            "%s ratings were confirmed after that time was over: what people adjusted on them doesn't count, because "
            "they may have known what became of the customer.", count,
        )] if count else []

    def _basis(self, judged):
        bad = sum(row.is_bad for row in judged)
        return self.env._(
            "It rests on %(ratings)s ratings of %(customers)s customers; after %(bad)s ratings the customer turned out "
            "bad.",
            ratings=len(judged), customers=len({row.partner for row in judged}), bad=bad,
        )

    def _separation(self, judged):
        """Return the numbers behind the greatest distance between good and bad customers."""
        found = self._found_separation(judged)
        if found.statistic is None:
            return False
        sentence = self.env._(
            "Up to a score of %(score)s the shares of the bad and of the good customers differ most, by %(distance)s "
            "percentage points (Kolmogorov–Smirnov).",
            score=self._number(found.score, 2), distance=self._number(100 * found.statistic),
        )
        verdict = {
            'too_few': self.env._("Too few to judge."),
            'repeated': self.env._("Customers have several ratings here. Look at one quarter to judge it."),
            'same': self.env._("Chance alone could make such a distance (p = %s).", self._number(found.p_value, 3)),
            'apart': self.env._("That is more than chance (p = %s).", self._number(found.p_value, 3)),
            'reversed': self.env._("That is more than chance, but the wrong way round (p = %s).",
                                   self._number(found.p_value, 3)),
        }[found.verdict]
        return self._list([sentence, verdict]) + self._html(self._separation_table(found))

    def _found_separation(self, judged):
        return kolmogorov_smirnov(
            [row.score for row in judged], [row.is_bad for row in judged], proof.BOUNDS, *self._minimum(),
            customers=[row.partner for row in judged],
        )

    def _separation_table(self, found):
        return Table(
            self.env._("Good and Bad by Score"),
            [
                (self.env._("Score"), 'text'), (self.env._("Good"), 'number'), (self.env._("Bad"), 'number'),
                (self.env._("Good up to Here (%)"), 'percent'), (self.env._("Bad up to Here (%)"), 'percent'),
                (self.env._("Distance"), 'percent'),
            ],
            [
                [self._band(row.low, row.high), row.goods, row.bads, 100 * row.goods_share, 100 * row.bads_share,
                 100 * (row.bads_share - row.goods_share)]
                for row in found.rows if row.goods or row.bads
            ],
        )

    def _adjustments(self, rows, judged):
        """Return how much people changed, and what became of it."""
        lines, adjusted = sum(row.lines for row in rows), sum(row.adjusted for row in rows)
        overridden = sum(bool(row.override) for row in rows)
        if not rows:
            return False
        texts = [
            self.env._(
                "Adjusted lines: %(adjusted)s of %(lines)s (%(share)s %%).",
                adjusted=adjusted, lines=lines, share=self._number(100 * adjusted / (lines or 1)),
            ),
            self.env._(
                "Ratings with a class override running when that time began: %(count)s of %(all)s (%(share)s %%).",
                count=overridden, all=len(rows), share=self._number(100 * overridden / len(rows)),
            ),
        ]
        changed = [
            row.is_bad == (row.score < row.plain_score) for row in judged
            if row.score != row.plain_score and not row.is_late
        ]
        if changed:
            texts.append(self.env._(
                "Of %(count)s ratings whose score people changed, %(right)s proved right (%(share)s %%): raised and "
                "turned out good, or lowered and turned out bad.",
                count=len(changed), right=sum(changed), share=self._number(100 * sum(changed) / len(changed)),
            ))
        texts += self._late_sentence(sum(row.is_late for row in rows))
        decided = [row.is_bad == (row.override == 'ordinary') for row in judged if row.override]
        if decided:
            texts.append(self.env._(
                "Of %(count)s class overrides, %(right)s proved right (%(share)s %%): to key and turned out good, or "
                "to ordinary and turned out bad.",
                count=len(decided), right=sum(decided), share=self._number(100 * sum(decided) / len(decided)),
            ))
        return self._list(texts)

    def _moves(self, shown):
        """Return the matrix of tiers between each quarter and the next."""
        found, names = self._found_moves(shown)
        if not found.total:
            return False
        sentence = self.env._(
            "Of %(count)s ratings followed by one of the next quarter, %(up)s moved up, %(same)s stayed and %(down)s "
            "moved down.", count=found.total, up=found.up, same=found.same, down=found.down,
        )
        table = self._moves_table(found, names)
        shares = [[
            f"{count} ({self._number(100 * share)} %)" if count else "–"
            for count, share in zip(row.counts, row.shares, strict=True)
        ] for row in found.rows]
        return self._list([sentence]) + self._html(table._replace(rows=[
            [row[0], *cells, row[-1]] for row, cells in zip(table.rows, shares, strict=True)
        ]))

    def _found_moves(self, shown):
        """Return the :class:`Migration` after the quarters, and the names of its keys."""
        counts = proof.tier_pairs(
            self.env, self.company_id, self.channel, [self._rated(day).date_from for day in shown],
        )
        tiers = self.env['tianyuan.rating.tier'].search([])
        seen = {tier for pair in counts for tier in pair}
        return migration(
            [pair for pair, count in counts.items() for _customer in range(count)],
            [tier.id for tier in tiers if tier.id in seen] + [None],
        ), {tier.id: tier.name for tier in tiers} | {None: self.env._("No tier")}

    def _moves_table(self, found, names):
        return Table(
            self.env._("From Tier to Tier"),
            [
                (self.env._("Before ↓ / After →"), 'text'), *((names[key], 'number') for key in found.order),
                (self.env._("Total"), 'number'),
            ],
            [[names[row.key], *row.counts, row.total] for row in found.rows],
        )

    def _stability(self, shown):
        """Return how much the distribution of scores changed from each quarter to the next."""
        table = self._stability_table(shown)
        return self._html(table) if table.rows else False

    def _stability_table(self, shown):
        rated = [self._rated(day) for day in shown]
        bands = proof.score_bands(self.env, self.company_id, self.channel, [quarter.date_from for quarter in rated])
        verdicts = {
            'too_few': self.env._("Too few to judge"), 'stable': self.env._("Stable"),
            'shifting': self.env._("Shifting: look at it"),
            'changed': self.env._("Changed: scores mean something else"),
        }
        rows = []
        for quarter in rated:
            after = Quarter.containing(quarter.date_to + timedelta(days=1))
            if quarter.date_from in bands and after.date_from in bands:
                before, now = bands[quarter.date_from], bands[after.date_from]
                found = population_stability(before, now, self.company_id.tianyuan_proof_min_group)
                rows.append([
                    f"{quarter.name} → {after.name}", sum(before), sum(now), found.psi, verdicts[found.verdict],
                ])
        return Table(
            self.env._("Stability of the Scores"),
            [
                (self.env._("Quarters"), 'text'), (self.env._("Customers Before"), 'number'),
                (self.env._("Customers After"), 'number'), (self.env._("Stability Index (PSI)"), 'decimal'),
                (self.env._("Judgement"), 'text'),
            ],
            rows,
        )

    # -- groups of customers --------------------------------------------------------------------------------------

    def _row_vals(self, rows, judged, outcome_ids):
        """Return the values of the rows of all sections."""
        usual = sum(row.is_bad for row in judged) / (len(judged) or 1)
        vals = [
            *self._tier_vals(rows, usual), *self._band_vals(judged), *self._quarter_vals(rows),
            *self._indicator_vals(outcome_ids), *self._level_vals(usual, outcome_ids), *self._change_vals(rows, usual),
        ] if rows else []
        return [{**row, 'company_id': self.company_id.id, 'sequence': place} for place, row in enumerate(vals)]

    def _tier_vals(self, rows, usual):
        by_tier = defaultdict(list)
        for row in rows:
            by_tier[row.tier].append(row)
        names = {tier.id: tier.name for tier in self.env['tianyuan.rating.tier'].search([])}
        return self._compared([
            {**self._group_vals('tier', name, by_tier[key]), 'keys': [key] if key else []}
            for key, name in (names | {None: self.env._("No tier")}).items() if key in by_tier
        ], usual)

    def _band_vals(self, judged):
        by_band = defaultdict(list)
        for row in judged:
            by_band[min(max(row.score, 0), 99) // proof.BAND_WIDTH * proof.BAND_WIDTH].append(row)
        return [{
            **self._group_vals('band', f"{low:.0f} – {low + proof.BAND_WIDTH:.0f}", by_band[low]),
            'keys': [row.outcome for row in by_band[low]],
        } for low in sorted(by_band)]

    def _quarter_vals(self, rows):
        by_day = defaultdict(list)
        for row in rows:
            by_day[row.date_from].append(row)
        ranks = self._rank_vals({day: self._scores(of_day) for day, of_day in by_day.items()})
        return [{
            **self._group_vals('quarter', self._rated(day).name, by_day[day]), **ranks[day],
            'keys': [fields.Date.to_string(day)],
        } for day in sorted(by_day)]

    @api.model
    def _scores(self, rows):
        judged = [row for row in rows if row.is_judged]
        return [row.score for row in judged], [row.is_bad for row in judged], [row.partner for row in judged]

    def _indicator_vals(self, outcome_ids):
        found = proof.indicator_scores(self.env, outcome_ids)
        ranks = self._rank_vals({one.indicator: (one.shares, one.bad, one.customers) for one in found})
        plain = self._rank_vals({
            one.indicator: (one.plain_shares, one.bad, one.customers) for one in found if one.adjusted
        })
        indicators = self.env['tianyuan.rating.indicator'].browse([one.indicator for one in found])
        return [{
            'section': 'indicator', 'indicator_id': indicator.id, 'name': indicator.name, 'count': len(one.bad),
            'judged_count': len(one.bad), 'customer_count': len(set(one.customers)), 'bad_count': sum(one.bad),
            **ranks[one.indicator],
            **({'plain_pairs_right': plain[one.indicator]['pairs_right'],
                'has_plain': plain[one.indicator]['has_pairs']} if one.adjusted else {}),
        } for indicator, one in zip(indicators, found, strict=True)]

    def _rank_vals(self, groups):
        """Return how well each of several scores ranks customers.

        :param dict groups: key → (scores, whether bad, customers)
        :return: dict of key → values
        """
        orders = {key: rank_order(scores, bad, *self._minimum(), customers=customers)
                  for key, (scores, bad, customers) in groups.items()}
        tests = sum(order.verdict != 'too_few' for order in orders.values())
        result = {}
        for key, (scores, bad, customers) in groups.items():
            order = rank_order(scores, bad, *self._minimum(), customers=customers, tests=tests)
            result[key] = {
                'has_pairs': order.auc is not None, 'has_interval': order.low is not None,
                'pairs_right': 100 * (order.auc or 0.0), 'pairs_low': 100 * (order.low or 0.0),
                'pairs_high': 100 * (order.high or 0.0), 'rank_verdict': order.verdict,
            }
        return result

    def _level_vals(self, usual, outcome_ids):
        groups = proof.level_groups(self.env, outcome_ids)
        levels = {
            level.id: level.display_name for level in self.env['tianyuan.rating.level'].browse(
                group.levels[0] for group in groups if group.levels)
        }
        return self._compared([{
            'section': 'level', 'indicator_id': group.indicator, 'keys': group.levels,
            'name': levels[group.levels[0]] if group.levels else self.env._("No level"),
            'count': group.count, 'customer_count': group.customers, 'judged_count': group.judged,
            'judged_customer_count': group.judged_customers, 'bad_count': group.bad,
            'has_payments': group.on_time_rate is not None, 'on_time_rate': group.on_time_rate or 0.0,
            'days_beyond_terms': group.days_beyond_terms or 0.0,
        } for group in groups], usual)

    def _change_vals(self, rows, usual):
        known = [row for row in rows if not row.is_late]
        raised = [row for row in known if row.score > row.plain_score]
        lowered = [row for row in known if row.score < row.plain_score]
        key = [row for row in rows if row.override == 'key']
        ordinary = [row for row in rows if row.override == 'ordinary']
        return self._compared([{
            **self._group_vals(section, name, members), 'keys': [row.outcome for row in members],
            'right_count': sum(row.is_judged and row.is_bad == bad_expected for row in members),
        } for section, name, members, bad_expected in (
            ('adjusted', self.env._("Score raised by people"), raised, False),
            ('adjusted', self.env._("Score lowered by people"), lowered, True),
            ('override', self.env._("Class overridden to key"), key, False),
            ('override', self.env._("Class overridden to ordinary"), ordinary, True),
        ) if members], usual)

    def _group_vals(self, section, name, rows):
        """Return the values of a row about a group of customers."""
        paying = [row for row in rows if row.has_payments]
        judged = [row for row in rows if row.is_judged]
        bad = sum(row.is_bad for row in judged)
        return {
            'section': section,
            'name': name,
            'count': len(rows),
            'customer_count': len({row.partner for row in rows}),
            'judged_count': len(judged),
            'judged_customer_count': len({row.partner for row in judged}),
            'bad_count': bad,
            'bad_percent': 100 * bad / (len(judged) or 1),
            'has_payments': bool(paying),
            'on_time_rate': sum(row.on_time_rate for row in paying) / (len(paying) or 1),
            'days_beyond_terms': sum(row.days_beyond_terms for row in paying) / (len(paying) or 1),
            'bad_debt_amount': sum(row.bad_debt for row in rows),
            'purchase_amount': sum(row.purchases for row in rows) / len(rows),
        }

    def _compared(self, groups, usual):
        """Return groups with how the share of bad customers of each differs from that of all.

        Each customer counts once, however many ratings it has.

        :param groups: list of values of rows
        :param float usual: the share of all
        """
        least = self.company_id.tianyuan_proof_min_group
        tests = sum(group['judged_customer_count'] >= least for group in groups)
        for group in groups:
            customers = group['judged_customer_count']
            share = group['bad_count'] / (group['judged_count'] or 1)
            group['bad_percent'] = 100 * share
            group['verdict'] = judge_share(share * customers, customers, usual, least, tests)
        return groups

    # -- texts and tables -----------------------------------------------------------------------------------------

    def _number(self, value, digits=1):
        return "–" if value is None else formatLang(self.env, value, digits=digits)

    def _band(self, low, high):
        if low is None:
            return self.env._("below %s", high)
        return self.env._("%s or more", low) if high is None else f"{low} – {high}"

    @api.model
    def _list(self, texts):
        return Markup("<ul class='mb-2'>%s</ul>") % Markup().join(Markup("<li>%s</li>") % text for text in texts)

    def _html(self, table):
        """Return a table of the workbook as HTML."""
        kinds = [kind for _heading, kind in table.columns]
        return Markup("<table class='table table-sm table-bordered w-auto'><thead><tr>%s</tr></thead>"
                      "<tbody>%s</tbody></table>") % (
            Markup().join(
                Markup("<th class='%s px-3'>%s</th>") % ('text-end' if place else '', heading)
                for place, (heading, _kind) in enumerate(table.columns)
            ),
            Markup().join(Markup("<tr>%s</tr>") % Markup().join(
                Markup("<td class='%s px-3'>%s</td>") % (
                    'text-end' if place else '',
                    self._number(cell, EXCEL_DIGITS[kind]) if kind in EXCEL_DIGITS else cell,
                ) for place, (cell, kind) in enumerate(zip(row, kinds, strict=True))
            ) for row in table.rows),
        )

    # -- Excel ----------------------------------------------------------------------------------------------------

    def _export(self):
        """Return the report as a workbook, with headings in the user's language.

        :return: (file name, bytes of an xlsx file)
        :raise AccessError: the user may not read the report
        """
        self.check_access('read')
        self._check_may_read(self.company_id)
        report = self.sudo()    # the user has been checked
        judged = [row for row in proof.rated_customers(self.env, report._outcome_ids()) if row.is_judged]
        shown = report._periods()
        tables = [report._summary_table(), *map(report._rows_table, EXCEL_COLUMNS)]
        if judged:
            tables.append(report._separation_table(report._found_separation(judged)))
        tables += [report._moves_table(*report._found_moves(shown)), report._stability_table(shown)]
        name = " ".join([self.env._("Does the Scheme Work?").rstrip("?？"), self.company_id.name, self.name])
        return f"{name}.xlsx", workbook.build(tables)

    def _summary_table(self):
        names = [
            'verdict', 'quarters', 'rating_count', 'customer_count', 'good_count', 'bad_count', 'unjudged_count',
            'definition', 'left_out', *(('auc', 'gini') if self.good_count and self.bad_count else ()),
        ]
        labels = self.fields_get(names, ['string'])
        return Table(
            self.env._("Summary"), [(self.env._("Figure"), 'text'), (self.env._("Value"), '')],
            [[self.env._("Company"), self.company_id.name], *([labels[name]['string'], self[name]] for name in names)],
        )

    def _rows_table(self, part):
        """Return the rows of a part of the report."""
        names = EXCEL_COLUMNS[part]
        columns = self.row_ids.fields_get(names, ['string', 'selection'])

        def cell(row, name):
            value = row[name]
            if name in CONDITIONS and not row[CONDITIONS[name]]:
                return None
            if name == 'indicator_id':
                return value.name
            return dict(columns[name]['selection']).get(value) if 'selection' in columns[name] else value

        return Table(
            self.fields_get([part], ['string'])[part]['string'],
            [(columns[name]['string'], EXCEL_KINDS[name]) for name in names],
            [[cell(row, name) for name in names] for row in self[part]],
        )
