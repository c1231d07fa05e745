from odoo import api, fields, models

from ..engine.periods import Quarter
from ..tools.selections import CUSTOMER_CLASSES


class TianyuanSchemeComparisonLine(models.TransientModel):
    """A customer whose tier, class or major account the draft would change."""

    _name = 'tianyuan.scheme.comparison.line'
    _description = "Customer Moved by a Scheme"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'comparison_id, score_change, id'
    _rec_name = 'partner_id'

    comparison_id = fields.Many2one(
        'tianyuan.scheme.comparison', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    rating_id = fields.Many2one('tianyuan.rating', string="Sheet", required=True, readonly=True, ondelete='cascade')
    quarter = fields.Char(readonly=True)
    rating_state = fields.Selection(related='rating_id.state', string="Sheet Status")
    direction = fields.Selection(
        [('up', "Up"), ('down', "Down"), ('class', "Class or major account only")], required=True, readonly=True,
    )
    old_score = fields.Float(readonly=True, digits=(5, 2), aggregator='avg')
    new_score = fields.Float(readonly=True, digits=(5, 2), aggregator='avg')
    score_change = fields.Float(readonly=True, digits=(5, 2), aggregator='avg')
    old_tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True, ondelete='cascade')
    new_tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True, ondelete='cascade')
    old_class = fields.Selection(CUSTOMER_CLASSES, readonly=True)
    new_class = fields.Selection(CUSTOMER_CLASSES, readonly=True)
    old_is_major = fields.Boolean(string="Was Major Account", readonly=True)
    new_is_major = fields.Boolean(string="Becomes Major Account", readonly=True)

    def action_open_sheet(self):
        """Open the stored sheet of the line."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.rating',
            'res_id': self.rating_id.id,
            'view_mode': 'form',
        }

    @api.model
    def _values(self, rows):
        """Return the values of one record per sheet whose customer moves.

        :param rows: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`
        :return: list of values
        """
        names = {day: Quarter.containing(day).name for day in {row.sheet.date_from for row in rows}}
        return [{
            'partner_id': sheet.partner,
            'rating_id': sheet.id,
            'quarter': names[sheet.date_from],
            'direction': move,
            'old_score': before.score,
            'new_score': after.score,
            'score_change': round(after.score - before.score, 2),
            'old_tier_id': before.tier,
            'new_tier_id': after.tier,
            'old_class': before.customer_class,
            'new_class': after.customer_class,
            'old_is_major': before.is_major,
            'new_is_major': after.is_major,
        } for sheet, before, after, move in rows if move != 'same']
