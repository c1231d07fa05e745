from odoo import api, models
from odoo.fields import Domain

from .tianyuan_visit_finding import FOLLOW_UP

OVERDUE = 'tianyuan_customer_rating.mail_activity_type_finding_overdue'


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
        for ids in self.env['ir.cron']._tianyuan_batches(todo):
            batch = findings.browse(ids)
            batch.activity_unlink([FOLLOW_UP])    # the new one says more
            batch._tianyuan_schedule(
                OVERDUE, lambda finding: finding.user_id or finding.partner_id.user_id,
                summary=lambda finding: finding.env._("The follow-up is late"),
            )
            batch.with_context(tracking_disable=True).write({'chased': True})
