from odoo import fields, models


class TianyuanRatingConfirmationError(models.Model):
    _name = 'tianyuan.rating.confirmation.error'
    _description = "Rating Confirmation Error"
    _inherit = ['tianyuan.plain.text.mixin']
    _rec_name = 'rating_id'

    confirmation_id = fields.Many2one(
        'tianyuan.rating.confirmation', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='confirmation_id.company_id', store=True, precompute=True)
    rating_id = fields.Many2one('tianyuan.rating', required=True, index=True, ondelete='cascade', readonly=True)
    books_changed = fields.Boolean(
        readonly=True, help="The rating was updated instead of confirmed, as the books gave other points.",
    )
    message = fields.Char(string="Reason", required=True, readonly=True)
