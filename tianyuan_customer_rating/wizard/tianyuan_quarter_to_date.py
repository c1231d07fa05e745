from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..engine.periods import Quarter
from ..engine.reach import best_possible
from ..engine.sheets import SheetWriter
from ..tools.roles import FINANCE, MANAGER, SALES, SPECIALIST


class TianyuanQuarterToDate(models.TransientModel):
    """A customer's provisional rating of the current quarter; no rating is created (design §4).

    Only :meth:`_open` creates records, so users can't enter values.
    """

    _name = 'tianyuan.quarter.to.date'
    _description = "Quarter to Date"
    _inherit = ['tianyuan.plain.text.mixin']
    _rec_name = 'partner_id'

    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    as_of = fields.Date(readonly=True, help="What is due or bought later doesn't count yet.")
    score = fields.Float(string="Score So Far", readonly=True, digits=(5, 2))
    tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True, ondelete='cascade')
    has_bad_debt = fields.Boolean(string="Bad Debt", readonly=True)
    previous_rating_id = fields.Many2one('tianyuan.rating', string="Last Sheet", readonly=True, ondelete='cascade')
    previous_score = fields.Float(string="Last Score", readonly=True, digits=(5, 2))
    previous_tier_id = fields.Many2one('tianyuan.rating.tier', string="Last Tier", readonly=True, ondelete='cascade')
    line_ids = fields.One2many('tianyuan.quarter.to.date.line', 'quarter_to_date_id', readonly=True)
    advice = fields.Html(string="What Next", readonly=True)

    @api.model
    def _open(self, partner):
        """Rate a customer for the days of the current quarter up to today, and show the result.

        :param partner: commercial ``res.partner``
        :return: action
        :raise AccessError: the customer isn't the sales user's, or the user has no role
        :raise UserError: the customer can't be rated
        """
        self._check_may_open(partner)
        company = self.env.company.root_id
        today = company._tianyuan_today()
        quarter = Quarter.containing(today)
        writer = SheetWriter(self.env(su=True), company, Quarter.until(today))
        problem = writer.problem(partner.sudo())
        if problem:
            raise UserError(problem)
        sheet = writer.preview(partner.sudo())
        # sudo: the roles can only read these records; access to the customer has been checked above.
        shown = self.sudo().create(self._vals(sheet))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%(quarter)s to Date: %(customer)s", quarter=quarter.name, customer=partner.name),
            'res_model': self._name,
            'res_id': shown.id,
            'view_mode': 'form',
            'target': 'new',
        }

    @api.model
    def _check_may_open(self, partner):
        partner.check_access('read')
        user = self.env.user
        if any(map(user.has_group, (SPECIALIST, FINANCE, MANAGER))):
            return
        if not user.has_group(SALES) or not partner._tianyuan_is_own():
            raise AccessError(self.env._(
                "%s: only the customer's salesperson, their team's leader, finance assessors, archive specialists "
                "and managers can see the quarter to date.", partner.name,
            ))

    @api.model
    def _vals(self, sheet):
        previous = sheet.previous_rating_id
        last = {line.indicator_id: line for line in previous.line_ids}
        return {
            'partner_id': sheet.partner_id.id,
            'company_id': sheet.company_id.id,
            'date_from': sheet.date_from,
            'date_to': Quarter.containing(sheet.date_from).date_to,
            'as_of': sheet.date_to,
            'score': sheet.score,
            'tier_id': sheet.tier_id.id,
            'has_bad_debt': sheet.has_bad_debt,
            'previous_rating_id': previous.id,
            'previous_score': previous.score,
            'previous_tier_id': previous.tier_id.id,
            'advice': sheet._explain_next(best_possible(
                sheet.company_id.sudo(), sheet.quarter, sheet.partner_id.id, sheet.scheme_id,
            )),
            'line_ids': [Command.create({
                'sequence': line.sequence,
                'indicator_id': line.indicator_id.id,
                'value': line.metric_value,
                'has_value': line.has_value,
                'level_id': line.level_id.id,
                'points': line.points,
                'max_points': line.max_points,
                'origin': line.origin,
                'has_previous': line.indicator_id in last,
                'previous_points': last[line.indicator_id].points if line.indicator_id in last else 0.0,
            }) for line in sheet.line_ids],
        }
