from datetime import date, timedelta

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .tianyuan_roles import MANAGER, ROLES

EPOCH = date(1970, 1, 1)


class ResPartner(models.Model):
    """How many visits a customer had, and when the last one was."""

    _inherit = 'res.partner'

    tianyuan_visit_count = fields.Integer(
        string="Visits", compute='_compute_tianyuan_summary', groups=ROLES,
        help="Visits to this customer that you may see, without cancelled ones.",
    )
    tianyuan_last_visit_on = fields.Date(string="Last Visit", compute='_compute_tianyuan_summary', groups=ROLES)

    def _tianyuan_summary_sources(self):
        visits, customers = self.env['tianyuan.visit'], self.commercial_partner_id._origin
        sources = super()._tianyuan_summary_sources()
        sources.append(('tianyuan_visit_count', self._tianyuan_rows_about(
            visits, [('state', '!=', 'cancelled')], 'partner_id', customers,
        )))
        if customers and visits.has_access('read'):
            query = visits._search([('date_done', '!=', False), ('partner_id', 'in', customers.ids)])
            # a day by its number, where other rows have an id: the last one is the greatest
            sources.append(('tianyuan_last_visit_on', query.subselect(
                visits._field_to_sql(visits._table, 'partner_id', query),
                SQL("%s - %s::date", visits._field_to_sql(visits._table, 'date_done', query), EPOCH),
            )))
        return sources

    def _tianyuan_set_summary(self, found):
        super()._tianyuan_set_summary(found)
        for partner in self:
            customer_id = partner.commercial_partner_id._origin.id
            partner.tianyuan_visit_count, _last = found.get(('tianyuan_visit_count', customer_id), (0, None))
            _count, day = found.get(('tianyuan_last_visit_on', customer_id), (0, None))
            partner.tianyuan_last_visit_on = day is not None and EPOCH + timedelta(days=day)

    def write(self, vals):
        """Planned visits go with the customer to another salesperson."""
        if 'user_id' not in vals:
            return super().write(vals)
        visits = self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', self.ids), ('state', '=', 'planned'),
        ]).filtered(lambda visit: visit.user_id == visit.partner_id.user_id)
        result = super().write(vals)
        user = self.env['res.users'].sudo().browse(vals['user_id'])
        visits.filtered(lambda visit: visit.company_id in user.company_ids).user_id = user
        return result

    def action_tianyuan_visits(self):
        """Open the customer's visits.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.visit', 'tianyuan_visit_action')

    def action_tianyuan_plan_visit(self):
        """Open a new visit to the customer.

        :raise AccessError: the user plans no visits, or the customer isn't theirs
        """
        self.ensure_one()
        self.check_access('read')
        self.env['tianyuan.visit'].check_access('create')
        if not self.env.su and not self.env.user.has_group(MANAGER) and not self._tianyuan_is_own():
            raise AccessError(self.env._("You can plan visits to your own customers only."))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Plan a Visit"),
            'res_model': 'tianyuan.visit',
            'view_mode': 'form',
            'context': {
                'default_partner_id': self.commercial_partner_id.id,
                'default_contact_ids': (self - self.commercial_partner_id).ids,
            },
        }
