from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare

from ..engine import scoring
from .tianyuan_rating_indicator import RESPONSIBILITIES, SOURCES

# what a person may write; everything else of a line follows from it
ASSESSABLE = {'metric_value', 'level_id', 'points', 'note'}


class TianyuanRatingLine(models.Model):
    """One indicator of a sheet: a snapshot of its number, its points and where they come from."""

    _name = 'tianyuan.rating.line'
    _description = "Rating Line"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _order = 'rating_id, sequence, id'
    _rec_name = 'indicator_id'

    # indexed by the constraint below
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
            ('adjusted', "Adjusted"), ('missing', "Missing"),
        ],
        required=True, readonly=True, default='missing',
    )
    note = fields.Char()
    assessor_id = fields.Many2one('res.users', readonly=True)
    assessed_on = fields.Datetime(readonly=True)
    can_assess = fields.Boolean(compute='_compute_can_assess', export_string_translation=False)

    _indicator_unique = models.Constraint(
        'UNIQUE(rating_id, indicator_id)', "An indicator can occur only once in a rating.",
    )
    # what people assess is a part of the lines, and all that their lists show
    _by_hand_idx = models.Index(
        "(rating_id, responsibility) WHERE source <> 'computed' OR origin IN ('missing', 'assessed', 'adjusted')",
    )
    _points_range = models.Constraint(
        'CHECK(points >= 0 AND points <= max_points)', "The points must be between zero and the indicator's maximum.",
    )

    @api.depends('category_id.name', 'sequence', 'rating_id.line_ids.points')
    @api.depends_context('lang')
    def _compute_category_label(self):
        """The category with its points, on its first line only: a sheet reads as grouped by category."""
        for line in self:
            siblings = line.rating_id.line_ids.filtered(lambda other, line=line: other.category_id == line.category_id)
            first = line.sequence == min(siblings.mapped('sequence'), default=line.sequence)
            line.category_label = (
                f"{line.category_id.name} {sum(siblings.mapped('points')):g}/{sum(siblings.mapped('max_points')):g}"
                if first else False
            )

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

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and not self.env.su:
            raise AccessError(self.env._("Rating lines are made by computing the rating."))
        lines = super().create(vals_list)
        lines._check_not_confirmed()
        return lines

    def write(self, vals):
        """Assess lines, as the responsible side.

        A person writes ``level_id``, ``metric_value``, ``points`` or ``note``; points, level, origin and
        assessor follow. The code that makes sheets writes other fields too and is taken at its word.

        :raise AccessError: the line belongs to the other side, or another field is written
        :raise UserError: the sheet is closed or submitted; a computed score is changed without a note
        """
        self._check_not_confirmed()
        if not vals.keys() <= ASSESSABLE:
            return super().write(vals)    # the mixin lets code pass only
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
            # sudo: what follows from an assessment is protected; access and texts are checked above
            super(TianyuanRatingLine, line.sudo()).write(line._assessment(vals))
        return True

    def _tianyuan_protected_fields(self):
        return self._fields.keys() - ASSESSABLE

    def _tianyuan_protected_message(self, names):
        return self.env._("Only the value, the level, the points and the note of a rating line can be written.")

    @api.ondelete(at_uninstall=False)
    def _unlink_check_state(self):
        if not self.env.su:
            raise AccessError(self.env._("Rating lines are removed with their rating only."))
        self._check_not_confirmed()

    def action_open_source(self):
        """Open the invoices, orders or payments behind the number.

        :return: an action, filtered by what the user may read
        """
        self.ensure_one()
        self.check_access('read')
        sheet = self.rating_id
        openers = {
            'cooperation_years': sheet._open_cooperation,
            'purchase_growth': sheet._open_growth,
            'annual_purchase': sheet.action_open_annual_purchases,
            'on_time_rate': sheet.action_open_payments,
            'days_beyond_terms': sheet.action_open_payments,
        }
        if self.source != 'computed':
            raise UserError(self.env._("This line is assessed by a person: no documents stand behind it."))
        return openers.get(self.indicator_id.metric, sheet.action_open_purchases)()

    def _check_not_confirmed(self):
        if any(state == 'confirmed' for state in self.rating_id.mapped('state')):
            raise UserError(self.env._("A confirmed rating can't be changed. Ask a manager to reopen it."))

    def _side_name(self):
        return dict(self._fields['responsibility']._description_selection(self.env))[self.responsibility]

    def _is_open(self):
        """Whether the responsible side may still assess the line."""
        self.ensure_one()
        sheet = self.rating_id
        done = sheet.sales_done if self.responsibility == 'sales' else sheet.finance_done
        return sheet.state == 'assessing' and not done

    def _assessment(self, vals):
        """The values to store for what a person wrote on one line.

        :param dict vals: some of ``level_id``, ``metric_value``, ``points``, ``note``
        :return: dict of all values that follow
        :raise UserError: points out of range, a foreign level, a computed score changed without a note
        """
        self.ensure_one()
        if not vals.keys() - {'note'}:
            return self._check_note(dict(vals), vals.get('note'))
        has_number = self.source == 'computed' and self.origin in ('computed', 'carried', 'adjusted')
        if has_number and not vals.get('level_id', True) and 'points' not in vals:
            vals = {**vals, 'points': self.computed_points}    # its level was emptied: back to what was computed
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
        entered = self.source == 'value' and 'metric_value' in vals    # the levels score it, whatever level is sent
        if vals.get('level_id') and not entered:
            level = self.available_level_ids.filtered(lambda level: level.id == vals['level_id'])
            if not level:
                raise UserError(self.env._(
                    "%s: pick one of the indicator's own levels.", self.indicator_id.name,
                ))
            result['points'] = level.points
            if self.source == 'value':    # the number entered before is no longer what the points follow from
                result.update(metric_value=0.0, has_value=False)
        elif 'metric_value' in vals:
            result['points'], level = scoring.score_value(self._spec(), vals['metric_value'])
            result['level_id'] = level.id if level else False
            result['has_value'] = True
        elif 'points' in vals:
            result['level_id'] = self._level_of_points(vals['points']).id
        else:
            return self._cleared(result)
        if self.source == 'level':
            result['has_value'] = True
        self._check_points(result['points'])
        if has_number and not float_compare(result['points'], self.computed_points, precision_digits=2):
            # back to what was computed: nothing is adjusted any more
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

    def _cleared(self, result):
        """The level was emptied: the line waits for a person again."""
        result.update(points=0.0, origin='missing', has_value=False, assessor_id=False, assessed_on=False)
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
