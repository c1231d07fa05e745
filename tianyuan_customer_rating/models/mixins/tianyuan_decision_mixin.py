from odoo import api, fields, models

from ...tools.limits import check_dates


class TianyuanDecisionMixin(models.AbstractModel):
    """A manager's decision about a customer for a period, which can be ended early.

    Inheriting models must have ``company_id``. A contact is replaced by its company.
    """

    _name = 'tianyuan.decision.mixin'
    _description = "Decision about a Customer for a Time"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.customer.mixin']

    date_from = fields.Date(string="From", required=True, readonly=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until", required=True)
    ended_on = fields.Date(readonly=True)
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        'res.users', string="Decided By", required=True, readonly=True, default=lambda self: self.env.user,
    )

    @api.constrains('date_to')
    def _check_sane_dates(self):
        check_dates(self, 'date_to')

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('partner_id'):
                vals['partner_id'] = self.env['res.partner'].browse(vals['partner_id']).commercial_partner_id.id
        return super().create(vals_list)

    def _tianyuan_protected_fields(self):
        return self._fields.keys() - {'partner_id', 'company_id', 'date_to', 'reason'}
