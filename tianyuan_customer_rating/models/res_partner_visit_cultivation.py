from odoo import api, models

from .res_partner_visit_plan import QUIET
from .tianyuan_visit_kinds import VISIT_KINDS

# the kind of a visit that goes with an activity
ACTIVITY_TYPES = {
    'phone': 'mail.mail_activity_data_call',
    'onsite': 'tianyuan_customer_rating.mail_activity_type_visit',
    'mailing': 'tianyuan_customer_rating.mail_activity_type_mailing',
}


class ResPartner(models.Model):
    """Each activity that cultivates a potential customer has its visit, to be reported (policy 8.3, 10)."""

    _inherit = 'res.partner'

    def _tianyuan_cultivate(self, company):
        """A visit whose activity is taken away goes with it, unless somebody has made it their own."""
        visits = self._tianyuan_planned_visits(company)
        going = visits.filtered(lambda visit: visit.is_auto and visit.activity_id)
        super()._tianyuan_cultivate(company)
        going = going.filtered(lambda visit: not visit.activity_id)
        going.unlink()
        self._tianyuan_follow_cultivation(company, visits - going)

    def _tianyuan_follow_cultivation(self, company, visits):
        """Plan a visit with each activity that has none; a visit planned already is taken for it.

        :param company: ``res.company`` for which the customers are cultivated
        :param visits: their planned visits in this company
        """
        # who has become a contact since isn't visited any more
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        activities = self.env['mail.activity'].sudo().search_fetch([
            ('tianyuan_cultivation_company_id', '=', company.id), ('res_model', '=', 'res.partner'),
            ('res_id', 'in', customers.ids), ('id', 'not in', visits.activity_id.ids),
        ], ['res_id', 'user_id', 'activity_type_id', 'date_deadline'])
        if not activities:
            return
        free = {visit.partner_id.id: visit for visit in visits if not visit.activity_id}
        kinds, vals_list = self._tianyuan_visit_kinds(), []
        for activity in activities:
            visit = free.pop(activity.res_id, None)
            if visit and not visit.is_auto:
                visit.with_context(**QUIET).activity_id = activity
                visit._move_activity()
            elif visit:
                visit.with_context(**QUIET).write({
                    'activity_id': activity.id, **self._tianyuan_visit_values(activity, kinds)})
            else:
                vals_list.append({
                    'company_id': company.id,
                    'partner_id': activity.res_id,
                    'is_auto': True,
                    'activity_id': activity.id,
                    **self._tianyuan_visit_values(activity, kinds),
                })
        self.env['tianyuan.visit'].sudo().with_context(**QUIET).create(vals_list)

    @api.model
    def _tianyuan_next_cultivations(self, company, due):
        """A customer whose plan says how is visited that way; else the kinds take turns."""
        planned = super()._tianyuan_next_cultivations(company, due)
        plans = company._tianyuan_visit_plan(self.browse(due)) if planned else {}
        for partner_id, (_xmlid, day) in planned.items():
            _days, kind = plans.get(partner_id, (0, False))
            if kind in ACTIVITY_TYPES and self._tianyuan_activity_type(ACTIVITY_TYPES[kind]):
                planned[partner_id] = (ACTIVITY_TYPES[kind], day)
        return planned

    @api.model
    def _tianyuan_visit_kinds(self):
        """Kind of a visit by the id of the activity's type."""
        return {self._tianyuan_activity_type(xmlid): kind for kind, xmlid in ACTIVITY_TYPES.items()}

    @api.model
    def _tianyuan_visit_values(self, activity, kinds):
        return {
            'user_id': activity.user_id.id,
            'kind': kinds.get(activity.activity_type_id.id, VISIT_KINDS[-1][0]),
            'date_planned': activity.date_deadline,
        }
