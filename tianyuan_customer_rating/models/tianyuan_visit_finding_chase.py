from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from .tianyuan_visit_finding import FOLLOW_UP

OVERDUE = 'tianyuan_customer_rating.mail_activity_type_finding_overdue'
BATCH_SIZE = 500


class TianyuanVisitFinding(models.Model):
    """Follow-ups that are late are chased, once until they get another date."""

    _inherit = 'tianyuan.visit.finding'

    def write(self, vals):
        if vals.get('state', 'open') != 'open' or {'date_due', 'user_id'} & vals.keys():
            self.sudo().activity_feedback([OVERDUE])
        return super().write(vals)

    @api.model
    def _cron_chase(self):
        """Remind whoever follows up; of what nobody follows up, the customer's salesperson."""
        findings, todo = self.sudo(), []
        for company in self.env['res.company'].sudo().search([]):
            todo += findings.search(
                Domain('company_id', '=', company.id) & Domain('state', '=', 'open') & Domain('chased', '=', False)
                & Domain('date_due', '<', company._tianyuan_today()),
            ).ids
        remaining = len(todo)
        for ids in split_every(BATCH_SIZE, todo):
            batch = findings.browse(ids)
            batch.activity_unlink([FOLLOW_UP])    # the new one says more
            batch._tianyuan_plan_each(
                OVERDUE, lambda finding: finding.user_id or finding.partner_id.user_id,
                lambda env: env._("The follow-up is late"),
            )
            batch.with_context(tracking_disable=True).write({'chased': True})
            remaining -= len(ids)
            if not self.env['ir.cron']._tianyuan_checkpoint(len(ids), remaining):
                break
