from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.limits import check_dates
from ...tools.roles import specialists_of

# Groups that may read profiles at all; the record rules decide which ones.
PROFILE_READERS = (
    'tianyuan_customer_rating.group_sales_user,tianyuan_customer_rating.group_contact_profile'
)
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_birthday'
LIMIT_ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_profile_limit'
# 个人信息保护法 13, as far as customers' contacts are concerned.
LEGAL_BASES = [
    ('consent', "Consent"), ('contract', "Needed for a Contract"), ('obligation', "Legal Obligation"),
    ('public', "Lawfully Public Information"),
]
# Fields that a list of profiles shows; reading only these isn't logged as opening.
LISTED_FIELDS = {'birthday', 'native_place', 'education', 'contact_way', 'contact_time'}


class TianyuanContactProfile(models.Model):
    """The personal profile of a customer's contact (客户个性档案表, policy 档案 4, 附件7).

    Only its own group and the customer's salesperson may read it. Nothing of it is visible elsewhere: its chatter has
    no followers and notifies nobody, and no partner field reveals that a profile exists.

    An activity, without an e-mail, tells the customer's salesperson of coming birthdays and nothing more. When the
    customer gets another salesperson, the activity moves to them.

    Opening a profile is written to the access log (policy 档案 4, 6): in a form, an export, a report, or a remote call
    that reads fields which lists don't show. Reading a list isn't an opening.

    A profile says on what legal basis it is kept, what for and until when (个人信息保护法 6, 13, 19). Its keepers, the
    archive specialists, are asked some days before the time limit. After it the profile is blocked, so that only they
    can read it, or erased; the company decides which. The company also decides which fields aren't kept at all.
    """

    _name = 'tianyuan.contact.profile'
    _description = "Contact Profile"
    _inherit = [
        'tianyuan.protected.mixin', 'mail.thread', 'mail.activity.mixin', 'tianyuan.activity.mixin',
        'tianyuan.plain.text.mixin',
    ]
    _order = 'partner_id, id'
    _rec_name = 'partner_id'
    _rec_names_search = ['partner_id', 'customer_id']
    _check_company_auto = True
    # Salespeople can only read profiles, and add information with notes.
    _mail_post_access = 'read'

    partner_id = fields.Many2one(
        'res.partner', string="Contact", required=True, index=True, ondelete='restrict', check_company=True,
        domain="[('is_company', '=', False)]",
    )
    customer_id = fields.Many2one(
        related='partner_id.commercial_partner_id', string="Customer", store=True, index=True, ondelete='restrict',
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    # Not as superuser: profiles prefetched along would be cached without any record rule.
    user_id = fields.Many2one(related='customer_id.user_id', string="Salesperson", related_sudo=False)
    function = fields.Char(related='partner_id.function', related_sudo=False)
    phone = fields.Char(related='partner_id.phone', related_sudo=False)
    email = fields.Char(related='partner_id.email', related_sudo=False)
    birthday = fields.Date()
    age = fields.Integer(compute='_compute_age')
    next_birthday = fields.Date(compute='_compute_age', help="For 29 February, the 28th where there is no 29th.")
    birthday_month = fields.Integer(
        compute='_compute_birthday_month', search='_search_birthday_month', export_string_translation=False,
    )
    native_place = fields.Char()
    education = fields.Selection([
        ('school', "Junior Secondary or Below"), ('secondary', "High or Vocational School"),
        ('college', "Junior College"), ('bachelor', "Bachelor"), ('master', "Master"), ('doctor', "Doctorate"),
    ])
    graduated_from = fields.Char()
    career = fields.Text()
    family = fields.Text()
    hobbies = fields.Text()
    temperament = fields.Char()
    contact_way = fields.Selection(
        [
            ('phone', "Phone"), ('wechat', "WeChat"), ('qq', "QQ"), ('email', "Email"), ('visit', "Visit"),
            ('other', "Other"),
        ],
        string="Preferred Way of Contact",
    )
    contact_time = fields.Char(string="Preferred Time of Contact")
    taboos = fields.Text()
    important_days = fields.Text()
    relationship = fields.Text(help="How the contact stands to us and to our competitors, and who knows whom.")
    note = fields.Text()
    birthday_reminder = fields.Boolean(
        string="Remind of Birthday", default=True,
        help="Some days before the birthday the customer's salesperson gets an activity.",
    )
    birthday_reminded_for = fields.Date(readonly=True, copy=False, export_string_translation=False)
    legal_basis = fields.Selection(
        LEGAL_BASES, index='btree_not_null', copy=False,
        help="Why personal data may be kept without asking again (Personal Information Protection Law, article 13).",
    )
    consent_date = fields.Date(copy=False, help="The day on which the contact agreed.")
    # As an attachment of the profile it has the profile's access rights, and is deleted with it.
    evidence = fields.Binary(
        string="Evidence of Consent", attachment=True, copy=False,
        help="The signed form, letter or message in which the contact agreed.",
    )
    evidence_name = fields.Char(copy=False, export_string_translation=False)
    purpose = fields.Char(help="What the profile is used for, as the contact was told.")
    keep_until = fields.Date(
        index='btree_not_null', copy=False, default=lambda self: self._default_keep_until(),
        help="After this day the profile is blocked or erased, as the company has set. Empty: no time limit.",
    )
    blocked = fields.Boolean(
        readonly=True, copy=False, index='btree_not_null',
        help="The time limit has passed: only archive specialists can read the profile.",
    )
    limit_asked_for = fields.Date(readonly=True, copy=False, export_string_translation=False)
    # Between commas, for the view; never empty, because an empty text is False there, and nothing is "in" False.
    fields_off = fields.Char(compute='_compute_fields_off', export_string_translation=False)

    _partner_unique = models.Constraint(
        'UNIQUE(partner_id, company_id)', "This contact has a profile already.",
    )

    @api.model
    def _default_keep_until(self):
        return self.env.company._tianyuan_profile_limit(fields.Date.context_today(self))

    @api.depends('company_id')
    def _compute_fields_off(self):
        off = self.company_id._tianyuan_profile_fields_off()
        for profile in self:
            profile.fields_off = f",{','.join(sorted(off.get(profile.company_id.id, ())))},"

    @api.depends('birthday')
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for profile in self:
            born = profile.birthday
            profile.age = relativedelta(today, born).years if born else 0
            profile.next_birthday = born and profile._next_birthday(today)

    @api.depends('birthday')
    def _compute_birthday_month(self):
        for profile in self:
            profile.birthday_month = profile.birthday and profile.birthday.month

    def _search_birthday_month(self, operator, value):
        return Domain('birthday.month_number', operator, value)

    @api.constrains('partner_id')
    def _check_person(self):
        for profile in self:
            if profile.partner_id.is_company:
                raise ValidationError(self.env._(
                    "%s is a company: a profile is about a person.", profile.partner_id.display_name,
                ))

    @api.constrains('birthday', 'consent_date', 'keep_until')
    def _check_sane_dates(self):
        check_dates(self, 'birthday', 'consent_date', 'keep_until')

    @api.constrains('legal_basis', 'consent_date')
    def _check_consent(self):
        for profile in self:
            if profile.legal_basis == 'consent' and not profile.consent_date:
                raise ValidationError(self.env._("Enter the day on which %s agreed.", profile.partner_id.display_name))
            if profile.consent_date and profile.consent_date > fields.Date.context_today(self):
                raise ValidationError(self.env._("A consent can't be given in the future."))

    @api.constrains('birthday')
    def _check_birthday(self):
        for profile in self:
            if profile.birthday and profile.birthday > fields.Date.context_today(self):
                raise ValidationError(self.env._("A birthday can't be in the future."))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'birthday_reminded_for', 'blocked', 'limit_asked_for'}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields_off(self.env['res.company'].browse(vals.get('company_id')) or self.env.company, vals)
        profiles = super(TianyuanContactProfile, self.with_context(mail_create_nosubscribe=True)).create(vals_list)
        return profiles.with_env(self.env)

    def write(self, vals):
        self._check_fields_off(self.env['res.company'].browse(vals.get('company_id')) or self.company_id, vals)
        result = super().write(vals)
        if 'keep_until' in vals:
            self._limit_changed()
        if {'birthday', 'birthday_reminder'} & vals.keys():
            # The planned reminder is for the former date.
            self.sudo().activity_unlink([ACTIVITY_TYPE], only_automated=False)
            self.sudo().birthday_reminded_for = False
        return result

    def export_data(self, fields_to_export):
        self._check_export({name.partition('/')[0] for name in fields_to_export})
        result = super().export_data(fields_to_export)
        if self._personal_fields() & {name.partition('/')[0] for name in fields_to_export}:
            self._note_opening()
        return result

    def _tianyuan_protected_message(self, names):
        if 'blocked' in names:
            return self.env._("A profile is blocked when its time limit has passed. Renew it instead.")
        return self.env._("Which birthday was reminded of is noted by the reminder itself.")

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # Without super(), which checks access: planning an activity subscribes its user, and users who only read may
        # plan.
        return self._message_subscribe(partner_ids, subtype_ids)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        # No followers: someone who may read the profile today may not be allowed to tomorrow.
        return True

    def message_post(self, **kwargs):
        # Drop the recipients: a notification would show them the message without access to the profile.
        kwargs.pop('partner_ids', None)
        return super().message_post(**kwargs)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        return []

    def _next_birthday(self, day):
        """Return the first birthday on or after a day."""
        self.ensure_one()
        this_year = self.birthday + relativedelta(year=day.year)
        return this_year if this_year >= day else self.birthday + relativedelta(year=day.year + 1)

    def _merge_into_self(self, others):
        """Merge the profiles of the same person into this one without losing anything (their contacts are merged).

        Values that only one profile has are kept, and texts are joined. If two facts contradict each other, this
        profile keeps its own, and the other is added to the notes.

        :param others: profiles that the caller deletes afterwards
        """
        self.ensure_one()
        off = self._names_off()
        kept = {name: self[name] for name in self._content_fields() if name not in off}
        contradictions = []
        for other in others:
            for name, value in kept.items():
                field, found = self._fields[name], other[name]
                if not found or found == value:
                    continue
                if not value:
                    kept[name] = found
                elif field.type in ('char', 'text'):
                    kept[name] = f"{value}\n{found}" if field.type == 'text' else f"{value}; {found}"
                else:
                    label = field._description_string(self.env)
                    contradictions.append(f"{label}: {field.convert_to_export(found, other)}")
        kept['note'] = '\n'.join(filter(None, [kept['note'], *contradictions])) or False
        kept.update(self._merged_basis(others))
        self.write({name: value for name, value in kept.items() if value != self[name]})

    def _merged_basis(self, others):
        """Return on what basis the joined profile is kept: this one's, else another's; the earliest limit counts."""
        limits = [profile.keep_until for profile in (self, *others) if profile.keep_until]
        basis = next((profile for profile in (self, *others) if profile.legal_basis), self)
        return {
            **{name: basis[name] for name in ('legal_basis', 'consent_date', 'evidence', 'evidence_name')},
            'purpose': self.purpose or basis.purpose,
            'keep_until': min(limits, default=False),
        }

    @api.model
    def _content_fields(self):
        """Return the names of the fields that hold what is known about the person."""
        return [
            'birthday', 'native_place', 'education', 'graduated_from', 'career', 'family', 'hobbies', 'temperament',
            'contact_way', 'contact_time', 'taboos', 'important_days', 'relationship', 'note',
        ]

    @api.model
    def _cron_remind_of_birthdays(self):
        """Announce the coming birthdays once each, in all companies that want it."""
        profiles = self.sudo()
        profiles._reassign_birthday_activities()
        birthdays = {}
        for company in self.env['res.company'].sudo().search([('tianyuan_birthday_reminder_days', '>', 0)]):
            today = company._tianyuan_today()
            days = [today + timedelta(days=n) for n in range(company.tianyuan_birthday_reminder_days + 1)]
            for profile in profiles.search(self._birthday_domain(company, days)):
                birthday = profile._next_birthday(today)
                if birthday != profile.birthday_reminded_for:
                    birthdays[profile] = birthday
        # No e-mail: it would send the contact's name outside of Odoo.
        announced = profiles.browse().union(*birthdays)._tianyuan_schedule(
            ACTIVITY_TYPE, lambda profile: profile._reminded_user(),
            summary=lambda profile: profile.env._("Upcoming birthday"), deadline=birthdays.get,
        )
        for profile in announced:
            profile.birthday_reminded_for = birthdays[profile]

    @api.model
    def _birthday_domain(self, company, days):
        """Return the domain of profiles with reminder whose birthday is on one of the days."""
        dates = {(day.month, day.day) for day in days}
        dates |= {(2, 29) for day in days if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3}
        return Domain([
            ('company_id', '=', company.id), ('birthday_reminder', '=', True), ('partner_id.active', '=', True),
        ]) & Domain.OR(
            Domain('birthday.month_number', '=', month) & Domain('birthday.day_of_month', '=', day)
            for month, day in sorted(dates)
        )

    def _reminded_user(self):
        """Return who does the work of the customer's salesperson, if they may read the profile; perhaps nobody."""
        self.ensure_one()
        return self.customer_id._tianyuan_responsible(self.company_id).filtered(
            lambda user: any(map(user.has_group, PROFILE_READERS.split(',')))
        )

    def _tianyuan_customer(self):
        return self.customer_id

    def _tianyuan_heirs(self, _activity_type):
        return {profile: profile._reminded_user() for profile in self}

    def _reassign_birthday_activities(self):
        """Assign open reminders to the customer's current salesperson; without one they are deleted and come again."""
        activities = self._tianyuan_activities(ACTIVITY_TYPE).with_context(mail_activity_quick_update=True)
        profiles = {profile.id: profile for profile in self.browse(activities.mapped('res_id')).exists()}
        for activity in activities.filtered(lambda activity: activity.res_id in profiles):
            user = profiles[activity.res_id]._reminded_user()
            if not user:
                profiles[activity.res_id].birthday_reminded_for = False
                activity.unlink()
            elif user != activity.user_id:
                activity.user_id = user

    def read(self, fields=None, load='_classic_read'):
        """Log each profile of which personal fields are read as opened."""
        result = self._without_fields_off(super().read(fields, load))
        if not fields or self._personal_fields() & set(fields):
            self._note_opening()
        return result

    @api.model
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs):
        """Log openings too: ``search_read`` doesn't call :meth:`read`."""
        result = self._without_fields_off(super().search_read(domain, fields, offset, limit, order, **read_kwargs))
        if not fields or self._personal_fields() & set(fields):
            self.browse(row['id'] for row in result)._note_opening()
        return result

    def web_save(self, vals, specification, next_id=None):
        """Don't log another opening when a profile that the user has opened is saved and read again."""
        saving = self.env.cr.cache.setdefault('tianyuan_contact_profile_saved', [])
        saving.append(self.browse() if next_id else self)    # records read after saving
        try:
            return super().web_save(vals, specification, next_id)
        finally:
            saving.pop()

    def _personal_fields(self):
        return {*self._content_fields(), 'evidence'} - LISTED_FIELDS

    def _opened_before(self):
        """Return the profiles that the user has opened within the last day."""
        # sudo: readers of profiles have no access to the log.
        rows = self.env['tianyuan.archive.access.log'].sudo().search([
            ('action', '=', 'profile'), ('user_id', '=', self.env.uid), ('partner_id', 'in', self.partner_id.ids),
            ('date', '>=', fields.Datetime.now() - timedelta(days=1)),
        ])
        return self.filtered(lambda profile: profile.partner_id in rows.partner_id)

    def _note_opening(self):
        """Log that the user opened these profiles; the superuser isn't logged."""
        opened = self.filtered('id')
        if self.env.su or not opened:
            return
        saving = self.env.cr.cache.get('tianyuan_contact_profile_saved')
        if saving:
            opened -= saving[-1]._opened_before()
        # sudo: the log has the names of the contacts.
        for company, profiles in opened.sudo().grouped('company_id').items():
            self.env['tianyuan.archive.access.log']._note(
                'profile', self.env['tianyuan.archive.document'], partners=profiles.partner_id, company=company)

    # -- fields that a company doesn't keep -----------------------------------------------------------------------

    def _check_fields_off(self, companies, vals):
        """Refuse values of fields that one of the companies doesn't keep.

        :raise UserError: names the fields and the company
        """
        for company in companies:
            given = [
                name for name in sorted(company._tianyuan_profile_fields_off().get(company.id, ()))
                if vals.get(name)
            ]
            if given:
                raise UserError(self.env._(
                    "%(company)s doesn't keep this about contacts: %(fields)s. Leave it empty.",
                    company=company.sudo().name, fields=self._labels(given),
                ))

    def _check_export(self, names):
        """Refuse to export fields that the company of one of these profiles doesn't keep.

        :raise UserError: names the fields
        """
        off = set().union(*self.company_id._tianyuan_profile_fields_off().values()) & names
        if off:
            raise UserError(self.env._(
                "This isn't kept about contacts any more, so it isn't exported: %s.", self._labels(off),
            ))

    def _without_fields_off(self, rows):
        """Empty the values of fields that the company doesn't keep, in rows as ``read`` returns them."""
        profiles = self.browse(row['id'] for row in rows).sudo()
        off = profiles.company_id._tianyuan_profile_fields_off()
        if off:
            for profile, row in zip(profiles, rows, strict=True):
                row.update(dict.fromkeys(off.get(profile.company_id.id, set()) & row.keys(), False))
        return rows

    def _names_off(self):
        """Return the names of the fields that this profile's company doesn't keep."""
        self.ensure_one()
        return self.company_id._tianyuan_profile_fields_off().get(self.company_id.id, set())

    @api.model
    def _labels(self, names):
        return ", ".join(self._fields[name]._description_string(self.env) for name in sorted(names))

    def _erase_fields_off(self):
        """Erase what these profiles still have in fields that their company doesn't keep, and note it on each.

        The caller has checked access.

        :return: the profiles that had such values
        """
        # sudo: who sets up the company may not read the profiles, and sees nothing of them here.
        profiles, bodies = self.sudo().with_context(tracking_disable=True), {}
        for profile in profiles:
            kept = [name for name in profile._names_off() if profile[name]]
            if kept:
                profile.write(dict.fromkeys(kept, False))
                bodies[profile.id] = self.env._("Erased, because the company doesn't keep it: %s", self._labels(kept))
        erased = profiles.browse(bodies)
        erased._message_log_batch(bodies=bodies)
        return erased

    # -- time limit -----------------------------------------------------------------------------------------------

    def action_renew(self):
        """Open the dialog that notes a new consent or another legal basis.

        :raise AccessError: the user keeps no profiles
        """
        self.ensure_one()
        self.check_access('write')
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'tianyuan_customer_rating.tianyuan_profile_renewal_action'),
            'context': {'default_profile_id': self.id},
        }

    def _renew(self, vals):
        """Keep the profile on, on a new consent or basis; the chatter has the history.

        :param dict vals: legal basis, day, purpose, limit and evidence
        """
        self.ensure_one()
        self.check_access('write')
        bases = dict(self._fields['legal_basis']._description_selection(self.env))

        def described():
            parts = [
                bases.get(self.legal_basis) or self.env._("no legal basis"), self.purpose,
                self.consent_date and self.env._("agreed on %s", fields.Date.to_string(self.consent_date)),
                self.evidence_name,
                self.keep_until and self.env._("kept until %s", fields.Date.to_string(self.keep_until)),
            ]
            return ", ".join(filter(None, parts))

        before = described()
        self.write(vals)
        self._message_log(body=self.env._("Renewed: %(now)s. Before: %(before)s.", now=described(), before=before))

    def _limit_changed(self):
        """Block or release profiles whose time limit was changed, and take back what was asked for the former one."""
        # sudo: only the scheduled action and this method write these fields.
        for company, profiles in self.sudo().grouped('company_id').items():
            running = Domain('keep_until', '=', False) | Domain('keep_until', '>=', company._tianyuan_today())
            profiles.filtered_domain(running).write({'blocked': False, 'limit_asked_for': False})
        self.sudo().activity_unlink([LIMIT_ACTIVITY_TYPE], only_automated=False)

    @api.model
    def _cron_check_limits(self):
        """Ask the keepers for profiles whose time limit is near; block or erase those whose limit has passed."""
        profiles = self.sudo()
        for company in self.env['res.company'].sudo().search([]):
            today = company._tianyuan_today()
            ours = Domain('company_id', '=', company.id)
            passed = profiles.search(ours & Domain('keep_until', '<', today))
            if company.tianyuan_profile_expired == 'erase':
                passed._erase_expired(company)
            else:
                passed.filtered(lambda profile: not profile.blocked).write({'blocked': True})
            soon = profiles.search(
                ours & Domain('keep_until', '<=', today + timedelta(days=company.tianyuan_profile_remind_days)),
            )
            soon.filtered(lambda profile: profile.limit_asked_for != profile.keep_until)._ask_for_renewal()

    def _ask_for_renewal(self):
        """Plan an activity for the keepers of these profiles; no e-mail, which would send names outside of Odoo."""
        asked = self._tianyuan_schedule(
            LIMIT_ACTIVITY_TYPE, lambda profile: profile._keepers(),
            summary=lambda profile: profile.env._("Renew or erase the profile"),
            deadline=lambda profile: profile.keep_until,
        )
        for profile in asked:
            profile.limit_asked_for = profile.keep_until

    def _keepers(self):
        """Return the customer's archive specialist, else all specialists of the company."""
        self.ensure_one()
        return self.customer_id._tianyuan_specialist_in(self.company_id) or specialists_of(self.company_id)

    def _erase_expired(self, company):
        """Delete profiles whose time limit has passed, with chatter and evidence, and log it."""
        if not self:
            return
        log = self.env['tianyuan.archive.access.log']
        for contact in self.partner_id:
            log._append('erased', self.env['tianyuan.archive.document'], partner=contact, company=company)
        self.unlink()
