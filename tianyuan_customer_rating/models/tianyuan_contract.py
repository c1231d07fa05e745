from odoo import api, fields, models


class TianyuanContract(models.Model):
    """A contract with one customer, and the sale orders it gathers (policy 9, design §8)."""

    _name = 'tianyuan.contract'
    _description = "Contract"
    _inherit = ['tianyuan.stepwise']
    _order = 'id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.contract', 'HT')

    subject = fields.Char(tracking=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict', check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]", tracking=True,
    )
    user_id = fields.Many2one(
        'res.users', string="Salesperson", compute='_compute_user_id', store=True, readonly=False, precompute=True,
        index=True, tracking=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    contract_type = fields.Selection(
        [('sale', "Sale"), ('strategic', "Strategic Alliance"), ('agency', "Agency")],
        string="Type", required=True, default='sale', tracking=True,
    )
    state = fields.Selection(
        [('draft', "Draft"), ('signed', "Signed"), ('done', "Completed"), ('cancelled', "Cancelled")],
        string="Status", required=True, readonly=True, copy=False, default='draft', index=True, tracking=True,
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id,
    )
    date_start = fields.Date(string="Valid From", tracking=True)
    date_end = fields.Date(string="Valid Until", tracking=True)
    order_ids = fields.One2many('sale.order', 'tianyuan_contract_id', string="Sale Orders")

    _name_unique = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "Another contract has this number.")
    _dates_in_order = models.Constraint(
        'CHECK(date_end >= date_start)', "A contract ends after it begins: correct its dates.",
    )

    @api.depends('name', 'partner_id')
    def _compute_display_name(self):
        for contract in self:
            customer = contract.partner_id.name
            contract.display_name = f"{contract.name} {customer}" if customer else contract.name

    @api.depends('partner_id')
    def _compute_user_id(self):
        for contract in self:
            contract.user_id = contract.partner_id.user_id or contract.user_id
