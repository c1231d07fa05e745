from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .tianyuan_roles import ROLES


class SaleOrder(models.Model):
    """The contract an order belongs to (design §8)."""

    _inherit = 'sale.order'

    tianyuan_contract_id = fields.Many2one(
        'tianyuan.contract', string="Contract", copy=False, index='btree_not_null', check_company=True, groups=ROLES,
        ondelete='restrict', tracking=True,
    )

    @api.constrains('tianyuan_contract_id', 'partner_id', 'company_id')
    def _check_tianyuan_contract_id(self):
        for order in self.sudo().filtered('tianyuan_contract_id'):
            contract = order.tianyuan_contract_id
            if contract.partner_id != order.partner_id.commercial_partner_id:
                raise ValidationError(self.env._(
                    "%(order)s is an order of %(customer)s and can't belong to %(contract)s. "
                    "Choose a contract with this customer.",
                    order=order.name, customer=order.partner_id.commercial_partner_id.display_name,
                    contract=contract.display_name,
                ))
