from odoo import fields, models
from odoo.exceptions import UserError


class TianyuanHandOverLine(models.Model):
    """A customer that is handed over, and who gets it."""

    _name = 'tianyuan.hand.over.line'
    _description = "Customer Handed Over"
    _inherit = ['tianyuan.protected.mixin']
    _order = 'id'
    _rec_name = 'partner_id'
    _tianyuan_access_fields = ()

    hand_over_id = fields.Many2one('tianyuan.hand.over', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='hand_over_id.company_id', store=True, index=True)
    from_user_id = fields.Many2one(related='hand_over_id.from_user_id', store=True, string="From Whom")
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True, ondelete='cascade',
    )
    to_user_id = fields.Many2one('res.users', string="To Whom", domain="[('share', '=', False)]")
    state = fields.Selection(
        [('waiting', "To Hand Over"), ('moved', "Handed Over"), ('skipped', "Left Out")],
        string="Status", required=True, readonly=True, default='waiting',
    )

    def _tianyuan_protected_fields(self):
        return self._fields.keys() - {'to_user_id'}

    def write(self, vals):
        """Choose the receiver of a customer.

        :raise UserError: the customers are handed over already
        """
        if not self.env.su and any(hand_over.state != 'draft' for hand_over in self.hand_over_id):
            raise UserError(self.env._("What was handed over stays on record."))
        return super().write(vals)
