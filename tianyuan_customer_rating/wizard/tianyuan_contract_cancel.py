from odoo import fields, models


class TianyuanContractCancel(models.TransientModel):
    _name = 'tianyuan.contract.cancel'
    _description = "Cancel Contracts"
    _inherit = ['tianyuan.plain.text.mixin']

    contract_ids = fields.Many2many('tianyuan.contract', string="Contracts", required=True)
    reason = fields.Char(required=True)

    def action_cancel(self):
        """Cancel the contracts; they check the user's right themselves."""
        self.ensure_one()
        self.contract_ids.action_cancel(self.reason)
        return {'type': 'ir.actions.act_window_close'}
