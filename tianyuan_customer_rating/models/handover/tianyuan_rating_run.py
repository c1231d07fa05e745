from odoo import api, models

from ..rating.tianyuan_rating_run_activities import GROUPS, REMINDER


class TianyuanRatingRun(models.Model):
    """Sheets whose assessors have left are asked of those who can assess them now."""

    _inherit = 'tianyuan.rating.run'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _tianyuan_ask_again(self, companies=None):
        """Ask for the open sheets of those whose activities wait without a user; read as superuser.

        :param companies: ask in these companies in any case
        """
        waiting = self._activities(*GROUPS, REMINDER).filtered(lambda activity: not activity.user_id)
        sheets = self.env['tianyuan.rating'].sudo().browse(waiting.mapped('res_id')).exists()
        companies = (companies or self.env['res.company']) | sheets.company_id
        if not companies:
            return
        waiting.unlink()
        self._close_assessments(companies)
        open_sheets = self.env['tianyuan.rating'].sudo()._read_group(
            [('state', '=', 'assessing'), ('company_id', 'in', companies.ids)], ['run_id'],
        )
        known = set(self._assessment_keys(self._activities(*GROUPS)).values())
        self._ask(companies, [run for [run] in open_sheets], known)
