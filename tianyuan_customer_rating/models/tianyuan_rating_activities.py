from odoo import api, fields, models
from odoo.fields import Domain


class TianyuanRating(models.Model):
    """Sheets made by hand ask people to assess; what asks is done with as soon as nothing waits for them."""

    _inherit = 'tianyuan.rating'

    # a run has a day for all its sheets
    due_by_hand_on = fields.Date(string="Due On (Made by Hand)", readonly=True, copy=False)
    assessment_due_on = fields.Date(
        string="Assessments Due On", compute='_compute_assessment_due_on', search='_search_assessment_due_on',
    )

    @api.depends('run_id.assessment_due_on', 'due_by_hand_on')
    def _compute_assessment_due_on(self):
        for sheet in self:
            run = sheet.sudo().run_id
            sheet.assessment_due_on = run.assessment_due_on if run else sheet.due_by_hand_on

    def _search_assessment_due_on(self, operator, value):
        # not everyone may read runs; when a sheet is due is no secret
        return Domain('run_id', 'any!', Domain('assessment_due_on', operator, value)) | (
            Domain('run_id', '=', False) & Domain('due_by_hand_on', operator, value)
        )

    def action_compute(self):
        drafts = self.filtered(lambda sheet: sheet.state == 'draft')
        result = super().action_compute()
        drafts.sudo()._ask_to_assess()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self.env['tianyuan.rating.run'].sudo()._close_assessments(self.company_id)
        return result

    def _submit(self, side):
        result = super()._submit(side)
        self.env['tianyuan.rating.run'].sudo()._close_assessments(self.company_id)
        return result

    def _ask_to_assess(self):
        """Tell the two sides of sheets made by hand that they wait for them."""
        runs = self.env['tianyuan.rating.run']
        by_hand = self.filtered(lambda sheet: not sheet.run_id and sheet.state == 'assessing')
        for company, sheets in by_hand.grouped('company_id').items():
            sheets.write({'due_by_hand_on': runs._assessment_due_on(company)})
        runs._plan_assessments_by_hand(by_hand.company_id)
