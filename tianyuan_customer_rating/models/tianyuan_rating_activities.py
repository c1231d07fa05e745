from odoo import fields, models


class TianyuanRating(models.Model):
    """Sheets made by hand ask people to assess; what asks is done with as soon as nothing waits for them."""

    _inherit = 'tianyuan.rating'

    # of a sheet made by hand; a run has a day for all its sheets
    assessment_due_on = fields.Date(string="Assessments Due On", readonly=True, copy=False)

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
        # without an e-mail each: whoever computes sheets shouldn't wait for them to go out
        runs = self.env['tianyuan.rating.run'].with_context(mail_activity_quick_update=True)
        by_hand = self.filtered(lambda sheet: not sheet.run_id and sheet.state == 'assessing')
        for company, sheets in by_hand.grouped('company_id').items():
            sheets.write({'assessment_due_on': runs._assessment_due_on(company)})
        runs._plan_assessments_by_hand(by_hand.company_id)
