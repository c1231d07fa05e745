from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..contract import figures

AMOUNTS = ('ordered', 'delivered', 'invoiced', 'paid', 'overdue')


class TianyuanContract(models.Model):
    """What has come of a contract, from its orders, invoices and payments (policy 9.3, design §8).

    Nothing of it is stored, so that posting and paying invoices costs nothing; one query serves all contracts.
    """

    _inherit = 'tianyuan.contract'

    ordered_amount = fields.Monetary(
        string="Ordered", compute='_compute_progress', help="Confirmed orders, with taxes.",
    )
    delivered_amount = fields.Monetary(
        string="Delivered", compute='_compute_progress', help="What has been delivered of the orders, with taxes.",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced", compute='_compute_progress',
        help="Posted invoices of the orders, down payments included, less credit notes; with taxes.",
    )
    paid_amount = fields.Monetary(
        string="Paid", compute='_compute_progress',
        help="What is paid of the invoices. An invoice of several contracts is paid for each in proportion.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue", compute='_compute_progress',
        help="What is open of the invoices although its due date has passed.",
    )
    overdue_since = fields.Date(compute='_compute_progress')
    delivered_percent = fields.Float(string="Delivered (%)", compute='_compute_progress', digits=(5, 1))
    invoiced_percent = fields.Float(string="Invoiced (%)", compute='_compute_progress', digits=(5, 1))
    paid_percent = fields.Float(string="Paid (%)", compute='_compute_progress', digits=(5, 1))
    overdue_percent = fields.Float(string="Overdue (%)", compute='_compute_progress', digits=(5, 1))
    is_payment_late = fields.Boolean(
        string="Late Payment", compute='_compute_progress', search='_search_is_payment_late',
        help="The contract is signed, and something is overdue by more than the company's days of grace.",
    )

    # Orders only: were it to depend on invoices, each posting would have to look for contracts.
    @api.depends('order_ids', 'order_ids.state', 'currency_id', 'state')
    def _compute_progress(self):
        found = self._progress()
        for contract in self:
            row = found.get(contract._origin.id, {})
            for name in AMOUNTS:
                contract[f'{name}_amount'] = row.get(name, 0.0)
            for name in AMOUNTS[1:]:
                ordered = contract.ordered_amount
                contract[f'{name}_percent'] = 100 * contract[f'{name}_amount'] / ordered if ordered else 0.0
            contract.overdue_since = row.get('overdue_since', False) if contract.overdue_amount else False
            contract.is_payment_late = contract.state == 'signed' and bool(row.get('late'))

    def _search_is_payment_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        figures.flush(self.env)
        today = fields.Date.context_today(self)
        signed = figures.figures(today, SQL("tc.state = 'signed'"))
        return Domain('id', 'in', SQL("(SELECT late.id FROM (%s) late WHERE late.late > 0)", signed))

    def _progress(self):
        """The figures of these contracts, for code that has checked access.

        :return: dict of contract id → dict of ``contract.figures``, amounts in the contract's currency
        """
        if not self._origin:
            return {}
        figures.flush(self.env)
        query = figures.figures(
            fields.Date.context_today(self), SQL("tc.id = ANY(%s)", self._origin.ids),
        )
        self.env.cr.execute(query)
        return {row['id']: row for row in map(_readable, self.env.cr.dictfetchall())}

    # -- where the figures come from ----------------------------------------------------------------

    @api.readonly
    def action_open_orders(self):
        """Open the contract's orders, as far as the user may see them."""
        return self._open_followed(
            'sale.order', self.env._("Orders"), Domain('tianyuan_contract_id', '=', self.id),
        )

    @api.readonly
    def action_open_deliveries(self):
        """Open the lines of the confirmed orders with what was ordered, delivered and invoiced."""
        return self._open_followed(
            'sale.order.line', self.env._("Deliveries"), Domain([
                ('order_id.tianyuan_contract_id', '=', self.id), ('state', '=', 'sale'),
                ('display_type', '=', False), ('is_downpayment', '=', False),
            ]), views=[(self.env.ref('tianyuan_customer_rating.sale_order_line_view_list_contract').id, 'list')],
        )

    @api.readonly
    def action_open_invoices(self):
        """Open the posted invoices and credit notes of the contract's orders."""
        return self._open_followed('account.move', self.env._("Invoices"), self._invoice_domain())

    @api.readonly
    def action_open_overdue_invoices(self):
        """Open the invoices of which an instalment is overdue."""
        return self._open_followed('account.move', self.env._("Overdue Invoices"), self._invoice_domain() & Domain(
            'line_ids', 'any', [
                ('display_type', '=', 'payment_term'), ('date_maturity', '<', fields.Date.context_today(self)),
                ('amount_residual', '>', 0),
            ],
        ))

    def _invoice_domain(self):
        return Domain([
            ('line_ids.sale_line_ids.order_id.tianyuan_contract_id', '=', self.id), ('state', '=', 'posted'),
            ('move_type', 'in', ('out_invoice', 'out_receipt', 'out_refund')),
        ])

    def _open_followed(self, model, name, domain, views=None):
        self.ensure_one()
        self.check_access('read')
        views = views or [(False, 'list'), (False, 'form')]
        return {
            'type': 'ir.actions.act_window',
            'name': f"{name}: {self.name}",
            'res_model': model,
            'domain': list(domain),
            'views': views,
            'view_mode': ','.join(kind for _view, kind in views),
            'context': {'create': False},
        }


def _readable(row):
    """Decimals as floats, as fields hold them."""
    return {
        name: value if value is None or isinstance(value, (int, date)) else float(value)
        for name, value in row.items()
    }
