from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .tianyuan_contract import FROM_TEMPLATE
from .wording import listed


class TianyuanContract(models.Model):
    """Signing a contract, and what has to be there before (policy 9.1–9.2, design §8)."""

    _inherit = 'tianyuan.contract'

    def action_sign(self):
        """Note contracts as signed today by the user, and fix what they say.

        :raise UserError: says everything that is missing
        """
        self._check_step('draft')
        problems = [(contract, contract._missing()) for contract in self]
        messages = [
            "\n– ".join([self.env._("%s can't be signed yet:", contract.display_name), *missing])
            for contract, missing in problems if missing
        ]
        if messages:
            raise UserError("\n\n".join(messages))
        for contract in self.sudo():
            contract.line_ids = [Command.create(contract._line_values(line)) for line in contract._order_lines()]
        self.sudo().write({
            'state': 'signed', 'date_signed': fields.Date.context_today(self), 'signed_by_id': self.env.uid,
        })
        return True

    def action_done(self):
        """Note that signed contracts have been performed."""
        self._check_step('signed')
        self.sudo().state = 'done'
        return True

    def action_cancel(self, reason=None):
        """Give up drafts, or end signed contracts; their orders may get another contract.

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
        """Take the template's texts for quality, rights and obligations, and disputes again."""
        self._check_step('draft')
        for contract in self:
            contract.write({name: contract.template_id[name] for name in FROM_TEMPLATE})
        return True

    @api.depends(
        'state', 'contract_type', 'date_start', 'date_end', 'order_ids.order_line', 'order_ids.state', 'products',
        'template_id.approved_on', 'quality', 'settlement', 'rights', 'disputes', 'signatory_name',
        'signatory_capacity', 'authorisation_document_id', 'check_ids.result', 'partner_id',
    )
    @api.depends_context('uid', 'lang')
    def _compute_missing(self):
        for contract in self:
            contract.missing = "\n".join(contract._missing()) if contract.state == 'draft' else False

    def _missing(self):
        """What has to be done before this draft can be signed by the user.

        :return: list of texts, in the user's language
        """
        self.ensure_one()
        return [
            *self._missing_in_checks(), *self._missing_in_template(), *self._missing_in_terms(),
            *self._missing_in_products(), *self._missing_in_signatory(),
        ]

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
            changed = [self._label(name) for name in FROM_TEMPLATE if self._differs(name)]
            if changed:
                yield self.env._(
                    "Not as legal has approved it, which takes a legal reviewer to sign: %s", changed)

    def _differs(self, name):
        """Whether a text isn't the template's; a template without one leaves it to the contract."""
        approved = (self.template_id[name] or '').strip()
        return approved and (self[name] or '').strip() != approved

    def _missing_in_terms(self):
        terms = ('quality', 'settlement', 'rights', 'disputes')
        empty = [self._label(name) for name in terms if not (self[name] or '').strip()]
        empty += [self._label(name) for name in ('date_start', 'date_end') if not self[name]]
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
        """The lines of its orders that are products; for code that has checked access to the contract."""
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

    def _label(self, name):
        return self._fields[name]._description_string(self.env)
