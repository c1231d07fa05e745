from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES
from odoo.addons.tianyuan_customer_rating.tools.text import listed


class SaleOrder(models.Model):
    """Link between orders and their contract (design §8)."""

    _inherit = 'sale.order'

    tianyuan_contract_id = fields.Many2one(
        'tianyuan.contract', string="Contract", copy=False, index='btree_not_null', check_company=True, groups=ROLES,
        ondelete='set null', tracking=True,
    )

    @api.constrains('tianyuan_contract_id', 'partner_id', 'company_id', 'currency_id')
    def _check_tianyuan_contract_id(self):
        self.sudo().tianyuan_contract_id._check_orders()

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._check_tianyuan_contract_change(orders.sudo().tianyuan_contract_id)
        return orders

    def write(self, vals):
        if 'tianyuan_contract_id' in vals:
            new = self.env['tianyuan.contract'].browse(vals['tianyuan_contract_id'] or ())
            moved = self.sudo().filtered(lambda order: order.tianyuan_contract_id != new)
            # Orders may leave a cancelled contract.
            old = moved.tianyuan_contract_id.filtered(lambda contract: contract.state != 'cancelled')
            if moved:
                self._check_tianyuan_contract_change(old | new.sudo())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_tianyuan_contract(self):
        """Refuse to delete orders whose contract is signed and no longer accepts changes."""
        for order in self.sudo():
            contract = order.tianyuan_contract_id
            if contract.state in ('signed', 'done') and not contract._accepts_order_changes():
                raise UserError(self.env._(
                    "%s is signed or closed: its orders stay as they are.", contract.display_name,
                ))

    def _check_tianyuan_contract_change(self, contracts):
        """Check that the user may add orders to these contracts, or remove orders from them.

        :raise AccessError: the user may not write one of the contracts
        :raise UserError: a contract is signed or closed, so that its orders are fixed
        """
        if not contracts:
            return    # check_access also fails on an empty recordset if the user may not write contracts
        contracts = contracts.with_env(self.env)
        contracts.check_access('write')
        for contract in contracts:
            if not contract._accepts_order_changes():
                raise UserError(self.env._(
                    "%s is signed or closed: its orders stay as they are.", contract.display_name,
                ))

    def action_tianyuan_make_contract(self):
        """Make a draft contract of these orders and open it.

        :return: action
        :raise AccessError: the user may not make contracts with this customer
        :raise UserError: the orders can't be in one contract; the message says why, and which orders
        """
        return self.env['tianyuan.contract'].create(self._tianyuan_contract_values())._open_form()

    def action_tianyuan_new_contract(self):
        """Open the form of a new contract of these orders; nothing is stored before the user saves it.

        :return: action
        :raise AccessError: the user may not make contracts, or not of these orders
        :raise UserError: the orders can't be in one contract; the message says why, and which orders
        """
        values = self._tianyuan_contract_values()
        self.env['tianyuan.contract'].check_access('create')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("New Contract"),
            'res_model': 'tianyuan.contract',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'context': {f'default_{name}': value for name, value in values.items()},
        }

    def _tianyuan_contract_values(self):
        """Return the values of a new contract of these orders, valid for a year from today.

        :raise AccessError: the user may not write the orders
        :raise UserError: the orders can't be in one contract; the message says why, and which orders
        """
        self.check_access('write')
        problems = self._tianyuan_contract_problems()
        if problems:
            raise UserError("\n".join(problems))
        today = fields.Date.context_today(self)
        return {
            'partner_id': self.partner_id.commercial_partner_id.id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'subject': ", ".join(filter(None, self.mapped('client_order_ref'))),
            'date_start': today,
            'date_end': today + relativedelta(years=1, days=-1),
            'order_ids': [Command.set(self.ids)],
        }

    def action_tianyuan_contract(self):
        """Open the order's contract.

        :return: action
        :raise AccessError: the user may not read the contract
        """
        self.ensure_one()
        self.check_access('read')
        contract = self.sudo().tianyuan_contract_id.with_env(self.env)
        contract.check_access('read')
        return contract._open_form()

    def _tianyuan_contract_problems(self):
        """List what prevents these orders from being put into one new contract.

        :return: list of texts in the user's language
        """
        orders = self.sudo()
        customers = orders.partner_id.commercial_partner_id
        problems = []
        for label, values in (
            (self.env._("A contract is with one customer. These orders are of: %s"), customers),
            (self.env._("A contract is of one company. These orders are of: %s"), orders.company_id),
            (self.env._("A contract is in one currency. These orders are in: %s"), orders.currency_id),
        ):
            if len(values) > 1:
                problems.append(label % listed(self.env, values.mapped('display_name')))
        cancelled = orders.filtered(lambda order: order.state == 'cancel')
        bound = orders.filtered(
            lambda order: order.tianyuan_contract_id and order.tianyuan_contract_id.state != 'cancelled')
        for label, found in (
            (self.env._("Cancelled: %s"), cancelled),
            (self.env._("These have a contract already: %s"), bound),
        ):
            if found:
                problems.append(label % listed(self.env, found.mapped('name')))
        return problems

    def _tianyuan_contract_lines(self):
        """Return the product lines of those orders that aren't cancelled."""
        return self.filtered(lambda order: order.state != 'cancel').order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment)
