from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .tianyuan_contact_profile import PROFILE_READERS

ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_birthday'


class TianyuanContactProfile(models.Model):
    """Reminds the customer's salesperson of birthdays, by an activity that says no more than that.

    No e-mail is sent, and a customer who goes to a colleague takes the reminder along.
    """

    _inherit = 'tianyuan.contact.profile'

    birthday_reminder = fields.Boolean(
        string="Remind of Birthday", default=True,
        help="Some days before the birthday the customer's salesperson gets an activity.",
    )
    birthday_reminded_for = fields.Date(readonly=True, copy=False, export_string_translation=False)

    def write(self, vals):
        result = super().write(vals)
        if {'birthday', 'birthday_reminder'} & vals.keys():
            # what was announced is no longer so
            self.sudo().activity_unlink([ACTIVITY_TYPE], only_automated=False)
            self.sudo().birthday_reminded_for = False
        return result

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
