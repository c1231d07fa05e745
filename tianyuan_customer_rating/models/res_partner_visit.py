from odoo import api, fields, models
from odoo.exceptions import AccessError

from .tianyuan_roles import MANAGER, ROLES


class ResPartner(models.Model):
    """How many visits a customer had, and when the last one was."""

    _inherit = 'res.partner'

    tianyuan_visit_count = fields.Integer(
        string="Visits", compute='_compute_tianyuan_visit_count', groups=ROLES,
        help="Visits to this customer that you may see, without cancelled ones.",
    )
    tianyuan_last_visit_on = fields.Date(string="Last Visit", compute='_compute_tianyuan_visit_count', groups=ROLES)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_visit_count(self):
        visits, customers = self.env['tianyuan.visit'], self._origin.commercial_partner_id
        found = {}
        if customers and visits.has_access('read'):
            found = {customer: (count, last) for customer, count, last in visits._read_group(
                [('partner_id', 'in', customers.ids), ('state', '!=', 'cancelled')],
                ['partner_id'], ['__count', 'date_done:max'],
            )}
        for partner in self:
            customer = partner._origin.commercial_partner_id
            partner.tianyuan_visit_count, partner.tianyuan_last_visit_on = found.get(customer, (0, False))

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
