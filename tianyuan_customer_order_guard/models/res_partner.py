from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.tianyuan_customer_rating.engine.payments import overdue
from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES


class ResPartner(models.Model):
    """Holds and overdue payments of a customer, which speak against any document (design §9)."""

    _inherit = 'res.partner'

    tianyuan_on_hold = fields.Boolean(
        string="On Hold", compute='_compute_tianyuan_hold', search='_search_tianyuan_on_hold', groups=ROLES,
    )
    tianyuan_hold_note = fields.Char(string="Hold", compute='_compute_tianyuan_hold', groups=ROLES)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'lang')
    def _compute_tianyuan_hold(self):
        # sudo: all roles may see that a customer is on hold
        holds = self.env['tianyuan.customer.hold'].sudo()._running(
            self.env.company.root_id, self._origin.commercial_partner_id,
        )
        of_customer = {hold.partner_id.id: hold for hold in holds}
        for partner in self:
            hold = of_customer.get(partner._origin.commercial_partner_id.id)
            partner.tianyuan_on_hold = bool(hold)
            partner.tianyuan_hold_note = hold and self.env._(
                "On hold until %(day)s, by %(user)s: %(reason)s",
                day=format_date(self.env, hold.date_to), user=hold.user_id.name, reason=hold.reason,
            )

    def _search_tianyuan_on_hold(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # A search would reveal who is on hold, so it needs the same access as the field.
        self._check_field_access(self._fields['tianyuan_on_hold'], 'read')
        holds = self.env['tianyuan.customer.hold'].sudo()
        return Domain('commercial_partner_id', 'in', holds._running(self.env.company.root_id).partner_id.ids)

    def action_tianyuan_hold(self):
        """Open the customer's running hold, or the form of a new one.

        :return: action
        :raise AccessError: the user is no manager
        """
        self.ensure_one()
        self.env['tianyuan.customer.hold'].check_access('create')
        customer = self.commercial_partner_id
        action = {
            'type': 'ir.actions.act_window',
            'name': self.env._("Put on Hold"),
            'res_model': 'tianyuan.customer.hold',
            'view_mode': 'form',
        }
        running = self.env['tianyuan.customer.hold']._running(self.env.company.root_id, customer)
        if running:
            return {**action, 'name': self.env._("Hold"), 'res_id': running[0].id}
        return {
            **action,
            'views': [(self.env.ref('tianyuan_customer_order_guard.tianyuan_customer_hold_view_form_new').id, 'form')],
            'target': 'new',
            'context': {'default_partner_id': customer.id},
        }

    def _tianyuan_with_matter(self, matter, company):
        """Find customers of whom a matter holds, including holds and overdue payments.

        :param str matter: ``on_hold``, ``overdue``, or a matter of the core
        :param company: ``res.company`` without a parent
        :return: dict of customer → details for the warning's text
        """
        # sudo: users who deal with a customer may see that the matter holds
        customers, company = self.sudo(), company.sudo()
        today = fields.Date.context_today(self)
        if matter == 'on_hold':
            holds = self.env['tianyuan.customer.hold'].sudo()._running(company, customers)
            found = {hold.partner_id.id: {'until': hold.date_to} for hold in holds}
        elif matter == 'overdue':
            found = {
                partner_id: {'amount': float(amount), 'since': since}
                for partner_id, (amount, since) in overdue(company, today, customers.ids).items()
                if company._tianyuan_is_overdue(float(amount), (today - since).days)
            } if customers else {}
        else:
            return super()._tianyuan_with_matter(matter, company)
        return {customer: found[customer.id] for customer in self if customer.id in found}
