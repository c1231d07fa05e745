from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ...engine.sheets import UNCONFIRMED_STATES
from ...tools.limits import check_amounts, check_dates
from ...tools.roles import ARCHIVE, ROLES, keeps_archives
from ...tools.selections import CHANNELS, CUSTOMER_CLASSES

# written by confirming a rating only (design §3.1)
OUTCOME_FIELDS = {
    'tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account',
}
# a contact shows those of its company
SYNCED_FIELDS = ['tianyuan_channel', 'tianyuan_business_nature']
# What somebody who keeps archives takes along to a duplicate of a customer. The fields say ``copy=False`` themselves:
# whatever else is duplicated with a partner, such as its user, would ask for them on behalf of people who may not
# read them.
DUPLICATED_FIELDS = (
    'tianyuan_channel', 'tianyuan_business_nature', 'tianyuan_registered_capital',
    'tianyuan_registered_capital_currency_id', 'tianyuan_legal_representative', 'tianyuan_cooperation_start_date',
    'tianyuan_purchased_variety_ids', 'tianyuan_main_products', 'tianyuan_downstream_market_ids', 'tianyuan_qq',
    'tianyuan_wechat', 'tianyuan_archive_specialist_id',
)
# In a context: the archive of customers that are merged has been moved, and Odoo need not write it again. Nobody but
# code in this process can put the object there.
ARCHIVE_MERGED = object()
ARCHIVE_STATES = [
    ('none', "No Archive"), ('collecting', "Collecting"), ('filed', "Filed"),
    ('review_due', "Review Due"), ('closed', "Closed"),
]
BEGUN_STATES = ('collecting', 'filed', 'review_due', 'closed')
FILED_STATES = ('filed', 'review_due')
# known from invoices and from the archive itself
COMPUTED_FIELDS = {'tianyuan_first_deal_date', 'tianyuan_archive_completeness'}
MANY_NUMBERS = 1000     # numbers that a text is part of; beyond it they are no list of ids any more
NAMED_CUSTOMERS = 10    # a refusal of hundreds of customers must still fit the screen
CAPITAL, CURRENCY = 'tianyuan_registered_capital', 'tianyuan_registered_capital_currency_id'
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_archive_review'
# what decides whose customer somebody is: the salesperson of the commercial entity
OWNERSHIP_FIELDS = {'user_id', 'parent_id', 'is_company', 'commercial_partner_id'}


class ResPartner(models.Model):
    """What the customer archive (客户档案) holds, and the outcome of the customer's rating per company.

    The life of a customer's archive: begun, filed under a number, reviewed, closed (policy 档案 1, 2, 5).

    People move it on with the buttons. Writing the state of an old archive, as an import does, is filing too:
    however an archive comes to be filed, it has a number, somebody who keeps it, and a day to be reviewed.

    The currency of a registered capital: that of the company, unless another one is named.

    It comes with the capital. As a default it would be looked up, and locked in the database, for each address that
    anybody makes.

    Which of a customer's purchases the archive knows, so that posting another one needn't look.

    Archives are gone through every few months; who keeps them is told when it is time (design §7).

    Old archives come in through Odoo's own import; a template shows its columns.

    Nobody makes a colleague's customer their own (policy 档案 6).

    Sales users read ratings, papers and profiles of their own customers. Odoo lets everyone who edits contacts change
    a customer's salesperson, move its contacts to another company and merge customers. Once an archive is begun, that
    is for those who keep archives and for the leader of the present salesperson's team.
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
    # ids of products whose varieties have been noted among the purchased ones
    tianyuan_noted_product_ids = fields.Json(
        copy=False, prefetch=False, groups=fields.NO_ACCESS, export_string_translation=False,
    )

    # Whatever is asked of partners, PostgreSQL tries to prove an index's condition from it, with each of the ids asked
    # for: one on a single column is found out soonest. Without any, the index is offered to whoever joins partners to
    # something else, which takes longer still.
    _tianyuan_archive_number_unique = models.UniqueIndex(
        '(tianyuan_archive_number) WHERE tianyuan_archive_number IS NOT NULL',
        "Another customer has this archive number.",
    )
    _tianyuan_archive_number_search_idx = models.Index(
        "(lower(tianyuan_archive_number) text_pattern_ops) INCLUDE (id, tianyuan_archive_number)"
        " WHERE tianyuan_archive_number IS NOT NULL",
    )
    # What the lists of archives filter on and count, told from the index alone, what the ORM and the rule on companies
    # ask for included.
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

    @api.depends('create_date')    # which is set once: the state of a new customer is computed, and then stays
    def _compute_tianyuan_archive_state(self):
        """A new customer has no archive.

        This isn't a default, since users are created with the defaults of their partner as values: those who have no
        role may not give this one, and it would reset the archive of a customer that gets a user.
        """
        self.tianyuan_archive_state = 'none'

    @api.model
    def _search_display_name(self, operator, value):
        """A customer is found by the archive number too, by those who may see it."""
        domain = super()._search_display_name(operator, value)
        number = self._fields['tianyuan_archive_number']
        if value and operator not in Domain.NEGATIVE_OPERATORS and self._has_field_access(number, 'read'):
            if operator in ('like', 'ilike'):
                # looked up first: as one more condition it would be tested on every partner there is
                found = self._tianyuan_ids_by_number(value)
                if len(found) <= MANY_NUMBERS:
                    return Domain(domain) | Domain('id', 'in', found) if found else domain
            return Domain(domain) | Domain(number.name, operator, value)
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

    @api.constrains('tianyuan_archive_state', 'parent_id', 'is_company')
    def _check_tianyuan_archive_state(self):
        # sudo: whoever gives a person a company needn't have a role
        for partner in self.sudo():
            if partner.tianyuan_archive_state in BEGUN_STATES and partner.commercial_partner_id != partner:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact: the archive is kept for %(company)s.",
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
        """Show the currency while the capital is entered."""
        if self[CAPITAL] and not self[CURRENCY]:
            self[CURRENCY] = self.env.company.currency_id

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if self.env.su or keeps_archives(self.env.user):
            for partner, vals in zip(self, vals_list, strict=True):
                if vals:    # None for a record that is being copied already
                    archive = partner._convert_to_write({name: partner[name] for name in DUPLICATED_FIELDS})
                    vals.update({name: value for name, value in archive.items() if name not in vals})
        return vals_list

    def write(self, vals):
        if self.env.context.get('tianyuan_archive_merged') is ARCHIVE_MERGED:
            vals = {name: value for name, value in vals.items() if not name.startswith('tianyuan_')}
        vals = self._tianyuan_with_currency(vals)
        unfiled = self._tianyuan_about_to_be_filed(vals)
        owned, refusals = self._tianyuan_ownership_before(vals)
        # An import or a caller's context may switch tracking off; who was whose customer is always noted.
        partners = self.with_context(tracking_disable=False, mail_notrack=False) if owned else self
        result = super(ResPartner, partners).write(vals)
        if {'parent_id', 'is_company'} & vals.keys():
            self.filtered(lambda partner: partner.commercial_partner_id != partner)._tianyuan_cancel_open_sheets()
        if unfiled:
            unfiled._tianyuan_complete_filing()
        if 'tianyuan_archive_state' in vals or 'tianyuan_archive_specialist_id' in vals:
            self._tianyuan_follow_reviews()
        if 'tianyuan_purchased_variety_ids' in vals:
            # a variety that somebody takes away is noted again with the next invoice
            noted = self.sudo().filtered('tianyuan_noted_product_ids')
            noted.with_context(tracking_disable=True).tianyuan_noted_product_ids = False
        self._tianyuan_check_ownership(owned, refusals)
        return result

    def _tianyuan_with_currency(self, vals):
        """Values of customers, with the company's currency where a registered capital would have none."""
        if not self._tianyuan_lacks_currency(vals):
            return vals
        # sudo: whether the user may write the currency is checked with the capital
        without = self if CURRENCY in vals else self.filtered(lambda partner: not partner.sudo()[CURRENCY])
        if without == self:
            return {**vals, CURRENCY: self.env.company.currency_id.id}
        if without:
            without.write({CURRENCY: self.env.company.currency_id.id})
        return vals

    def _tianyuan_about_to_be_filed(self, vals):
        if vals.get('tianyuan_archive_state') not in FILED_STATES:
            return self.browse()
        # sudo: whether the user may write the state is checked when it is written
        return self.filtered(lambda partner: partner.sudo().tianyuan_archive_state not in FILED_STATES)

    def _tianyuan_ownership_before(self, vals):
        """Whose customers these partners of archives are before a change of who keeps them.

        :return: dict of partner → its customer and ownership, and the refusal for customers whom the user may not
            hand over; it names the leader of the present salesperson's team
        """
        if self.env.su or not OWNERSHIP_FIELDS & vals.keys():
            return {}, {}
        before = {
            partner: (partner.sudo().commercial_partner_id.sudo(False), partner._tianyuan_ownership())
            for partner in self._tianyuan_of_archives()
        }
        kept = self.browse({
            customer.id for customer, _owner in before.values() if not customer._tianyuan_may_hand_over()
        })
        return before, dict.fromkeys(kept, kept and kept._tianyuan_handing_over_refused())

    def _tianyuan_check_ownership(self, before, refusals):
        """Refuse a change of who keeps a customer to those who may not hand it over, and note what was moved.

        :param before, refusals: from :meth:`_tianyuan_ownership_before`
        :raise AccessError: a customer changed hands
        """
        changed = {
            partner: customer for partner, (customer, ownership) in before.items()
            if partner._tianyuan_ownership() != ownership
        }
        for customer in changed.values():
            if customer in refusals:
                raise AccessError(refusals[customer])
        self._tianyuan_note_moved({
            partner: customer for partner, customer in changed.items()
            if partner.sudo().commercial_partner_id != customer
        })

    def _tianyuan_protected_fields(self):
        """Outcomes are awarded, never written; the archive is written by specialists and managers (design §10)."""
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
            partners._tianyuan_take_imported_contacts()
        return partners

    def action_tianyuan_quarter_to_date(self):
        """Show the customer's score so far of the running quarter."""
        self.ensure_one()
        return self.env['tianyuan.quarter.to.date']._open(self.commercial_partner_id)

    def action_tianyuan_ratings(self):
        """Open the customer's ratings.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.rating', 'tianyuan_customer_rating.tianyuan_rating_action')

    # -- what people do ----------------------------------------------------------------------------

    def action_tianyuan_start_archive(self):
        """Begin to collect what the archive needs.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive has been begun already
        """
        archives = self._tianyuan_archives_in('none')
        archives.filtered(lambda partner: not partner.tianyuan_archive_specialist_id).write({
            'tianyuan_archive_specialist_id': self.env.uid,
        })
        return archives.write({'tianyuan_archive_state': 'collecting'})

    def action_tianyuan_file_archive(self):
        """File archives: each gets a number of its channel's sequence, which it keeps for good.

        What is filed already stays as it is, so that a whole list can be filed.

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

    def action_tianyuan_review_archive(self):
        """Note that archives were gone through today; the next review is due some months later (company setting).

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
        """Close archives: they keep number and contents, and are reviewed no more.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive hasn't been begun, or is closed
        """
        return self._tianyuan_archives_in('collecting', *FILED_STATES).write({
            'tianyuan_archive_state': 'closed', 'tianyuan_archive_review_due_on': False,
        })

    def action_tianyuan_reopen_archive(self):
        """Collect for a closed archive again; filed once more, it keeps its number.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive isn't closed
        """
        return self._tianyuan_archives_in('closed').write({'tianyuan_archive_state': 'collecting'})

    def _tianyuan_cancel_open_sheets(self):
        """Contacts aren't rated: from now on their company's sheet counts what they buy (design §4)."""
        # sudo: whoever arranges contacts need not have a role
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
            # a form sends what a new customer has anyway, of fields its user can't change too
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
        """Whether the values are those a contact takes over from its company, whoever saves the contact."""
        return bool(self) and vals.keys() <= set(SYNCED_FIELDS) and all(
            contact.commercial_partner_id != contact and contact.commercial_partner_id.sudo()[name] == value
            for contact in self for name, value in vals.items()
        )

    def _tianyuan_is_own(self):
        """Whether the user is the customer's salesperson, or leads the salesperson's team (design §10)."""
        self.ensure_one()
        salesperson = self.commercial_partner_id.sudo().user_id
        return self.env.user in (salesperson, salesperson.sale_team_id.user_id)

    def _tianyuan_count_records(self, model, domain):
        """Count the records about these customers that the user may read, with one query for all of them.

        A contact has its company's number. A partner that isn't saved yet has none, and so has everybody where the
        user may not read the model.

        :param str model: which records; their field ``partner_id`` is the customer
        :param domain: which of them count
        :return: dict of each of these partners → number
        """
        records, customers = self.env[model], self._origin.commercial_partner_id
        counts = {}
        if customers and records.has_access('read'):
            about = Domain(domain) & Domain('partner_id', 'in', customers.ids)
            counts = dict(records._read_group(about, ['partner_id'], ['__count']))
        return {partner: counts.get(partner._origin.commercial_partner_id, 0) for partner in self}

    def _tianyuan_open_records(self, model, action):
        """Open the records there are about a customer.

        :param str model: which records; their field ``partner_id`` is the customer
        :param str action: external id of the action that shows them
        :return: action
        :raise AccessError: the user may not read the customer, or no such records
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
        """Ids of customers whose archive number contains a text or, if it has no digits and may be a name, begins
        with it. Small and capital letters are the same, and at most one more than a search can use are found."""
        pattern = f'{escape_psql(text.lower())}%'
        if any(map(str.isdigit, text)):
            pattern = f'%{pattern}'
        self.flush_model(['tianyuan_archive_number'])
        return [partner_id for [partner_id] in self.env.execute_query(SQL(
            """
            SELECT id FROM res_partner
             WHERE tianyuan_archive_number IS NOT NULL AND lower(tianyuan_archive_number) LIKE %s
             LIMIT %s
            """, pattern, MANY_NUMBERS + 1,
        ))]

    def _tianyuan_archives_in(self, *states):
        """The customers' archives, for somebody who may move them on and while they are in one of the states."""
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
        """Who keeps the archive and can be asked in a company; of an empty one, in all that share the customer."""
        return self.sudo().tianyuan_archive_specialist_id.filtered(
            lambda user: user.active and company <= user.company_ids,
        )

    # -- filing ------------------------------------------------------------------------------------

    def _tianyuan_complete_filing(self):
        """Give filed archives what they still lack of number, specialist and day of review."""
        numberless = self.filtered(lambda partner: not partner.tianyuan_archive_number)
        without_channel = numberless.filtered(lambda partner: not partner.tianyuan_channel)
        if without_channel:
            raise ValidationError(self.env._(
                "Set the channel (distributor or direct customer) before filing the archive of:\n%s",
                "\n".join(without_channel[:NAMED_CUSTOMERS].mapped('display_name')),
            ))
        for channel, partners in numberless.grouped('tianyuan_channel').items():
            numbers = self._tianyuan_draw_numbers(channel, len(partners))
            for partner, number in zip(partners, numbers, strict=True):
                partner.tianyuan_archive_number = number
        if self.env.user.active:    # the one for automatic actions keeps no archives
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
        """New archive numbers; one that an imported archive has is passed over.

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
            numbers += [number for number in drawn if number not in taken]
        return numbers

    @api.model
    def _tianyuan_next_review(self, reviewed_on):
        return reviewed_on + relativedelta(months=self.env.company.tianyuan_archive_review_months)

    # -- what invoices tell ------------------------------------------------------------------------

    def _tianyuan_varieties_noted(self, varieties):
        """Tell in the chatter of archives what their customers have bought for the first time.

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
        """Mark the filed archives whose review is due, and ask their specialists for it."""
        today = fields.Date.context_today(self)
        due = self.sudo().search([
            ('tianyuan_archive_state', '=', 'filed'), ('tianyuan_archive_review_due_on', '<=', today),
        ])
        for ids in self.env['ir.cron']._tianyuan_batches(due.ids):
            self.sudo().browse(ids)._tianyuan_ask_for_review()

    def _tianyuan_ask_for_review(self):
        """Set archives to be reviewed; one open activity each, for the specialist."""
        # thousands may be due on one day: one note each in a batch instead of tracking them one by one
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

    def _tianyuan_follow_reviews(self):
        """Keep the activities in step: done once reviewed, with whoever keeps the archive now."""
        activities = self._tianyuan_review_activities()
        if not activities:
            return
        archives = {partner.id: partner for partner in self.sudo()}
        done = activities.filtered(
            lambda activity: archives[activity.res_id].tianyuan_archive_state != 'review_due',
        )
        # archived instead of `activity_feedback`, which would post a message: the chatter tells of the review itself
        done.action_archive()
        for activity in activities - done:
            specialist = archives[activity.res_id].tianyuan_archive_specialist_id
            if specialist and activity.user_id != specialist:
                activity.with_context(mail_activity_quick_update=True).user_id = specialist

    def _tianyuan_review_activities(self):
        return self.sudo().activity_search([ACTIVITY_TYPE], only_automated=False)

    def _tianyuan_take_imported_contacts(self):
        """The contacts that come in the rows of a new customer, which no column could name yet, are its first and
        second one."""
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

    def _tianyuan_note_moved(self, left):
        """Say on customers which contacts don't belong to them any more.

        :param dict left: contact → the customer it belonged to
        """
        moved = {}
        for contact, customer in left.items():
            # sudo: the company it went to needn't be one the user may read
            moved.setdefault(customer, []).append(f"{contact.name} → {contact.sudo().commercial_partner_id.name}")
        customers = self.browse(customer.id for customer in moved)
        customers._message_log_batch({
            customer.id: self.env._("Contacts moved from this customer: %s", ", ".join(moved[customer]))
            for customer in customers
        })

    def _tianyuan_of_archives(self):
        """Those of these partners that are customers with an archive, or contacts of one."""
        # sudo: whoever edits contacts needn't have a role
        return self.sudo().filtered(
            lambda partner: partner.commercial_partner_id._tianyuan_archive_is_begun(),
        ).sudo(False)

    def _tianyuan_archive_is_begun(self):
        """Whether this customer, read as superuser, has an archive; a closed one is one too."""
        self.ensure_one()
        return bool(self.tianyuan_archive_number) or self.tianyuan_archive_state in BEGUN_STATES

    def _tianyuan_ownership(self):
        """What makes a partner somebody's: salesperson, company it belongs to and, of a customer, its parent."""
        self.ensure_one()
        partner = self.sudo()
        customer = partner.commercial_partner_id
        return partner.user_id, customer, customer == partner and partner.parent_id

    def _tianyuan_may_hand_over(self):
        """Whether the user may give this customer another salesperson or parent, or merge it."""
        self.ensure_one()
        # sudo: whether the user leads the team is all that is told
        leader = self.sudo().user_id.sale_team_id.user_id
        return self.env.su or keeps_archives(self.env.user) or self.env.user == leader

    def _tianyuan_check_merge(self):
        """Refuse to merge what belongs to different customers, if one has an archive the user may not hand over.

        :raise AccessError: one has
        """
        customers = self.sudo().commercial_partner_id
        if self.env.su or len(customers) == 1:
            return
        archives = customers.filtered(lambda customer: customer._tianyuan_archive_is_begun())
        refused = archives.sudo(False).filtered(lambda customer: not customer._tianyuan_may_hand_over())
        if refused:
            raise AccessError(refused._tianyuan_handing_over_refused())

    def _tianyuan_handing_over_refused(self):
        """What somebody is told who may not hand these customers over, and whom to ask.

        The archive's specialist is named to those only who may read the archive.
        """
        # sudo: names of customers whom the user wants to change, of colleagues, and of customers' salespeople
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
