from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES


class ResPartner(models.Model):
    """Number of contracts with a customer."""

    _inherit = 'res.partner'

    tianyuan_contract_count = fields.Integer(
        string="Contracts", compute='_compute_tianyuan_contract_count', groups=ROLES,
        help="Contracts with this customer that you may see, without those cancelled.",
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_contract_count(self):
        counts = self._tianyuan_count_records('tianyuan.contract', [('state', '!=', 'cancelled')])
        for partner in self:
            partner.tianyuan_contract_count = counts[partner]

    def action_tianyuan_contracts(self):
        """Open the contracts with the customer.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.contract', 'tianyuan_customer_contract.tianyuan_contract_action')
