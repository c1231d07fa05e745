from odoo import fields, models

from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """The contracts with a customer."""

    _inherit = 'res.partner'

    tianyuan_contract_count = fields.Integer(
        string="Contracts", compute='_compute_tianyuan_summary', groups=ROLES,
        help="Contracts with this customer that you may see, without those cancelled.",
    )

    def _tianyuan_summary_sources(self):
        return super()._tianyuan_summary_sources() + [('tianyuan_contract_count', self._tianyuan_rows_about(
            self.env['tianyuan.contract'], [('state', '!=', 'cancelled')],
            'partner_id', self.commercial_partner_id._origin,
        ))]

    def _tianyuan_set_summary(self, found):
        super()._tianyuan_set_summary(found)
        for partner in self:
            key = ('tianyuan_contract_count', partner.commercial_partner_id._origin.id)
            partner.tianyuan_contract_count, _last = found.get(key, (0, None))

    def action_tianyuan_contracts(self):
        """Open the contracts with the customer.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.contract', 'tianyuan_contract_action')
