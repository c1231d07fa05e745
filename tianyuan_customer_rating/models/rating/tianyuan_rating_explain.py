from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...engine import explain, purchases, scoring
from ...engine.moves import PURCHASE_MOVE_TYPES
from ...engine.periods import Quarter
from ...tools.roles import FINANCE, MANAGER, SALES
from ...tools.text import listed

HISTORY_QUARTERS = 8


class TianyuanRating(models.Model):
    """Explains a sheet's score in plain words, and what the next tier needs (design §6).

    It also opens the invoices, orders and payments behind the numbers of a sheet, and tells the last eight quarters.
    """

    _inherit = 'tianyuan.rating'

    explanation = fields.Html(string="Why and What Next", compute='_compute_explanation')
    provisional_note = fields.Char(string="Points So Far", compute='_compute_provisional_note')
    movement = fields.Char(compute='_compute_movement')
    next_tier_note = fields.Char(string="Next Tier", compute='_compute_next_tier')
    shortest_way = fields.Char(compute='_compute_next_tier')
    bad_debt_note = fields.Char(compute='_compute_bad_debt_note')

    @api.depends(
        'score', 'tier_id', 'has_bad_debt', 'scheme_id', 'previous_rating_id',
        'line_ids.points', 'line_ids.max_points', 'line_ids.computed_points', 'line_ids.metric_value',
        'line_ids.has_value', 'line_ids.level_id', 'line_ids.origin', 'line_ids.note', 'line_ids.assessor_id',
    )
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        for sheet in self:
            if not sheet.line_ids or not sheet.scheme_id:
                sheet.explanation = False
            elif sheet.origin == 'imported':    # Its tier doesn't follow from the scheme.
                sheet.explanation = sheet._explain_lines()
            else:
                sheet.explanation = sheet._explain_lines() + sheet._explain_next()

    @api.depends('is_provisional', 'possible_score', 'score', 'line_ids.origin', 'line_ids.max_points')
    @api.depends_context('lang')
    def _compute_provisional_note(self):
        for sheet in self:
            missing = sheet.line_ids.filtered(lambda line: line.origin == 'missing')
            sheet.provisional_note = sheet.is_provisional and bool(sheet.line_ids) and self.env._(
                "%(score)s of %(assessed)s points so far, %(score)s–%(possible)s possible. To be assessed: %(missing)s",
                score=self._explain_number(sheet.score),
                assessed=self._explain_number(sum((sheet.line_ids - missing).mapped('max_points'))),
                possible=self._explain_number(sheet.possible_score),
                missing=listed(self.env, missing.mapped('indicator_id.name')),
            )

    @api.depends('is_provisional', 'previous_rating_id', 'previous_tier_id', 'tier_id', 'score_change')
    @api.depends_context('lang')
    def _compute_movement(self):
        for sheet in self:
            sheet.movement = not sheet.is_provisional and bool(sheet.previous_rating_id) and self.env._(
                "%(before)s → %(now)s, %(difference)s",
                before=sheet.previous_tier_id.name or self.env._("no tier"),
                now=sheet.tier_id.name or self.env._("no tier"),
                difference=self._explain_difference(sheet.score_change),
            )

    @api.depends('is_provisional', 'score', 'has_bad_debt', 'scheme_id', 'line_ids.points', 'line_ids.metric_value')
    @api.depends_context('lang')
    def _compute_next_tier(self):
        for sheet in self:
            if sheet.is_provisional or not sheet.line_ids or not sheet.scheme_id or sheet.origin == 'imported':
                sheet.next_tier_note = sheet.shortest_way = False
                continue
            advice = sheet._advice()
            sheet.next_tier_note = sheet._next_tier_note(advice)
            sheet.shortest_way = sheet._shortest_way(advice)

    @api.depends('has_bad_debt', 'bad_debt_amount', 'bad_debt_date', 'partner_id')
    @api.depends_context('uid', 'lang')
    def _compute_bad_debt_note(self):
        for sheet in self:
            # sudo: ``_may_read_bad_debt`` checks the rights to amount and date.
            known = sheet.sudo()
            if not sheet.has_bad_debt:
                sheet.bad_debt_note = False
            elif known.bad_debt_amount and sheet._may_read_bad_debt():
                sheet.bad_debt_note = self.env._(
                    "%(amount)s of bad debt since %(date)s: no tier is awarded.",
                    amount=formatLang(self.env, known.bad_debt_amount, currency_obj=sheet.currency_id),
                    date=format_date(self.env, known.bad_debt_date),
                )
            else:
                sheet.bad_debt_note = self.env._("Bad debt on record: no tier is awarded.")

    def _may_read_bad_debt(self):
        user = self.env.user
        return self.env.su or user.has_group(FINANCE) or user.has_group(MANAGER) or (
            user.has_group(SALES) and self.partner_id._tianyuan_is_own()
        )

    @api.model
    @api.readonly
    def get_history(self, partner_id, company_id=False, until=False, sheet_id=False):
        """Return score and tier of a customer's last eight rated quarters, oldest first, with one query.

        The user's record rules apply.

        :param int partner_id: commercial partner
        :param int company_id: company of the sheets; by default the user's
        :param until: first day of the last quarter; by default there is no limit
        :param int sheet_id: a sheet that is shown even if it isn't confirmed
        :return: list of dict of ``id``, ``quarter`` (name), ``score``, ``tier`` (name or None), ``color``,
            ``is_imported`` and ``is_provisional``
        :raise AccessError: the user may not read sheets
        """
        self.check_access('read')
        self.flush_model(['partner_id', 'company_id', 'kind', 'state', 'date_from', 'score', 'tier_id', 'origin'])
        self.env['tianyuan.rating.line'].flush_model(['rating_id', 'origin'])
        domain = Domain([
            ('partner_id', '=', partner_id),
            ('company_id', '=', company_id or self.env.company.root_id.id),
        ]) & (Domain([('kind', '=', 'quarterly'), ('state', '=', 'confirmed')]) | Domain('id', '=', sheet_id))
        if until:
            domain &= Domain('date_from', '<=', until)
        rows = self.env.execute_query_dict(SQL(
            """
            SELECT sheet.id, sheet.date_from, COALESCE(sheet.score, 0)::float8 AS score, tier.name AS tier,
                   COALESCE(tier.color, 0) AS color, sheet.origin = 'imported' AS is_imported,
                   sheet.state <> 'confirmed' AND EXISTS (
                       SELECT FROM tianyuan_rating_line line WHERE line.rating_id = sheet.id AND line.origin = 'missing'
                   ) AS is_provisional
              FROM tianyuan_rating sheet
              LEFT JOIN tianyuan_rating_tier tier ON tier.id = sheet.tier_id
             WHERE sheet.id IN (%s)
             ORDER BY sheet.date_from, sheet.id
            """,
            self._search(domain, order='date_from desc, id desc', limit=HISTORY_QUARTERS).subselect(),
        ))
        return [{**row, 'quarter': Quarter.containing(row.pop('date_from')).name} for row in rows]

    def action_open_purchases(self):
        """Open the invoices (or orders) of the quarter."""
        return self._open_purchases([self.quarter])

    def action_open_annual_purchases(self):
        """Open the invoices (or orders) of the year that decides on a major account."""
        self.ensure_one()
        year = self.annual_year
        return self._open_purchases([(date(year, 1, 1), date(year, 12, 31))])

    def action_open_explanation(self):
        """Open the comparison with the previous sheet, and the way to the next tier."""
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Why and What Next"),
            'res_model': self._name,
            'res_id': self.id,
            'views': [(self.env.ref('tianyuan_customer_rating.tianyuan_rating_view_form_explanation').id, 'form')],
            'target': 'new',
        }

    def action_open_payments(self):
        """Open the payments due in the quarter, with what was paid on time, late or not at all."""
        self.ensure_one()
        self.check_access('read')
        return self.env['tianyuan.payment.detail']._open(self)

    # -- explanations ----------------------------------------------------------------------------

    def _explain_lines(self):
        """Return each line with its points on this and the previous sheet, and the reason.

        :return: Markup
        """
        self.ensure_one()
        previous = self.previous_rating_id
        lines = {line.indicator_id: line for line in self.line_ids}
        missing = self.line_ids.filtered(lambda line: line.origin == 'missing').indicator_id
        then = {line.indicator_id: line.points for line in previous.line_ids}
        rows = Markup().join(
            Markup(
                "<tr><td>%s</td><td class='text-end text-nowrap'>%s</td><td class='text-end'>%s</td>"
                "<td class='text-end'>%s</td><td>%s</td></tr>"
            ) % (
                change.key.name,
                self._explain_points(lines.get(change.key)),
                "–" if change.then is None else self._explain_number(change.then),
                self._explain_difference(None if change.key in missing else change.difference),
                lines[change.key]._explain() if change.key in lines else
                self.env._("No longer part of the rating scheme."),
            )
            for change in explain.changes({indicator: line.points for indicator, line in lines.items()}, then)
        )
        return Markup(
            "<h3>%s</h3><p>%s</p><table class='table table-sm'><thead><tr><th>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th><th class='text-end'>%s</th><th>%s</th></tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (
            self.env._("Why"), self._explain_comparison(),
            self.env._("Indicator"), self.env._("Points"), self.env._("Before"), self.env._("Change"),
            self.env._("Reason"), rows,
        )

    def _explain_comparison(self):
        previous = self.previous_rating_id
        if not previous:
            return self.env._("There is no earlier confirmed rating to compare with.")
        if self.is_provisional:
            text = self.env._(
                "Compared with %(sheet)s: %(then)s points then, not all lines are assessed yet.",
                sheet=previous.name, then=self._explain_number(previous.score),
            )
        else:
            text = self.env._(
                "Compared with %(sheet)s: %(then)s points then, %(now)s now (%(difference)s).",
                sheet=previous.name, then=self._explain_number(previous.score), now=self._explain_number(self.score),
                difference=self._explain_difference(self.score_change),
            )
        if previous.state == 'confirmed':
            return text
        return text + " " + self.env._("That rating has been reopened since: its points may still change.")

    # -- next tier -------------------------------------------------------------------------------

    def _explain_next(self, best=None):
        """Return the shortest way to the next tier, or what prevents it.

        :param dict best: metric → the best value that can still be reached, for a quarter that isn't over
        :return: Markup
        """
        if self.is_provisional:
            return Markup("<h3>%s</h3><p>%s</p>") % (self.env._("What Next"), self.provisional_note)
        lines = {line.indicator_id.id: line for line in self.line_ids}
        advice = self._advice(best)
        sentences = [self._explain_standing(), *self._explain_obstacles(advice, lines)]
        steps = () if advice.has_bad_debt and advice.awarded else advice.steps or ()
        return Markup("<h3>%s</h3>%s%s") % (
            self.env._("What Next"),
            Markup().join(Markup("<p>%s</p>") % sentence for sentence in sentences if sentence),
            Markup("<ul>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % self._explain_step(step, lines[step.key]) for step in steps
            ) if steps else "",
        )

    def _advice(self, best=None):
        """Return the shortest way to the next tier.

        :param dict best: as for :meth:`_explain_next`
        :return: :class:`~odoo.addons.tianyuan_customer_rating.engine.explain.Advice`
        """
        self.ensure_one()
        # sudo: not every role may read schemes, but the sheet shows what follows from its scheme to all roles.
        spec = self.scheme_id.sudo()._spec()
        return explain.advise(spec.lines, spec.thresholds, {
            line.indicator_id.id: explain.mark(
                spec.lines.get(line.indicator_id.id), line.points, line.max_points,
                line.metric_value if line.has_value else None,
            )
            for line in self.line_ids
        }, self.has_bad_debt, best)

    def _next_tier_note(self, advice):
        """Return what the next tier needs, in one line.

        :param Advice advice: of this sheet
        :return: text, or False if the scheme has no tiers
        """
        if advice.has_bad_debt and advice.awarded:
            return self.env._("Without bad debt: tier %s.", self._explain_tier(advice.awarded))
        if not advice.target:
            return bool(advice.awarded) and self.env._("This is the best tier there is.")
        points, marks = self._points_needed(advice.target), self._marks_needed(advice)
        return self.env._(
            "For %(tier)s: %(conditions)s", tier=self._explain_tier(advice.target),
            conditions=self.env._("%(points)s, and %(marks)s", points=points, marks=marks) if points and marks
            else points or marks,
        )

    def _points_needed(self, target):
        """Return how many points a tier needs in addition, or None if the score is enough."""
        if scoring.reaches(target, self.score):
            return None
        more, bound = scoring.total([target.min_score, -self.score]), self._explain_number(target.min_score)
        if target.min_inclusive:
            return self.env._(
                "%(more)s points more: at least %(bound)s", more=self._explain_number(more), bound=bound,
            )
        if not more:
            return self.env._("over %s points", bound)
        return self.env._("%(more)s points more: over %(bound)s", more=self._explain_number(more), bound=bound)

    def _marks_needed(self, advice):
        names = self.env['tianyuan.rating.indicator'].browse(advice.full_marks).mapped('name')
        return self.env._("full marks for %s", listed(self.env, names)) if names else None

    def _shortest_way(self, advice):
        if not advice.target or (advice.has_bad_debt and advice.awarded):
            return False
        if advice.steps is None:
            return self.env._("Even the best levels don't lead there.")
        lines = {line.indicator_id.id: line for line in self.line_ids}
        return self.env._("The shortest way there: %s", "; ".join(
            self._explain_step(step, lines[step.key]) for step in advice.steps
        ))

    def _explain_standing(self):
        score = self._explain_number(self.score)
        if self.tier_id:
            return self.env._("%(score)s of 100 points: tier %(tier)s.", score=score, tier=self.tier_id.name)
        return self.env._("%s of 100 points: no tier.", score)

    def _explain_obstacles(self, advice, lines):
        """Return what stands between the sheet and the next tier, as sentences.

        :param Advice advice: of this sheet
        :param dict lines: indicator id → line
        :return: list of texts
        """
        result = []
        missing = self.line_ids.filtered(lambda line: line.origin == 'missing')
        if missing:
            result.append(self.env._(
                "Not final: still to be assessed: %s.", missing.mapped('indicator_id.name'),
            ))
        if advice.has_bad_debt:
            result.append(self.env._("Bad debt stands in the way: as long as it is open, no tier is awarded."))
            if advice.awarded:
                return [*result, self.env._(
                    "Without it these points bring tier %s.", self._explain_tier(advice.awarded),
                )]
        if not advice.target:
            return [*result, self.env._("This is the best tier there is.")] if advice.awarded else result
        tier, bound = self._explain_tier(advice.target), self._explain_number(advice.target.min_score)
        if advice.target.min_inclusive:
            result.append(self.env._("Tier %(tier)s needs at least %(bound)s points.", tier=tier, bound=bound))
        else:
            result.append(self.env._("Tier %(tier)s needs more than %(bound)s points.", tier=tier, bound=bound))
        result += [self._explain_full_marks(lines.get(key), key, tier) for key in advice.full_marks]
        if advice.steps is None:
            result.append(self.env._("Even the best levels don't lead there."))
        else:
            result.append(self.env._("The shortest way there:"))
        return result

    def _explain_full_marks(self, line, indicator_id, tier):
        indicator = line.indicator_id if line else self.env['tianyuan.rating.indicator'].browse(indicator_id)
        return self.env._(
            "Missing full marks stand in the way: tier %(tier)s demands them in %(indicator)s (now %(points)s).",
            tier=tier, indicator=indicator.name, points=self._explain_points(line),
        )

    def _explain_step(self, step, line):
        gain = self._explain_number(step.gain)
        if step.mark.value is not None:
            return self.env._(
                "%(indicator)s from %(value)s to %(bound)s: +%(gain)s",
                indicator=line.indicator_id.name, value=self._explain_number(step.mark.value, 4),
                bound=self._explain_number(step.level.bound, 4), gain=gain,
            )
        return self.env._(
            "%(indicator)s from %(points)s points to “%(level)s”: +%(gain)s",
            indicator=line.indicator_id.name, points=self._explain_number(line.points),
            level=self.env['tianyuan.rating.level'].browse(step.level.id).name, gain=gain,
        )

    # -- texts -----------------------------------------------------------------------------------

    def _explain_tier(self, threshold):
        return self.env['tianyuan.rating.tier'].browse(threshold.tier).name

    def _explain_points(self, line):
        if not line:
            return "–"
        points = "–" if line.origin == 'missing' else self._explain_number(line.points)
        return f"{points} / {self._explain_number(line.max_points)}"

    def _explain_difference(self, difference):
        if difference is None:
            return "–"
        return ("+" if difference > 0 else "") + self._explain_number(difference)

    @api.model
    def _explain_number(self, value, decimals=2):
        """Format a number in the user's language, without trailing zeros."""
        shown = f"{value:.{decimals}f}".rstrip('0')
        return formatLang(self.env, float(shown) + 0.0, digits=len(shown.partition('.')[2]))

    def _open_growth(self):
        return self._open_purchases([self.quarter, self.quarter.year_before()])

    def _open_cooperation(self):
        """Open what the cooperation time is computed from: the archive, or else all invoices."""
        if not self.partner_id.sudo().tianyuan_cooperation_start_date:
            return self._open_invoices([(date.min, self.date_to)])
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'res.partner',
            'res_id': self.partner_id.id,
            'view_mode': 'form',
        }

    def _open_purchases(self, periods):
        """Open the invoices or orders behind purchases.

        :param periods: pairs of first and last day
        :return: action; the user's record rules apply
        """
        self.ensure_one()
        self.check_access('read')
        if self.sudo().scheme_id.volume_basis == 'ordered':
            return self._open_orders(periods)
        return self._open_invoices(periods)

    def _open_invoices(self, periods):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Invoices of %s", self.name),
            'res_model': 'account.move',
            'view_mode': 'list,form,pivot',
            'views': [(self.env.ref('account.view_out_invoice_tree').id, 'list'), (False, 'form'), (False, 'pivot')],
            'domain': list(Domain([
                ('company_id', 'child_of', self.company_id.id),
                ('commercial_partner_id', '=', self.partner_id.id),
                ('move_type', 'in', PURCHASE_MOVE_TYPES),
                ('state', '=', 'posted'),
            ]) & Domain.OR(
                Domain([('invoice_date', '>=', str(first)), ('invoice_date', '<=', str(last))])
                for first, last in periods
            )),
            'context': {'create': False},
        }

    def _open_orders(self, periods):
        company = self.company_id.sudo()
        bounds = [purchases.datetime_bounds(company, period) for period in periods]
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Orders of %s", self.name),
            'res_model': 'sale.order',
            'view_mode': 'list,form,pivot',
            'domain': list(Domain([
                ('company_id', 'child_of', self.company_id.id),
                ('partner_id.commercial_partner_id', '=', self.partner_id.id),
                ('state', '=', 'sale'),
            ]) & Domain.OR(
                Domain([
                    ('date_order', '>=', fields.Datetime.to_string(since)),
                    ('date_order', '<', fields.Datetime.to_string(until)),
                ]) for since, until in bounds
            )),
            'context': {'create': False},
        }
