from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES

from .tianyuan_customer_policy import SUPPLY_PRIORITIES


class SaleOrder(models.Model):
    """The customer's policy terms on the order, for users who may not read policies, too (design §9)."""

    _inherit = 'sale.order'

    tianyuan_supply_priority = fields.Selection(
        SUPPLY_PRIORITIES, string="Supply Priority", compute='_compute_tianyuan_policy_terms', groups=ROLES,
    )
    tianyuan_quality_terms = fields.Html(
        string="Quality Terms", compute='_compute_tianyuan_policy_terms', groups=ROLES,
    )
    tianyuan_service_terms = fields.Html(
        string="Service Terms", compute='_compute_tianyuan_policy_terms', groups=ROLES,
    )

    @api.depends('partner_id', 'company_id')
    @api.depends_context('lang')
    def _compute_tianyuan_policy_terms(self):
        for company, orders in self.grouped(lambda order: order.company_id or self.env.company).items():
            customers = orders.partner_id.commercial_partner_id._origin.sudo().with_company(company)
            policies = self.env['tianyuan.customer.policy']._find_in_force(company, customers)
            for order in orders:
                customer = order.partner_id.commercial_partner_id._origin.sudo().with_company(company)
                policy = policies.get(customer.id)
                order.tianyuan_supply_priority = customer.tianyuan_supply_priority
                order.tianyuan_quality_terms = policy and policy.quality_terms
                order.tianyuan_service_terms = policy and policy.service_terms
