from odoo import fields, models


class TianyuanArchiveCollectionReject(models.TransientModel):
    """Asks why a collection form, or one line of it, is rejected."""

    _name = 'tianyuan.archive.collection.reject'
    _description = "Reject Collection Form"
    _inherit = ['tianyuan.plain.text.mixin']

    collection_id = fields.Many2one('tianyuan.archive.collection')
    line_id = fields.Many2one('tianyuan.archive.collection.line')
    reason = fields.Char(required=True)

    def action_reject(self):
        """Reject; form and line check the user's right themselves."""
        self.ensure_one()
        (self.line_id or self.collection_id).action_reject(self.reason)
        return {'type': 'ir.actions.act_window_close'}
