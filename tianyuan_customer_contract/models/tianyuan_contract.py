from datetime import timedelta
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import clean_context, html2plaintext, is_html_empty

from odoo.addons.tianyuan_customer_rating.tools.limits import check_dates
from odoo.addons.tianyuan_customer_rating.tools.text import listed

from ..tools.capitals import capitals
from .tianyuan_contract_check import KINDS

STATES = [('draft', "Draft"), ('signed', "Signed"), ('done', "Completed"), ('cancelled', "Cancelled")]
TYPES = [('sale', "Sale"), ('strategic', "Strategic Alliance"), ('agency', "Agency")]
# What the parties sign: these fields can't be changed after signing.
CONTENT_FIELDS = {
    'subject', 'company_id', 'partner_id', 'contract_type', 'currency_id', 'date_start', 'date_end', 'order_ids',
    'template_id', 'products', 'quality', 'settlement', 'rights', 'disputes', 'signatory_name',
    'signatory_capacity', 'authorisation_document_id', 'check_ids', 'supplier_signatory', 'supplier_bank_id',
    'customer_bank_id', 'place',
}
# Only the system sets these fields: they follow from the contract's steps, orders and template.
SYSTEM_FIELDS = {
    'line_ids', 'body', 'template_version', 'amount_untaxed', 'amount_tax', 'amount_total', 'date_signed',
    'signed_by_id', 'cancel_reason', 'supplier_bank', 'customer_bank',
}
# Texts that a contract copies from its template.
TEMPLATE_FIELDS = ('quality', 'rights', 'disputes')
NUMERALS = "一二三四五六"
PRINTED_LINE_FIELDS = ('name', 'specification', 'quantity', 'uom_id', 'price_unit', 'price_subtotal')


class TianyuanContract(models.Model):
    """A contract with one customer, and its sale orders (policy 9, design §8).

    The product table of a draft follows the orders; signing fixes it. Before signing, the five checks have to be
    passed, legal has to have approved the template, and all required terms have to be there (policy 9.1–9.2). From
    the day of signing the contract requires papers (policy 9.3).
    """

    _name = 'tianyuan.contract'
    _description = "Contract"
    _inherit = [
        'tianyuan.step.mixin', 'tianyuan.customer.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
        'tianyuan.partner.badge.mixin',
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
    supplier_signatory = fields.Char(
        string="Our Representative", compute='_compute_supplier', store=True, readonly=False, precompute=True,
        help="Who signs for us: the company's legal representative, or somebody authorised.",
    )
    supplier_bank_id = fields.Many2one(
        'res.partner.bank', string="Our Bank Account", compute='_compute_supplier', store=True, readonly=False,
        precompute=True, ondelete='set null', index='btree_not_null',
        domain="[('partner_id', '=', company_partner_id), ('company_id', 'in', (False, company_id))]",
    )
    customer_bank_id = fields.Many2one(
        'res.partner.bank', string="Customer's Bank Account", compute='_compute_customer_bank_id', store=True,
        readonly=False, precompute=True, ondelete='set null', index='btree_not_null',
        domain="[('partner_id', '=', partner_id), ('company_id', 'in', (False, company_id))]",
    )
    company_partner_id = fields.Many2one(related='company_id.partner_id', string="Supplier")
    supplier_bank = fields.Char(string="Our Bank and Account", compute='_compute_banks', store=True)
    customer_bank = fields.Char(string="Customer's Bank and Account", compute='_compute_banks', store=True)
    place = fields.Char(
        string="Place of Signing", compute='_compute_supplier', store=True, readonly=False, precompute=True,
    )
    check_ids = fields.One2many('tianyuan.contract.check', 'contract_id', string="Checks")
    has_pending_checks = fields.Boolean(compute='_compute_has_pending_checks', export_string_translation=False)
    warnings = fields.Text(
        compute='_compute_warnings',
        help="What speaks against signing without hindering it; noted in the chatter when the contract is signed.",
    )
    missing = fields.Text(string="Missing for Signing", compute='_compute_missing')
    date_signed = fields.Date(string="Signed On", readonly=True, copy=False, tracking=True)
    signed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)
    paper_ids = fields.One2many('tianyuan.contract.paper', 'contract_id', string="Required Papers")
    late_paper_count = fields.Integer(string="Papers Late", compute='_compute_late_paper_count')
    is_paper_late = fields.Boolean(
        string="Late Papers", compute='_compute_late_paper_count', search='_search_is_paper_late',
        help="The contract is signed, and a required paper wasn't handed in by its due date.",
    )

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

    @api.depends('company_id')
    def _compute_supplier(self):
        """Take who signs for us, our bank account and the place of signing over from the company."""
        # Only drafts: contracts signed before these fields existed didn't name them.
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            # sudo: not everybody may read the company's address and archive.
            supplier = contract.company_id.sudo().partner_id
            contract.supplier_signatory = supplier.tianyuan_legal_representative or contract.supplier_signatory
            contract.supplier_bank_id = contract._first_bank(supplier)
            contract.place = supplier.city or contract.place

    @api.depends('partner_id', 'company_id')
    def _compute_customer_bank_id(self):
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            contract.customer_bank_id = contract._first_bank(contract.partner_id.sudo())

    @api.depends(
        'state', 'supplier_bank_id.acc_number', 'supplier_bank_id.bank_id.name', 'customer_bank_id.acc_number',
        'customer_bank_id.bank_id.name',
    )
    def _compute_banks(self):
        # Only drafts follow the accounts; other contracts keep what was signed.
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            for side in ('supplier', 'customer'):
                account = contract[f'{side}_bank_id'].sudo()
                contract[f'{side}_bank'] = " ".join(filter(None, (account.bank_id.name, account.acc_number)))

    @api.depends('check_ids.result')
    def _compute_has_pending_checks(self):
        for contract in self:
            contract.has_pending_checks = 'pending' in contract.check_ids.mapped('result')

    @api.depends('state', 'partner_id', 'company_id', 'template_id', 'quality', 'rights', 'disputes')
    @api.depends_context('uid', 'lang')
    def _compute_warnings(self):
        drafts = self.filtered(lambda contract: contract.state == 'draft')
        (self - drafts).warnings = False
        for contract in drafts:
            contract.warnings = "\n".join(contract._warnings())

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
        # Only drafts follow the template; other contracts keep their stored text.
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            contract.body = contract.template_id.body
            contract.template_version = contract.template_id.version

    @api.depends('template_id')
    def _compute_terms(self):
        for contract in self:
            for name in TEMPLATE_FIELDS:
                contract[name] = contract.template_id[name] or contract[name]

    @api.depends('template_id')
    def _compute_settlement(self):
        """Join the payment terms of the orders, else of the customer, with the template's settlement terms."""
        for contract in self:
            customer = contract.partner_id.with_company(contract.company_id)
            payment_terms = contract.order_ids.payment_term_id or customer.property_payment_term_id
            # The note is what orders print for the customer; the name is the fallback.
            texts = [(html2plaintext(term.note or '').strip() or term.name) for term in payment_terms]
            texts.append(contract.template_id.settlement)
            contract.settlement = "\n".join(filter(None, texts)) or contract.settlement

    @api.depends('order_ids.state', 'order_ids.order_line')
    def _compute_order_line_ids(self):
        for contract in self:
            contract.order_line_ids = contract.order_ids._tianyuan_contract_lines()

    @api.depends('state', 'order_ids.state', 'order_ids.amount_untaxed', 'order_ids.amount_total')
    def _compute_amounts(self):
        # Only drafts follow the orders; other contracts keep their stored amounts.
        for contract in self.filtered(lambda contract: contract.state == 'draft'):
            orders = contract.order_ids.filtered(lambda order: order.state != 'cancel')
            contract.amount_untaxed = sum(orders.mapped('amount_untaxed'))
            contract.amount_total = sum(orders.mapped('amount_total'))
            contract.amount_tax = contract.amount_total - contract.amount_untaxed

    @api.depends(
        'state', 'contract_type', 'date_start', 'date_end', 'order_ids.order_line', 'order_ids.state', 'products',
        'template_id.approved_on', 'quality', 'settlement', 'rights', 'disputes', 'signatory_name',
        'signatory_capacity', 'authorisation_document_id', 'check_ids.result', 'partner_id',
    )
    @api.depends_context('uid', 'lang')
    def _compute_missing(self):
        for contract in self:
            contract.missing = "\n".join(contract._missing()) if contract.state == 'draft' else False

    @api.depends('state', 'paper_ids.date_due', 'paper_ids.handed_in_on')
    def _compute_late_paper_count(self):
        signed = self.filtered(lambda contract: contract.state == 'signed')
        late = dict(self.env['tianyuan.contract.paper']._read_group(
            [('contract_id', 'in', signed._origin.ids), ('state', '=', 'overdue')], ['contract_id'], ['__count'],
        ))
        for contract in self:
            contract.late_paper_count = late.get(contract._origin, 0)
            contract.is_paper_late = bool(contract.late_paper_count)

    def _search_is_paper_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain([('state', '=', 'signed'), ('paper_ids', 'any', [('state', '=', 'overdue')])])

    @api.constrains('partner_id', 'company_id', 'currency_id', 'order_ids')
    def _check_orders(self):
        # Orders may no longer fit a cancelled contract.
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

    @api.constrains('partner_id', 'company_id', 'supplier_bank_id', 'customer_bank_id')
    def _check_banks(self):
        for contract in self.sudo():
            for account, owner in (
                (contract.supplier_bank_id, contract.company_id.partner_id),
                (contract.customer_bank_id, contract.partner_id),
            ):
                if account and account.partner_id != owner:
                    raise ValidationError(self.env._(
                        "%(account)s isn't a bank account of %(owner)s.",
                        account=account.display_name, owner=owner.display_name,
                    ))

    @api.constrains('partner_id', 'authorisation_document_id')
    def _check_authorisation(self):
        for contract in self.sudo():
            document = contract.authorisation_document_id
            if document and document.partner_id != contract.partner_id:
                raise ValidationError(self.env._("%s isn't in this customer's archive.", document.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for contract in self:
            if contract.state != 'draft':
                raise UserError(self.env._("%s is kept: only drafts can be deleted.", contract.name))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        """Create drafts, each with its five checks pending (policy 9.1)."""
        contracts = super().create(vals_list)
        # Clean the context: `default_*` keys would preset the checks' results.
        self.env['tianyuan.contract.check'].sudo().with_context(clean_context(self.env.context)).create([
            {'contract_id': contract.id, 'kind': kind} for contract in contracts for kind, _label in KINDS
        ])
        return contracts

    def write(self, vals):
        """Protect the content of contracts that are no longer drafts.

        :raise UserError: the content of a contract changes that is no longer a draft
        """
        if not self.env.su and CONTENT_FIELDS & vals.keys():
            self._check_draft()
        if 'state' in vals:
            self.flush_recordset()    # compute amounts and texts before leaving the draft state stops them
        return super().write(vals)

    def action_sign(self):
        """Mark contracts as signed today by the user, and fix their product lines.

        :raise UserError: something is missing; the message lists all of it
        """
        self._check_step('draft')
        self._check_complete()
        warnings = {contract: contract._warnings() for contract in self}
        for contract in self.sudo():
            contract.line_ids = [Command.create(contract._line_values(line)) for line in contract._order_lines()]
        self.sudo().write({
            'state': 'signed', 'date_signed': fields.Date.context_today(self), 'signed_by_id': self.env.uid,
        })
        warned = self.browse(contract.id for contract in self if warnings[contract])
        warned._message_log_batch(bodies={
            contract.id: self.env._("Signed in spite of: %s", "\n".join(warnings[contract])) for contract in warned
        })
        return True

    def action_ask_sign(self):
        """Ask before signing, naming what speaks against it; refuse at once if something is missing.

        :return: the action that asks
        :raise UserError: something is missing; the message lists all of it
        """
        self._check_step('draft')
        self._check_complete()
        return self.env['tianyuan.question']._ask(self, 'action_sign', self.env._("Sign the Contract?"))

    def action_ask_pass_checks(self):
        """Ask what shows that the pending checks are passed.

        :raise UserError: the contract is no draft
        """
        self._check_step('draft')
        return self.env['tianyuan.reason']._ask(self, 'action_pass_checks')

    def action_pass_checks(self, evidence=None):
        """Mark the checks that are still pending as passed by the user; those with evidence of their own keep it.

        :param str evidence: what shows it
        :raise UserError: the contract is no draft, or there is no evidence
        """
        self._check_step('draft')
        evidence = (evidence or '').strip()
        for own, checks in self.check_ids.filtered(lambda check: check.result == 'pending').grouped(
            lambda check: (check.evidence or '').strip(),
        ).items():
            checks.write({'result': 'passed', 'evidence': own or evidence})
        return True

    def action_done(self):
        """Mark signed contracts as completed."""
        self._check_step('signed')
        self.sudo().state = 'done'
        return True

    def action_cancel(self, reason=None):
        """Cancel drafts or signed contracts, whose orders may then get another contract.

        :param str reason: kept with the contract
        :raise UserError: no reason is given
        """
        self._check_step('draft', 'signed')
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why the contract is cancelled."))
        self.sudo().write({'state': 'cancelled', 'cancel_reason': reason})
        return True

    def action_restore_terms(self):
        """Replace the texts for quality, rights and obligations, and disputes by the template's."""
        self._check_step('draft')
        for contract in self:
            contract.write({name: contract.template_id[name] for name in TEMPLATE_FIELDS})
        return True

    def _check_complete(self):
        """Check that nothing is missing for signing.

        :raise UserError: something is missing; the message lists all of it
        """
        problems = [(contract, contract._missing()) for contract in self]
        messages = [
            "\n– ".join([self.env._("%s can't be signed yet:", contract.display_name), *missing])
            for contract, missing in problems if missing
        ]
        if messages:
            raise UserError("\n\n".join(messages))

    def _tianyuan_question_details(self, _method):
        """Return the warnings of these contracts, for the question before they are signed.

        :raise AccessError: the user may not write the contracts
        """
        self._check_step('draft')
        if len(self) == 1:
            return "\n".join(self._warnings())
        return "\n".join(f"{contract.name}: {text}" for contract in self for text in contract._warnings())

    def _first_bank(self, owner):
        """Return the first bank account of a partner that this contract's company may use."""
        return owner.bank_ids.filtered(
            lambda account: account.company_id in (self.company_id, account.company_id.browse()),
        )[:1].sudo(False)

    def _check_draft(self):
        """Check that the contracts are drafts, whose content may be changed.

        :raise UserError: a contract is no draft; the message names the first one
        """
        for contract in self:
            if contract.state != 'draft':
                raise UserError(self.env._(
                    "%s isn't a draft any more: its contents stay as they are. Duplicate it to agree on a new one.",
                    contract.name,
                ))

    def _accepts_order_changes(self):
        """Return whether orders may be added or removed.

        Signing fixes the orders of a sale contract; strategic alliances and agencies take later orders, too.
        """
        self.ensure_one()
        return self.state == 'draft' or self.state == 'signed' and self.contract_type != 'sale'

    def _open_form(self):
        """Open the form of this contract.

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

    def _missing(self):
        """List what is missing before the user can sign this draft.

        :return: list of texts in the user's language
        """
        self.ensure_one()
        return [
            *self._missing_in_checks(), *self._missing_in_template(), *self._missing_in_terms(),
            *self._missing_in_products(), *self._missing_in_signatory(),
        ]

    def _warnings(self):
        """List what speaks against signing this draft without hindering it.

        :return: list of texts in the user's language
        """
        self.ensure_one()
        # sudo: who deals with a customer may know of the warning and of what the archive lacks.
        warnings = [self.sudo().tianyuan_warning or '']
        customer = self.partner_id.sudo()
        if self.partner_id and (lacking := customer._tianyuan_archive_missing()[customer]):
            warnings.append(self.env._("The customer's archive isn't complete. Missing: %s", listed(self.env, lacking)))
        if changed := self._changed_terms():
            warnings.append(self.env._("Not as legal has approved it: %s", listed(self.env, changed)))
        return list(filter(None, warnings))

    def _changed_terms(self):
        """Return the labels of the texts that differ from what legal has approved."""
        return [self._field_label(name) for name in TEMPLATE_FIELDS if self._differs_from_template(name)]

    def _missing_in_checks(self):
        pending = self.check_ids.filtered(lambda check: check.result == 'pending')
        failed = self.check_ids.filtered(lambda check: check.result == 'failed')
        if pending:
            yield self.env._("Checks to be made: %s", pending._kind_labels())
        if failed:
            yield self.env._("Failed checks: %s", failed._kind_labels())

    def _missing_in_template(self):
        if not self.template_id:
            yield self.env._("Template: choose one approved by legal")
        elif not self.template_id.approved_on:
            yield self.env._("Template: legal has not approved %s", self.template_id.name)
        elif not self.company_id._tianyuan_is_legal_reviewer():
            changed = self._changed_terms()
            if changed:
                yield self.env._(
                    "Not as legal has approved it, which takes a legal reviewer to sign: %s", changed)

    def _differs_from_template(self, name):
        """Return whether a text differs from the template's. A template without that text allows any."""
        approved = (self.template_id[name] or '').strip()
        return approved and (self[name] or '').strip() != approved

    def _missing_in_terms(self):
        terms = ('quality', 'settlement', 'rights', 'disputes')
        empty = [self._field_label(name) for name in terms if not (self[name] or '').strip()]
        empty += [self._field_label(name) for name in ('date_start', 'date_end') if not self[name]]
        if empty:
            yield self.env._("Terms: %s", empty)

    def _missing_in_products(self):
        lines = self._order_lines()
        if not lines:
            if self.contract_type == 'sale':
                yield self.env._("Products: a sale contract needs an order with products")
            elif not (self.products or '').strip():
                yield self.env._("Products: describe product, specification, quantity and price, or add an order")
        for label, lacking in (
            (self.env._("Specification of %s"), lambda line: line._tianyuan_lacks_specification()),
            (self.env._("Quantity of %s"), lambda line: line.product_uom_qty <= 0),
            (self.env._("Price of %s"), lambda line: not line.price_unit),
        ):
            found = lines.filtered(lacking)
            if found:
                yield label % listed(self.env, found.product_id.mapped('name'))

    def _missing_in_signatory(self):
        customer = self.partner_id.sudo()
        legal = (customer.tianyuan_legal_representative or '').strip()
        document = self.authorisation_document_id.sudo()
        name = (self.signatory_name or '').strip()
        if not name:
            yield self.env._("Signatory: who signs for the customer")
        elif self.signatory_capacity == 'legal' and legal and name != legal:
            yield self.env._("Signatory: by the archive %s is the legal representative", legal)
        if self.signatory_capacity == 'authorised':
            if not document:
                yield self.env._("Signatory: the letter of authorisation")
            elif document.valid_until and document.valid_until < fields.Date.context_today(self):
                yield self.env._("Signatory: the letter of authorisation has expired")

    def _order_lines(self):
        """Return the product lines of the orders as superuser; the caller has checked access to the contract."""
        return self.sudo().order_ids._tianyuan_contract_lines()

    @api.model
    def _line_values(self, line):
        return {
            'name': line.product_id.name,
            'product_id': line.product_id.id,
            'specification': line.tianyuan_specification,
            'quantity': line.product_uom_qty,
            'uom_id': line.product_uom_id.id,
            'price_unit': line.price_unit * (1 - line.discount / 100),
            'price_subtotal': line.price_subtotal,
            'price_total': line.price_total,
        }

    def _field_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _printed_lines(self):
        """Return the rows of the printed product table: the present orders of a draft, else the signed lines.

        :return: list of dict
        :raise AccessError: the user may not read the contract
        """
        self.ensure_one()
        self.check_access('read')
        if self.state == 'draft':
            rows = [self._line_values(line) for line in self._order_lines()]
            units = self.env['uom.uom'].sudo()
            return [{**row, 'uom_id': units.browse(row['uom_id'])} for row in rows]
        return [{name: line[name] for name in PRINTED_LINE_FIELDS} for line in self.sudo().line_ids]

    def _printed_headings(self):
        """Return the numbered headings of the printed sections that have something in them.

        :return: dict of section → heading
        """
        self.ensure_one()
        headings = {
            'products': (
                self.products or self._printed_lines(), self.env._("Products, specifications, quantities and prices"),
            ),
            'quality': (self.quality, self.env._("Quality")),
            'settlement': (self.settlement, self.env._("Settlement")),
            'rights': (self.rights, self.env._("Rights and obligations of the parties")),
            'disputes': (self.disputes, self.env._("Settlement of disputes")),
            'body': (not is_html_empty(self.body), self.env._("Standard clauses")),
        }
        chinese = (self.env.lang or '').startswith('zh')
        printed = [(name, title) for name, (content, title) in headings.items() if content]
        return {
            name: f"{NUMERALS[number]}、{title}" if chinese else f"{number + 1}. {title}"
            for number, (name, title) in enumerate(printed)
        }

    def _amount_in_words(self):
        """Spell out the total.

        Amounts in yuan, and all amounts in a Chinese contract, are spelt in Chinese capitals (大写).

        :return: text
        """
        self.ensure_one()
        yuan = self.currency_id.name == 'CNY'
        if not yuan and not (self.env.lang or '').startswith('zh'):
            return self.currency_id.amount_to_text(self.amount_total)
        # Format with two decimals first: the float may be off by a cent.
        return f'{"人民币" if yuan else self.currency_id.name}{capitals(Decimal(f"{self.amount_total:.2f}"))}'

    def _require_papers(self, signed_on):
        """Add the required papers that these contracts don't have yet.

        :param date signed_on: day from which the due dates count
        """
        types = self.env['tianyuan.contract.paper.type'].sudo().search([('required', '=', True)])
        # Clean the context: `default_*` keys would mark the papers as handed in.
        self.env['tianyuan.contract.paper'].sudo().with_context(clean_context(self.env.context)).create([
            {
                'contract_id': contract.id,
                'type_id': kind.id,
                'name': kind.with_context(lang=contract.user_id.lang or self.env.lang).name,
                'date_due': signed_on + timedelta(days=kind.days),
            }
            for contract in self for kind in types - contract.sudo().paper_ids.type_id
            if kind.contract_type in (False, contract.contract_type)
            and kind.company_id.id in (False, contract.company_id.id)
        ])
