from odoo import api, fields, models
from odoo.fields import Domain


class TianyuanRating(models.Model):
    """Who moved up and who moved down (policy 6.5, 7.3), and the quarter people speak of on a Monday."""

    _inherit = 'tianyuan.rating'

    is_last_rated_quarter = fields.Boolean(
        compute='_compute_is_last_rated_quarter', search='_search_is_last_rated_quarter',
        help="The sheet is of its company's last quarter with a confirmed rating.",
    )

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
