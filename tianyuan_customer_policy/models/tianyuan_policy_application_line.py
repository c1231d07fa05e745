from odoo import api, fields, models

from .tianyuan_customer_policy import CONDITIONS


class TianyuanPolicyApplicationLine(models.Model):
    """Append-only log of one customer's value that applying a policy has changed (design §9)."""

    _name = 'tianyuan.policy.application.line'
    _description = "Change by a Policy"
    _inherit = ['tianyuan.append.only.mixin', 'tianyuan.plain.text.mixin']
    _order = 'application_id desc, id'
    _rec_name = 'partner_id'

    application_id = fields.Many2one(
        'tianyuan.policy.application', required=True, readonly=True, index=True, ondelete='restrict',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='restrict')
    date = fields.Datetime(related='application_id.date')
    user_id = fields.Many2one(related='application_id.user_id')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True, ondelete='restrict',
    )
    policy_id = fields.Many2one(
        'tianyuan.customer.policy', readonly=True, index='btree_not_null', ondelete='set null',
    )
    condition = fields.Selection(CONDITIONS, required=True, readonly=True)
    old_value = fields.Char(string="Before the Change", readonly=True)
    new_value = fields.Char(string="After the Change", readonly=True)

    @api.model
    def _append_only_message(self):
        return self.env._("What policies have changed is append-only.")
