from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from odoo.addons.tianyuan_customer_rating.engine.purchases import company_timezone
from odoo.addons.tianyuan_customer_rating.tools.roles import APPROVAL, MANAGER, managers_of

QUOTATION_STATES = ('draft', 'sent')
NAMED_ORDERS = 20    # a message about hundreds of orders must fit the screen
# Fields besides the state on which the matters of an order depend.
CHECKED_FIELDS = {
    'company_id', 'currency_id', 'fiscal_position_id', 'order_line', 'partner_id', 'partner_invoice_id', 'pricelist_id',
}
APPROVAL_ACTIVITY = 'tianyuan_customer_order_guard.mail_activity_type_order_approval'
EMPLOYEES = 'base.group_user'


class Snapshot:
    """Amount, customers and needed licences of confirmed orders before a change.

    The snapshot is passed in the context as an object, so that clients can't send one to bypass the check.
    """

    def __init__(self, orders):
        self.before = {order: self.state(order) for order in orders}

    @staticmethod
    def state(order):
        return (
            order._tianyuan_company_amount(), order._tianyuan_customers(),
            order._tianyuan_products()._tianyuan_licence_types(),
        )


class SaleOrder(models.Model):
    """Warnings on quotations, and a manager's approval before they become orders (design §9).

    An approval covers one customer, up to an amount, and the matters that the manager has seen.
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
        groups=EMPLOYEES,
    )
    tianyuan_approval_asked_by_id = fields.Many2one(
        'res.users', string="Approval Asked By", readonly=True, copy=False, groups=EMPLOYEES, prefetch=APPROVAL,
    )
    tianyuan_approval_user_id = fields.Many2one(
        'res.users', string="Approval Decided By", readonly=True, copy=False, groups=EMPLOYEES, prefetch=APPROVAL,
    )
    tianyuan_approval_manager_id = fields.Many2one(
        'res.users', string="Decided in Place Of", readonly=True, copy=False, groups=EMPLOYEES, prefetch=APPROVAL,
        help="The absent manager in whose place the decision was made.",
    )
    tianyuan_may_decide = fields.Boolean(
        compute='_compute_tianyuan_may_decide', export_string_translation=False, groups=EMPLOYEES,
        help="Technical: the user is a manager, or stands in for one.",
    )
    tianyuan_approval_date = fields.Datetime(
        string="Approval Decided On", readonly=True, copy=False, groups=EMPLOYEES, prefetch=APPROVAL,
    )
    tianyuan_approval_amount = fields.Monetary(
        string="Approved Amount", currency_field='tianyuan_approval_currency_id', readonly=True, copy=False,
        groups=EMPLOYEES, prefetch=APPROVAL,
    )
    tianyuan_approval_currency_id = fields.Many2one(
        'res.currency', string="Currency of the Approval", readonly=True, copy=False, groups=EMPLOYEES,
        prefetch=APPROVAL,
    )
    tianyuan_approval_partner_id = fields.Many2one(
        'res.partner', string="Approved Customer", readonly=True, copy=False, index='btree_not_null', groups=EMPLOYEES,
        prefetch=APPROVAL,
    )
    tianyuan_approval_matters = fields.Char(
        string="Approved Issues", readonly=True, copy=False, groups=EMPLOYEES, prefetch=APPROVAL,
        help="Codes of what spoke against the order when it was approved.",
    )
    tianyuan_approval_reason = fields.Char(
        string="Reason of Refusal", readonly=True, copy=False, groups=EMPLOYEES, prefetch=APPROVAL,
    )
    tianyuan_approval_notice = fields.Text(
        string="Approval Notice", compute='_compute_tianyuan_approval_notice', groups=EMPLOYEES,
    )

    @api.depends('state', 'amount_total', 'currency_rate', 'partner_invoice_id', 'order_line.product_id')
    @api.depends_context('uid')
    def _compute_tianyuan_warning(self):
        told = self._tianyuan_quotations() if self._tianyuan_may_see_matters() else self.browse()
        found = told._tianyuan_matters(('warn', 'approve'))
        for order in self:
            matters = found.get(order, {})
            order.tianyuan_warning = order._tianyuan_matters_text(matters) or False
            order.tianyuan_limit_warned = 'over_limit' in matters

    @api.depends(
        'partner_id', 'partner_invoice_id', 'company_id', 'state', 'amount_total', 'currency_rate', 'currency_id',
        'order_line.product_id', 'tianyuan_approval_state',
    )
    @api.depends_context('uid')
    def _compute_tianyuan_needs_approval(self):
        # Portal users must not see that an order needs approval.
        shown = self.browse() if self.env.user.share else self._tianyuan_quotations()
        unapproved = shown._tianyuan_unapproved()
        for order in self:
            order.tianyuan_needs_approval = order in unapproved

    def _search_tianyuan_needs_approval(self, operator, value):
        if operator != 'in':
            return NotImplemented
        quotations = self.search([('state', 'in', QUOTATION_STATES)])
        return Domain('id', 'in', quotations.filtered('tianyuan_needs_approval').ids)

    @api.depends('create_date')    # set once, so that the state is computed for new orders only
    def _compute_tianyuan_approval_state(self):
        """Begin new orders as not asked.

        A default wouldn't do: a model that delegates to orders passes defaults on as values of the user, who may not
        write this field.
        """
        self.tianyuan_approval_state = 'none'

    @api.depends('company_id')
    @api.depends_context('uid')
    def _compute_tianyuan_may_decide(self):
        is_manager = self.env.user.has_group(MANAGER)
        for company, orders in self.grouped(lambda order: (order.company_id or self.env.company).root_id).items():
            orders.tianyuan_may_decide = is_manager or bool(self._tianyuan_absent_managers(company))

    @api.depends('tianyuan_needs_approval', 'tianyuan_approval_state', 'state')
    @api.depends_context('lang', 'tz')
    def _compute_tianyuan_approval_notice(self):
        for order in self:
            order.tianyuan_approval_notice = order._tianyuan_approval_notice()

    @api.model_create_multi
    def create(self, vals_list):
        """Check orders that are created in the confirmed state.

        :raise UserError: an order needs a manager's approval
        """
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == 'sale')._check_tianyuan_approval()
        return orders

    def write(self, vals):
        """Check orders that become confirmed, by whatever way, and changes of confirmed orders.

        :raise UserError: an order needs a manager's approval
        """
        if vals.get('state') == 'sale':
            confirmed = self.filtered(lambda order: order.state != 'sale')
            checked = {name: value for name, value in vals.items() if name in CHECKED_FIELDS}
            if confirmed and checked:
                self.write(checked)    # check the order with its new values
                vals = {name: value for name, value in vals.items() if name not in CHECKED_FIELDS}
            confirmed._check_tianyuan_approval()
        if vals.keys() & CHECKED_FIELDS:
            snapshot = self._tianyuan_take_snapshot()
            result = super(SaleOrder, self.with_context(tianyuan_snapshot=snapshot)).write(vals)
            self._check_tianyuan_changes(snapshot)
        else:
            result = super().write(vals)
        if vals.get('state') in ('sale', 'cancel'):
            self._tianyuan_withdraw_request()
        return result

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {
            'tianyuan_approval_state', 'tianyuan_approval_asked_by_id', 'tianyuan_approval_user_id',
            'tianyuan_approval_manager_id', 'tianyuan_approval_date', 'tianyuan_approval_amount',
            'tianyuan_approval_currency_id', 'tianyuan_approval_partner_id', 'tianyuan_approval_matters',
            'tianyuan_approval_reason',
        }

    def action_confirm(self):
        """Confirm the orders; those of portal users that need approval wait for it, without telling the customer why.

        :raise AccessError: a portal user calls the method directly
        """
        held = self.browse()
        if self.env.user.share:
            self.check_access('write')    # passes for the website, which acts as superuser
            held = self._tianyuan_await_approval()
        if held == self:
            return True
        return super(SaleOrder, self - held).action_confirm()

    def action_tianyuan_ask_approval(self):
        """Ask for approval of the quotations: the team leader who is a manager, else the company's managers.

        :raise UserError: a quotation needs no approval
        """
        self.check_access('write')
        unapproved = self._tianyuan_quotations()._tianyuan_unapproved()
        for order in self:
            if order not in unapproved:
                raise UserError(self.env._("%s needs no approval.", order.name))
        self._tianyuan_request_approval(unapproved, lambda order: order.env._("Approval asked"))

    def action_tianyuan_approve(self):
        """Approve the quotations with their present amount, customer and matters.

        :raise AccessError: the user is neither a manager nor stands in for one
        :raise UserError: a quotation needs no approval, or another manager has to decide
        """
        self._check_tianyuan_decision()
        matters = self._tianyuan_matters(('approve',))
        for order in self:
            named = matters.get(order, {})
            order.sudo().write({
                'tianyuan_approval_state': 'approved',
                **order._tianyuan_decision_values(),
                'tianyuan_approval_amount': order.amount_total,
                'tianyuan_approval_currency_id': order.currency_id.id,
                'tianyuan_approval_partner_id': order.partner_id.commercial_partner_id.id,
                'tianyuan_approval_matters': ",".join(named),
                'tianyuan_approval_reason': False,
            })
            order._tianyuan_post_note(lambda order, named=named: "\n".join(filter(None, [
                order.env._("Approved for %s", order._tianyuan_format_amount(order.amount_total)),
                order._tianyuan_in_place_text(),
                order._tianyuan_matters_text(named),
            ])))
        self.sudo().activity_unlink([APPROVAL_ACTIVITY])

    def action_tianyuan_refuse(self, reason=None):
        """Refuse the quotations.

        :param str reason: what the salesperson is told
        :raise AccessError: the user is neither a manager nor stands in for one
        :raise UserError: no reason is given, there is nothing to decide, or another manager has to decide
        """
        self._check_tianyuan_decision()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason of the refusal."))
        for order in self:
            order.sudo().write({
                'tianyuan_approval_state': 'refused',
                **order._tianyuan_decision_values(),
                'tianyuan_approval_amount': 0,
                'tianyuan_approval_currency_id': False,
                'tianyuan_approval_partner_id': False,
                'tianyuan_approval_matters': False,
                'tianyuan_approval_reason': reason,
            })
            order._tianyuan_post_note(lambda order: "\n".join(filter(None, [
                order.env._("Approval refused: %s", reason), order._tianyuan_in_place_text(),
            ])))
        self.sudo().activity_unlink([APPROVAL_ACTIVITY])

    def _tianyuan_take_snapshot(self):
        """Take a snapshot of confirmed orders before a user changes them.

        Changes that Odoo makes as superuser, such as adding expenses, aren't checked. Orders in the snapshot of an
        outer change are left out.

        :return: :class:`Snapshot` for :meth:`_check_tianyuan_changes`
        """
        outer = self.env.context.get('tianyuan_snapshot')
        watched = outer.before.keys() if isinstance(outer, Snapshot) else ()
        return Snapshot(() if self.env.su else [
            order for order in self.sudo() if order.state == 'sale' and order not in watched
        ])

    def _check_tianyuan_changes(self, snapshot):
        """Check confirmed orders that have a higher amount, another customer or another licence than before.

        They are checked like a confirmation. A manager's own change is allowed and noted on the order.

        :param snapshot: :class:`Snapshot` of the orders before the change
        :raise UserError: a manager would have to approve the order as it is now
        """
        raised = self.sudo().browse()
        for order, before in snapshot.before.items():
            (amount, customers, licences), (old_amount, old_customers, old_licences) = snapshot.state(order), before
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
            order.with_env(self.env)._tianyuan_post_note(lambda order, matters=matters: "\n".join([
                order.env._(
                    "Changed by a manager after the confirmation: %s",
                    order._tianyuan_format_amount(order.amount_total),
                ),
                order._tianyuan_matters_text(matters),
            ]))

    def _tianyuan_lock_limits(self):
        """Update the customers' rows, so that confirmations of one customer's orders wait for each other.

        The second confirmation fails when the first one is committed. Odoo repeats it, and it then sees the first
        order.
        """
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
        """Return a text that lists the first orders, with their matters if the user may see them."""
        may_know = self._tianyuan_may_see_matters()
        lines = []
        for order, matters in unapproved.items():
            lines.append(f"{order.name} {order.partner_id.display_name}")
            if may_know:
                lines += [f"    {line}" for line in order._tianyuan_matters_text(matters).splitlines()]
            if len(lines) >= NAMED_ORDERS:
                lines.append("…")
                break
        return "\n".join(lines)

    def _tianyuan_may_see_matters(self):
        """Return whether the user may see the matters of a customer."""
        return self._has_field_access(self._fields['tianyuan_warning'], 'read')

    def _tianyuan_quotations(self):
        return self.filtered(lambda order: order.state in QUOTATION_STATES and order.partner_id)

    def _tianyuan_unapproved(self, together=False):
        """Find the orders that a manager has yet to approve.

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
        """Return the customer who orders and the one who is invoiced."""
        return (self.partner_id.commercial_partner_id | self.partner_invoice_id.commercial_partner_id)._origin

    def _tianyuan_added_amount(self, customer):
        if self.state == 'sale' and customer == self.partner_invoice_id.commercial_partner_id:
            return 0    # already among the ordered amounts
        return self._tianyuan_company_amount()

    def _tianyuan_licence_day(self):
        # A quotation counts as confirmed now.
        company = (self.company_id or self.env.company).sudo()
        moment = self.date_order if self.state == 'sale' else fields.Datetime.now()
        return fields.Datetime.context_timestamp(self.with_context(tz=company_timezone(company)), moment).date()

    def _tianyuan_products(self):
        return self.order_line.product_id

    def _tianyuan_company_amount(self):
        return self.amount_total / (self.currency_rate or 1)

    @api.model
    def _tianyuan_ordered(self, company, customers):
        """Sum up what is ordered and not yet invoiced, delivered or not, in a company and its branches.

        :param customers: commercial partners; an order counts for the customer who is invoiced
        :return: dict of customer → amount in company currency, for all of the customers
        """
        ordered = dict.fromkeys(customers, 0.0)
        if not customers:
            return ordered
        orders = self.search([
            ('company_id', 'child_of', company.id), ('state', '=', 'sale'),
            ('partner_invoice_id.commercial_partner_id', 'in', customers.ids),
            # An order with a draft invoice has the status invoiced, although nothing is owed yet.
            '|', ('invoice_status', '!=', 'invoiced'), ('order_line.untaxed_amount_to_invoice', '>', 0),
        ])
        today = fields.Date.context_today(self)
        for order in orders:
            left = max(order.amount_total - order.amount_invoiced, 0)
            customer = customers.browse(order.partner_invoice_id.commercial_partner_id.id)
            ordered[customer] += order.currency_id._convert(left, company.currency_id, company, today)
        return ordered

    def _validate_order(self):
        # Called for online signatures and payments of any user.
        confirmed = self - self._tianyuan_await_approval()
        if confirmed:
            super(SaleOrder, confirmed)._validate_order()

    def _tianyuan_decision_values(self):
        """Return the values of a decision: who decides, in whose place, and when."""
        return {
            'tianyuan_approval_user_id': self.env.uid,
            'tianyuan_approval_manager_id': self._tianyuan_absent_managers(self.company_id.root_id)[:1].id,
            'tianyuan_approval_date': fields.Datetime.now(),
        }

    def _tianyuan_in_place_text(self):
        manager = self.tianyuan_approval_manager_id
        return manager and self.env._("In place of %s, who is away.", manager.name)

    def _tianyuan_absent_managers(self, company):
        """Return the managers in whose place the user decides today; none if the user is a manager.

        :param company: ``res.company`` without a parent
        """
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
            if order._tianyuan_is_own_order() and order._tianyuan_other_managers():
                raise UserError(self.env._(
                    "%(order)s is your own quotation: another manager decides, such as %(managers)s.",
                    order=order.name, managers=order._tianyuan_other_managers().mapped('name'),
                ))

    def _tianyuan_is_own_order(self):
        """Return whether the order counts as the user's own, so that somebody else has to decide.

        The salesperson and the user who asked for approval own an order. A stand-in also counts as an owner if
        all managers who are stood in for are owners. Companies can switch this rule off.
        """
        if not self.company_id.sudo().root_id.tianyuan_order_four_eyes:
            return False
        own = self.user_id | self.sudo().tianyuan_approval_asked_by_id
        absent = self._tianyuan_absent_managers(self.company_id.root_id)
        return self.env.user in own or bool(absent) and absent <= own

    def _tianyuan_other_managers(self):
        return managers_of(self.company_id) - self.env.user

    def _tianyuan_is_approved(self, matters):
        """Return whether the order's approval covers its present customer, amount and these matters."""
        approved = self.sudo()
        return (
            approved.tianyuan_approval_state == 'approved'
            and approved.tianyuan_approval_partner_id == approved.partner_id.commercial_partner_id._origin
            and approved.tianyuan_approval_currency_id == approved.currency_id
            and approved.currency_id.compare_amounts(approved.amount_total, approved.tianyuan_approval_amount) <= 0
            and matters.keys() <= set((approved.tianyuan_approval_matters or "").split(","))
        )

    def _tianyuan_await_approval(self):
        """Request approval of those orders that need it.

        :return: the orders that wait
        """
        # Act as OdooBot: the logged-in user acts for the customer and doesn't count as asking.
        orders = self.with_user(SUPERUSER_ID)
        unapproved = orders._tianyuan_quotations()._tianyuan_unapproved(together=True)
        held = orders.browse([order.id for order in unapproved])
        held.filtered(lambda order: order.state == 'draft').action_quotation_sent()
        held.filtered(lambda order: order.tianyuan_approval_state != 'asked')._tianyuan_request_approval(
            unapproved, lambda order: order.env._("Accepted by the customer online; waits for approval"),
        )
        return held.with_env(self.env)

    def _tianyuan_request_approval(self, matters, title):
        """Request a decision from the managers, and note it on the orders.

        :param matters: dict of order → its matters
        :param title: function of the order in the reader's language → first line of the note
        """
        orders = self.sudo()
        orders.write({
            'tianyuan_approval_state': 'asked',
            'tianyuan_approval_asked_by_id': self.env.uid != SUPERUSER_ID and self.env.uid,
            'tianyuan_approval_reason': False,
        })
        orders.activity_unlink([APPROVAL_ACTIVITY])    # replaced by a new activity
        orders._tianyuan_schedule(
            APPROVAL_ACTIVITY, lambda order: order._tianyuan_approvers(),
            summary=lambda order: order.env._(
                "Approve %(order)s of %(customer)s, %(amount)s",
                order=order.name, customer=order.partner_id.display_name,
                amount=order._tianyuan_format_amount(order.amount_total),
            ),
            notify=True,
        )
        for order in orders:
            order.with_env(self.env)._tianyuan_post_note(
                lambda order, named=matters[order]: f"{title(order)}\n{order._tianyuan_matters_text(named)}",
            )

    def _tianyuan_approvers(self):
        """Return the users who are asked to decide.

        They are the sales team's leader if that is a manager of the company, else all managers of the company. An
        owner of the order is left out if there is another manager. A stand-in takes an absent manager's place.

        :return: ``res.users``
        """
        managers = managers_of(self.company_id)
        stand_ins = self.env['tianyuan.approval.delegation']._stand_ins(self.company_id.root_id)
        present = {manager: stand_ins[manager].delegate_id if manager in stand_ins else manager for manager in managers}
        if self.company_id.root_id.tianyuan_order_four_eyes:
            own = self.user_id | self.tianyuan_approval_asked_by_id
            managers = (managers - own).filtered(lambda manager: present[manager] not in own) or managers
        chosen = self.team_id.user_id & managers or managers
        return chosen.browse().union(*(present[manager] for manager in chosen))

    def _tianyuan_heirs(self, activity_type):
        if activity_type == APPROVAL_ACTIVITY:
            return {order: order._tianyuan_approvers() for order in self}
        return super()._tianyuan_heirs(activity_type)

    def _tianyuan_withdraw_request(self):
        asked = self.sudo().filtered(lambda order: order.tianyuan_approval_state == 'asked')
        if asked:
            asked.activity_unlink([APPROVAL_ACTIVITY])
            asked.write({'tianyuan_approval_state': 'none'})

    def _tianyuan_post_note(self, text):
        """Post a note on each order, and notify the salesperson and the user who asked for approval.

        The present user isn't notified.

        :param text: function of the order in the receiver's language → text
        """
        for order in self.sudo():
            told = (order.user_id | order.tianyuan_approval_asked_by_id).filtered('active') - self.env.user
            worded = order.with_context(lang=told[:1].lang or self.env.lang)
            worded.message_post(
                body=Markup('<br/>').join(text(worded).splitlines()), partner_ids=told.partner_id.ids,
                author_id=self.env.user.partner_id.id, subtype_xmlid='mail.mt_note',
            )

    def _tianyuan_format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _tianyuan_approval_notice(self):
        """Return a text about the state of a quotation's approval, or False."""
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
