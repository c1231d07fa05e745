from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, float_compare, format_date
from odoo.tools.misc import formatLang

from ...engine import scoring
from ...tools.text import listed
from .tianyuan_rating_indicator import RESPONSIBILITIES, SOURCES

# Fields that users may write; all other fields are computed from them.
ASSESSMENT_FIELDS = {'metric_value', 'level_id', 'points', 'note'}
WAN = 10_000    # Chinese readers count money in 万.
NAMED_ROWS = 10    # maximum number of rows that a message names


class TianyuanRatingLine(models.Model):
    """One indicator of a sheet: a snapshot of its number, its points and their origin.

    Lists of lines show the previous quarter beside the new one, and many lines can be filled in and submitted at once.

    The line explains its points from its own stored values.
    """

    _name = 'tianyuan.rating.line'
    _description = "Rating Line"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _order = 'rating_id, sequence, id'
    _rec_name = 'indicator_id'

    # No index: the unique constraint below provides one.
    rating_id = fields.Many2one('tianyuan.rating', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='rating_id.company_id', store=True, precompute=True)
    partner_id = fields.Many2one(related='rating_id.partner_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='rating_id.currency_id')
    rating_state = fields.Selection(related='rating_id.state', string="Sheet Status")
    date_from = fields.Date(related='rating_id.date_from')
    sequence = fields.Integer(readonly=True)
    indicator_id = fields.Many2one('tianyuan.rating.indicator', required=True, readonly=True, ondelete='restrict')
    category_label = fields.Char(string="Category Points", compute='_compute_category_label')
    category_id = fields.Many2one('tianyuan.rating.category', required=True, readonly=True, ondelete='restrict')
    responsibility = fields.Selection(RESPONSIBILITIES, required=True, readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    metric_value = fields.Float(string="Value", digits=(16, 4))
    has_value = fields.Boolean(readonly=True)
    max_points = fields.Float(string="Maximum", digits=(5, 2), readonly=True)
    computed_points = fields.Float(digits=(5, 2), readonly=True)
    points = fields.Float(digits=(5, 2))
    level_id = fields.Many2one(
        'tianyuan.rating.level', string="Level Reached", ondelete='restrict',
        domain="[('id', 'in', available_level_ids)]",
    )
    available_level_ids = fields.Many2many('tianyuan.rating.level', compute='_compute_available_level_ids')
    origin = fields.Selection(
        [
            ('computed', "Computed"), ('carried', "Carried over"), ('assessed', "Assessed"),
            ('adjusted', "Adjusted"), ('missing', "Missing"), ('imported', "Imported"),
        ],
        required=True, readonly=True, default='missing',
    )
    note = fields.Char()
    assessor_id = fields.Many2one('res.users', readonly=True)
    assessed_on = fields.Datetime(readonly=True)
    can_assess = fields.Boolean(compute='_compute_can_assess', export_string_translation=False)
    channel = fields.Selection(related='rating_id.channel')
    # Whether the line's sheet is being assessed and that side hasn't submitted it yet.
    waits_for_sales = fields.Boolean(
        compute='_compute_waits_for', search='_search_waits_for_sales', export_string_translation=False,
    )
    waits_for_finance = fields.Boolean(
        compute='_compute_waits_for', search='_search_waits_for_finance', export_string_translation=False,
    )
    has_previous = fields.Boolean(compute='_compute_previous', export_string_translation=False)
    previous_has_value = fields.Boolean(compute='_compute_previous', export_string_translation=False)
    previous_value = fields.Float(string="Last Value", compute='_compute_previous', digits=(16, 4))
    previous_level_id = fields.Many2one('tianyuan.rating.level', string="Last Level", compute='_compute_previous')
    previous_points = fields.Float(string="Last Points", compute='_compute_previous', digits=(5, 2))
    kind = fields.Selection(related='rating_id.kind')
    value_text = fields.Char(string="Value with Unit", compute='_compute_value_text')
    unit_text = fields.Char(string="Unit", compute='_compute_value_text')
    reason = fields.Char(compute='_compute_reason')

    _indicator_unique = models.Constraint(
        'UNIQUE(rating_id, indicator_id)', "An indicator can occur only once in a rating.",
    )
    # Partial index: users' lists only show the lines that users assess, which are few.
    _by_hand_idx = models.Index(
        "(rating_id, responsibility) WHERE source <> 'computed' OR origin IN ('missing', 'assessed', 'adjusted')",
    )
    _points_range = models.Constraint(
        'CHECK(points >= 0 AND points <= max_points)', "The points must be between zero and the indicator's maximum.",
    )

    @api.depends('category_id.name', 'sequence', 'rating_id.line_ids.points')
    @api.depends_context('lang')
    def _compute_category_label(self):
        """Show the category on its first line only, with its points if it has several: a sheet looks grouped by it."""
        for line in self:
            siblings = line.rating_id.line_ids.filtered(lambda other, line=line: other.category_id == line.category_id)
            first = line.sequence == min(siblings.mapped('sequence'), default=line.sequence)
            subtotal = f" {sum(siblings.mapped('points')):.2f}/{sum(siblings.mapped('max_points')):.2f}"
            line.category_label = first and line.category_id.name + (subtotal if len(siblings) > 1 else "")

    @api.depends('rating_id.scheme_id', 'indicator_id')
    def _compute_available_level_ids(self):
        levels = self.env['tianyuan.rating.level'].sudo().search([
            ('scheme_line_id.scheme_id', 'in', self.rating_id.sudo().scheme_id.ids),
        ])
        by_line = levels.grouped(lambda level: (level.scheme_line_id.scheme_id, level.scheme_line_id.indicator_id))
        for line in self:
            key = (line.rating_id.sudo().scheme_id, line.indicator_id)
            line.available_level_ids = by_line.get(key, levels.browse())

    @api.depends('rating_id.state', 'rating_id.sales_done', 'rating_id.finance_done')
    @api.depends_context('uid')
    def _compute_can_assess(self):
        writable = self._filtered_access('write')
        for line in self:
            line.can_assess = line in writable and line._is_open()

    @api.depends('rating_id.state', 'rating_id.sales_done', 'rating_id.finance_done')
    def _compute_waits_for(self):
        for line in self:
            sheet = line.rating_id
            line.waits_for_sales = sheet.state == 'assessing' and not sheet.sales_done
            line.waits_for_finance = sheet.state == 'assessing' and not sheet.finance_done

    def _search_waits_for_sales(self, operator, value):
        return self._search_waits_for('sales', operator)

    def _search_waits_for_finance(self, operator, value):
        return self._search_waits_for('finance', operator)

    @api.model
    def _search_waits_for(self, side, operator):
        if operator != 'in':
            return NotImplemented
        # ``any!`` skips the rules of sheets: the rules of lines check the same, and both would double the time.
        return Domain('rating_id', 'any!', Domain('state', '=', 'assessing') & Domain(f'{side}_done', '=', False))

    @api.depends('rating_id.previous_rating_id', 'indicator_id')
    def _compute_previous(self):
        """Compute the same indicator's values on the customer's previous sheet, with one query for all lines.

        Access to a line implies access to the previous one, as both have the same customer and company.
        """
        self.env['tianyuan.rating'].flush_model(['previous_rating_id'])
        self.flush_model(['rating_id', 'indicator_id', 'has_value', 'metric_value', 'level_id', 'points'])
        previous = {
            line_id: values for line_id, *values in self.env.execute_query(SQL(
                """
                SELECT line.id, previous.has_value, previous.metric_value, previous.level_id, previous.points
                  FROM tianyuan_rating_line line
                  JOIN tianyuan_rating sheet ON sheet.id = line.rating_id
                  JOIN tianyuan_rating_line previous
                    ON previous.rating_id = sheet.previous_rating_id AND previous.indicator_id = line.indicator_id
                 WHERE line.id = ANY(%s)
                """,
                self._origin.ids,
            ))
        }
        for line in self:
            line.has_previous = line._origin.id in previous
            has_value, value, level_id, points = previous.get(line._origin.id, (False, 0.0, False, 0.0))
            line.previous_has_value = has_value
            line.previous_value = value
            line.previous_level_id = level_id
            line.previous_points = points

    @api.depends('source', 'has_value', 'metric_value', 'indicator_id.unit', 'currency_id')
    @api.depends_context('lang')
    def _compute_value_text(self):
        for line in self:
            line.unit_text = line.source != 'level' and line._unit_text()
            shown = line.source != 'level' and (line.has_value or line.metric_value)
            line.value_text = line._value_text() if shown else False

    @api.depends(
        'points', 'computed_points', 'metric_value', 'has_value', 'level_id', 'origin', 'note', 'assessor_id',
        'assessed_on', 'rating_id.previous_rating_id',
    )
    @api.depends_context('lang', 'tz')
    def _compute_reason(self):
        for line in self:
            line.reason = line._explain()

    @api.ondelete(at_uninstall=False)
    def _unlink_check_state(self):
        if not self.env.su:
            raise AccessError(self.env._("Rating lines are removed with their rating only."))
        self._check_not_confirmed()

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and not self.env.su:
            raise AccessError(self.env._("Rating lines are made by computing the rating."))
        lines = super().create(vals_list)
        lines._check_not_confirmed()
        return lines

    def write(self, vals):
        """Assess lines, as the responsible side.

        Users write ``level_id``, ``metric_value``, ``points`` or ``note``; points, level, origin and assessor are
        derived. Code that writes sheets as superuser may write all fields.

        :raise AccessError: the line belongs to the other side, or another field is written
        :raise UserError: the sheet is closed or submitted; a computed score is changed without a note; a value, level
            or points are written to lines of different indicators or schemes
        """
        if len(self) > 1 and not self.env.su:
            self.check_access('write')    # Check access before a message can name customers.
            self._check_bulk(vals)
        self._check_not_confirmed()
        if not vals.keys() <= ASSESSMENT_FIELDS:
            return super().write(vals)    # the mixin refuses users
        self.check_access('write')
        self._check_texts(vals)
        for line in self:
            if not line._is_open():
                raise UserError(self.env._(
                    "%(sheet)s: the %(side)s lines can't be changed, as they are submitted or the sheet is not "
                    "being assessed. Ask a manager to reopen it.",
                    sheet=line.rating_id.name, side=line._side_name(),
                ))
            if 'metric_value' in vals and line.source != 'level':
                line.indicator_id._check_value(vals['metric_value'])
            # sudo: the derived fields are protected; access and texts have been checked above.
            super(TianyuanRatingLine, line.sudo()).write(line._assessment(vals))
        return True

    def _tianyuan_protected_fields(self):
        return self._fields.keys() - ASSESSMENT_FIELDS

    def action_open_source(self):
        """Open the invoices, orders, payments or other records behind the number.

        :return: an action; the user's record rules apply
        :raise UserError: a person gave the number, or the user may not read what is behind it
        """
        self.ensure_one()
        self.check_access('read')
        sheet = self.rating_id
        openers = {
            'cooperation_years': sheet._open_cooperation,
            'purchase_growth': sheet._open_growth,
            'annual_purchase': sheet.action_open_annual_purchases,
            'on_time_rate': sheet.action_open_payments,
            'early_payment_rate': sheet.action_open_payments,
            'days_beyond_terms': sheet.action_open_payments,
        }
        if self.source != 'computed':
            raise UserError(self.env._("This line is assessed by a person: no documents stand behind it."))
        if self.indicator_id._is_own():
            return self.indicator_id._open_own_source(sheet)
        return openers.get(self.indicator_id.metric, sheet.action_open_purchases)()

    def action_submit(self):
        """Submit the sheets of these lines, for the lines' side.

        :raise AccessError: the user isn't responsible for that side of a sheet
        :raise UserError: a sheet isn't being assessed, or some of its lines aren't assessed yet
        """
        self.check_access('read')
        for side, lines in self.grouped('responsibility').items():
            sheets = lines.rating_id
            if side == 'sales':
                sheets.action_submit_sales()
            else:
                sheets.action_submit_finance()
        return True

    def _tianyuan_protected_message(self, names):
        return self.env._("Only the value, the level, the points and the note of a rating line can be written.")

    def _check_not_confirmed(self):
        if any(state == 'confirmed' for state in self.rating_id.mapped('state')):
            raise UserError(self.env._("A confirmed rating can't be changed. Ask a manager to reopen it."))

    def _side_name(self):
        return dict(self._fields['responsibility']._description_selection(self.env))[self.responsibility]

    def _is_open(self):
        """Return whether the responsible side may still assess the line."""
        self.ensure_one()
        sheet = self.rating_id
        done = sheet.sales_done if self.responsibility == 'sales' else sheet.finance_done
        return sheet.state == 'assessing' and not done

    def _assessment(self, vals):
        """Return the values to store for what a user wrote on one line.

        :param dict vals: some of ``level_id``, ``metric_value``, ``points``, ``note``
        :return: dict with all derived values
        :raise UserError: points out of range, a level of another indicator, or a computed score changed without a note
        """
        self.ensure_one()
        if not vals.keys() - {'note'}:
            return self._check_note(dict(vals), vals.get('note'))
        has_number = self.source == 'computed' and self.origin in ('computed', 'carried', 'adjusted')
        if has_number and not vals.get('level_id', True) and 'points' not in vals:
            vals = {**vals, 'points': self.computed_points}    # An emptied level restores the computed points.
        if self.source == 'level' and 'metric_value' in vals:
            raise UserError(self.env._("%s: pick one of the indicator's own levels.", self.indicator_id.name))
        if has_number and 'metric_value' in vals:
            raise UserError(self.env._(
                "%(indicator)s: the value is read from the books. Change the points instead, and say why in the note.",
                indicator=self.indicator_id.name,
            ))
        result = {
            **vals,
            'origin': 'adjusted' if has_number else 'assessed',
            'assessor_id': self.env.uid,
            'assessed_on': fields.Datetime.now(),
        }
        entered = self.source == 'value' and 'metric_value' in vals    # a sent level is ignored
        if vals.get('level_id') and not entered:
            level = self.available_level_ids.filtered(lambda level: level.id == vals['level_id'])
            if not level:
                raise UserError(self.env._(
                    "%s: pick one of the indicator's own levels.", self.indicator_id.name,
                ))
            result['points'] = level.points
            if self.source == 'value':    # The points no longer follow from the number entered before.
                result.update(metric_value=0.0, has_value=False)
        elif 'metric_value' in vals:
            result['points'], level = scoring.score_value(self._spec(), vals['metric_value'])
            result['level_id'] = level.id if level else False
            result['has_value'] = True
        elif 'points' in vals:
            result['level_id'] = self._level_of_points(vals['points']).id
        else:
            return self._clear_assessment(result)
        if self.source == 'level':
            result['has_value'] = True
        self._check_points(result['points'])
        if has_number and not float_compare(result['points'], self.computed_points, precision_digits=2):
            # The computed points were restored, so nothing is adjusted any more.
            carried = not self.has_value and self.indicator_id.no_data_policy == 'carry'
            result.update(origin='carried' if carried else 'computed', assessor_id=False, assessed_on=False)
        return self._check_note(result, vals.get('note', self.note))

    def _spec(self):
        spec = self.rating_id.sudo().scheme_id._spec().lines.get(self.indicator_id.id)
        if spec is None:
            raise UserError(self.env._(
                "%s is no longer part of the rating scheme. Ask a manager to compute the rating again.",
                self.indicator_id.name,
            ))
        return spec

    def _clear_assessment(self, result):
        """Clear the assessment after the level was emptied: the line is missing again.

        The number goes, too: a screen would take the same number, entered again, for no change.
        """
        result.update(
            points=0.0, origin='missing', metric_value=0.0, has_value=False, assessor_id=False, assessed_on=False,
        )
        return result

    def _level_of_points(self, points):
        return self.available_level_ids.filtered(
            lambda level: not float_compare(level.points, points, precision_digits=2),
        )[:1]

    def _check_points(self, points):
        if not 0 <= round(points, 2) <= round(self.max_points, 2):
            raise UserError(self.env._(
                "%(indicator)s: %(points)s points are out of range. Give 0 to %(maximum)s.",
                indicator=self.indicator_id.name, points=f"{points:g}", maximum=f"{self.max_points:g}",
            ))

    def _check_note(self, result, note):
        if result.get('origin', self.origin) == 'adjusted' and not (note or '').strip():
            raise UserError(self.env._(
                "%s: to change a computed score, say why in the note.", self.indicator_id.name,
            ))
        return result

    @api.model
    @api.readonly
    def assessment_progress(self, domain):
        """Return how much is left to assess, for the user's list, with one query.

        :param list domain: lines; it must include whole sides of their sheets
        :return: dict of ``total`` and ``missing`` lines, ``customers`` (number of sheets), and ``ready`` (number of
            sheets that can be submitted)
        :raise AccessError: the user has no role
        """
        self.check_access('read')
        self.flush_model(['rating_id', 'responsibility', 'source', 'origin'])
        lines = self._search(domain).select(*(
            SQL.identifier(self._table, name) for name in ('rating_id', 'responsibility', 'source', 'origin')
        ))
        [[total, missing, customers, ready]] = self.env.execute_query(SQL(
            """
            SELECT COALESCE(SUM(total), 0)::int, COALESCE(SUM(missing), 0)::int,
                   COUNT(*)::int, COUNT(*) FILTER (WHERE missing = 0)::int
              FROM (
                  SELECT COUNT(*) FILTER (
                             WHERE source <> 'computed' OR origin IN ('missing', 'assessed')
                         ) AS total,
                         COUNT(*) FILTER (WHERE origin = 'missing') AS missing
                    FROM (%s) line
                   GROUP BY rating_id, responsibility
              ) sheet
            """,
            lines,
        ))
        return {'total': total, 'missing': missing, 'customers': customers, 'ready': ready}

    @api.model
    def submit_complete(self, domain):
        """Submit every sheet of the user's list whose lines are all assessed, each for the lines' side.

        Sheets of other people are left alone, and a sheet that can't be submitted doesn't stop the others.

        :param list domain: lines, as for :meth:`assessment_progress`
        :return: dict of ``submitted``, the number of sheets, and ``refused``, the reasons of those that failed
        :raise AccessError: the user has no role
        """
        self.check_access('read')
        sheets = self.env['tianyuan.rating']
        found = {}
        for side, sheet in self._read_group(domain, ['responsibility', 'rating_id']):
            found[side] = found.get(side, sheets) + sheet
        submitted, refused = 0, []
        for side, listed_sheets in found.items():
            complete = listed_sheets._complete_for(side)
            reasons = complete._submit_each(side)
            submitted += len(complete) - len(reasons)
            refused += reasons.values()
        return {'submitted': submitted, 'refused': refused}

    def _check_bulk(self, vals):
        """Refuse one value or level for several lines, unless indicator and levels are the same."""
        filled = {'metric_value', 'level_id', 'points'}.intersection(vals)
        if filled and len(self.indicator_id) > 1:
            raise UserError(self.env._(
                "Lines of different indicators can't be filled together: %s. Select the lines of one indicator.",
                self.indicator_id.mapped('name'),
            ))
        if not vals.get('level_id'):
            return
        foreign = self.filtered(lambda line: vals['level_id'] not in line.available_level_ids.ids)
        if foreign and foreign != self:
            raise UserError(self.env._(
                "This level belongs to another rating scheme than the one of: %s. "
                "Select the lines of customers with the same scheme (distributors or direct customers).",
                listed(self.env, foreign[:NAMED_ROWS].partner_id.sudo().mapped('name'))
                + (" …" if len(foreign) > NAMED_ROWS else ""),
            ))

    def _unit_text(self):
        """Return the unit in which the value is entered."""
        unit = self.indicator_id.unit
        if unit == 'amount':
            return self.currency_id.symbol
        return {'percent': "%", 'days': self.env._("days"), 'years': self.env._("years")}.get(unit, "")

    def _value_text(self):
        """Return the value with its unit, as the screen and the printed sheet show it: with at most two decimals."""
        number = self.rating_id._explain_number
        unit, currency = self.indicator_id.unit, self.currency_id
        if unit == 'amount':
            in_chinese = (self.env.lang or '').startswith('zh')
            if in_chinese and currency.name == 'CNY' and abs(self.metric_value) >= WAN:
                return self.env._("%s ten thousand yuan", number(self.metric_value / WAN))
            return formatLang(self.env, self.metric_value, currency_obj=currency)
        if unit == 'percent':
            return f"{number(self.metric_value)}%"
        if unit == 'days':
            return self.env._("%s days", number(self.metric_value))
        if unit == 'years':
            return self.env._("%s years", number(self.metric_value))
        return number(self.metric_value)

    def _explain(self):
        """Return the reason for the line's points.

        :return: text
        """
        self.ensure_one()
        number = self.rating_id._explain_number
        if self.source == 'computed' and not self.has_value and self.origin != 'assessed' and (
            problem := self.indicator_id.own_problem
        ):
            return self.env._("%(indicator)s has no data: %(reason)s", indicator=self.indicator_id.name, reason=problem)
        if self.origin == 'missing':
            return self.env._("Missing: %s has not assessed it yet.", self._side_name())
        if self.origin == 'carried':
            return self._explain_carried()
        if self.origin == 'adjusted':
            return self.env._(
                "%(computed)s %(person)s adjusted %(before)s to %(points)s points on %(date)s: “%(note)s”",
                computed=self._explain_value() if self.has_value else self.env._("No data in the quarter."),
                before=number(self.computed_points), points=number(self.points),
                note=self.note or "", **self._explain_assessor(),
            )
        if self.origin == 'assessed':
            return self._explain_assessed()
        return self._explain_reached() if self.has_value else self.env._("No data in the quarter, so no points.")

    def _explain_carried(self):
        previous = self.rating_id.previous_rating_id
        if previous:
            return self.env._("No data in the quarter: carried over from %s.", previous.name)
        return self.env._("No data in the quarter: carried over from an earlier rating.")

    def _explain_value(self):
        return self.env._("The value is %s.", self.rating_id._explain_number(self.metric_value, 4))

    def _explain_reached(self):
        value = self.rating_id._explain_number(self.metric_value, 4)
        if self.level_id:
            return self.env._("%(value)s reaches “%(level)s”.", value=value, level=self.level_id.name)
        return self.env._("%s reaches no level.", value)

    def _explain_assessed(self):
        if self.source == 'value' and self.has_value and self.rating_id.kind == 'prospect':
            text = self.env._("%(reached)s Estimated by %(person)s on %(date)s.",
                              reached=self._explain_reached(), **self._explain_assessor())
        elif self.source == 'value' and self.has_value:
            text = self.env._("%(reached)s Entered by %(person)s on %(date)s.",
                              reached=self._explain_reached(), **self._explain_assessor())
        elif self.level_id:
            text = self.env._("%(person)s chose “%(level)s” on %(date)s.",
                              level=self.level_id.name, **self._explain_assessor())
        else:
            text = self.env._("%(person)s gave %(points)s points on %(date)s.",
                              points=self.rating_id._explain_number(self.points), **self._explain_assessor())
        return f"{text} “{self.note}”" if self.note else text

    def _explain_assessor(self):
        day = fields.Datetime.context_timestamp(self, self.assessed_on).date() if self.assessed_on else False
        # sudo: only shows the name; the assessor may be a user of other companies, whom the reader can't read.
        return {'person': self.assessor_id.sudo().name or "–", 'date': format_date(self.env, day) or "–"}
