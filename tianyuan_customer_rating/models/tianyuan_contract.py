from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context, html2plaintext

from .tianyuan_contract_check import KINDS
from .tianyuan_limits import check_dates

STATES = [('draft', "Draft"), ('signed', "Signed"), ('done', "Completed"), ('cancelled', "Cancelled")]
TYPES = [('sale', "Sale"), ('strategic', "Strategic Alliance"), ('agency', "Agency")]
# what the parties sign: fixed from then on
CONTENT = {
    'subject', 'company_id', 'partner_id', 'contract_type', 'currency_id', 'date_start', 'date_end', 'order_ids',
    'template_id', 'products', 'quality', 'settlement', 'rights', 'disputes', 'signatory_name',
    'signatory_capacity', 'authorisation_document_id', 'check_ids',
}
# what follows from its steps, its orders and its template
FOLLOWING = {
    'line_ids', 'body', 'template_version', 'amount_untaxed', 'amount_tax', 'amount_total', 'date_signed',
    'signed_by_id', 'cancel_reason',
}
# the texts that a contract begins with as its template has them
FROM_TEMPLATE = ('quality', 'rights', 'disputes')


class TianyuanContract(models.Model):
    """A contract with one customer, and the sale orders it gathers (policy 9, design §8).

    While it is a draft its table of products follows the orders; signing fixes it. What signing asks for is in
    ``tianyuan_contract_sign.py``.
    """

    _name = 'tianyuan.contract'
    _description = "Contract"
    _inherit = [
        'tianyuan.step.mixin', 'tianyuan.customer.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _order = 'id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.contract', 'HT')

    subject = fields.Char(tracking=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(tracking=True)
    user_id = fields.Many2one(
        'res.users', string="Salesperson", compute='_compute_user_id', store=True, readonly=False, precompute=True,
        index=True, tracking=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    contract_type = fields.Selection(TYPES, required=True, default='sale', tracking=True)
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, copy=False, default='draft', index=True, tracking=True,
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id,
    )
    date_start = fields.Date(string="Valid From", copy=False, tracking=True)
    date_end = fields.Date(string="Valid Until", copy=False, tracking=True)
    order_ids = fields.One2many('sale.order', 'tianyuan_contract_id', string="Sale Orders")
    order_line_ids = fields.Many2many(
        'sale.order.line', string="Ordered Products", compute='_compute_order_line_ids',
        groups='sales_team.group_sale_salesman,account.group_account_readonly',
    )
    line_ids = fields.One2many('tianyuan.contract.line', 'contract_id', string="Contract Lines", readonly=True)
    amount_untaxed = fields.Monetary(compute='_compute_amounts', store=True)
    amount_tax = fields.Monetary(string="Taxes", compute='_compute_amounts', store=True)
    amount_total = fields.Monetary(string="Total", compute='_compute_amounts', store=True)

    template_id = fields.Many2one(
        'tianyuan.contract.template', compute='_compute_template_id', store=True, readonly=False,
        precompute=True, index='btree_not_null', ondelete='restrict', check_company=True, tracking=True,
        domain="[('contract_type', '=', contract_type), ('company_id', 'in', (False, company_id))]",
    )
    template_version = fields.Integer(compute='_compute_template_text', store=True, aggregator=None)
    body = fields.Html(string="Standard Clauses", compute='_compute_template_text', store=True)
    products = fields.Text(
        string="Products and Prices", help="Product, specification, quantity and price, where no order says them.",
    )
    quality = fields.Text(
        string="Quality Terms", compute='_compute_terms', store=True, readonly=False, precompute=True)
    settlement = fields.Text(string="Settlement Terms", compute='_compute_settlement', store=True, readonly=False)
    rights = fields.Text(
        string="Rights and Obligations", compute='_compute_terms', store=True, readonly=False, precompute=True)
    disputes = fields.Text(
        string="Settlement of Disputes", compute='_compute_terms', store=True, readonly=False, precompute=True)

    signatory_name = fields.Char(
        string="Signatory", compute='_compute_signatory_name', store=True, readonly=False, precompute=True,
        tracking=True, help="Who signs for the customer.",
    )
    signatory_capacity = fields.Selection(
        [('legal', "Legal Representative"), ('authorised', "Authorised")], string="Capacity", default='legal',
        required=True, tracking=True,
    )
    authorisation_document_id = fields.Many2one(
        'tianyuan.archive.document', string="Authorisation", copy=False, check_company=True, ondelete='restrict',
        index='btree_not_null', domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
        help="The letter of authorisation in the customer's archive.",
    )
    check_ids = fields.One2many('tianyuan.contract.check', 'contract_id', string="Checks")
    missing = fields.Text(string="Missing for Signing", compute='_compute_missing')
    date_signed = fields.Date(string="Signed On", readonly=True, copy=False, tracking=True)
    signed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)

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

    @api.depends('partner_id')
    def _compute_signatory_name(self):
        for contract in self:
            customer = contract.partner_id.sudo()
            contract.signatory_name = customer.tianyuan_legal_representative or contract.signatory_name

    @api.depends('contract_type', 'company_id')
    def _compute_template_id(self):
        uses = self.grouped(lambda contract: (contract.contract_type, contract.company_id))
        for (kind, company), contracts in uses.items():
            default = self.env['tianyuan.contract.template'].search([
                ('contract_type', '=', kind), ('company_id', 'in', (False, company.id)),
            ]).sorted(lambda template: (not template.approved_on, not template.company_id))[:1]
            for contract in contracts:
                current = contract.template_id
                fits = current.contract_type == kind and current.company_id in (company, self.env['res.company'])
                contract.template_id = current if fits else default

    @api.depends('state', 'template_id.body', 'template_id.version')
    def _compute_template_text(self):
        # a contract that isn't a draft keeps what is stored
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            contract.body = contract.template_id.body
            contract.template_version = contract.template_id.version

    @api.depends('template_id')
    def _compute_terms(self):
        for contract in self:
            for name in FROM_TEMPLATE:
                contract[name] = contract.template_id[name] or contract[name]

    @api.depends('template_id')
    def _compute_settlement(self):
        """The payment terms of its orders, else of the customer, and what the template adds."""
        for contract in self:
            customer = contract.partner_id.with_company(contract.company_id)
            payment_terms = contract.order_ids.payment_term_id or customer.property_payment_term_id
            # a term's note is what the customer is told on an order
            texts = [(html2plaintext(term.note or '').strip() or term.name) for term in payment_terms]
            texts.append(contract.template_id.settlement)
            contract.settlement = "\n".join(filter(None, texts)) or contract.settlement

    @api.depends('order_ids.state', 'order_ids.order_line')
    def _compute_order_line_ids(self):
        for contract in self:
            contract.order_line_ids = contract.order_ids._tianyuan_contract_lines()

    @api.depends('state', 'order_ids.state', 'order_ids.amount_untaxed', 'order_ids.amount_total')
    def _compute_amounts(self):
        # a contract that isn't a draft keeps what is stored
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            orders = contract.order_ids.filtered(lambda order: order.state != 'cancel')
            contract.amount_untaxed = sum(orders.mapped('amount_untaxed'))
            contract.amount_total = sum(orders.mapped('amount_total'))
            contract.amount_tax = contract.amount_total - contract.amount_untaxed

    @api.constrains('partner_id', 'company_id', 'currency_id', 'order_ids')
    def _check_orders(self):
        # one that was given up says nothing of its orders
        for contract in self.sudo().filtered(lambda contract: contract.state != 'cancelled'):
            for order in contract.order_ids:
                customer = order.partner_id.commercial_partner_id
                names = {
                    'order': order.name, 'contract': contract.display_name, 'customer': customer.display_name,
                    'company': order.company_id.name, 'currency': order.currency_id.name,
                }
                if contract.partner_id != customer:
                    raise ValidationError(self.env._(
                        "%(order)s is an order of %(customer)s and can't belong to %(contract)s. "
                        "Choose a contract with this customer.", **names,
                    ))
                if contract.company_id != order.company_id:
                    raise ValidationError(self.env._(
                        "%(order)s is an order of the company %(company)s and can't belong to %(contract)s.", **names,
                    ))
                if contract.contract_type == 'sale' and contract.currency_id != order.currency_id:
                    raise ValidationError(self.env._(
                        "%(order)s is in %(currency)s and can't belong to %(contract)s, which is in another currency.",
                        **names,
                    ))

    @api.constrains('date_start', 'date_end')
    def _check_sane_dates(self):
        check_dates(self, 'date_start', 'date_end')

    @api.constrains('contract_type', 'template_id')
    def _check_template(self):
        for contract in self:
            if contract.template_id and contract.template_id.contract_type != contract.contract_type:
                raise ValidationError(self.env._(
                    "%s is a template for contracts of another type.", contract.template_id.name,
                ))

    @api.constrains('partner_id', 'authorisation_document_id')
    def _check_authorisation(self):
        for contract in self.sudo():
            document = contract.authorisation_document_id
            if document and document.partner_id != contract.partner_id:
                raise ValidationError(self.env._("%s isn't in this customer's archive.", document.name))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | FOLLOWING

    @api.model_create_multi
    def create(self, vals_list):
        """Draft contracts, each with its five checks still to be made (policy 9.1)."""
        contracts = super().create(vals_list)
        # a caller's defaults would make the checks
        self.env['tianyuan.contract.check'].sudo().with_context(clean_context(self.env.context)).create([
            {'contract_id': contract.id, 'kind': kind} for contract in contracts for kind, _label in KINDS
        ])
        return contracts

    def write(self, vals):
        """Write; what has been signed stays as it is.

        :raise UserError: contents of a contract that isn't a draft any more
        """
        if not self.env.su and CONTENT & vals.keys():
            self._check_draft()
        if 'state' in vals:
            self.flush_recordset()    # what follows orders and template, as it is now
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for contract in self:
            if contract.state != 'draft':
                raise UserError(self.env._("%s is kept: only drafts can be deleted.", contract.name))

    def _check_draft(self):
        """Refuse to change the contents of contracts that were signed or given up.

        :raise UserError: names the first of them
        """
        for contract in self:
            if contract.state != 'draft':
                raise UserError(self.env._(
                    "%s isn't a draft any more: its contents stay as they are. Duplicate it to agree on a new one.",
                    contract.name,
                ))

    def _takes_orders(self):
        """Whether orders may come and go: a sale is fixed by signing, other contracts gather what is ordered later."""
        self.ensure_one()
        return self.state == 'draft' or self.state == 'signed' and self.contract_type != 'sale'

    def _tianyuan_open(self):
        """Open a contract's page.

        :return: action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Contract"),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
        }
