from odoo import fields, models
from odoo.tools import plaintext2html

from .res_partner_visit_cultivation import ACTIVITY_TYPES


class TianyuanVisit(models.Model):
    """A visit to a potential customer and the activity it goes with: what is done in one place is done in both."""

    _inherit = 'tianyuan.visit'

    activity_id = fields.Many2one(
        'mail.activity', string="Cultivation Activity", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups=fields.NO_ACCESS,
    )

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'activity_id'}

    def write(self, vals):
        result = super().write(vals)
        if {'date_planned', 'user_id', 'kind'} & vals.keys():
            self.sudo()._move_activity()
        if vals.get('state') == 'done':
            self.sudo()._close_activity()
        elif vals.get('state') == 'cancelled':
            # the customer is still to be cultivated: what is due is planned anew
            self.sudo()._open_activities().unlink()
        return result

    def _open_activities(self):
        return self.activity_id.filtered('active').with_context(mail_activity_quick_update=True)

    def _move_activity(self):
        """The activity has the visit's day, salesperson and kind."""
        partners = self.env['res.partner']
        for visit in self.filtered(lambda visit: visit.state == 'planned' and visit.activity_id.active):
            type_id = visit.kind in ACTIVITY_TYPES and partners._tianyuan_activity_type(ACTIVITY_TYPES[visit.kind])
            wanted = {'date_deadline': visit.date_planned}
            if visit.user_id:
                wanted['user_id'] = visit.user_id.id
            if type_id:
                wanted['activity_type_id'] = type_id
            activity = visit.activity_id.with_context(mail_activity_quick_update=True)
            values = {
                name: value for name, value in wanted.items()
                if activity._fields[name].convert_to_write(activity[name], activity) != value
            }
            if values:
                activity.write(values)

    def _close_activity(self):
        """What comes next is counted from the day of the visit."""
        for visit in self:
            activity = visit._open_activities()
            if activity:
                activity._action_done()
                activity.date_done = visit.date_done

    def _done_with(self, activities, feedback=None):
        """The activities were done, and so were their visits; what was said of them begins the report."""
        for visit in self.search([('activity_id', 'in', activities.ids), ('state', '=', 'planned')]):
            if feedback and not visit.summary:
                visit.summary = plaintext2html(feedback)
            visit._done()

    def _follow_activities(self, activities):
        """Somebody has changed the activities."""
        partners = self.env['res.partner']
        kinds = partners._tianyuan_visit_kinds()
        for visit in self.search([('activity_id', 'in', activities.ids), ('state', '=', 'planned')]):
            wanted = partners._tianyuan_visit_values(visit.activity_id, kinds)
            values = {
                name: value for name, value in wanted.items()
                if visit._fields[name].convert_to_write(visit[name], visit) != value
            }
            if values:
                visit.write(values)
