from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.tianyuan_customer_rating.engine.payments import overdue
from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES


class ResPartner(models.Model):
    """What speaks against a customer, whatever the document is about (design §9)."""

    _inherit = 'res.partner'

    tianyuan_on_hold = fields.Boolean(
        string="On Hold", compute='_compute_tianyuan_hold', search='_search_tianyuan_on_hold', groups=ROLES,
    )
    tianyuan_hold_note = fields.Char(string="Hold", compute='_compute_tianyuan_hold', groups=ROLES)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'lang')
    def _compute_tianyuan_hold(self):
        # sudo: all roles may know of a hold
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
        # whom a search finds would tell it, too
        self._check_field_access(self._fields['tianyuan_on_hold'], 'read')
        holds = self.env['tianyuan.customer.hold'].sudo()
        return Domain('commercial_partner_id', 'in', holds._running(self.env.company.root_id).partner_id.ids)

    def action_tianyuan_hold(self):
        """Open the customer's running hold, or a form to begin one.

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
        """Holds and overdue payments, too.

        :param str matter: ``on_hold``, ``overdue``, or one of those that every document warns of
        """
        # sudo: whoever deals with a customer may know that the matter holds
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
