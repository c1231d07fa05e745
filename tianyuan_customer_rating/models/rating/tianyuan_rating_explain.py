from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ...engine import explain, purchases
from ...engine.moves import PURCHASE_MOVE_TYPES


class TianyuanRating(models.Model):
    """Explains a sheet's score in plain words, and what the next tier needs (design §6).

    It also opens the invoices, orders and payments behind the numbers of a sheet.
    """

    _inherit = 'tianyuan.rating'

    explanation = fields.Html(string="Why and What Next", compute='_compute_explanation')

    @api.depends(
        'score', 'tier_id', 'has_bad_debt', 'scheme_id', 'previous_rating_id',
        'line_ids.points', 'line_ids.max_points', 'line_ids.computed_points', 'line_ids.metric_value',
        'line_ids.has_value', 'line_ids.level_id', 'line_ids.origin', 'line_ids.note', 'line_ids.assessor_id',
    )
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        for sheet in self:
            sheet.explanation = (
                sheet._explain_lines() + sheet._explain_next() if sheet.line_ids and sheet.scheme_id else False
            )

    def action_open_purchases(self):
        """Open the invoices (or orders) of the quarter."""
        return self._open_purchases([self.quarter])

    def action_open_annual_purchases(self):
        """Open the invoices (or orders) of the year that decides on a major account."""
        self.ensure_one()
        year = self.annual_year
        return self._open_purchases([(date(year, 1, 1), date(year, 12, 31))])

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
        then = {line.indicator_id: line.points for line in previous.line_ids}
        rows = Markup().join(
            Markup(
                "<tr><td>%s</td><td class='text-end text-nowrap'>%s</td><td class='text-end'>%s</td>"
                "<td class='text-end'>%s</td><td>%s</td></tr>"
            ) % (
                change.key.name,
                self._explain_points(lines.get(change.key)),
                "–" if change.then is None else self._explain_number(change.then),
                self._explain_difference(change.difference),
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
        self.ensure_one()
        # sudo: not every role may read schemes, but the sheet shows what follows from its scheme to all roles.
        spec = self.scheme_id.sudo()._spec()
        lines = {line.indicator_id.id: line for line in self.line_ids}
        advice = explain.advise(spec.lines, spec.thresholds, {
            key: explain.mark(
                spec.lines.get(key), line.points, line.max_points, line.metric_value if line.has_value else None,
            )
            for key, line in lines.items()
        }, self.has_bad_debt, best)
        sentences = [self._explain_standing(), *self._explain_obstacles(advice, lines)]
        steps = () if advice.has_bad_debt and advice.awarded else advice.steps or ()
        return Markup("<h3>%s</h3>%s%s") % (
            self.env._("What Next"),
            Markup().join(Markup("<p>%s</p>") % sentence for sentence in sentences if sentence),
            Markup("<ul>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % self._explain_step(step, lines[step.key]) for step in steps
            ) if steps else "",
        )

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
        return f"{self._explain_number(line.points)} / {self._explain_number(line.max_points)}"

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
