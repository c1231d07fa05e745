from odoo import api, fields, models
from odoo.exceptions import UserError

MOST_QUARTERS = 8


class TianyuanSchemeComparisonChoice(models.TransientModel):
    """Asks with which quarters a draft scheme is compared, and whether with another scheme."""

    _name = 'tianyuan.scheme.comparison.choice'
    _description = "Quarters and Scheme to Compare With"
    _inherit = ['tianyuan.plain.text.mixin']

    comparison_id = fields.Many2one(
        'tianyuan.scheme.comparison', required=True, readonly=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='comparison_id.company_id')
    channel = fields.Selection(related='comparison_id.channel')
    scheme_id = fields.Many2one(related='comparison_id.scheme_id')
    quarter_count = fields.Integer(
        string="Number of Quarters", required=True, default=MOST_QUARTERS,
        help="From 1 to 8. Quarters without sheets computed here don't count.",
    )
    until = fields.Date(string="Up To", required=True, help="Any day of the last quarter to compare with.")
    champion_id = fields.Many2one(
        'tianyuan.rating.scheme', string="Compare With", ondelete='cascade',
        domain="[('channel', '=', channel), ('id', '!=', scheme_id), ('company_id', 'in', [company_id, False])]",
        help="Empty: with the ratings as they were given.",
    )

    _quarter_count_range = models.Constraint(
        'CHECK(quarter_count BETWEEN 1 AND 8)', "Choose from 1 to 8 quarters.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        comparison = self.env['tianyuan.scheme.comparison'].browse(values.get('comparison_id'))
        if comparison:
            values.setdefault('until', comparison.date_to)
            values.setdefault('champion_id', comparison.champion_id.id)
        return values

    @api.constrains('comparison_id')
    def _check_comparison(self):
        # A remote call can name a comparison that somebody else has opened; Odoo runs constraints as superuser.
        self.comparison_id.sudo(False).check_access('read')

    def action_apply(self):
        """Compare with the quarters and the scheme chosen.

        :return: action that closes the dialog
        :raise AccessError: the user is neither manager nor finance assessor, didn't open the comparison, or can't read
            the scheme
        :raise UserError: no quarter up to the day has sheets, or the scheme is of another channel or company
        """
        self.ensure_one()
        comparison, champion = self.comparison_id, self.champion_id
        comparison.check_access('read')
        champion.check_access('read')
        if champion and (
            champion == comparison.scheme_id or champion.channel != comparison.channel
            or (champion.company_id or comparison.company_id) != comparison.company_id
        ):
            raise UserError(self.env._(
                "Scheme %s can't be compared with: choose another scheme of the same channel and company.",
                champion.name,
            ))
        comparison._choose(self.until, self.quarter_count, champion)
        return {'type': 'ir.actions.act_window_close'}
