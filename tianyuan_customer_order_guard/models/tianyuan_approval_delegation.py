from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.tianyuan_customer_rating.tools.limits import check_dates
from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, ROLES

ALL_ORDERS = 'sales_team.group_sale_salesman_all_leads'


class TianyuanApprovalDelegation(models.Model):
    """A stand-in who approves orders while a manager is away (design §9)."""

    _name = 'tianyuan.approval.delegation'
    _description = "Stand-in for Approvals"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'date_from desc, id desc'
    _rec_name = 'manager_id'

    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company.root_id,
        help="A stand-in of a company is one for its branches, too.",
    )
    manager_id = fields.Many2one(
        'res.users', required=True, index=True, ondelete='cascade', default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    delegate_id = fields.Many2one(
        'res.users', string="Stand-In", required=True, index=True, ondelete='cascade', domain="[('share', '=', False)]",
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until", required=True, help="The last day of the absence.")
    is_running = fields.Boolean(string="Running", compute='_compute_is_running', search='_search_is_running')

    _dates_in_order = models.Constraint(
        'CHECK(date_to >= date_from)', "An absence can't end before it begins.",
    )

    @api.depends('date_from', 'date_to')
    def _compute_is_running(self):
        today = fields.Date.context_today(self)
        for delegation in self:
            delegation.is_running = bool(
                delegation.date_from and delegation.date_to and delegation.date_from <= today <= delegation.date_to
            )

    def _search_is_running(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain('date_from', '<=', today) & Domain('date_to', '>=', today)

    @api.constrains('date_from', 'date_to')
    def _check_sane_dates(self):
        check_dates(self, 'date_from', 'date_to')

    @api.constrains('manager_id', 'delegate_id', 'company_id')
    def _check_people(self):
        # sudo: users may not read other users' groups and companies
        for delegation in self.sudo():
            company, manager, delegate = delegation.company_id, delegation.manager_id, delegation.delegate_id
            if company.parent_id:
                raise ValidationError(self.env._(
                    "%(branch)s is a branch: choose %(company)s.", branch=company.name, company=company.root_id.name,
                ))
            if manager == delegate:
                raise ValidationError(self.env._("Somebody else has to stand in for %s.", manager.name))
            if not manager.has_group(MANAGER) or company not in manager.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s approves no orders in %(company)s: only a manager there can be stood in for.",
                    user=manager.name, company=company.name,
                ))
            if not delegate.active or not delegate.has_group(ROLES) or company not in delegate.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s has no role in customer management in %(company)s: give them one first.",
                    user=delegate.name, company=company.name,
                ))
            if not delegate.has_group(ALL_ORDERS):
                raise ValidationError(self.env._(
                    "%s sees only their own quotations and couldn't approve others'. Give them \"All Documents\" in "
                    "Sales first.", delegate.name,
                ))

    @api.constrains('manager_id', 'company_id', 'date_from', 'date_to')
    def _check_one_at_a_time(self):
        for delegation in self:
            other = self.sudo().search([
                ('id', '!=', delegation.id), ('manager_id', '=', delegation.manager_id.id),
                ('company_id', '=', delegation.company_id.id),
                ('date_from', '<=', delegation.date_to), ('date_to', '>=', delegation.date_from),
            ], limit=1)
            if other:
                raise ValidationError(self.env._(
                    "%(delegate)s already stands in for %(manager)s in these days.",
                    delegate=other.delegate_id.name, manager=other.manager_id.name,
                ))

    @api.model
    def _stand_ins(self, company):
        """Find the delegations of today whose manager and stand-in still work in the company.

        :param company: ``res.company`` without a parent
        :return: dict of manager → delegation, as superuser
        """
        today = company.sudo()._tianyuan_today()
        running = self.sudo().search([
            ('company_id', '=', company.id), ('date_from', '<=', today), ('date_to', '>=', today),
        ])
        return {
            delegation.manager_id: delegation for delegation in running
            if delegation.delegate_id.active and company in delegation.delegate_id.company_ids
            and delegation.manager_id.active and delegation.manager_id.has_group(MANAGER)
        }
