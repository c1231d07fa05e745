from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine import purchases
from ...engine.outcome import write_class
from ...engine.payments import overdue
from ...engine.periods import Quarter
from ...tools.roles import FINANCE, MANAGER, ROLES, SALES, SPECIALIST


class ResPartner(models.Model):
    """The customer's class outside of ratings, and the protection of rated customers from deletion.

    A company without business can be assessed as a prospect from its own form (policy 8.1). The form of a customer with
    bad debt shows a warning (design §5).
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_class_override_note = fields.Char(
        string="Class Override", compute='_compute_tianyuan_class_override_note', groups=ROLES,
    )
    tianyuan_can_assess_prospect = fields.Boolean(
        compute='_compute_tianyuan_can_assess_prospect', groups=ROLES, export_string_translation=False,
    )
    tianyuan_has_bad_debt = fields.Boolean(
        string="Has Bad Debt", compute='_compute_tianyuan_has_bad_debt', groups=ROLES,
    )
    tianyuan_rating_count = fields.Integer(
        string="Number of Ratings", compute='_compute_tianyuan_rating_count', groups=ROLES,
        help="Ratings of this customer that you may see, without cancelled ones.",
    )
    tianyuan_overdue_amount = fields.Monetary(
        string="Overdue Amount", compute='_compute_tianyuan_overdue_amount', groups=ROLES,
        help="What the customer owes past its due date. Salespeople see it of their own customers.",
    )

    tianyuan_no_tier_note = fields.Char(
        string="Why No Tier", compute='_compute_tianyuan_no_tier_note', groups=ROLES,
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids', 'lang')
    def _compute_tianyuan_class_override_note(self):
        """Describe the running override of the class, for users who may read overrides."""
        overrides, customers = self.env['tianyuan.class.override'], self._origin.commercial_partner_id
        if customers and overrides.has_access('read'):
            overrides = overrides.search_fetch([
                ('partner_id', 'in', customers.ids), ('company_id', '=', self.env.company.id),
                ('state', '=', 'active'),
            ], ['partner_id', 'date_to', 'reason'])
        running = {override.partner_id: override for override in overrides}
        for partner in self:
            override = running.get(partner._origin.commercial_partner_id)
            partner.tianyuan_class_override_note = override and self.env._(
                "Class overridden until %(day)s (%(reason)s)",
                day=format_date(self.env, override.date_to), reason=override.reason,
            )

    @api.depends('commercial_partner_id', 'user_id')
    @api.depends_context('uid', 'company')
    def _compute_tianyuan_can_assess_prospect(self):
        """Compute whether the user (a manager or its salesperson) can assess the customer without business.

        This includes customers that aren't saved yet, since the button saves them first.
        """
        assessable = self.filtered(lambda partner: partner._tianyuan_may_assess())
        customers = assessable.commercial_partner_id._origin
        buying = purchases.partners_with_business(self.env.company, customers.ids) if customers else set()
        for partner in self:
            partner.tianyuan_can_assess_prospect = (
                partner in assessable and partner.commercial_partner_id._origin.id not in buying
            )

    @api.depends('commercial_partner_id', 'tianyuan_channel', 'tianyuan_tier_id')
    @api.depends_context('uid', 'company', 'lang')
    def _compute_tianyuan_no_tier_note(self):
        # sudo: users of all roles may know when a customer lost the tier.
        without = self._origin.commercial_partner_id.sudo()._tianyuan_without_tier(self.env.company.root_id)
        for partner in self:
            details = without.get(partner._origin.commercial_partner_id.id)
            shown = details is not None and (details or partner.tianyuan_channel)
            partner.tianyuan_no_tier_note = shown and self._tianyuan_no_tier_text(**details)

    @api.model
    def _tianyuan_no_tier_text(self, quarter=None, lost=None):
        """Return why a customer holds no tier, in the user's language.

        :param quarter, lost: as :meth:`_tianyuan_without_tier` returns them
        """
        if lost:
            return self.env._("Tier %(tier)s lost in %(quarter)s", tier=lost, quarter=quarter)
        if quarter:
            return self.env._("No tier in %s", quarter)
        return self.env._("Not rated yet")

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'tz')
    def _compute_tianyuan_has_bad_debt(self):
        # sudo: users of all roles may know that there is bad debt.
        owing = self.env['tianyuan.bad.debt'].sudo()._partners_with_bad_debt(
            self.env.company, fields.Date.context_today(self), self._origin.commercial_partner_id.ids,
        )
        for partner in self:
            partner.tianyuan_has_bad_debt = partner._origin.commercial_partner_id.id in owing

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_rating_count(self):
        counts = self._tianyuan_count_records('tianyuan.rating', [('state', '!=', 'cancelled')])
        for partner in self:
            partner.tianyuan_rating_count = counts[partner]

    @api.depends('commercial_partner_id', 'user_id')
    @api.depends_context('uid', 'company')
    def _compute_tianyuan_overdue_amount(self):
        """Read what customers owe past its due date, with one query on the books for all of them."""
        user, customers = self.env.user, self._origin.commercial_partner_id
        if not self.env.su and not any(map(user.has_group, (SPECIALIST, FINANCE, MANAGER))):
            customers = customers.filtered(lambda customer: customer._tianyuan_is_own())
        # sudo: the books of the customers that the user may see the payments of.
        company = self.env.company.sudo().root_id
        owed = overdue(company, company._tianyuan_today(), customers.ids) if customers else {}
        for partner in self:
            amount, _since = owed.get(partner._origin.commercial_partner_id.id, (0, None))
            partner.tianyuan_overdue_amount = amount

    @api.ondelete(at_uninstall=False)
    def _tianyuan_unlink_except_rated(self):
        for model in ('tianyuan.rating', 'tianyuan.class.history'):
            rated = self.env[model].sudo().search([('partner_id', 'in', self.ids)], limit=1).partner_id
            if rated:
                raise UserError(self.env._(
                    "%s has been rated, and ratings are kept. Archive the customer instead of deleting it.",
                    rated.display_name,
                ))

    def action_tianyuan_override_class(self):
        """Open the running override of the customer's class, or a form for a new one."""
        self.ensure_one()
        customer = self.commercial_partner_id
        running = self.env['tianyuan.class.override'].search([
            ('partner_id', '=', customer.id), ('company_id', '=', self.env.company.id), ('state', '=', 'active'),
        ])
        action = {
            'type': 'ir.actions.act_window',
            'name': self.env._("Override the Class"),
            'res_model': 'tianyuan.class.override',
            'view_mode': 'form',
        }
        if running:
            return {**action, 'res_id': running.id}
        return {
            **action,
            'views': [(self.env.ref('tianyuan_customer_rating.tianyuan_class_override_view_form_new').id, 'form')],
            'target': 'new',
            'context': customer._tianyuan_override_defaults(),
        }

    def action_tianyuan_assess_prospect(self):
        """Open the prospect sheet of the current quarter; it is created if there is none."""
        self.ensure_one()
        return self.env['tianyuan.rating']._open_prospect(self.commercial_partner_id)

    def _tianyuan_override_defaults(self):
        """Return the context with the defaults of a new override of the customer's class."""
        return {
            'default_partner_id': self.id,
            'default_customer_class': 'ordinary' if self.tianyuan_customer_class == 'key' else 'key',
        }

    @api.model
    def _tianyuan_change_class(self, company, changes):
        """Change the class of customers in one company and write the history; tier and score stay.

        :param company: ``res.company`` whose values are set
        :param dict changes: commercial partner → values of the history row: ``new_class``, ``reason``, and
            ``rating_id`` if a rating gives the class. Customers who have that class already are skipped.
        """
        history = self.env['tianyuan.class.history'].sudo()
        rows = history._changes(company, changes)
        write_class(self.env, company, {row['partner_id']: row['new_class'] or None for row in rows})
        history.create(rows)

    def _tianyuan_may_assess(self):
        return self.env.user.has_group(MANAGER) or self.env.user.has_group(SALES) and self._tianyuan_is_own()

    def _tianyuan_with_matter(self, matter, company):
        """Return the customers to whom a warning on documents applies today.

        :param self: commercial partners
        :param str matter: the warning, ``bad_debt`` or ``no_tier``
        :param company: ``res.company`` without a parent
        :return: dict of customer → values for the text of the warning
        """
        # sudo: users who deal with a customer may know of the warning.
        customers, company = self.sudo(), company.sudo()
        if matter == 'bad_debt':
            owed = self.env['tianyuan.bad.debt'].sudo()._owed(
                company, fields.Date.context_today(self), customers.ids,
            )
            found = {partner_id: {'amount': amount, 'since': since} for partner_id, (amount, since) in owed.items()}
        else:
            found = customers._tianyuan_without_tier(company)
        return {customer: found[customer.id] for customer in self if customer.id in found}

    def _tianyuan_without_tier(self, company):
        """Return those of these customers, read as superuser, who hold no tier, and how that came about.

        :param company: ``res.company`` without a parent
        :return: dict of customer id → ``quarter``: name of the quarter whose rating took the tier away, or else of the
            last one that awarded none, and ``lost``: name of the tier that was lost; both are missing for a customer
            who has never been rated
        """
        without = self.with_company(company).filtered(lambda customer: not customer.tianyuan_tier_id)
        found = {customer.id: {} for customer in without}
        if not found:
            return found
        last = self.env['tianyuan.rating']._read_group([
            ('partner_id', 'in', without.ids), ('company_id', '=', company.id), ('kind', '=', 'quarterly'),
            ('state', '=', 'confirmed'),
        ], ['partner_id'], ['date_from:max'])
        for customer, day in last:
            found[customer.id] = {'quarter': Quarter.containing(day).name}
        losses = self.env['tianyuan.class.history'].search([
            ('partner_id', 'in', [customer.id for customer, _day in last]), ('company_id', '=', company.id),
            ('old_tier_id', '!=', False), ('new_tier_id', '=', False), ('rating_id.state', '=', 'confirmed'),
        ], order='id') if last else ()
        for loss in losses:
            found[loss.partner_id.id] = {'quarter': loss.rating_id.quarter.name, 'lost': loss.old_tier_id.name}
        return found
