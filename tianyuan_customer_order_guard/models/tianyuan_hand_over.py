from odoo import models
from odoo.fields import Domain


class TianyuanHandOver(models.Model):
    """Quotations that wait for a manager's approval go with the customers."""

    _inherit = 'tianyuan.hand.over'

    def _kinds(self, customers):
        kinds = super()._kinds(customers)
        return {**kinds, 'approvals': {
            'name': self.env._("Quotations Waiting for Approval"), 'model': 'sale.order',
            'domain': Domain('partner_id.commercial_partner_id', 'in', customers.ids)
            & Domain('tianyuan_approval_state', '=', 'asked') & Domain('state', 'in', ('draft', 'sent'))
            & Domain('company_id', 'child_of', self.company_id.id),
            'action': 'sale.action_quotations_with_onboarding',
        }}
