from odoo import fields, models


class TianyuanContractLine(models.Model):
    """A product of a signed contract, as ordered on the day of signing (policy 9.2).

    Later changes of the order don't change the line.
    """

    _name = 'tianyuan.contract.line'
    _description = "Contract Line"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'contract_id, id'

    contract_id = fields.Many2one('tianyuan.contract', required=True, readonly=True, index=True, ondelete='cascade')
    name = fields.Char(string="Product Name", required=True, readonly=True)
    product_id = fields.Many2one('product.product', readonly=True, index='btree_not_null', ondelete='set null')
    specification = fields.Char(readonly=True)
    quantity = fields.Float(digits='Product Unit', readonly=True)
    uom_id = fields.Many2one('uom.uom', string="Unit", readonly=True, ondelete='restrict')
    currency_id = fields.Many2one(related='contract_id.currency_id')
    price_unit = fields.Float(
        string="Unit Price", digits='Product Price', readonly=True, aggregator=None, help="Less the discount.",
    )
    price_subtotal = fields.Monetary(string="Untaxed Amount", readonly=True)
    price_total = fields.Monetary(string="Amount", readonly=True, help="With taxes.")
