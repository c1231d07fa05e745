from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ...tools.roles import SETTINGS

# Fields of a profile that a company can do without. ``note`` stays: it takes what no field is for.
OPTIONAL_FIELDS = [
    'birthday', 'native_place', 'education', 'graduated_from', 'career', 'family', 'hobbies', 'temperament',
    'contact_way', 'contact_time', 'taboos', 'important_days', 'relationship',
]


class ResCompany(models.Model):
    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_birthday_reminder_days = fields.Integer(
        string="Birthday Reminder", default=7, prefetch=SETTINGS,
        help="How many days before a contact's birthday the customer's salesperson is reminded. 0: never.",
    )
    tianyuan_profile_keep_months = fields.Integer(
        string="Profiles Kept For", prefetch=SETTINGS,
        help="After how many months a new contact profile is asked for again. 0: no time limit.",
    )
    tianyuan_profile_remind_days = fields.Integer(
        string="Profile Reminder", default=30, prefetch=SETTINGS,
        help="How many days before a profile's time limit the archive specialist is asked to renew it.",
    )
    tianyuan_profile_expired = fields.Selection(
        [('ask', "Block Until Renewed"), ('erase', "Erase")],
        string="Expired Profiles", required=True, default='ask', prefetch=SETTINGS,
        help="What becomes of a contact profile when its time limit has passed. A blocked one is only read by archive "
             "specialists.",
    )
    tianyuan_profile_off_ids = fields.Many2many(
        'ir.model.fields', 'tianyuan_company_profile_off_rel', 'company_id', 'field_id',
        string="Profile Fields Not Kept",
        domain=[('model', '=', 'tianyuan.contact.profile'), ('name', 'in', OPTIONAL_FIELDS)],
        help="These fields of contact profiles are neither shown nor entered, printed or exported.",
    )

    _tianyuan_birthday_reminder_days_range = models.Constraint(
        'CHECK(tianyuan_birthday_reminder_days BETWEEN 0 AND 60)',
        "Birthdays are reminded of at most 60 days before.",
    )
    _tianyuan_profile_keep_months_range = models.Constraint(
        'CHECK(tianyuan_profile_keep_months BETWEEN 0 AND 600)',
        "Profiles are kept for at most 600 months; 0: no time limit.",
    )
    _tianyuan_profile_remind_days_range = models.Constraint(
        'CHECK(tianyuan_profile_remind_days BETWEEN 0 AND 365)',
        "The archive specialist is asked at most 365 days before.",
    )

    def _tianyuan_profile_limit(self, day):
        """Return until when a profile is kept that is entered or renewed on a day, or False."""
        # sudo: keepers of profiles may not read the company's settings.
        months = self.sudo().tianyuan_profile_keep_months
        return months and day + relativedelta(months=months)

    def _tianyuan_profile_fields_off(self):
        """Return the names of the fields of profiles that these companies don't keep.

        :return: dict of company id → set of names; without companies that keep all
        """
        # sudo: users can't read the models' fields.
        return {
            company.id: set(company.tianyuan_profile_off_ids.mapped('name'))
            for company in self.sudo() if company.tianyuan_profile_off_ids
        }
