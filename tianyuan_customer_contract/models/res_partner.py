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

    # -- personal data --------------------------------------------------------------------------------------------

    def _tianyuan_contracts_signed(self):
        """Return the contracts of the person's customer that the person signed."""
        contracts = self.env['tianyuan.contract']
        if not self._tianyuan_has_name():
            return contracts
        return contracts.search([
            ('partner_id', '=', self.commercial_partner_id.id), ('signatory_name', '=', self.name),
        ], order='id')

    def _tianyuan_personal_data(self):
        contracts = self._tianyuan_held_here(self._tianyuan_contracts_signed())
        capacities = dict(contracts._fields['signatory_capacity']._description_selection(self.env))
        return super()._tianyuan_personal_data() + [(
            self.env._("Contracts Signed"), [self.env._("Number"), self.env._("Customer"), self.env._("Capacity")],
            [
                [contract.name, contract.partner_id.name, capacities.get(contract.signatory_capacity)]
                for contract in contracts
            ],
        )]

    def _tianyuan_erasure_plan(self):
        """Contracts say who signed them as long as they are kept: without the signatory they prove nothing."""
        plan, contracts = super()._tianyuan_erasure_plan(), self._tianyuan_contracts_signed()
        if contracts:
            plan['kept'].append(self.env._(
                "The name of the signatory on contracts, which prove what was agreed: %s",
                ", ".join(contracts.mapped('name')),
            ))
        return plan
