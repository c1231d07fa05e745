from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ...engine.sheets import UNCONFIRMED_STATES
from ...tools.limits import check_amounts, check_dates
from ...tools.roles import ARCHIVE, ROLES, keeps_archives, managers_of, specialists_of
from ...tools.selections import CHANNELS, CUSTOMER_CLASSES
from ...tools.text import listed

# Only confirming a rating or a class override writes these fields.
OUTCOME_FIELDS = {
    'tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account',
}
# Contacts take these values over from their company.
SYNCED_FIELDS = ['tianyuan_channel', 'tianyuan_business_nature']
# Fields that users who keep archives copy when they duplicate a customer. The fields themselves are ``copy=False``:
# Odoo also duplicates partners for users without a role, for instance with a user, and they may not read these fields.
DUPLICATED_FIELDS = (
    'tianyuan_channel', 'tianyuan_business_nature', 'tianyuan_registered_capital',
    'tianyuan_registered_capital_currency_id', 'tianyuan_legal_representative', 'tianyuan_cooperation_start_date',
    'tianyuan_purchased_variety_ids', 'tianyuan_main_products', 'tianyuan_downstream_market_ids', 'tianyuan_qq',
    'tianyuan_wechat', 'tianyuan_archive_specialist_id',
)
# Context value that says the archives of merged customers have been moved already, so ``write`` drops archive values.
# As an object, RPC clients can't send it.
ARCHIVE_MERGED = object()
ARCHIVE_STATES = [
    ('none', "No Archive"), ('collecting', "Collecting"), ('filed', "Filed"),
    ('review_due', "Review Due"), ('closed', "Closed"),
]
BEGUN_STATES = ('collecting', 'filed', 'review_due', 'closed')
FILED_STATES = ('filed', 'review_due')
# Computed from invoices and from the archive itself.
COMPUTED_FIELDS = {'tianyuan_first_deal_date', 'tianyuan_archive_completeness'}
NUMBER_SEARCH_LIMIT = 1000    # Above this many matches, the name search uses a condition instead of a list of ids.
NAMED_CUSTOMERS = 10    # Keeps error messages about hundreds of customers readable.
CAPITAL, CURRENCY = 'tianyuan_registered_capital', 'tianyuan_registered_capital_currency_id'
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_archive_review'
# A change of one of these fields can give a customer to another salesperson.
OWNERSHIP_FIELDS = {'user_id', 'parent_id', 'is_company', 'commercial_partner_id'}


class ResPartner(models.Model):
    """The customer archive (客户档案) on a partner, and the outcome of the customer's rating per company.

    An archive is begun, filed under a number, reviewed and closed (policy 档案 1, 2, 5). Users do this with buttons.
    Writing the state ``filed``, as an import does, files the archive too: a filed archive always has a number, an
    archive specialist and a review date.

    A registered capital gets the company's currency unless another one is given. ``create`` and ``write`` set it, not a
    default: a default would read and lock the currency for every new address.

    The archive remembers which products it has already noted as bought, so that posting another invoice needs no
    search.

    Archives are reviewed every few months; an activity reminds the archive specialist (design §7).

    Existing archives are imported with Odoo's own import; a template has its columns.

    Nobody makes a colleague's customer their own (policy 档案 6). Sales users read ratings, documents and profiles of
    their own customers. Odoo lets everyone who edits contacts change a customer's salesperson, move its contacts to
    another company and merge customers. Once an archive is begun, only users who keep archives and the leader of the
    current salesperson's team may do that.
    """

    _name = 'res.partner'
    _inherit = ['tianyuan.protected.mixin', 'res.partner', 'tianyuan.activity.mixin', 'tianyuan.grouping.mixin']
    _tianyuan_access_fields = ()

    tianyuan_channel = fields.Selection(
        CHANNELS, string="Channel", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_business_nature = fields.Selection(
        [('manufacturer', "Manufacturer"), ('dealer', "Dealer")],
        string="Business Nature", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_registered_capital = fields.Monetary(
        string="Registered Capital", currency_field='tianyuan_registered_capital_currency_id', copy=False,
        groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_registered_capital_currency_id = fields.Many2one(
        'res.currency', string="Registered Capital Currency", copy=False, groups=ROLES, prefetch=ARCHIVE,
    )
    tianyuan_legal_representative = fields.Char(
        string="Legal Representative", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_cooperation_start_date = fields.Date(
        string="Cooperation Since", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_purchased_variety_ids = fields.Many2many(
        'product.template', 'tianyuan_partner_variety_rel', 'partner_id', 'product_id',
        string="Purchased Varieties", copy=False, groups=ROLES, tracking=True,
    )
    tianyuan_main_products = fields.Char(
        string="Main Products", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_downstream_market_ids = fields.Many2many(
        'tianyuan.downstream.market', 'tianyuan_partner_market_rel', 'partner_id', 'market_id',
        string="Downstream Markets", copy=False, groups=ROLES, tracking=True,
    )
    tianyuan_primary_contact_id = fields.Many2one(
        'res.partner', string="First Contact", domain="[('parent_id', '=', id)]", index='btree_not_null',
        copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_secondary_contact_id = fields.Many2one(
        'res.partner', string="Second Contact", domain="[('parent_id', '=', id)]", index='btree_not_null',
        copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_qq = fields.Char(string="QQ", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True)
    tianyuan_wechat = fields.Char(string="WeChat", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True)
    tianyuan_tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Customer Tier", company_dependent=True, index=False, readonly=True, copy=False,
        ondelete='restrict', groups=ROLES,
    )
    tianyuan_score = fields.Float(
        string="Rating Score", company_dependent=True, index=False, readonly=True, copy=False,
        groups=ROLES, aggregator='avg',
    )
    tianyuan_customer_class = fields.Selection(
        CUSTOMER_CLASSES, string="Customer Class", company_dependent=True, index=False, readonly=True,
        copy=False, groups=ROLES,
    )
    tianyuan_is_major_account = fields.Boolean(
        string="Major Account", company_dependent=True, index=False, readonly=True, copy=False,
        groups=ROLES,
    )
    tianyuan_rating_ids = fields.One2many('tianyuan.rating', 'partner_id', string="Customer Ratings", groups=ROLES)
    tianyuan_can_edit_archive = fields.Boolean(
        compute='_compute_tianyuan_can_edit_archive', groups=ROLES, export_string_translation=False,
    )
    tianyuan_archive_number = fields.Char(
        string="Archive Number", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_former_number_ids = fields.One2many(
        'tianyuan.archive.number', 'partner_id', string="Former Numbers", readonly=True, copy=False, groups=ROLES,
    )
    tianyuan_archive_state = fields.Selection(
        ARCHIVE_STATES, string="Archive Status", compute='_compute_tianyuan_archive_state', store=True, readonly=False,
        copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_archive_specialist_id = fields.Many2one(
        'res.users', string="Archive Specialist", domain=[('share', '=', False)], copy=False,
        groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_archive_reviewed_on = fields.Date(
        string="Archive Reviewed On", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_archive_review_due_on = fields.Date(
        string="Archive Review Due On", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_first_deal_date = fields.Date(
        string="First Deal On", readonly=True, copy=False, groups=ROLES, prefetch=ARCHIVE,
        help="Date of the first posted customer invoice.",
    )
    # Ids of products whose varieties are already among the purchased ones.
    tianyuan_noted_product_ids = fields.Json(
        copy=False, prefetch=False, groups=fields.NO_ACCESS, export_string_translation=False,
    )

    # PostgreSQL tries to prove the condition of a partial index for every query on partners, once per id in the query;
    # a condition on a single column is the cheapest to check. An index without a condition would also be considered for
    # every join with partners, which costs even more.
    _tianyuan_archive_number_unique = models.UniqueIndex(
        '(tianyuan_archive_number) WHERE tianyuan_archive_number IS NOT NULL',
        "Another customer has this archive number.",
    )
    _tianyuan_archive_number_search_idx = models.Index(
        "(lower(tianyuan_archive_number) text_pattern_ops) INCLUDE (id, tianyuan_archive_number)"
        " WHERE tianyuan_archive_number IS NOT NULL",
    )
    # Covering indexes for the archive lists: they include what the ORM and the company rule read, so filters and counts
    # need no access to the table.
    _tianyuan_archive_completeness_idx = models.Index(
        "(tianyuan_archive_state, tianyuan_archive_completeness) INCLUDE (id, active, company_id, partner_share)"
        " WHERE tianyuan_archive_state <> 'none'",
    )
    _tianyuan_archive_review_idx = models.Index(
        "(tianyuan_archive_review_due_on, tianyuan_archive_state) INCLUDE (id, active, company_id, partner_share)"
        " WHERE tianyuan_archive_review_due_on IS NOT NULL",
    )

    @api.depends_context('uid')
    def _compute_tianyuan_can_edit_archive(self):
        self.tianyuan_can_edit_archive = keeps_archives(self.env.user)

    @api.depends('create_date')    # Never recomputed, since create_date never changes.
    def _compute_tianyuan_archive_state(self):
        """A new customer has no archive.

        It is no default: creating a user passes the partner's defaults as values. Users without a role may not write
        this one, and it would reset the archive of an existing customer who gets a user.
        """
        self.tianyuan_archive_state = 'none'

    @api.model
    def _search_display_name(self, operator, value):
        """Also find customers by their archive number, present or former, if the user may read it."""
        domain = super()._search_display_name(operator, value)
        number = self._fields['tianyuan_archive_number']
        if value and operator not in Domain.NEGATIVE_OPERATORS and self._has_field_access(number, 'read'):
            if operator in ('like', 'ilike'):
                # Search the numbers first: as part of the domain, the condition would be tested on every partner.
                found = self._tianyuan_ids_by_number(value)
                if len(found) <= NUMBER_SEARCH_LIMIT:
                    return Domain(domain) | Domain('id', 'in', found) if found else domain
            former = Domain('tianyuan_former_number_ids.number', operator, value)
            return Domain(domain) | Domain(number.name, operator, value) | former
        return domain

    @api.constrains('tianyuan_cooperation_start_date')
    def _check_tianyuan_cooperation_date_is_sane(self):
        check_dates(self, 'tianyuan_cooperation_start_date')

    @api.constrains('tianyuan_registered_capital')
    def _check_tianyuan_registered_capital(self):
        check_amounts(self, 'tianyuan_registered_capital')

    @api.constrains('tianyuan_cooperation_start_date')
    def _check_tianyuan_cooperation_start_date(self):
        for partner in self:
            start = partner.tianyuan_cooperation_start_date
            if start and start > fields.Date.context_today(self):
                raise ValidationError(self.env._("%s: the cooperation can't begin in the future.", partner.name))

    @api.constrains('tianyuan_archive_number')
    def _check_tianyuan_archive_number(self):
        # sudo: the former number may be that of a customer the user can't read, who isn't named.
        numbers = self.env['tianyuan.archive.number'].sudo().search([
            ('number', 'in', [number for number in self.sudo().mapped('tianyuan_archive_number') if number]),
        ])
        owners = {row.number: row.partner_id for row in numbers}
        for partner in self.sudo():
            owner = owners.get(partner.tianyuan_archive_number, partner)
            if owner != partner:
                raise ValidationError(self.env._(
                    "%s was the archive number of another customer, and still finds it. Use another number.",
                    partner.tianyuan_archive_number,
                ))

    @api.constrains('tianyuan_archive_state', 'parent_id', 'is_company')
    def _check_tianyuan_archive_state(self):
        # sudo: users who set a contact's company may have no role.
        for partner in self.sudo():
            if partner.tianyuan_archive_state in BEGUN_STATES and partner.commercial_partner_id != partner:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact: the archive is kept for %(company)s. If a customer with an archive "
                    "becomes a contact, choose “Becomes a Contact of …” in its menu, which asks what happens to "
                    "archive, tier and number.",
                    contact=partner.display_name, company=partner.commercial_partner_id.display_name,
                ))

    @api.constrains('tianyuan_primary_contact_id', 'tianyuan_secondary_contact_id')
    def _check_tianyuan_contacts(self):
        for partner in self:
            for contact in partner.tianyuan_primary_contact_id | partner.tianyuan_secondary_contact_id:
                if contact.commercial_partner_id != partner.commercial_partner_id:
                    raise ValidationError(self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=contact.display_name, customer=partner.display_name,
                    ))

    @api.onchange(CAPITAL)
    def _onchange_tianyuan_registered_capital(self):
        """Show the currency as soon as a capital is entered."""
        if self[CAPITAL] and not self[CURRENCY]:
            self[CURRENCY] = self.env.company.currency_id

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if self.env.su or keeps_archives(self.env.user):
            for partner, vals in zip(self, vals_list, strict=True):
                if vals:    # Odoo returns None for a record that is already being copied.
                    archive = partner._convert_to_write({name: partner[name] for name in DUPLICATED_FIELDS})
                    vals.update({name: value for name, value in archive.items() if name not in vals})
        return vals_list

    def write(self, vals):
        if self.env.context.get('tianyuan_archive_merged') is ARCHIVE_MERGED:
            vals = {name: value for name, value in vals.items() if not name.startswith('tianyuan_')}
        vals = self._tianyuan_with_currency(vals)
        unfiled = self._tianyuan_about_to_be_filed(vals)
        numbers = self._tianyuan_numbers_before(vals)
        owned, refusals = self._tianyuan_ownership_before(vals)
        # Always track a change of salesperson, even if an import or the caller's context disables tracking.
        partners = self.with_context(tracking_disable=False, mail_notrack=False) if owned else self
        result = super(ResPartner, partners).write(vals)
        if {'parent_id', 'is_company'} & vals.keys():
            self.filtered(lambda partner: partner.commercial_partner_id != partner)._tianyuan_cancel_open_sheets()
        if numbers:
            # sudo: users write no former numbers.
            self.env['tianyuan.archive.number'].sudo()._keep(numbers)
        if vals.get('tianyuan_archive_number'):
            self.sudo().tianyuan_former_number_ids.filtered(
                lambda row: row.number == row.partner_id.tianyuan_archive_number,
            ).unlink()
        if unfiled:
            unfiled._tianyuan_complete_filing()
        if 'tianyuan_archive_state' in vals or 'tianyuan_archive_specialist_id' in vals:
            self._tianyuan_update_review_activities()
        if 'tianyuan_purchased_variety_ids' in vals:
            # Forget the noted products, so that a variety the user removed is added again with the next invoice.
            noted = self.sudo().filtered('tianyuan_noted_product_ids')
            noted.with_context(tracking_disable=True).tianyuan_noted_product_ids = False
        self._tianyuan_check_ownership(owned, refusals)
        return result

    def _tianyuan_with_currency(self, vals):
        """Return the values, with the company's currency if they have a registered capital without one."""
        if not self._tianyuan_lacks_currency(vals):
            return vals
        # sudo: the user's right to write the currency is checked together with the capital.
        without = self if CURRENCY in vals else self.filtered(lambda partner: not partner.sudo()[CURRENCY])
        if without == self:
            return {**vals, CURRENCY: self.env.company.currency_id.id}
        if without:
            without.write({CURRENCY: self.env.company.currency_id.id})
        return vals

    def _tianyuan_about_to_be_filed(self, vals):
        if vals.get('tianyuan_archive_state') not in FILED_STATES:
            return self.browse()
        # sudo: the user's right to write the state is checked by ``write``.
        return self.filtered(lambda partner: partner.sudo().tianyuan_archive_state not in FILED_STATES)

    def _tianyuan_numbers_before(self, vals):
        """Return the archive numbers that these customers are about to lose.

        :return: dict of customer → number
        """
        if 'tianyuan_archive_number' not in vals:
            return {}
        # sudo: the user's right to write the number is checked by ``write``.
        return {
            partner: partner.tianyuan_archive_number for partner in self.sudo()
            if partner.tianyuan_archive_number and partner.tianyuan_archive_number != vals['tianyuan_archive_number']
        }

    def _tianyuan_ownership_before(self, vals):
        """Remember to which customer these partners belong before a change of salesperson, parent or company.

        :return: dict of partner → (customer, ownership), and dict of customers that the user may not hand over → error
            message
        """
        if self.env.su or not OWNERSHIP_FIELDS & vals.keys():
            return {}, {}
        before = {
            partner: (partner.sudo().commercial_partner_id.sudo(False), partner._tianyuan_ownership())
            for partner in self._tianyuan_with_archive()
        }
        kept = self.browse({
            customer.id for customer, _owner in before.values() if not customer._tianyuan_may_hand_over()
        })
        return before, dict.fromkeys(kept, kept and kept._tianyuan_hand_over_message())

    def _tianyuan_check_ownership(self, before, refusals):
        """Refuse the change if the user may not hand the customer over, and log contacts that were moved.

        :param before, refusals: results of :meth:`_tianyuan_ownership_before`
        :raise AccessError: a customer the user may not hand over has another owner now
        """
        changed = {
            partner: customer for partner, (customer, ownership) in before.items()
            if partner._tianyuan_ownership() != ownership
        }
        for customer in changed.values():
            if customer in refusals:
                raise AccessError(refusals[customer])
        self._tianyuan_log_moved_contacts({
            partner: customer for partner, customer in changed.items()
            if partner.sudo().commercial_partner_id != customer
        })

    def _tianyuan_protected_fields(self):
        """Return the outcome fields, and for users who keep no archives all fields of the archive."""
        if keeps_archives(self.env.user):
            return super()._tianyuan_protected_fields() | OUTCOME_FIELDS | COMPUTED_FIELDS
        return {name for name in self._fields if name.startswith('tianyuan_')}

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create([self._tianyuan_with_currency(vals) for vals in vals_list])
        filed = [
            partner.id for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get('tianyuan_archive_state') in FILED_STATES
        ]
        if filed:
            self.browse(filed)._tianyuan_complete_filing()
        if self.env.context.get('import_file'):
            partners._tianyuan_set_imported_contacts()
        return partners

    def action_tianyuan_join_group(self):
        """Ask what happens to archive, tier and number of a customer that becomes a contact of its group.

        :raise AccessError: the user may not hand the customer over
        :raise UserError: the partner is a contact already
        """
        self.ensure_one()
        self._tianyuan_check_joining()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_group_joining_action'),
            'context': {'default_partner_id': self.id},
        }

    def _tianyuan_check_joining(self):
        """Refuse users who may not hand this customer over, and partners that are contacts.

        :raise AccessError: the user may not write the customer, or not hand it over
        :raise UserError: the partner is a contact already
        """
        self.check_access('write')
        if self.commercial_partner_id != self:
            raise UserError(self.env._("%s is a contact already.", self.display_name))
        if not self._tianyuan_may_hand_over():
            raise AccessError(self._tianyuan_hand_over_message())

    def action_tianyuan_quarter_to_date(self):
        """Show the customer's provisional score of the current quarter."""
        self.ensure_one()
        return self.env['tianyuan.quarter.to.date']._open(self.commercial_partner_id)

    def action_tianyuan_ratings(self):
        """Open the customer's ratings, with those of contacts that were customers of their own before.

        :raise AccessError: the user may not read the customer, or has no role
        """
        action = self._tianyuan_open_records('tianyuan.rating', 'tianyuan_customer_rating.tianyuan_rating_action')
        return action | {'domain': [('partner_id.commercial_partner_id', '=', self.commercial_partner_id.id)]}

    # -- archive actions -----------------------------------------------------------------------------

    def action_tianyuan_start_archive(self):
        """Begin the archive, so that its contents can be collected.

        :raise AccessError: the user keeps no archives
        :raise UserError: the archive has been begun already
        """
        archives = self._tianyuan_archives_in('none')
        archives.filtered(lambda partner: not partner.tianyuan_archive_specialist_id).write({
            'tianyuan_archive_specialist_id': self.env.uid,
        })
        return archives.write({'tianyuan_archive_state': 'collecting'})

    def action_tianyuan_file_archive(self):
        """File archives: each gets a permanent number from the sequence of its channel.

        Archives that are already filed are left as they are, so that a whole list can be filed.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive is closed
        :raise ValidationError: a customer has no channel
        """
        archives = self._tianyuan_archives_in('none', 'collecting', *FILED_STATES)
        return archives.filtered(lambda partner: partner.tianyuan_archive_state not in FILED_STATES).write({
            'tianyuan_archive_state': 'filed',
            'tianyuan_archive_reviewed_on': fields.Date.context_today(self),
            'tianyuan_archive_review_due_on': self._tianyuan_next_review(fields.Date.context_today(self)),
        })

    def action_tianyuan_file_archive_or_ask(self):
        """File archives at once if they are complete; else ask first, naming what is missing.

        :return: the action that asks, or False
        :raise AccessError: the user keeps no archives
        :raise UserError: an archive is closed
        :raise ValidationError: a customer has no channel
        """
        archives = self._tianyuan_archives_in('none', 'collecting', *FILED_STATES)
        if not archives._tianyuan_unfiled_gaps():
            archives.action_tianyuan_file_archive()
            return False
        archives._tianyuan_check_channel()
        return self.env['tianyuan.question']._ask(
            archives, 'action_tianyuan_file_incomplete', self.env._("File Incomplete Archives?"),
        )

    def action_tianyuan_file_incomplete(self):
        """File archives although something is missing, and note in the chatter what was missing.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive is closed
        :raise ValidationError: a customer has no channel
        """
        gaps = self._tianyuan_archives_in('none', 'collecting', *FILED_STATES)._tianyuan_unfiled_gaps()
        result = self.action_tianyuan_file_archive()
        if gaps:
            customers = self.browse(customer.id for customer in gaps)
            customers._message_log_batch(bodies={
                customer.id: self.env._("Filed although this was missing: %s", listed(self.env, missing))
                for customer, missing in gaps.items()
            })
        return result

    def action_tianyuan_review_archive(self):
        """Record that the archives were reviewed today; the company sets after how many months the next review is due.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive isn't filed
        """
        today = fields.Date.context_today(self)
        return self._tianyuan_archives_in(*FILED_STATES).write({
            'tianyuan_archive_state': 'filed',
            'tianyuan_archive_reviewed_on': today,
            'tianyuan_archive_review_due_on': self._tianyuan_next_review(today),
        })

    def action_tianyuan_close_archive(self):
        """Close archives: they keep their number and contents, and are no longer reviewed.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive hasn't been begun, or is closed
        """
        return self._tianyuan_archives_in('collecting', *FILED_STATES).write({
            'tianyuan_archive_state': 'closed', 'tianyuan_archive_review_due_on': False,
        })

    def action_tianyuan_reopen_archive(self):
        """Reopen closed archives for collecting; when filed again they keep their number.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive isn't closed
        """
        return self._tianyuan_archives_in('closed').write({'tianyuan_archive_state': 'collecting'})

    def _tianyuan_cancel_open_sheets(self):
        """Cancel the open rating sheets of partners that became contacts.

        Contacts aren't rated: the sheet of their company counts what they buy.
        """
        # sudo: users who edit contacts may have no role.
        sheets = self.env['tianyuan.rating'].sudo().search([
            ('partner_id', 'in', self.ids), ('state', 'in', UNCONFIRMED_STATES),
        ])
        sheets.write({'state': 'cancelled'})
        sheets._message_log_batch({
            sheet.id: self.env._(
                "Cancelled: %(contact)s has become a contact of %(company)s, whose rating counts its purchases and "
                "payments from now on.",
                contact=sheet.partner_id.name, company=sheet.partner_id.commercial_partner_id.name,
            ) for sheet in sheets
        })

    def _commercial_fields(self):
        return super()._commercial_fields() + SYNCED_FIELDS

    def _check_tianyuan_protected(self, vals):
        if self.env.su:
            return
        written = {name: value for name, value in vals.items() if name.startswith('tianyuan_')}
        if written and not self:
            # Drop values equal to the defaults: a form sends them even for fields that the user can't edit.
            new = {'tianyuan_archive_state': 'none', **self.default_get(list(written))}
            written = {name: value for name, value in written.items() if value and value != new.get(name)}
        if written and not self._tianyuan_is_sync_from_company(written):
            super()._check_tianyuan_protected(written)

    def _tianyuan_protected_message(self, names):
        if names <= COMPUTED_FIELDS and keeps_archives(self.env.user):
            return self.env._("The first deal and the completeness of an archive can't be written.")
        if names & OUTCOME_FIELDS:
            return self.env._(
                "Tier, score and class of a customer are awarded by confirming a rating; they can't be written.",
            )
        return self.env._("Only archive specialists and managers can change a customer's archive.")

    def _tianyuan_is_sync_from_company(self, vals):
        """Return whether these are the values a contact takes over from its company, whoever saves the contact."""
        return bool(self) and vals.keys() <= set(SYNCED_FIELDS) and all(
            contact.commercial_partner_id != contact and contact.commercial_partner_id.sudo()[name] == value
            for contact in self for name, value in vals.items()
        )

    def _tianyuan_is_own(self):
        """Return whether the user is the customer's salesperson or leads the salesperson's team."""
        self.ensure_one()
        salesperson = self.commercial_partner_id.sudo().user_id
        return self.env.user in (salesperson, salesperson.sale_team_id.user_id)

    def _tianyuan_count_records(self, model, domain):
        """Count the readable records about each of these customers, with one query.

        A contact has the count of its company. The count is 0 for unsaved partners, and for all if the user may not
        read the model.

        :param str model: model of the records; its field ``partner_id`` is the customer
        :param domain: further condition on the records
        :return: dict of each of these partners → number
        """
        records, customers = self.env[model], self._origin.commercial_partner_id
        counts = {}
        if customers and records.has_access('read'):
            about = Domain(domain) & Domain('partner_id', 'in', customers.ids)
            counts = dict(records._read_group(about, ['partner_id'], ['__count']))
        return {partner: counts.get(partner._origin.commercial_partner_id, 0) for partner in self}

    def _tianyuan_open_records(self, model, action):
        """Return the action that shows the records about a customer.

        :param str model: model of the records; its field ``partner_id`` is the customer
        :param str action: external id of the action
        :return: action
        :raise AccessError: the user may not read the customer, or the model
        """
        self.ensure_one()
        self.check_access('read')
        self.env[model].check_access('read')
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id(action),
            'domain': [('partner_id', '=', customer.id)],
            'context': {'default_partner_id': customer.id},
        }

    @api.model
    def _tianyuan_ids_by_number(self, text):
        """Return ids of customers whose archive number, present or former, matches the text, ignoring case.

        A text with digits may stand anywhere in the number; without digits it may be a name, so only numbers that begin
        with it match. At most ``NUMBER_SEARCH_LIMIT`` + 1 ids are returned.
        """
        pattern = f'{escape_psql(text.lower())}%'
        if any(map(str.isdigit, text)):
            pattern = f'%{pattern}'
        self.flush_model(['tianyuan_archive_number'])
        return [partner_id for [partner_id] in self.env.execute_query(SQL(
            """
            (SELECT id FROM res_partner
              WHERE tianyuan_archive_number IS NOT NULL AND lower(tianyuan_archive_number) LIKE %(pattern)s
              LIMIT %(most)s)
            UNION
            (SELECT partner_id FROM tianyuan_archive_number WHERE lower(number) LIKE %(pattern)s LIMIT %(most)s)
            LIMIT %(most)s
            """, pattern=pattern, most=NUMBER_SEARCH_LIMIT + 1,
        ))]

    def _tianyuan_archives_in(self, *states):
        """Return the customers of these partners, to change their archives.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive is in none of the states
        """
        archives = self.commercial_partner_id
        archives.check_access('write')
        if not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers can change a customer's archive."))
        wrong = archives.filtered(lambda partner: (partner.tianyuan_archive_state or 'none') not in states)
        if wrong:
            labels = dict(self._fields['tianyuan_archive_state']._description_selection(self.env))
            raise UserError(self.env._(
                "This can't be done with the archive of:\n%s", "\n".join(
                    f"{partner.display_name} ({labels[partner.tianyuan_archive_state or 'none']})"
                    for partner in wrong[:NAMED_CUSTOMERS]
                ),
            ))
        return archives

    def _tianyuan_specialist_in(self, company):
        """Return the archive specialist, unless the company is empty one who works in it.

        In the place of a specialist who has left it is another one of the company, else one of its managers.
        """
        specialist = self.sudo().tianyuan_archive_specialist_id
        if not specialist or specialist.active and company <= specialist.company_ids and keeps_archives(specialist):
            return specialist
        company = company or specialist.company_id
        return (specialists_of(company) or managers_of(company))[:1]

    def _tianyuan_customer(self):
        return self.commercial_partner_id

    def _tianyuan_heirs(self, activity_type):
        if activity_type in self._tianyuan_specialist_activities():
            return {partner: partner._tianyuan_specialist_in(partner.company_id) for partner in self}
        return super()._tianyuan_heirs(activity_type)

    @api.model
    def _tianyuan_specialist_activities(self):
        """Return the external ids of the activity types that ask the archive specialist."""
        return {ACTIVITY_TYPE}

    # -- filing ------------------------------------------------------------------------------------

    def _tianyuan_unfiled_gaps(self):
        """Return what is missing in those of these archives that aren't filed yet.

        :return: dict of partner → labels; complete archives are left out
        """
        unfiled = self.filtered(lambda partner: partner.tianyuan_archive_state not in FILED_STATES)
        # sudo: only labels of missing fields are shown, no values.
        missing = unfiled.sudo()._tianyuan_archive_missing()
        return {partner.with_env(self.env): labels for partner, labels in missing.items() if labels}

    def _tianyuan_question_details(self, _method):
        """Return what is missing in these archives, for the question before they are filed.

        :raise AccessError: the user keeps no archives
        """
        gaps = self._tianyuan_archives_in(*dict(ARCHIVE_STATES))._tianyuan_unfiled_gaps()
        if len(gaps) == len(self) == 1:
            return "\n".join(gaps[self.commercial_partner_id])
        lines = [f"{customer.name}: {listed(self.env, missing)}" for customer, missing in gaps.items()]
        if len(lines) > NAMED_CUSTOMERS:
            lines[NAMED_CUSTOMERS:] = [self.env._("… and %s more", len(lines) - NAMED_CUSTOMERS)]
        return "\n".join(lines)

    def _tianyuan_check_channel(self):
        """Refuse to file archives of customers without a channel, which decides on the number.

        :raise ValidationError: names the customers
        """
        without_channel = self.filtered(
            lambda partner: not partner.tianyuan_archive_number and not partner.tianyuan_channel,
        )
        if without_channel:
            raise ValidationError(self.env._(
                "Set the channel (distributor or direct customer) before filing the archive of:\n%s",
                "\n".join(without_channel[:NAMED_CUSTOMERS].mapped('display_name')),
            ))

    def _tianyuan_complete_filing(self):
        """Set number, specialist and review date of filed archives that lack them."""
        self._tianyuan_check_channel()
        numberless = self.filtered(lambda partner: not partner.tianyuan_archive_number)
        for channel, partners in numberless.grouped('tianyuan_channel').items():
            numbers = self._tianyuan_draw_numbers(channel, len(partners))
            for partner, number in zip(partners, numbers, strict=True):
                partner.tianyuan_archive_number = number
        if self.env.user.active:    # The system user runs scheduled actions and can't be an archive specialist.
            self.filtered(lambda partner: not partner.tianyuan_archive_specialist_id).write({
                'tianyuan_archive_specialist_id': self.env.uid,
            })
        undated = self.filtered(lambda partner: not partner.tianyuan_archive_review_due_on)
        for reviewed_on, partners in undated.grouped('tianyuan_archive_reviewed_on').items():
            partners.write({'tianyuan_archive_review_due_on': self._tianyuan_next_review(
                reviewed_on or fields.Date.context_today(self),
            )})

    @api.model
    def _tianyuan_draw_numbers(self, channel, count):
        """Return new archive numbers, skipping numbers that imported archives already use, or that archives once had.

        :raise UserError: the channel has no sequence
        """
        sequences = self.env['ir.sequence'].sudo()
        numbers = []
        while len(numbers) < count:
            drawn = [sequences.next_by_code(f'tianyuan.archive.{channel}') for _number in range(count - len(numbers))]
            if not all(drawn):
                raise UserError(self.env._(
                    "There is no number sequence with the code %s.", f'tianyuan.archive.{channel}',
                ))
            taken = set(self.sudo().with_context(active_test=False).search(
                [('tianyuan_archive_number', 'in', drawn)],
            ).mapped('tianyuan_archive_number'))
            former = self.env['tianyuan.archive.number'].sudo().search([('number', 'in', drawn)])
            taken.update(former.mapped('number'))
            numbers += [number for number in drawn if number not in taken]
        return numbers

    @api.model
    def _tianyuan_next_review(self, reviewed_on):
        return reviewed_on + relativedelta(months=self.env.company.tianyuan_archive_review_months)

    # -- invoices and reviews ------------------------------------------------------------------------

    def _tianyuan_log_new_varieties(self, varieties):
        """Log in the chatter of begun archives which products the customers bought for the first time.

        :param dict varieties: customer → ids of products
        """
        self.invalidate_recordset(['tianyuan_purchased_variety_ids'], flush=False)
        archives = self.filtered(lambda partner: partner.tianyuan_archive_state in BEGUN_STATES)
        Product = self.env['product.template']
        archives._message_log_batch(bodies={
            partner.id: self.env._(
                "Bought for the first time: %s", Product.browse(varieties[partner]).mapped('display_name'),
            ) for partner in archives
        })
        archives._tianyuan_archive_changed()

    @api.model
    def _tianyuan_lacks_currency(self, vals):
        return vals.get(CAPITAL) and not vals.get(CURRENCY)

    @api.model
    def _cron_tianyuan_review(self):
        """Mark filed archives that are due for review, and ask their specialists to review them."""
        today = fields.Date.context_today(self)
        due = self.sudo().search([
            ('tianyuan_archive_state', '=', 'filed'), ('tianyuan_archive_review_due_on', '<=', today),
        ])
        for ids in self.env['ir.cron']._tianyuan_batches(due.ids):
            self.sudo().browse(ids)._tianyuan_ask_for_review()

    def _tianyuan_ask_for_review(self):
        """Set archives to be reviewed, and plan one activity for the specialist of each unless one is open."""
        # Post the notes as a batch: thousands of archives may be due on one day, and tracking would post them one by
        # one.
        self.with_context(tracking_disable=True).write({'tianyuan_archive_state': 'review_due'})
        for lang, partners in self.grouped(lambda partner: partner.tianyuan_archive_specialist_id.lang).items():
            worded = self.with_context(lang=lang or self.env.company.partner_id.lang)
            note = worded.env._("The archive is due for review.")
            partners._message_log_batch(bodies=dict.fromkeys(partners.ids, note))
        asked = set(self._tianyuan_review_activities().mapped('res_id'))
        self.filtered(lambda partner: partner.id not in asked)._tianyuan_schedule(
            ACTIVITY_TYPE, lambda partner: partner._tianyuan_specialist_in(partner.company_id),
            deadline=lambda partner: partner.tianyuan_archive_review_due_on,
        )

    def _tianyuan_update_review_activities(self):
        """Close review activities that aren't due any more, and assign the others to the current specialist."""
        activities = self._tianyuan_review_activities()
        if not activities:
            return
        archives = {partner.id: partner for partner in self.sudo()}
        done = activities.filtered(
            lambda activity: archives[activity.res_id].tianyuan_archive_state != 'review_due',
        )
        # Archive instead of `activity_feedback`, which would post a message: the chatter already shows the review.
        done.action_archive()
        for activity in activities - done:
            specialist = archives[activity.res_id].tianyuan_archive_specialist_id
            if specialist and activity.user_id != specialist:
                activity.with_context(mail_activity_quick_update=True).user_id = specialist

    def _tianyuan_review_activities(self):
        return self.sudo().activity_search([ACTIVITY_TYPE], only_automated=False)

    def _tianyuan_set_imported_contacts(self):
        """Make imported contacts of a new customer its first and second one, which no import column can name."""
        for partner in self:
            if (
                partner.child_ids and keeps_archives(self.env.user)
                and partner.tianyuan_archive_state in BEGUN_STATES and not partner.tianyuan_primary_contact_id
            ):
                contacts = partner.child_ids.sorted('id')
                partner.write({
                    'tianyuan_primary_contact_id': contacts[0].id,
                    'tianyuan_secondary_contact_id': partner.tianyuan_secondary_contact_id.id or contacts[1:2].id,
                })

    @api.model
    def get_import_templates(self):
        if not self.env.context.get('tianyuan_archive_import'):
            return super().get_import_templates()
        language = 'zh_CN' if (self.env.lang or '').startswith('zh') else 'en_US'
        return [{
            'label': self.env._("Import Template for Customer Archives"),
            'template': f'/tianyuan_customer_rating/static/xls/customer_archives_{language}.xlsx',
        }]

    def _tianyuan_log_moved_contacts(self, left):
        """Log on the customers which contacts were moved away from them.

        :param dict left: contact → the customer it belonged to
        """
        moved = {}
        for contact, customer in left.items():
            # sudo: the user may not be allowed to read the company the contact was moved to.
            moved.setdefault(customer, []).append(f"{contact.name} → {contact.sudo().commercial_partner_id.name}")
        customers = self.browse(customer.id for customer in moved)
        customers._message_log_batch({
            customer.id: self.env._("Contacts moved from this customer: %s", ", ".join(moved[customer]))
            for customer in customers
        })

    def _tianyuan_with_archive(self):
        """Return the partners whose customer has an archive."""
        # sudo: users who edit contacts may have no role.
        return self.sudo().filtered(
            lambda partner: partner.commercial_partner_id._tianyuan_archive_is_begun(),
        ).sudo(False)

    def _tianyuan_archive_is_begun(self):
        """Return whether this customer, read as superuser, has an archive, open or closed."""
        self.ensure_one()
        return bool(self.tianyuan_archive_number) or self.tianyuan_archive_state in BEGUN_STATES

    def _tianyuan_ownership(self):
        """Return what decides to whom a partner belongs: salesperson, customer and, for a customer, its parent."""
        self.ensure_one()
        partner = self.sudo()
        customer = partner.commercial_partner_id
        return partner.user_id, customer, customer == partner and partner.parent_id

    def _tianyuan_may_hand_over(self):
        """Return whether the user may change this customer's salesperson or parent, or merge it."""
        self.ensure_one()
        # sudo: only the team leader's identity is used.
        leader = self.sudo().user_id.sale_team_id.user_id
        return self.env.su or keeps_archives(self.env.user) or self.env.user == leader

    def _tianyuan_check_merge(self):
        """Refuse to merge partners of different customers if one has an archive that the user may not hand over.

        :raise AccessError: a customer has such an archive
        """
        customers = self.sudo().commercial_partner_id
        if self.env.su or len(customers) == 1:
            return
        archives = customers.filtered(lambda customer: customer._tianyuan_archive_is_begun())
        refused = archives.sudo(False).filtered(lambda customer: not customer._tianyuan_may_hand_over())
        if refused:
            raise AccessError(refused._tianyuan_hand_over_message())

    def _tianyuan_hand_over_message(self):
        """Return the message that these customers can't be handed over, with the people to ask.

        The archive's specialist is only named to users who may read the archive.
        """
        # sudo: shows only names of the customers concerned, of team leaders and of specialists.
        customers = self.sudo()
        people = customers.user_id.sale_team_id.user_id
        if self.env.user.has_group(ROLES):
            people |= customers.tianyuan_archive_specialist_id
        return self.env._(
            "%(customers)s: there is a customer archive, so salesperson, parent company and contacts stay as they are, "
            "and it isn't merged. Ask an archive specialist, a manager or the leader of the salesperson's "
            "team%(people)s.",
            customers=", ".join(customers[:NAMED_CUSTOMERS].mapped('name')),
            people=f" ({', '.join(people.mapped('name'))})" if people else "",
        )
