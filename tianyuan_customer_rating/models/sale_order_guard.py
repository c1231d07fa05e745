from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

QUOTATION = ('draft', 'sent')
NAMED_ORDERS = 20    # a refusal of hundreds of orders must still fit the screen


class SaleOrder(models.Model):
    """What speaks against an order, said on the quotation and checked before it becomes an order (design §9)."""

    _name = 'sale.order'
    _inherit = ['sale.order', 'tianyuan.guarded']

    tianyuan_needs_approval = fields.Boolean(
        string="Needs Approval", compute='_compute_tianyuan_needs_approval', search='_search_tianyuan_needs_approval',
        help="A manager has to approve this quotation before it can be confirmed.",
    )
    tianyuan_limit_warned = fields.Boolean(
        compute='_compute_tianyuan_warning', export_string_translation=False,
        help="Technical: the credit limit is among the addon's own warnings, and Odoo's needn't be shown.",
    )

    @api.depends('state', 'amount_total', 'currency_rate')
    @api.depends_context('uid')
    def _compute_tianyuan_warning(self):
        told = self._tianyuan_quotations() if self._tianyuan_may_know() else self.browse()
        found = told._tianyuan_matters(('warn', 'approve'))
        for order in self:
            matters = found.get(order, {})
            order.tianyuan_warning = order._tianyuan_name_matters(matters) or False
            order.tianyuan_limit_warned = 'over_limit' in matters

    @api.depends(
        'partner_id', 'company_id', 'state', 'amount_total', 'currency_rate', 'currency_id', 'tianyuan_approval_state',
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
        for vals in vals_list:
            self._check_tianyuan_written(vals)
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == 'sale')._check_tianyuan_approval()
        return orders

    def write(self, vals):
        """However an order is confirmed, this is where it becomes one.

        :raise UserError: an order needs a manager's approval
        """
        self._check_tianyuan_written(vals)
        if vals.get('state') == 'sale':
            self.filtered(lambda order: order.state != 'sale')._check_tianyuan_approval()
        result = super().write(vals)
        if vals.get('state') in ('sale', 'cancel'):
            self._tianyuan_stop_asking()
        return result

    def _check_tianyuan_approval(self):
        unapproved = self._tianyuan_unapproved(together=True)
        if not unapproved:
            return
        may_know = self._tianyuan_may_know()
        lines = []
        for order, matters in unapproved.items():
            lines.append(f"{order.name} {order.partner_id.display_name}")
            if may_know:
                lines += [f"    {line}" for line in order._tianyuan_name_matters(matters).splitlines()]
            if len(lines) >= NAMED_ORDERS:
                lines.append("…")
                break
        raise UserError(self.env._(
            "A manager has to approve these quotations before they are confirmed. "
            "Ask for approval on the quotation.\n%s", "\n".join(lines),
        ))

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

    def _tianyuan_matters(self, treatments, together=False):
        """What speaks against the orders, of what their company treats in one of these ways.

        :param treatments: of ``warn`` and ``approve``
        :param together: the orders are confirmed at once, and one customer's add up
        :return: dict of order → dict of matter → what its wording needs; orders without a matter are left out
        """
        found = {}
        # sudo: who deals with an order sees its customer, too, and rules needn't be looked up
        for company, orders in self.sudo().grouped(lambda order: order.company_id or self.env.company).items():
            for matter in company._tianyuan_order_matters(treatments):
                if matter == 'over_limit':
                    against = orders._tianyuan_over_limit(company, together)
                else:
                    customers = orders._tianyuan_customers_with(matter, company)
                    against = {
                        order: {} for order in orders if order.partner_id.commercial_partner_id._origin in customers
                    }
                for order, details in against.items():
                    found.setdefault(order, {})[matter] = details
        return found

    def _tianyuan_over_limit(self, company, together):
        """Orders of a company that take their customer over the credit limit, as Odoo counts: what is owed, what
        is confirmed and not yet invoiced, and the order itself. Asked as superuser: customers' amounts are for
        accountants, but that they are over the limit Odoo tells salespeople, too.

        :return: dict of order → amounts in company currency
        """
        if not company.account_use_credit_limit:
            return {}
        customers = self.partner_id.commercial_partner_id._origin.with_company(company)
        limited = customers.browse(customers.filtered('credit_limit').ids)    # only they are looked up
        if together:
            limited.invalidate_recordset(['credit', 'credit_to_invoice'])    # confirming others has changed them
        owed = {customer.id: customer.credit + customer.credit_to_invoice for customer in limited}
        over = {}
        for order in self:
            customer = order.partner_id.commercial_partner_id._origin.with_company(company)
            if customer.id not in owed:
                continue
            # a confirmed order is in what is owed
            amount = 0 if order.state == 'sale' else order.amount_total / (order.currency_rate or 1)
            total = owed[customer.id] + amount
            if company.currency_id.compare_amounts(total, customer.credit_limit) > 0:
                over[order] = {'total': total, 'limit': customer.credit_limit}
            if together:
                owed[customer.id] = total
        return over

    def _tianyuan_name_matters(self, matters):
        return "\n".join(self._tianyuan_word(matter, **details) for matter, details in matters.items())

    def _tianyuan_word(self, matter, **details):
        if matter != 'over_limit':
            return super()._tianyuan_word(matter)
        currency = (self.company_id or self.env.company).sudo().currency_id
        return self.env._(
            "Over the credit limit of %(limit)s: %(total)s including this order.",
            **{name: formatLang(self.env, amount, currency_obj=currency) for name, amount in details.items()},
        )
