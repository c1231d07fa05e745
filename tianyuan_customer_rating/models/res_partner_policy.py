from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..policy import holding
from .tianyuan_customer_policy import SUPPLY_PRIORITIES
from .tianyuan_roles import ARCHIVE, FINANCE, MANAGER, ROLES


class ResPartner(models.Model):
    """What the company's policies grant a customer (policy 6.4, design §9)."""

    _inherit = 'res.partner'

    tianyuan_supply_priority = fields.Selection(
        SUPPLY_PRIORITIES, string="Supply Priority", company_dependent=True, index=False, readonly=True, copy=False, groups=ROLES,
    )
    tianyuan_policy_id = fields.Many2one(
        'tianyuan.customer.policy', string="Customer Policy", compute='_compute_tianyuan_summary',
        groups=f'{FINANCE},{MANAGER}',
    )
    tianyuan_quality_terms = fields.Html(string="Quality Terms", compute='_compute_tianyuan_summary', groups=ROLES)
    tianyuan_service_terms = fields.Html(string="Service Terms", compute='_compute_tianyuan_summary', groups=ROLES)

    def _tianyuan_summary_sources(self):
        policies = self.env['tianyuan.customer.policy']
        holding.flush(self.env)
        return super()._tianyuan_summary_sources() + [('tianyuan_quality_terms', SQL("(%s)", holding.holding_query(
            self.env.company, policies._today(self.env.company), self.commercial_partner_id._origin.ids,
        )))]

    def _tianyuan_set_summary(self, found):
        """What the policy says is told to whoever reads the customer; the policy itself isn't."""
        super()._tianyuan_set_summary(found)
        policies = self.env['tianyuan.customer.policy'].sudo().browse({
            policy_id for (name, _partner_id), (_count, policy_id) in found.items() if name == 'tianyuan_quality_terms'
        })
        by_id = {policy.id: policy for policy in policies}
        for partner in self:
            _count, policy_id = found.get(('tianyuan_quality_terms', partner.commercial_partner_id._origin.id), (0, 0))
            policy = by_id.get(policy_id, policies.browse())
            partner.tianyuan_policy_id = policy.id
            partner.tianyuan_quality_terms = policy.quality_terms
            partner.tianyuan_service_terms = policy.service_terms

    def _check_tianyuan_write(self, vals):
        super()._check_tianyuan_write(vals)
        if 'tianyuan_supply_priority' in vals and not self.env.su:
            raise AccessError(self.env._(
                "The supply priority follows from the customer's policy: change the policy and apply it.",
            ))

    def _tianyuan_guarded_fields(self):
        return super()._tianyuan_guarded_fields() | {'tianyuan_supply_priority'}

    def action_tianyuan_apply_policies(self):
        """Preview what the policies change for these customers.

        :return: action
        :raise AccessError: the user is no manager
        """
        return self.env['tianyuan.customer.policy.apply']._open(self)
