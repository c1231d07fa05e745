from odoo import api, fields, models

from ..models.tianyuan_customer_policy import CONDITIONS


class TianyuanCustomerPolicyApplyLine(models.TransientModel):
    """A change of one value of one customer in the preview (design §9)."""

    _name = 'tianyuan.customer.policy.apply.line'
    _description = "Change to Apply"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _order = 'apply_id, id'
    _rec_name = 'partner_id'

    apply_id = fields.Many2one(
        'tianyuan.customer.policy.apply', string="Preview", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    policy_id = fields.Many2one('tianyuan.customer.policy', required=True, readonly=True, ondelete='cascade')
    condition = fields.Selection(CONDITIONS, required=True, readonly=True)
    # The values in the format of the customer's field, to detect changes since the preview.
    old_key = fields.Char(readonly=True, export_string_translation=False)
    new_key = fields.Char(readonly=True, export_string_translation=False)
    old_value = fields.Char(string="Now", readonly=True)
    new_value = fields.Char(string="By Policy", readonly=True)
    concern = fields.Char(
        readonly=True, help="What speaks against granting this customer more credit. Look at it before you choose it.",
    )
    selected = fields.Boolean(string="Apply", default=True)

    def _tianyuan_protected_fields(self):
        return self._fields.keys() - {'selected'}

    def _tianyuan_protected_message(self, names):
        return self.env._("Choose which changes to apply; what they are follows from the policies.")

    def action_select(self):
        """Choose these changes."""
        return self.write({'selected': True})

    def action_leave_out(self):
        """Leave these changes out."""
        return self.write({'selected': False})

    @api.model
    def _comparison_key(self, value):
        return str(value) if value else ''

    def _has_changed(self, change):
        """Return whether the change differs from the one in the preview."""
        return (self.old_key, self.new_key) != (self._comparison_key(change.old), self._comparison_key(change.new))
