from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.purchases import company_timezone
from .tianyuan_roles import MANAGER

QUOTATION = ('draft', 'sent')
NAMED_ORDERS = 20    # a refusal of hundreds of orders must still fit the screen
# what a write may change besides the state that decides what speaks against an order
DECIDING = {
    'company_id', 'currency_id', 'fiscal_position_id', 'order_line', 'partner_id', 'partner_invoice_id', 'pricelist_id',
}


class Watch:
    """What confirmed orders amounted to, to whom, and which licences they needed, before they are changed. As an object
    in the context it can't come from a client, who could stop orders from being watched by it."""

    def __init__(self, orders):
        self.before = {order: self.state(order) for order in orders}

    @staticmethod
    def state(order):
        return (
            order._tianyuan_company_amount(), order._tianyuan_customers(),
            order._tianyuan_products()._tianyuan_licence_types(),
        )


class SaleOrder(models.Model):
    """What speaks against an order, said on the quotation and checked before it becomes an order (design §9)."""

    _inherit = 'sale.order'

    tianyuan_needs_approval = fields.Boolean(
        string="Needs Approval", compute='_compute_tianyuan_needs_approval', search='_search_tianyuan_needs_approval',
        help="A manager has to approve this quotation before it can be confirmed.",
    )
    tianyuan_limit_warned = fields.Boolean(
        compute='_compute_tianyuan_warning', export_string_translation=False,
        help="Technical: the credit limit is among the addon's own warnings, and Odoo's needn't be shown.",
    )

    @api.depends('state', 'amount_total', 'currency_rate', 'partner_invoice_id', 'order_line.product_id')
    @api.depends_context('uid')
    def _compute_tianyuan_warning(self):
        told = self._tianyuan_quotations() if self._tianyuan_may_know() else self.browse()
        found = told._tianyuan_matters(('warn', 'approve'))
        for order in self:
            matters = found.get(order, {})
            order.tianyuan_warning = order._tianyuan_name_matters(matters) or False
            order.tianyuan_limit_warned = 'over_limit' in matters

    @api.depends(
        'partner_id', 'partner_invoice_id', 'company_id', 'state', 'amount_total', 'currency_rate', 'currency_id',
        'order_line.product_id', 'tianyuan_approval_state',
    )
    @api.depends_context('uid')
    def _compute_tianyuan_needs_approval(self):
        # no business of customers on the portal
        shown = self.browse() if self.env.user.share else self._tianyuan_quotations()
        unapproved = shown._tianyuan_unapproved()
        for order in self:
            order.tianyuan_needs_approval = order in unapproved

    def _search_tianyuan_needs_approval(self, operator, value):
        if operator != 'in':
            return NotImplemented
        quotations = self.search([('state', 'in', QUOTATION)])
        return Domain('id', 'in', quotations.filtered('tianyuan_needs_approval').ids)

    @api.model_create_multi
    def create(self, vals_list):
        """Orders that begin as confirmed are checked as if they were confirmed.

        :raise UserError: an order needs a manager's approval
        """
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == 'sale')._check_tianyuan_approval()
        return orders

    def write(self, vals):
        """However an order is confirmed, this is where it becomes one; a confirmed one is watched.

        :raise UserError: an order needs a manager's approval
        """
        if vals.get('state') == 'sale':
            confirmed = self.filtered(lambda order: order.state != 'sale')
            deciding = {name: value for name, value in vals.items() if name in DECIDING}
            if confirmed and deciding:
                self.write(deciding)    # what is confirmed is the order as it then is
                vals = {name: value for name, value in vals.items() if name not in DECIDING}
            confirmed._check_tianyuan_approval()
        if vals.keys() & DECIDING:
            watch = self._tianyuan_watch()
            result = super(SaleOrder, self.with_context(tianyuan_watch=watch)).write(vals)
            self._check_tianyuan_raised(watch)
        else:
            result = super().write(vals)
        if vals.get('state') in ('sale', 'cancel'):
            self._tianyuan_stop_asking()
        return result

    def _tianyuan_watch(self):
        """Before confirmed orders are changed by somebody. What Odoo does as superuser, such as adding expenses, isn't
        watched, nor what an outer change watches already.

        :return: :class:`Watch`, for ``_check_tianyuan_raised``
        """
        outer = self.env.context.get('tianyuan_watch')
        watched = outer.before.keys() if isinstance(outer, Watch) else ()
        return Watch(() if self.env.su else [
            order for order in self.sudo() if order.state == 'sale' and order not in watched
        ])

    def _check_tianyuan_raised(self, watch):
        """Confirmed orders that are worth more now, concern another customer or need another licence are checked as if
        they were confirmed. A manager's own change goes through, and is noted.

        :raise UserError: a manager would have to approve the order as it is now
        """
        raised = self.sudo().browse()
        for order, before in watch.before.items():
            (amount, customers, licences), (old_amount, old_customers, old_licences) = watch.state(order), before
            if (
                order.company_id.currency_id.compare_amounts(amount, old_amount) > 0
                or customers - old_customers or licences - old_licences
            ):
                raised |= order
        unapproved = raised._tianyuan_unapproved(together=True)
        if not unapproved:
            return
        if not self.env.user.has_group(MANAGER):
            raise UserError(self.env._(
                "These orders are confirmed, and with this change a manager would have to approve them. Ask a manager "
                "to make the change, or put what is added on a new quotation and ask for its approval.\n%s",
                self._tianyuan_list_matters(unapproved),
            ))
        for order, matters in unapproved.items():
            order.with_env(self.env)._tianyuan_tell(lambda order, matters=matters: "\n".join([
                order.env._(
                    "Changed by a manager after the confirmation: %s", order._tianyuan_amount(order.amount_total),
                ),
                order._tianyuan_name_matters(matters),
            ]))

    def _tianyuan_lock_limits(self):
        """Have confirmations of one customer's orders wait for each other: the second one fails as soon as the first is
        committed, is tried again by Odoo, and then finds the first one's order."""
        limited = self.env['res.partner']
        for company, orders in self._tianyuan_by_company():
            if 'over_limit' in company._tianyuan_order_matters(('approve',)):
                limited |= orders._tianyuan_limited_customers(company)
        if limited:
            self.env.cr.execute(SQL(
                "UPDATE res_partner SET write_date = write_date WHERE id IN %s", tuple(sorted(limited.ids)),
            ))

    def _check_tianyuan_approval(self):
        self._tianyuan_lock_limits()
        unapproved = self._tianyuan_unapproved(together=True)
        if unapproved:
            raise UserError(self.env._(
                "A manager has to approve these quotations before they are confirmed. "
                "Ask for approval on the quotation.\n%s", self._tianyuan_list_matters(unapproved),
            ))

    def _tianyuan_list_matters(self, unapproved):
        """The orders with what speaks against them, for those who may know; of hundreds only the first."""
        may_know = self._tianyuan_may_know()
        lines = []
        for order, matters in unapproved.items():
            lines.append(f"{order.name} {order.partner_id.display_name}")
            if may_know:
                lines += [f"    {line}" for line in order._tianyuan_name_matters(matters).splitlines()]
            if len(lines) >= NAMED_ORDERS:
                lines.append("…")
                break
        return "\n".join(lines)

    def _tianyuan_may_know(self):
        """Whether the user is one of those who are told what speaks against a customer."""
        return self._has_field_access(self._fields['tianyuan_warning'], 'read')

    def _tianyuan_quotations(self):
        return self.filtered(lambda order: order.state in QUOTATION and order.partner_id)

    def _tianyuan_unapproved(self, together=False):
        """The orders a manager has yet to approve.

        :param together: as in ``_tianyuan_matters``
        :return: dict of order → its matters that need approval
        """
        return {
            order: matters
            for order, matters in self._tianyuan_matters(('approve',), together).items()
            if not order._tianyuan_is_approved(matters)
        }

    # -- the order as a document with customers ---------------------------------------------------------------------

    def _tianyuan_customers(self):
        """Who orders, and who is invoiced."""
        return (self.partner_id.commercial_partner_id | self.partner_invoice_id.commercial_partner_id)._origin

    def _tianyuan_adds(self, customer):
        if self.state == 'sale' and customer == self.partner_invoice_id.commercial_partner_id:
            return 0    # it is among what is ordered
        return self._tianyuan_company_amount()

    def _tianyuan_day(self):
        # an order is of the day on which it is confirmed
        company = (self.company_id or self.env.company).sudo()
        moment = self.date_order if self.state == 'sale' else fields.Datetime.now()
        return fields.Datetime.context_timestamp(self.with_context(tz=company_timezone(company)), moment).date()

    def _tianyuan_products(self):
        return self.order_line.product_id

    def _tianyuan_company_amount(self):
        return self.amount_total / (self.currency_rate or 1)

    @api.model
    def _tianyuan_ordered(self, company, customers):
        """What is ordered and not yet invoiced, delivered or not, in a company and its branches.

        :param customers: commercial partners; who is invoiced counts
        :return: dict of customer → amount in company currency, for all of the customers
        """
        ordered = dict.fromkeys(customers, 0.0)
        if not customers:
            return ordered
        orders = self.search([
            ('company_id', 'child_of', company.id), ('state', '=', 'sale'),
            ('partner_invoice_id.commercial_partner_id', 'in', customers.ids),
            # by a draft invoice an order is invoiced, though nothing is owed yet
            '|', ('invoice_status', '!=', 'invoiced'), ('order_line.untaxed_amount_to_invoice', '>', 0),
        ])
        today = fields.Date.context_today(self)
        for order in orders:
            left = max(order.amount_total - order.amount_invoiced, 0)
            customer = customers.browse(order.partner_invoice_id.commercial_partner_id.id)
            ordered[customer] += order.currency_id._convert(left, company.currency_id, company, today)
        return ordered
