from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import FINANCE, MANAGER, ROLES, keeps_archives

from .tianyuan_customer_policy import SUPPLY_PRIORITIES


class ResPartner(models.Model):
    """What the company's policies grant a customer (policy 6.4, design §9)."""

    _inherit = 'res.partner'

    tianyuan_supply_priority = fields.Selection(
        SUPPLY_PRIORITIES, string="Supply Priority", company_dependent=True, index=False, readonly=True, copy=False,
        groups=ROLES,
    )
    tianyuan_policy_id = fields.Many2one(
        'tianyuan.customer.policy', string="Customer Policy", compute='_compute_tianyuan_policy_id',
        groups=f'{FINANCE},{MANAGER}',
    )
    tianyuan_quality_terms = fields.Html(string="Quality Terms", compute='_compute_tianyuan_policy_id', groups=ROLES)
    tianyuan_service_terms = fields.Html(string="Service Terms", compute='_compute_tianyuan_policy_id', groups=ROLES)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'lang', 'tz')
    def _compute_tianyuan_policy_id(self):
        """Find the policy in force today. All roles see its terms, although few may read the policy itself."""
        policies = self.env['tianyuan.customer.policy'].sudo()
        holding = policies._find_in_force(self.env.company, self._origin.commercial_partner_id)
        for partner in self:
            policy = holding.get(partner._origin.commercial_partner_id.id, policies)
            partner.tianyuan_policy_id = policy.id
            partner.tianyuan_quality_terms = policy.quality_terms
            partner.tianyuan_service_terms = policy.service_terms

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'tianyuan_supply_priority'}

    def _tianyuan_protected_message(self, names):
        if names == {'tianyuan_supply_priority'} and keeps_archives(self.env.user):
            return self.env._("The supply priority follows from the customer's policy: change the policy and apply it.")
        return super()._tianyuan_protected_message(names)

    def action_tianyuan_apply_policies(self):
        """Open a preview of what applying the policies would change for these customers.

        :return: action
        :raise AccessError: the user is no manager
        """
        return self.env['tianyuan.customer.policy.apply']._open_preview(self)
