from collections import Counter, defaultdict
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import float_compare

from ..engine import rescore, workbook
from ..engine.periods import Quarter
from ..engine.stored_sheets import read_outcomes, read_sheets
from ..tools.roles import FINANCE, MANAGER
from .tianyuan_scheme_comparison_choice import MOST_QUARTERS

MOST_SHEETS = 40_000    # All are kept in memory while they are scored.


class PastQuarter(NamedTuple):
    """What sheets of a channel a quarter has."""

    computed: int = 0
    confirmed: bool = False    # of the computed ones, at least one
    imported: int = 0


class TianyuanSchemeComparison(models.TransientModel):
    """What a draft scheme would have given for the sheets of up to eight past quarters, from their stored values.

    It is compared with the ratings as they were given, or with what another scheme would have given; both are judged by
    what the customers did afterwards. Ratings, customers and history are only read. Only :meth:`_open` creates
    comparisons, so users can't enter values.
    """

    _name = 'tianyuan.scheme.comparison'
    _description = "Scheme Comparison"
    _inherit = ['tianyuan.scheme.movement.mixin', 'tianyuan.plain.text.mixin']

    name = fields.Char(readonly=True)
    scheme_id = fields.Many2one('tianyuan.rating.scheme', required=True, readonly=True, ondelete='cascade')
    champion_id = fields.Many2one(
        'tianyuan.rating.scheme', string="Compared With", readonly=True, ondelete='cascade',
        help="Empty: with the ratings as they were given.",
    )
    channel = fields.Selection(related='scheme_id.channel')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    earlier_date = fields.Date(readonly=True, export_string_translation=False)
    later_date = fields.Date(readonly=True, export_string_translation=False)
    quarter_count = fields.Integer(string="Quarters Compared", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    imported_count = fields.Integer(string="Imported Sheets Left Out", readonly=True)
    warnings = fields.Html(readonly=True)
    verdicts = fields.Html(string="Which Ranks Better", readonly=True)
    bad_by_tier = fields.Html(string="Turned Out Bad by Tier", readonly=True)
    nobody_count = fields.Integer(
        string="Reached by Nobody", readonly=True,
        help="Levels, tiers and demands for full marks of the draft that no compared sheet has met.",
    )
    everybody_count = fields.Integer(
        string="Reached by Everybody", readonly=True,
        help="Levels, tiers and demands for full marks of the draft that every compared sheet has met: they tell "
             "nobody apart.",
    )
    line_ids = fields.One2many('tianyuan.scheme.comparison.line', 'comparison_id', readonly=True)
    indicator_ids = fields.One2many('tianyuan.scheme.comparison.indicator', 'comparison_id', readonly=True)
    quarter_ids = fields.One2many('tianyuan.scheme.comparison.quarter', 'comparison_id', readonly=True)
    contest_ids = fields.One2many('tianyuan.scheme.comparison.contest', 'comparison_id', readonly=True)
    level_ids = fields.One2many('tianyuan.scheme.comparison.level', 'comparison_id', readonly=True)
    draft_level_ids = fields.One2many(
        'tianyuan.scheme.comparison.level', 'comparison_id', string="Levels of the Draft", readonly=True,
        domain=[('is_draft', '=', True)],
    )
    champion_level_ids = fields.One2many(
        'tianyuan.scheme.comparison.level', 'comparison_id', string="Levels It Is Compared With", readonly=True,
        domain=[('is_draft', '=', False)],
    )

    def action_earlier(self):
        """Compare with the previous quarter that has sheets, alone."""
        return self._compare_with(self.earlier_date)

    def action_later(self):
        """Compare with the next quarter that has sheets, alone."""
        return self._compare_with(self.later_date)

    def action_choose(self):
        """Ask with which quarters and which scheme to compare.

        :return: action
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Choose What to Compare"),
            'res_model': 'tianyuan.scheme.comparison.choice',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_comparison_id': self.id},
        }

    def action_view_lines(self):
        """Open the customers whose result changes; ``search_default_…`` in the context filters them.

        :return: action
        """
        return self._open_part(
            'tianyuan.scheme.comparison.line', self.env._("Customers Who Change: %s", self.name), 'list,pivot',
        )

    def action_view_levels(self):
        """Open how many sheets each level gives points to; ``search_default_…`` in the context filters them.

        :return: action
        """
        return self._open_part(
            'tianyuan.scheme.comparison.level', self.env._("Levels Reached: %s", self.name), 'list',
        )

    def action_export(self):
        """Download the comparison as an Excel file.

        :return: action
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_url',
            'url': f'/tianyuan/scheme_comparison/{self.id}/xlsx',
            'target': 'download',
        }

    def _open_part(self, model, name, view_mode):
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': model,
            'view_mode': view_mode,
            'domain': [('comparison_id', '=', self.id)],
            'context': {key: value for key, value in self.env.context.items() if key.startswith('search_default_')},
        }

    @api.model
    def _open(self, scheme):
        """Compare a scheme with the latest quarters that have confirmed sheets, else the latest that has any.

        :param scheme: ``tianyuan.rating.scheme``
        :return: action
        :raise AccessError: the user is neither manager nor finance assessor, or can't read the scheme
        :raise UserError: the channel has no sheets in the company
        """
        self._check_may_compare(scheme)
        # sudo: a branch's users may not read the company that it belongs to.
        company = (scheme.company_id or self.env.company).sudo().root_id
        quarters = self._quarters(company, scheme.channel)
        computed = [day for day, quarter in quarters.items() if quarter.computed]
        if not computed:
            raise UserError(self.env._(
                "There are no quarterly sheets of this channel in company %s to compare with. Rate a quarter first.",
                company.name,
            ))
        days = sorted(day for day in computed if quarters[day].confirmed)[-MOST_QUARTERS:] or [max(computed)]
        # sudo: the roles can only read these records; the right to compare has been checked above.
        comparison = self.sudo().create({'scheme_id': scheme.id, 'company_id': company.id})
        comparison._compare(days, quarters, is_all=len(days) < MOST_QUARTERS)
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': comparison.id,
            'view_mode': 'form',
        }

    @api.model
    def _check_may_compare(self, scheme):
        scheme.check_access('read')
        if not any(map(self.env.user.has_group, (FINANCE, MANAGER))):
            raise AccessError(self.env._("Only managers and finance assessors can compare rating schemes."))

    def _compare_with(self, day):
        """Compare with one quarter.

        :param date day: its first day; if empty, nothing changes
        """
        self.ensure_one()
        self.check_access('read')
        self._check_may_compare(self.scheme_id)
        if day:
            self.sudo()._compare([day], self._quarters(self.company_id, self.channel))
        return True

    def _choose(self, until, quarter_count, champion):
        """Compare with up to so many quarters, and with another scheme.

        Quarters without a confirmed sheet count only if they are asked for one by one.

        :param date until: a day of the last quarter
        :param int quarter_count: from 1 to 8
        :param champion: ``tianyuan.rating.scheme``, or empty for the ratings as they were given
        :raise UserError: no quarter up to the day has sheets
        """
        self.ensure_one()
        self.check_access('read')
        self._check_may_compare(self.scheme_id)
        quarters = self._quarters(self.company_id, self.channel)
        computed = sorted(day for day, quarter in quarters.items() if quarter.computed and day <= until)
        if not computed:
            raise UserError(self.env._(
                "No quarter up to %s has sheets of this channel that were computed here. Choose a later day.",
                until.isoformat(),
            ))
        confirmed = [day for day in computed if quarters[day].confirmed]
        days = computed[-1:] if quarter_count == 1 or not confirmed else confirmed[-quarter_count:]
        comparison = self.sudo()
        comparison.champion_id = champion
        comparison._compare(days, quarters, is_all=quarter_count > 1 and len(days) < quarter_count)

    @api.model
    def _quarters(self, company, channel):
        """Return the quarters with sheets of a channel.

        :return: dict of first day → :class:`PastQuarter`
        """
        groups = self.env['tianyuan.rating'].sudo()._read_group(Domain([
            ('company_id', '=', company.id), ('channel', '=', channel), ('kind', '=', 'quarterly'),
            ('state', 'not in', ('draft', 'cancelled')),
        ]), ['date_from:day', 'state', 'origin'], ['__count'])
        quarters = defaultdict(PastQuarter)
        for day, state, origin, count in groups:
            quarter = quarters[day]
            quarters[day] = quarter._replace(
                imported=quarter.imported + count,
            ) if origin == 'imported' else quarter._replace(
                computed=quarter.computed + count, confirmed=quarter.confirmed or state == 'confirmed',
            )
        return dict(quarters)

    def _minimums(self):
        """Return how many good and how many bad customers a verdict needs, as parameters of the contest."""
        number = self.company_id.tianyuan_proof_min_customers
        return {'min_goods': number, 'min_bads': number}

    def _compare(self, days, quarters, is_all=False):
        """Compute the comparison with quarters and store it.

        :param days: the first days of the quarters, the earliest first; the latest are compared of which the sheets are
            at most :data:`MOST_SHEETS`
        :param dict quarters: all quarters with sheets, see :meth:`_quarters`
        :param bool is_all: all earlier quarters would have been compared too, so imported sheets of theirs count as
            left out
        """
        self.ensure_one()
        asked, days = days, self._affordable(days, quarters)
        is_all = is_all and days == asked
        scope = (self.env, self.company_id, self.channel, days)
        sheets, outcomes = read_sheets(*scope), read_outcomes(*scope)
        schemes = self.env['tianyuan.rating.scheme'].browse({sheet.scheme for sheet in sheets if sheet.scheme})
        specs = {scheme.id: scheme._spec() for scheme in schemes | self.scheme_id | self.champion_id}
        tiers = self.env['tianyuan.rating.tier'].search([])
        rows = self._rows(sheets, specs, schemes, {tier.id: place for place, tier in enumerate(tiers)})
        Part = {name: self.env[f'tianyuan.scheme.comparison.{name}'] for name in (
            'line', 'indicator', 'quarter', 'contest', 'level')}
        levels = self._level_values(rows, specs, schemes)
        mine = Counter(values['reach'] for values in levels if values['is_draft'] and values['kind'] != 'none')
        parts = {
            'line_ids': Part['line']._values(rows),
            'indicator_ids': Part['indicator']._values(specs[self.scheme_id.id], rows),
            'quarter_ids': Part['quarter']._values(tiers, rows),
            'contest_ids': Part['contest']._values(rows, outcomes, self._minimums()),
            'level_ids': levels,
        }
        computed = [day for day, quarter in quarters.items() if quarter.computed]
        self.write({
            **self._period(days),
            'earlier_date': max((day for day in computed if day < days[-1]), default=False),
            'later_date': min((day for day in computed if day > days[-1]), default=False),
            'customer_count': len({sheet.partner for sheet in sheets}),
            'imported_count': sum(
                quarter.imported for day, quarter in quarters.items() if day <= days[-1] and (is_all or day >= days[0])
            ),
            'warnings': self._warnings(schemes, len(asked) - len(days)),
            **self._movement_values(tiers, rows),
            'bad_by_tier': self._bad_by_tier(tiers, rows, outcomes),
            'nobody_count': mine['nobody'],
            'everybody_count': mine['everybody'],
            **{name: [Command.clear(), *(
                Command.create({'company_id': self.company_id.id, **values}) for values in part
            )] for name, part in parts.items()},
        })
        self.verdicts = self.contest_ids._sentences()

    @api.model
    def _affordable(self, days, quarters):
        """Return the latest of the quarters whose sheets are few enough to be scored at once, at least one."""
        result, count = [], 0
        for day in reversed(days):
            count += quarters[day].computed
            if result and count > MOST_SHEETS:
                break
            result.insert(0, day)
        return result

    def _rows(self, sheets, specs, schemes, ranks):
        """Score all sheets by both schemes.

        :param specs: dict of scheme id → :class:`SchemeSpec`
        :param schemes: the schemes of the sheets
        :param dict ranks: tier id → position, best first
        :return: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`
        """
        draft, champion = self.scheme_id, self.champion_id
        counterparts = self._counterparts(schemes, draft | champion)
        result = []
        for sheet in sheets:
            own = specs[sheet.scheme].lines if sheet.scheme else {}
            before = rescore.rescore(
                specs[champion.id], sheet, own, counterparts[champion.id],
            ) if champion else rescore.as_rated(sheet, own)
            after = rescore.rescore(specs[draft.id], sheet, own, counterparts[draft.id])
            result.append(rescore.Compared(sheet, before, after, rescore.direction(ranks, before, after)))
        return result

    def _counterparts(self, schemes, others):
        """Return the levels in other schemes of those that were picked under the sheets' own schemes.

        :param schemes: the schemes of the sheets
        :param others: the schemes that score them
        :return: dict of other scheme's id → dict of level id → level there
        """
        levels = defaultdict(list)    # (scheme, indicator) → levels, best first
        for level in self.env['tianyuan.rating.level'].search([
            ('scheme_line_id.scheme_id', 'in', (schemes | others).ids),
        ], order='points desc, id'):
            line = level.scheme_line_id
            levels[line.scheme_id, line.indicator_id].append(rescore.NamedLevel(level.id, level.name, level.points))
        result = {other.id: {} for other in others}
        for (scheme, indicator), old in levels.items():
            if scheme in schemes:
                for other in others:
                    result[other.id] |= rescore.match_levels(old, levels.get((other, indicator), []))
        return result

    def _level_values(self, rows, specs, schemes):
        """Return the values of the levels of the draft, then of the scheme or schemes it is compared with."""
        Level, draft, champion = self.env['tianyuan.scheme.comparison.level'], self.scheme_id, self.champion_id
        result = Level._values(draft, specs[draft.id], [row.after for row in rows], is_draft=True)
        for scheme in champion or schemes:
            results = [row.before for row in rows if champion or row.sheet.scheme == scheme.id]
            result += Level._values(scheme, specs[scheme.id], results, is_draft=False)
        return result

    def _period(self, days):
        """Return name and dates of the comparison with quarters."""
        first, last = Quarter.containing(days[0]), Quarter.containing(days[-1])
        if len(days) == 1:
            name = self.env._(
                "%(scheme)s compared with %(quarter)s", scheme=self.scheme_id.name, quarter=last.name,
            )
        else:
            name = self.env._(
                "%(scheme)s compared with %(count)s quarters, %(first)s to %(last)s",
                scheme=self.scheme_id.name, count=len(days), first=first.name, last=last.name,
            )
        return {'name': name, 'date_from': first.date_from, 'date_to': last.date_to, 'quarter_count': len(days)}

    def _warnings(self, schemes, left_out):
        """Return hints for reading the comparison.

        :param schemes: the schemes of the sheets
        :param int left_out: quarters that were asked for, but would have been too many sheets
        :return: Markup, or False
        """
        draft = self.scheme_id
        result = []
        if float_compare(draft.total_points, 100, precision_digits=2):
            result.append(self.env._(
                "The draft totals %s points. It must total 100 to be activated; until then scores and tiers "
                "can't be compared one to one.", f"{draft.total_points:g}",
            ))
        if not draft.threshold_ids:
            result.append(self.env._("The draft has no tiers yet, so every customer ends up without a tier."))
        empty = draft.line_ids.filtered(lambda line: not line.level_ids)
        if empty:
            result.append(self.env._(
                "Without levels in the draft, so without points for a value: %s.",
                empty.mapped('indicator_id.name'),
            ))
        if not result:
            try:
                draft._check_complete()
            except ValidationError as error:
                result.append(error.args[0])
        basis = (draft.volume_basis, draft.grace_days, draft.apply_unmatched_credits)
        if any(
            (scheme.volume_basis, scheme.grace_days, scheme.apply_unmatched_credits) != basis for scheme in schemes
        ):
            result.append(self.env._(
                "The draft counts purchases on another basis or grants other grace days than the sheets were "
                "computed with. The stored values don't reflect that.",
            ))
        if left_out:
            result.append(self.env._(
                "%(count)s earlier quarters are left out: more than %(most)s sheets aren't compared at once. Choose an "
                "earlier day to compare them.", count=left_out, most=MOST_SHEETS,
            ))
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % text for text in result
        ) if result else False

    @api.model
    def _bad_by_tier(self, tiers, rows, outcomes):
        """Return a table with the share of customers who turned out bad, by tier before and after.

        :param tiers: all tiers, the best first
        :param rows: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`
        :param dict outcomes: horizon → dict of sheet id → whether the customer turned out bad
        :return: Markup, or False if nothing has been judged
        """
        columns, seen = [], set()
        headings = {'before': self.env._("Compared With"), 'after': self.env._("With the Draft")}
        for horizon, label in self.env['tianyuan.scheme.comparison.contest']._fields[
                'horizon']._description_selection(self.env):
            bad = outcomes.get(horizon, {})
            for side, heading in headings.items():
                counts, bads = Counter(), Counter()
                for row in rows:
                    if row.sheet.id in bad:
                        counts[getattr(row, side).tier] += 1
                        bads[getattr(row, side).tier] += bad[row.sheet.id]
                if counts:
                    seen.update(counts)
                    columns.append((label, heading, counts, bads))
        if not columns:
            return False
        names = [(tier.id, tier.name) for tier in tiers if tier.id in seen]
        names += [(None, self.env._("No tier"))] if None in seen else []
        return Markup(
            "<table class='table table-sm table-bordered w-auto'><thead><tr><th>%s</th>%s</tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (
            self.env._("Tier"),
            Markup().join(
                Markup("<th class='text-end px-3'>%s<br/>%s</th>") % (label, heading)
                for label, heading, _counts, _bads in columns
            ),
            Markup().join(
                Markup("<tr><th>%s</th>%s</tr>") % (name, Markup().join(
                    Markup("<td class='text-end px-3'>%s</td>") % self._share_text(counts[tier], bads[tier])
                    for _label, _heading, counts, bads in columns
                )) for tier, name in names
            ),
        )

    @api.model
    def _share_text(self, count, bad):
        if not count:
            return "–"
        return self.env._(
            "%(share)s %% bad (%(bad)s of %(count)s)", share=f"{100 * bad / count:.1f}", bad=bad, count=count,
        )

    def _export(self):
        """Return the comparison as a workbook, with headings in the user's language.

        :return: (file name, bytes of an xlsx file)
        :raise AccessError: the user didn't open the comparison
        """
        self.ensure_one()
        self.check_access('read')
        return f"{self.name}.xlsx", workbook.build([
            self._facts_table(),
            self._part_table(self.env._("Which Ranks Better"), self.contest_ids, (
                'horizon', 'name', 'customer_count', 'bad_customer_count', 'sheet_count', 'bad_count', 'old_auc',
                'new_auc', 'difference', 'low', 'high', 'verdict',
            ), {
                'old_auc': 'has_ranking', 'new_auc': 'has_ranking', 'difference': 'has_ranking', 'low': 'has_interval',
                'high': 'has_interval',
            }),
            self._part_table(self.env._("Quarters"), self.quarter_ids, (
                'name', 'sheet_count', 'open_count', 'up_count', 'down_count', 'class_count', 'same_count',
                'old_average', 'new_average', 'old_key_count', 'new_key_count', 'old_major_count', 'new_major_count',
            )),
            self._part_table(self.env._("Indicators"), self.indicator_ids, (
                'indicator_id', 'max_points', 'old_average', 'new_average', 'rescored_count', 'kept_count',
                'no_value_count',
            )),
            self._part_table(self.env._("Levels"), self.level_ids, (
                'scheme_id', 'kind', 'indicator_id', 'name', 'bound', 'points', 'sheet_count', 'base_count', 'share',
                'reach',
            ), {'bound': 'has_bound', 'points': 'has_points', 'share': 'base_count'}),
            self._part_table(self.env._("Customers Who Change"), self.line_ids, (
                'partner_id', 'user_id', 'quarter', 'direction', 'old_score', 'new_score', 'score_change',
                'old_tier_id', 'new_tier_id', 'old_class', 'new_class', 'rating_state',
            )),
        ])

    def _facts_table(self):
        """Return the figures over all quarters, before and after."""
        rows = [
            [self.env._("Average Score"), self.old_average, self.new_average],
            [self.env._("Key Customers"), self.old_key_count, self.new_key_count],
            [self.env._("Major Accounts"), self.old_major_count, self.new_major_count],
        ]
        labels = self.fields_get(
            ['quarter_count', 'customer_count', 'sheet_count', 'open_count', 'imported_count', 'up_count', 'down_count',
             'class_count', 'same_count', 'nobody_count', 'everybody_count'], ['string'],
        )
        rows += [[label['string'], None, self[name]] for name, label in labels.items()]
        return workbook.Table(
            self.env._("Comparison"),
            [(self.name, 'text'), (self.env._("Compared With"), 'decimal'), (self.env._("With the Draft"), 'decimal')],
            [[self.env._("Compared With"), self.champion_id.name or self.env._("Ratings as given"), None], *rows],
        )

    @api.model
    def _part_table(self, title, records, names, conditions=None):
        """Return records as a table of a workbook, with their fields' labels as headings.

        :param dict conditions: field → field that says whether it has a value; otherwise the cell stays empty
        """
        conditions = conditions or {}
        kinds = {'float': 'decimal', 'integer': 'number'}
        columns = records.fields_get(names, ['string', 'type', 'selection'])
        selections = {name: dict(columns[name]['selection']) for name in names if 'selection' in columns[name]}

        def value(record, name):
            if name in conditions and not record[conditions[name]]:
                return None
            if columns[name]['type'] == 'many2one':
                return record[name].display_name
            if name in selections:
                return selections[name].get(record[name])
            return record[name]

        return workbook.Table(
            title,
            [(columns[name]['string'], kinds.get(columns[name]['type'], 'text')) for name in names],
            [[value(record, name) for name in names] for record in records],
        )
