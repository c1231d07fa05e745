from odoo import api, fields, models
from odoo.fields import Domain


class TianyuanRating(models.Model):
    """Who moved up and who moved down (policy 6.5, 7.3), and the quarter people speak of on a Monday."""

    _inherit = 'tianyuan.rating'

    # stored: what the tier was compared with, even if the sheet before is reopened and changed
    previous_tier_id = fields.Many2one(
        'tianyuan.rating.tier', compute='_compute_previous_tier_id', store=True, ondelete='restrict',
    )
    is_last_rated_quarter = fields.Boolean(
        compute='_compute_is_last_rated_quarter', search='_search_is_last_rated_quarter',
        help="The sheet is of its company's last quarter with a confirmed rating.",
    )

    # what tier_change follows
    @api.depends('score', 'tier_id', 'previous_rating_id')
    def _compute_previous_tier_id(self):
        for sheet in self:
            sheet.previous_tier_id = sheet.previous_rating_id.tier_id

    def _compute_is_last_rated_quarter(self):
        last = self._last_rated_quarters(self.company_id)
        for sheet in self:
            sheet.is_last_rated_quarter = last.get(sheet.company_id) == sheet.date_from

    @api.model
    def _search_is_last_rated_quarter(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain.OR(
            Domain('company_id', '=', company.id) & Domain('date_from', '=', date_from)
            for company, date_from in self._last_rated_quarters(self.env.companies).items()
        )

    @api.model
    def _last_rated_quarters(self, companies):
        """The first day of the last quarter with a confirmed quarterly sheet the user may read.

        :return: dict of ``res.company`` → date; companies without one are left out
        """
        return dict(self._read_group([
            ('company_id', 'in', companies.ids), ('kind', '=', 'quarterly'), ('state', '=', 'confirmed'),
        ], ['company_id'], ['date_from:max']))
