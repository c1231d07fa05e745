from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from .tianyuan_roles import ARCHIVE, ROLES, keeps_archives

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


class ResPartner(models.Model):
    """The life of a customer's archive: begun, filed under a number, reviewed, closed (policy 档案 1, 2, 5).

    People move it on with the buttons. Writing the state of an old archive, as an import does, is filing too:
    however an archive comes to be filed, it has a number, somebody who keeps it, and a day to be reviewed.
    """

    _inherit = 'res.partner'

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

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        filed = [
            partner.id for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get('tianyuan_archive_state') in FILED_STATES
        ]
        if filed:
            self.browse(filed)._tianyuan_complete_filing()
        return partners

    def write(self, vals):
        unfiled = self.browse()
        if vals.get('tianyuan_archive_state') in FILED_STATES:
            # sudo: whether the user may write the state is checked below
            unfiled = self.filtered(lambda partner: partner.sudo().tianyuan_archive_state not in FILED_STATES)
        result = super().write(vals)
        if unfiled:
            unfiled._tianyuan_complete_filing()
        if 'tianyuan_archive_state' in vals or 'tianyuan_archive_specialist_id' in vals:
            self._tianyuan_follow_reviews()
        return result

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | COMPUTED_FIELDS

    def _tianyuan_protected_message(self, names):
        if names <= COMPUTED_FIELDS and keeps_archives(self.env.user):
            return self.env._("The first deal and the completeness of an archive can't be written.")
        return super()._tianyuan_protected_message(names)

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
