from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

REPORT = 'tianyuan_customer_rating.mail_activity_type_visit_report'


class TianyuanVisit(models.Model):
    """A visit without a report is chased: first with the salesperson, then with the team leader, once each."""

    _inherit = 'tianyuan.visit'

    chased = fields.Selection(
        [('salesperson', "Salesperson"), ('leader', "Team Leader")], string="Reminded", readonly=True, copy=False,
    )

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'chased'}

    @api.model
    def _cron_chase(self):
        """Remind of reports that are late; the leader, when they are twice as late as allowed."""
        visits, todo = self.sudo(), []
        for company in self.env['res.company'].sudo().search([]):
            today = company._tianyuan_today()
            done = Domain('company_id', '=', company.id) & Domain('state', '=', 'done')
            late = done & Domain('report_due_on', '<', today)
            later = done & Domain('report_due_on', '<', today - timedelta(days=company.tianyuan_visit_report_days))
            todo.append(('salesperson', visits.search(late & Domain('chased', '=', False)).ids))
            todo.append(('leader', visits.search(later & Domain('chased', '!=', 'leader')).ids))
        for who, ids in self.env['ir.cron']._tianyuan_batches_by(todo):
            visits.browse(ids)._chase(who)

    def _chase(self, who):
        if who == 'salesperson':
            self._tianyuan_schedule(
                REPORT, lambda visit: visit.user_id, summary=lambda visit: visit.env._("Report the visit"),
            )
        else:
            # who leads their own team has been told
            self._tianyuan_schedule(
                REPORT, lambda visit: visit.partner_id.user_id.sale_team_id.user_id - visit.user_id,
                summary=lambda visit: visit.env._("A visit of your team hasn't been reported"),
            )
        self.with_context(tracking_disable=True).write({'chased': who})

    def write(self, vals):
        if 'state' in vals:
            vals = {**vals, 'chased': False}
            self.sudo().activity_feedback([REPORT])
        return super().write(vals)
