from collections import Counter, defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import float_compare

from ..engine import rescore
from ..engine.periods import Quarter
from ..engine.stored_sheets import read_sheets
from ..tools.roles import FINANCE, MANAGER


class TianyuanSchemeComparison(models.TransientModel):
    """The result that a scheme would have given for the sheets of a past quarter, from their stored values.

    Ratings, customers and history are only read. Only :meth:`_open` creates comparisons, so users can't enter values.
    """

    _name = 'tianyuan.scheme.comparison'
    _description = "Scheme Comparison"
    _inherit = ['tianyuan.plain.text.mixin']

    name = fields.Char(readonly=True)
    scheme_id = fields.Many2one('tianyuan.rating.scheme', required=True, readonly=True, ondelete='cascade')
    channel = fields.Selection(related='scheme_id.channel')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    earlier_date = fields.Date(readonly=True, export_string_translation=False)
    later_date = fields.Date(readonly=True, export_string_translation=False)
    warnings = fields.Html(readonly=True)
    sheet_count = fields.Integer(string="Sheets Compared", readonly=True)
    open_count = fields.Integer(string="Not Confirmed Yet", readonly=True)
    up_count = fields.Integer(string="Up", readonly=True)
    down_count = fields.Integer(string="Down", readonly=True)
    class_count = fields.Integer(string="Class Only", readonly=True)
    same_count = fields.Integer(string="Unchanged", readonly=True)
    old_average = fields.Float(string="Average Score Before", readonly=True, digits=(5, 2))
    new_average = fields.Float(string="Average Score After", readonly=True, digits=(5, 2))
    old_key_count = fields.Integer(string="Key Customers Before", readonly=True)
    new_key_count = fields.Integer(string="Key Customers After", readonly=True)
    old_major_count = fields.Integer(string="Major Accounts Before", readonly=True)
    new_major_count = fields.Integer(string="Major Accounts After", readonly=True)
    matrix = fields.Html(string="From Tier to Tier", readonly=True)
    line_ids = fields.One2many('tianyuan.scheme.comparison.line', 'comparison_id', readonly=True)
    indicator_ids = fields.One2many('tianyuan.scheme.comparison.indicator', 'comparison_id', readonly=True)

    def action_earlier(self):
        """Compare with the previous quarter that has sheets."""
        return self._compare_again('earlier_date')

    def action_later(self):
        """Compare with the next quarter that has sheets."""
        return self._compare_again('later_date')

    def action_view_lines(self):
        """Open the customers whose result changes; ``search_default_…`` in the context filters them.

        :return: action
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customers Who Change: %s", self.name),
            'res_model': 'tianyuan.scheme.comparison.line',
            'view_mode': 'list,pivot',
            'domain': [('comparison_id', '=', self.id)],
            'context': {key: value for key, value in self.env.context.items() if key.startswith('search_default_')},
        }

    @api.model
    def _open(self, scheme):
        """Compare a scheme with the latest quarter that has confirmed sheets, else that has any.

        :param scheme: ``tianyuan.rating.scheme``
        :return: action
        :raise AccessError: the user is neither manager nor finance assessor, or can't read the scheme
        :raise UserError: the channel has no sheets in the company
        """
        self._check_may_compare(scheme)
        company = scheme.company_id or self.env.company
        quarters = self._quarters(company, scheme.channel)
        if not quarters:
            raise UserError(self.env._(
                "There are no quarterly sheets of this channel in company %s to compare with. Rate a quarter first.",
                company.name,
            ))
        latest = max((day for day, confirmed in quarters.items() if confirmed), default=max(quarters))
        # sudo: the roles can only read these records; the right to compare has been checked above.
        comparison = self.sudo().create({'scheme_id': scheme.id, 'company_id': company.id})
        comparison._compare(latest, quarters)
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

    def _compare_again(self, name):
        self.ensure_one()
        self.check_access('read')
        self._check_may_compare(self.scheme_id)
        day = self[name]
        if day:
            self.sudo()._compare(day, self._quarters(self.company_id, self.channel))
        return True

    @api.model
    def _quarters(self, company, channel):
        """Return the quarters with sheets of a channel.

        :return: dict of first day → whether a sheet is confirmed
        """
        groups = self.env['tianyuan.rating'].sudo()._read_group(Domain([
            ('company_id', '=', company.id), ('channel', '=', channel), ('kind', '=', 'quarterly'),
            ('state', 'not in', ('draft', 'cancelled')), ('origin', '=', 'computed'),
        ]), ['date_from:day', 'state'])
        quarters = defaultdict(bool)
        for day, state in groups:
            quarters[day] |= state == 'confirmed'
        return quarters

    def _compare(self, date_from, quarters):
        """Compute the comparison with a quarter and store it.

        :param date date_from: the quarter's first day
        :param quarters: the first days of all quarters with sheets
        """
        self.ensure_one()
        quarter = Quarter.containing(date_from)
        sheets = read_sheets(self.env, self.company_id, self.channel, date_from)
        schemes = self.env['tianyuan.rating.scheme'].browse({sheet.scheme for sheet in sheets if sheet.scheme})
        spec = self.scheme_id._spec()
        own = {scheme.id: scheme._spec().lines for scheme in schemes}
        level_points = self._level_points(schemes)
        outcomes = [rescore.rescore(spec, sheet, own.get(sheet.scheme), level_points) for sheet in sheets]
        tiers = self.env['tianyuan.rating.tier'].search([])
        ranks = {tier.id: place for place, tier in enumerate(tiers)}
        rows = [
            (sheet, outcome, rescore.direction(ranks, sheet, outcome))
            for sheet, outcome in zip(sheets, outcomes, strict=True)
        ]
        self.write({
            'name': self.env._(
                "%(scheme)s compared with %(quarter)s", scheme=self.scheme_id.name, quarter=quarter.name,
            ),
            'date_from': quarter.date_from,
            'date_to': quarter.date_to,
            'earlier_date': max((day for day in quarters if day < date_from), default=False),
            'later_date': min((day for day in quarters if day > date_from), default=False),
            'warnings': self._warnings(schemes),
            **self._totals(rows),
            'matrix': self._matrix(tiers, Counter((sheet.tier, outcome.tier) for sheet, outcome, _move in rows)),
            'line_ids': [Command.clear(), *(
                Command.create(self._line_vals(*row)) for row in rows if row[2] != 'same'
            )],
            'indicator_ids': [Command.clear(), *map(Command.create, self._indicator_vals(spec, rows))],
        })

    def _level_points(self, schemes):
        """Return the points in the draft of the levels that were picked under the sheets' own schemes.

        :return: dict of level id → points
        """
        levels = defaultdict(list)    # (scheme, indicator) → levels, best first
        for level in self.env['tianyuan.rating.level'].search([
            ('scheme_line_id.scheme_id', 'in', (schemes | self.scheme_id).ids),
        ], order='points desc, id'):
            line = level.scheme_line_id
            levels[line.scheme_id, line.indicator_id].append(rescore.NamedLevel(level.id, level.name, level.points))
        result = {}
        for (scheme, indicator), old in levels.items():
            if scheme in schemes:
                result |= rescore.match_levels(old, levels.get((self.scheme_id, indicator), []))
        return result

    def _warnings(self, schemes):
        """Return hints for reading the comparison.

        :param schemes: the schemes of the sheets
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
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % text for text in result
        ) if result else False

    @api.model
    def _totals(self, rows):
        """Return counts and averages over all sheets.

        :param rows: list of (:class:`StoredSheet`, :class:`Rescored`, direction)
        :return: dict of values
        """
        moves = Counter(move for _sheet, _outcome, move in rows)
        number = len(rows) or 1
        return {
            'sheet_count': len(rows),
            'open_count': sum(sheet.state != 'confirmed' for sheet, _outcome, _move in rows),
            **{f'{move}_count': moves[move] for move in ('up', 'down', 'class', 'same')},
            'old_average': sum(sheet.score for sheet, _outcome, _move in rows) / number,
            'new_average': sum(outcome.score for _sheet, outcome, _move in rows) / number,
            'old_key_count': sum(sheet.customer_class == 'key' for sheet, _outcome, _move in rows),
            'new_key_count': sum(outcome.customer_class == 'key' for _sheet, outcome, _move in rows),
            'old_major_count': sum(sheet.is_major for sheet, _outcome, _move in rows),
            'new_major_count': sum(outcome.is_major for _sheet, outcome, _move in rows),
        }

    def _line_vals(self, sheet, outcome, move):
        return {
            'company_id': self.company_id.id,
            'partner_id': sheet.partner,
            'rating_id': sheet.id,
            'direction': move,
            'old_score': sheet.score,
            'new_score': outcome.score,
            'score_change': round(outcome.score - sheet.score, 2),
            'old_tier_id': sheet.tier,
            'new_tier_id': outcome.tier,
            'old_class': sheet.customer_class,
            'new_class': outcome.customer_class,
            'old_is_major': sheet.is_major,
            'new_is_major': outcome.is_major,
        }

    def _indicator_vals(self, spec, rows):
        """Return the values of one row per indicator of the draft, then of those it drops.

        :return: list of values
        """
        number = len(rows) or 1
        before, after, ways = Counter(), Counter(), defaultdict(Counter)
        for sheet, outcome, _move in rows:
            for key, line in sheet.lines.items():
                before[key] += line.points
            for key, (points, how) in outcome.lines.items():
                after[key] += points
                ways[key][how] += 1
        return [{
            'company_id': self.company_id.id,
            'sequence': sequence,
            'indicator_id': key,
            'is_dropped': key not in spec.lines,
            'max_points': spec.lines[key].max_points if key in spec.lines else 0.0,
            'old_average': before[key] / number,
            'new_average': after[key] / number,
            'rescored_count': ways[key]['value'] + ways[key]['level'],
            'kept_count': ways[key]['kept'],
            'no_value_count': ways[key]['none'],
        } for sequence, key in enumerate([*spec.lines, *(key for key in before if key not in spec.lines)], start=1)]

    @api.model
    def _matrix(self, tiers, counts):
        """Return a table with the number of customers by old and new tier.

        :param tiers: all tiers, the best first
        :param dict counts: (old tier id, new tier id) → number of customers
        :return: Markup
        """
        seen = {tier for pair in counts for tier in pair}
        names = [(tier.id, tier.name) for tier in tiers if tier.id in seen] + [(None, self.env._("No tier"))]
        head = Markup().join(Markup("<th class='text-end px-3'>%s</th>") % name for _tier, name in names)
        body = Markup().join(
            Markup("<tr><th>%s</th>%s<td class='text-end fw-bold px-3'>%s</td></tr>") % (
                name,
                Markup().join(
                    self._matrix_cell(counts.get((old, new), 0), new_place - old_place)
                    for new_place, (new, _name) in enumerate(names)
                ),
                sum(counts.get((old, new), 0) for new, _name in names),
            )
            for old_place, (old, name) in enumerate(names)
        )
        foot = Markup().join(
            Markup("<td class='text-end fw-bold px-3'>%s</td>") % sum(counts.get((old, new), 0) for old, _name in names)
            for new, _name in names
        )
        return Markup(
            "<table class='table table-sm table-bordered w-auto'><thead><tr><th>%(corner)s</th>%(head)s"
            "<th class='text-end px-3'>%(total)s</th></tr></thead><tbody>%(body)s<tr><th>%(total)s</th>%(foot)s"
            "<td class='text-end fw-bold px-3'>%(all)s</td></tr></tbody></table>"
        ) % {
            'corner': self.env._("Before ↓ / After →"), 'head': head, 'total': self.env._("Total"), 'body': body,
            'foot': foot, 'all': sum(counts.values()),
        }

    @api.model
    def _matrix_cell(self, count, steps):
        if not count:
            return Markup("<td class='text-end text-muted px-3'>–</td>")
        color = 'table-danger' if steps > 0 else 'table-success' if steps else 'table-light'
        return Markup("<td class='text-end px-3 %s'>%s</td>") % (color, count)
