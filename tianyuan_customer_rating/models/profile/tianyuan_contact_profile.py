from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.limits import check_dates

# who may ask for profiles at all; which ones, the record rules say
PROFILE_READERS = (
    'tianyuan_customer_rating.group_sales_user,tianyuan_customer_rating.group_contact_profile'
)
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_birthday'
# what a list shows of profiles besides whom they are about
LISTED = {'birthday', 'native_place', 'education', 'contact_way', 'contact_time'}


class TianyuanContactProfile(models.Model):
    """The personal file of a customer's contact (客户个性档案表, policy 档案 4, 附件7).

    For its own group and the customer's salesperson only. Nothing of it leaves it: its discussion has no
    followers and notifies nobody, and no field of the partner tells that there is one.

    Reminds the customer's salesperson of birthdays, by an activity that says no more than that.

    No e-mail is sent, and a customer who goes to a colleague takes the reminder along.

    Who opens a personal file is in the access log (policy 档案 4, 6): a form, an export or print, or a remote call
    that asks for what only these show. A list of profiles isn't an opening.
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
    # the salesperson, who reads the profile, adds what is new by a note
    _mail_post_access = 'read'

    partner_id = fields.Many2one(
        'res.partner', string="Contact", required=True, index=True, ondelete='restrict', check_company=True,
        domain="[('is_company', '=', False)]",
    )
    customer_id = fields.Many2one(
        related='partner_id.commercial_partner_id', string="Customer", store=True, index=True, ondelete='restrict',
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    # Not as superuser: that would bring profiles read along into the cache, where no rule protects them.
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

    _partner_unique = models.Constraint(
        'UNIQUE(partner_id, company_id)', "This contact has a profile already.",
    )

    @api.depends('birthday')
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for profile in self:
            born = profile.birthday
            profile.age = relativedelta(today, born).years if born else 0
            profile.next_birthday = born and profile._birthday_from(today)

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

    @api.constrains('birthday')
    def _check_sane_dates(self):
        check_dates(self, 'birthday')

    @api.constrains('birthday')
    def _check_birthday(self):
        for profile in self:
            if profile.birthday and profile.birthday > fields.Date.context_today(self):
                raise ValidationError(self.env._("A birthday can't be in the future."))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'birthday_reminded_for'}

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super(TianyuanContactProfile, self.with_context(mail_create_nosubscribe=True)).create(vals_list)
        return profiles.with_env(self.env)

    def write(self, vals):
        result = super().write(vals)
        if {'birthday', 'birthday_reminder'} & vals.keys():
            # what was announced is no longer so
            self.sudo().activity_unlink([ACTIVITY_TYPE], only_automated=False)
            self.sudo().birthday_reminded_for = False
        return result

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        if self._personal_fields() & {name.partition('/')[0] for name in fields_to_export}:
            self._note_opening()
        return result

    def _tianyuan_protected_message(self, names):
        return self.env._("Which birthday was reminded of is noted by the reminder itself.")

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # without super's check: planning an activity subscribes, and readers may plan
        return self._message_subscribe(partner_ids, subtype_ids)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        # who follows now may not be allowed to read tomorrow
        return True

    def message_post(self, **kwargs):
        # naming somebody in a message would let them read it
        kwargs.pop('partner_ids', None)
        return super().message_post(**kwargs)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        return []

    def _birthday_from(self, day):
        """The first birthday on a day or after it."""
        self.ensure_one()
        this_year = self.birthday + relativedelta(year=day.year)
        return this_year if this_year >= day else self.birthday + relativedelta(year=day.year + 1)

    def _absorb(self, others):
        """Take over what the profiles of the same person say, losing nothing (contacts are merged).

        What only one of them says is kept as it is; texts are joined; of two facts that contradict each
        other this profile's stays, and the other goes to the notes.

        :param others: profiles that are deleted afterwards, by the caller
        """
        self.ensure_one()
        kept = {name: self[name] for name in self._content_fields()}
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
        self.write({name: value for name, value in kept.items() if value != self[name]})

    @api.model
    def _content_fields(self):
        """Names of the fields that hold what is known about the person."""
        return [
            'birthday', 'native_place', 'education', 'graduated_from', 'career', 'family', 'hobbies', 'temperament',
            'contact_way', 'contact_time', 'taboos', 'important_days', 'relationship', 'note',
        ]

    @api.model
    def _cron_remind_of_birthdays(self):
        """Announce the birthdays of the coming days, each once, in all companies that want it."""
        profiles = self.sudo()
        profiles._hand_on_birthday_activities()
        birthdays = {}
        for company in self.env['res.company'].sudo().search([('tianyuan_birthday_reminder_days', '>', 0)]):
            today = company._tianyuan_today()
            days = [today + timedelta(days=n) for n in range(company.tianyuan_birthday_reminder_days + 1)]
            for profile in profiles.search(self._birthday_domain(company, days)):
                birthday = profile._birthday_from(today)
                if birthday != profile.birthday_reminded_for:
                    birthdays[profile] = birthday
        # an e-mail would carry the contact's name out
        announced = profiles.browse().union(*birthdays)._tianyuan_schedule(
            ACTIVITY_TYPE, lambda profile: profile._reminded_user(),
            summary=lambda profile: profile.env._("Upcoming birthday"), deadline=birthdays.get,
        )
        for profile in announced:
            profile.birthday_reminded_for = birthdays[profile]

    @api.model
    def _birthday_domain(self, company, days):
        """Profiles to remind of that have their birthday on one of the days."""
        dates = {(day.month, day.day) for day in days}
        dates |= {(2, 29) for day in days if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3}
        return Domain([
            ('company_id', '=', company.id), ('birthday_reminder', '=', True), ('partner_id.active', '=', True),
        ]) & Domain.OR(
            Domain('birthday.month_number', '=', month) & Domain('birthday.day_of_month', '=', day)
            for month, day in sorted(dates)
        )

    def _reminded_user(self):
        """The customer's salesperson, if they may open the profile; else nobody."""
        self.ensure_one()
        return self.customer_id.user_id.filtered(
            lambda user: user.active and self.company_id in user.company_ids
            and any(map(user.has_group, PROFILE_READERS.split(',')))
        )

    def _hand_on_birthday_activities(self):
        """Give open reminders to who is the customer's salesperson now; without one they go."""
        activities = self._tianyuan_activities(ACTIVITY_TYPE).with_context(mail_activity_quick_update=True)
        profiles = {profile.id: profile for profile in self.browse(activities.mapped('res_id')).exists()}
        for activity in activities.filtered(lambda activity: activity.res_id in profiles):
            user = profiles[activity.res_id]._reminded_user()
            if not user:
                activity.unlink()
            elif user != activity.user_id:
                activity.user_id = user

    def read(self, fields=None, load='_classic_read'):
        """As ever; each of the profiles of which somebody reads what is personal is noted."""
        result = super().read(fields, load)
        if not fields or self._personal_fields() & set(fields):
            self._note_opening()
        return result

    @api.model
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs):
        """As ever; see :meth:`read`, which isn't called by this."""
        result = super().search_read(domain, fields, offset, limit, order, **read_kwargs)
        if not fields or self._personal_fields() & set(fields):
            self.browse(row['id'] for row in result)._note_opening()
        return result

    def web_save(self, vals, specification, next_id=None):
        """As ever; what one has opened, and saves, isn't opened again by that."""
        saving = self.env.cr.cache.setdefault('tianyuan_contact_profile_saved', [])
        saving.append(self.browse() if next_id else self)    # what is read afterwards
        try:
            return super().web_save(vals, specification, next_id)
        finally:
            saving.pop()

    def _personal_fields(self):
        return set(self._content_fields()) - LISTED

    def _opened_before(self):
        """Those that the user has opened within a day."""
        # sudo: who may read profiles doesn't read the log
        rows = self.env['tianyuan.archive.access.log'].sudo().search([
            ('action', '=', 'profile'), ('user_id', '=', self.env.uid), ('partner_id', 'in', self.partner_id.ids),
            ('date', '>=', fields.Datetime.now() - timedelta(days=1)),
        ])
        return self.filtered(lambda profile: profile.partner_id in rows.partner_id)

    def _note_opening(self):
        """Note that the user opened these profiles, unless it is the system itself."""
        opened = self.filtered('id')
        if self.env.su or not opened:
            return
        saving = self.env.cr.cache.get('tianyuan_contact_profile_saved')
        if saving:
            opened -= saving[-1]._opened_before()
        # sudo: the log names the contacts, whom it is about
        for company, profiles in opened.sudo().grouped('company_id').items():
            self.env['tianyuan.archive.access.log']._note(
                'profile', self.env['tianyuan.archive.document'], partners=profiles.partner_id, company=company)
