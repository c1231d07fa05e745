from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from odoo.addons.tianyuan_customer_rating.engine.purchases import company_timezone
from odoo.addons.tianyuan_customer_rating.tools.roles import APPROVAL, MANAGER, managers_of

QUOTATION = ('draft', 'sent')
NAMED_ORDERS = 20    # a refusal of hundreds of orders must still fit the screen
# what a write may change besides the state that decides what speaks against an order
DECIDING = {
    'company_id', 'currency_id', 'fiscal_position_id', 'order_line', 'partner_id', 'partner_invoice_id', 'pricelist_id',
}
APPROVE = 'tianyuan_customer_order_guard.mail_activity_type_order_approval'
INTERNAL = 'base.group_user'


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
    """What speaks against an order, said on the quotation and checked before it becomes an order (design §9).

    A manager's approval of a quotation: for one customer, up to an amount, in spite of certain matters.
    """

    _inherit = 'sale.order'

    tianyuan_needs_approval = fields.Boolean(
        string="Needs Approval", compute='_compute_tianyuan_needs_approval', search='_search_tianyuan_needs_approval',
        help="A manager has to approve this quotation before it can be confirmed.",
    )
    tianyuan_limit_warned = fields.Boolean(
        compute='_compute_tianyuan_warning', export_string_translation=False,
        help="Technical: the credit limit is among the addon's own warnings, and Odoo's needn't be shown.",
    )
    tianyuan_approval_state = fields.Selection(
        [('none', "Not Asked"), ('asked', "Asked"), ('approved', "Approved"), ('refused', "Refused")],
        string="Approval", compute='_compute_tianyuan_approval_state', store=True, readonly=False, copy=False,
        groups=INTERNAL,
    )
    tianyuan_approval_asked_by_id = fields.Many2one(
        'res.users', string="Approval Asked By", readonly=True, copy=False, groups=INTERNAL, prefetch=APPROVAL,
    )
    tianyuan_approval_user_id = fields.Many2one(
        'res.users', string="Approval Decided By", readonly=True, copy=False, groups=INTERNAL, prefetch=APPROVAL,
    )
    tianyuan_approval_manager_id = fields.Many2one(
        'res.users', string="Decided in Place Of", readonly=True, copy=False, groups=INTERNAL, prefetch=APPROVAL,
        help="The absent manager in whose place the decision was made.",
    )
    tianyuan_may_decide = fields.Boolean(
        compute='_compute_tianyuan_may_decide', export_string_translation=False, groups=INTERNAL,
        help="Technical: the user is a manager, or stands in for one.",
    )
    tianyuan_approval_date = fields.Datetime(
        string="Approval Decided On", readonly=True, copy=False, groups=INTERNAL, prefetch=APPROVAL,
    )
    tianyuan_approval_amount = fields.Monetary(
        string="Approved Amount", currency_field='tianyuan_approval_currency_id', readonly=True, copy=False,
        groups=INTERNAL, prefetch=APPROVAL,
    )
    tianyuan_approval_currency_id = fields.Many2one(
        'res.currency', string="Currency of the Approval", readonly=True, copy=False, groups=INTERNAL,
        prefetch=APPROVAL,
    )
    tianyuan_approval_partner_id = fields.Many2one(
        'res.partner', string="Approved Customer", readonly=True, copy=False, index='btree_not_null', groups=INTERNAL,
        prefetch=APPROVAL,
    )
    tianyuan_approval_matters = fields.Char(
        string="Approved Matters", readonly=True, copy=False, groups=INTERNAL, prefetch=APPROVAL,
        help="Codes of what spoke against the order when it was approved.",
    )
    tianyuan_approval_reason = fields.Char(
        string="Reason of Refusal", readonly=True, copy=False, groups=INTERNAL, prefetch=APPROVAL,
    )
    tianyuan_approval_notice = fields.Text(
        string="Approval Notice", compute='_compute_tianyuan_approval_notice', groups=INTERNAL,
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

    @api.depends('create_date')    # which is set once: the state of a new order is computed, and then stays
    def _compute_tianyuan_approval_state(self):
        """No approval has been asked for a new order. As a default, this would be a value given by users who may not
        give it, wherever another model delegates to orders."""
        self.tianyuan_approval_state = 'none'

    @api.depends('company_id')
    @api.depends_context('uid')
    def _compute_tianyuan_may_decide(self):
        is_manager = self.env.user.has_group(MANAGER)
        for company, orders in self.grouped(lambda order: (order.company_id or self.env.company).root_id).items():
            orders.tianyuan_may_decide = is_manager or bool(self._tianyuan_stood_in_for(company))

    @api.depends('tianyuan_needs_approval', 'tianyuan_approval_state', 'state')
    @api.depends_context('lang', 'tz')
    def _compute_tianyuan_approval_notice(self):
        for order in self:
            order.tianyuan_approval_notice = order._tianyuan_approval_notice()

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

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {
            'tianyuan_approval_state', 'tianyuan_approval_asked_by_id', 'tianyuan_approval_user_id',
            'tianyuan_approval_manager_id', 'tianyuan_approval_date', 'tianyuan_approval_amount',
            'tianyuan_approval_currency_id', 'tianyuan_approval_partner_id', 'tianyuan_approval_matters',
            'tianyuan_approval_reason',
        }

    def action_confirm(self):
        """Customers who confirm by themselves aren't told what speaks against them: their orders wait.

        :raise AccessError: a user of the portal calls it by themselves
        """
        held = self.browse()
        if self.env.user.share:
            self.check_access('write')    # the website acts as superuser
            held = self._tianyuan_hold()
        if held == self:
            return True
        return super(SaleOrder, self - held).action_confirm()

    def action_tianyuan_ask_approval(self):
        """Ask the sales team's leader, if a manager, else the company's managers to approve the quotations.

        :raise UserError: a quotation needs no approval
        """
        self.check_access('write')
        unapproved = self._tianyuan_quotations()._tianyuan_unapproved()
        for order in self:
            if order not in unapproved:
                raise UserError(self.env._("%s needs no approval.", order.name))
        self._tianyuan_ask(unapproved, lambda order: order.env._("Approval asked"))

    def action_tianyuan_approve(self):
        """Approve the quotations as they are now.

        :raise AccessError: the user isn't a manager, nor stands in for one
        :raise UserError: there is nothing to approve, or another manager has to
        """
        self._check_tianyuan_decision()
        matters = self._tianyuan_matters(('approve',))
        for order in self:
            named = matters.get(order, {})
            order.sudo().write({
                'tianyuan_approval_state': 'approved',
                **order._tianyuan_decision(),
                'tianyuan_approval_amount': order.amount_total,
                'tianyuan_approval_currency_id': order.currency_id.id,
                'tianyuan_approval_partner_id': order.partner_id.commercial_partner_id.id,
                'tianyuan_approval_matters': ",".join(named),
                'tianyuan_approval_reason': False,
            })
            order._tianyuan_tell(lambda order, named=named: "\n".join(filter(None, [
                order.env._("Approved for %s", order._tianyuan_amount(order.amount_total)),
                order._tianyuan_in_place(),
                order._tianyuan_name_matters(named),
            ])))
        self.sudo().activity_unlink([APPROVE])

    def action_tianyuan_refuse(self, reason=None):
        """Refuse the quotations.

        :param str reason: what the salesperson is told
        :raise AccessError: the user isn't a manager, nor stands in for one
        :raise UserError: no reason is given, there is nothing to decide, or another manager has to
        """
        self._check_tianyuan_decision()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason of the refusal."))
        for order in self:
            order.sudo().write({
                'tianyuan_approval_state': 'refused',
                **order._tianyuan_decision(),
                'tianyuan_approval_amount': 0,
                'tianyuan_approval_currency_id': False,
                'tianyuan_approval_partner_id': False,
                'tianyuan_approval_matters': False,
                'tianyuan_approval_reason': reason,
            })
            order._tianyuan_tell(lambda order: "\n".join(filter(None, [
                order.env._("Approval refused: %s", reason), order._tianyuan_in_place(),
            ])))
        self.sudo().activity_unlink([APPROVE])

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

    def _validate_order(self):
        # a signature or payment online, whoever is logged in there
        confirmed = self - self._tianyuan_hold()
        if confirmed:
            super(SaleOrder, confirmed)._validate_order()

    def _tianyuan_decision(self):
        """Who decides now, and in whose place."""
        return {
            'tianyuan_approval_user_id': self.env.uid,
            'tianyuan_approval_manager_id': self._tianyuan_stood_in_for(self.company_id.root_id)[:1].id,
            'tianyuan_approval_date': fields.Datetime.now(),
        }

    def _tianyuan_in_place(self):
        manager = self.tianyuan_approval_manager_id
        return manager and self.env._("In place of %s, who is away.", manager.name)

    def _tianyuan_stood_in_for(self, company):
        """The managers of a company in whose place the user decides today; a manager decides in nobody's."""
        if self.env.user.has_group(MANAGER):
            return self.env['res.users']
        stand_ins = self.env['tianyuan.approval.delegation']._stand_ins(company)
        return self.env['res.users'].sudo().union(*(
            manager for manager, delegation in stand_ins.items() if delegation.delegate_id.id == self.env.uid
        ))

    def _check_tianyuan_decision(self):
        self.check_access('write')
        if not self.env.su and not all(order.tianyuan_may_decide for order in self):
            raise AccessError(self.env._("Only a manager, or who stands in for one, can do this."))
        quotations = self._tianyuan_quotations()
        unapproved = quotations._tianyuan_unapproved()
        for order in self:
            asked = order in quotations and order.tianyuan_approval_state == 'asked'
            if not asked and order not in unapproved:
                raise UserError(self.env._("%s needs no approval.", order.name))
            if order._tianyuan_is_own() and order._tianyuan_others():
                raise UserError(self.env._(
                    "%(order)s is your own quotation: another manager decides, such as %(managers)s.",
                    order=order.name, managers=order._tianyuan_others().mapped('name'),
                ))

    def _tianyuan_is_own(self):
        """Whether the user, or everybody in whose place the user could decide, sells this or asked for its approval,
        and the company wants somebody else to decide."""
        if not self.company_id.sudo().root_id.tianyuan_order_four_eyes:
            return False
        own = self.user_id | self.sudo().tianyuan_approval_asked_by_id
        absent = self._tianyuan_stood_in_for(self.company_id.root_id)
        return self.env.user in own or bool(absent) and absent <= own

    def _tianyuan_others(self):
        return managers_of(self.company_id) - self.env.user

    def _tianyuan_is_approved(self, matters):
        """Whether the approval there is covers the order as it is now, with these matters."""
        approved = self.sudo()
        return (
            approved.tianyuan_approval_state == 'approved'
            and approved.tianyuan_approval_partner_id == approved.partner_id.commercial_partner_id._origin
            and approved.tianyuan_approval_currency_id == approved.currency_id
            and approved.currency_id.compare_amounts(approved.amount_total, approved.tianyuan_approval_amount) <= 0
            and matters.keys() <= set((approved.tianyuan_approval_matters or "").split(","))
        )

    def _tianyuan_hold(self):
        """Let those of the orders wait for approval that need it, and ask for it.

        :return: the orders that wait
        """
        # nobody asks: whoever is logged in acts for the customer
        orders = self.with_user(SUPERUSER_ID)
        unapproved = orders._tianyuan_quotations()._tianyuan_unapproved(together=True)
        held = orders.browse([order.id for order in unapproved])
        held.filtered(lambda order: order.state == 'draft').action_quotation_sent()
        held.filtered(lambda order: order.tianyuan_approval_state != 'asked')._tianyuan_ask(
            unapproved, lambda order: order.env._("Accepted by the customer online; waits for approval"),
        )
        return held.with_env(self.env)

    def _tianyuan_ask(self, matters, title):
        """Have the managers decide.

        :param matters: dict of order → its matters
        :param title: function of the order in the reader's language → what happened
        """
        orders = self.sudo()
        orders.write({
            'tianyuan_approval_state': 'asked',
            'tianyuan_approval_asked_by_id': self.env.uid != SUPERUSER_ID and self.env.uid,
            'tianyuan_approval_reason': False,
        })
        orders.activity_unlink([APPROVE])    # asked anew
        orders._tianyuan_schedule(
            APPROVE, lambda order: order._tianyuan_deciders(),
            summary=lambda order: order.env._(
                "Approve %(order)s of %(customer)s, %(amount)s",
                order=order.name, customer=order.partner_id.display_name,
                amount=order._tianyuan_amount(order.amount_total),
            ),
            notify=True,
        )
        for order in orders:
            order.with_env(self.env)._tianyuan_tell(
                lambda order, named=matters[order]: f"{title(order)}\n{order._tianyuan_name_matters(named)}",
            )

    def _tianyuan_deciders(self):
        """The sales team's leader if a manager of the company, else all its managers; not whose own it is, if there is
        somebody else. Who stands in for one of them decides in their place."""
        managers = managers_of(self.company_id)
        stand_ins = self.env['tianyuan.approval.delegation']._stand_ins(self.company_id.root_id)
        present = {manager: stand_ins[manager].delegate_id if manager in stand_ins else manager for manager in managers}
        if self.company_id.root_id.tianyuan_order_four_eyes:
            own = self.user_id | self.tianyuan_approval_asked_by_id
            managers = (managers - own).filtered(lambda manager: present[manager] not in own) or managers
        chosen = self.team_id.user_id & managers or managers
        return chosen.browse().union(*(present[manager] for manager in chosen))

    def _tianyuan_stop_asking(self):
        asked = self.sudo().filtered(lambda order: order.tianyuan_approval_state == 'asked')
        if asked:
            asked.activity_unlink([APPROVE])
            asked.write({'tianyuan_approval_state': 'none'})

    def _tianyuan_tell(self, text):
        """Note what happened, in a language of who is told: the salesperson and who asked, but not the user."""
        for order in self.sudo():
            told = (order.user_id | order.tianyuan_approval_asked_by_id).filtered('active') - self.env.user
            worded = order.with_context(lang=told[:1].lang or self.env.lang)
            worded.message_post(
                body=Markup('<br/>').join(text(worded).splitlines()), partner_ids=told.partner_id.ids,
                author_id=self.env.user.partner_id.id, subtype_xmlid='mail.mt_note',
            )

    def _tianyuan_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _tianyuan_approval_notice(self):
        """What there is to know about the approval of a quotation."""
        user, absent = self.tianyuan_approval_user_id.sudo(), self.tianyuan_approval_manager_id.sudo()
        details = {
            'user': self.env._("%(user)s (in place of %(manager)s)", user=user.name, manager=absent.name)
            if absent else user.name,
            'date': format_date(self.env, fields.Datetime.context_timestamp(self, self.tianyuan_approval_date))
            if self.tianyuan_approval_date else "",
            'amount': formatLang(
                self.env, self.tianyuan_approval_amount, currency_obj=self.tianyuan_approval_currency_id,
            ),
        }
        state = self.tianyuan_approval_state
        if self.state not in ('draft', 'sent'):
            return False
        if not self.tianyuan_needs_approval:
            return state == 'approved' and self.env._("Approved by %(user)s on %(date)s for %(amount)s.", **details)
        if state == 'asked':
            return self.env._("The managers have been asked to approve this quotation.")
        if state == 'approved':
            return self.env._(
                "%(user)s approved this quotation on %(date)s for %(amount)s. It has changed since: ask again.",
                **details,
            )
        if state == 'refused':
            return self.env._(
                "Refused by %(user)s on %(date)s: %(reason)s", reason=self.tianyuan_approval_reason, **details,
            )
        return self.env._("A manager has to approve this quotation before it is confirmed.")
