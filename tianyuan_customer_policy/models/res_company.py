from odoo import models


class ResCompany(models.Model):
    """Visits as often as the customer's policy says, also to potential customers (policy 8.3, design §9)."""

    _inherit = 'res.company'

    def _tianyuan_visit_plan(self, partners):
        plan = super()._tianyuan_visit_plan(partners)
        policies = self.env['tianyuan.customer.policy']._find_in_force(self, partners)
        return plan | {
            partner_id: (policy.visit_interval, policy.visit_kind)
            for partner_id, policy in policies.items() if policy.visit_interval
        }

    def _tianyuan_cultivation_intervals(self, partners):
        intervals = super()._tianyuan_cultivation_intervals(partners)
        policies = self.env['tianyuan.customer.policy']._find_in_force(self, partners)
        return intervals | {
            partner_id: policy.visit_interval for partner_id, policy in policies.items() if policy.visit_interval
        }
