from odoo import fields, models


class TianyuanRatingRunError(models.Model):
    _name = 'tianyuan.rating.run.error'
    _description = "Rating Run Error"
    _inherit = ['tianyuan.plain.text.mixin']
    _rec_name = 'partner_id'

    run_id = fields.Many2one('tianyuan.rating.run', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='run_id.company_id', store=True, precompute=True)
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, index=True, ondelete='cascade')
    reason = fields.Selection(
        [('channel', "No channel"), ('scheme', "No scheme for the channel"), ('failed', "Could not be computed")],
        required=True, readonly=True, default='failed', string="Cause",
    )
    message = fields.Char(string="Reason", required=True)
