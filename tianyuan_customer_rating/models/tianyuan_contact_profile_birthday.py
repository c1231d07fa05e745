from collections import defaultdict
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
            self._birthday_activities().unlink()
            self.sudo().birthday_reminded_for = False
        return result

    @api.model
    def _cron_remind_of_birthdays(self):
        """Announce the birthdays of the coming days, each once, in all companies that want it."""
        profiles = self.sudo()
        activity_type = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        if not activity_type:
            return
        profiles._hand_on_birthday_activities()
        announced, vals_list = defaultdict(profiles.browse), []
        for company in self.env['res.company'].sudo().search([('tianyuan_birthday_reminder_days', '>', 0)]):
            today = company._tianyuan_today()
            days = [today + timedelta(days=n) for n in range(company.tianyuan_birthday_reminder_days + 1)]
            for profile in profiles.search(self._birthday_domain(company, days)):
                birthday = profile._birthday_from(today)
                user = profile._reminded_user()
                if user and birthday != profile.birthday_reminded_for:
                    announced[birthday] += profile
                    vals_list.append({
                        'activity_type_id': activity_type.id,
                        'user_id': user.id,
                        'res_model_id': self.env['ir.model']._get_id(self._name),
                        'res_id': profile.id,
                        'date_deadline': birthday,
                        'automated': True,
                        'summary': self.with_context(lang=user.lang).env._("Upcoming birthday"),
                    })
        for birthday, celebrated in announced.items():
            celebrated.birthday_reminded_for = birthday
            celebrated.mapped('display_name')    # read at once what the activities ask one by one
        self._quiet_activities().create(vals_list)

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
        activities = self._birthday_activities()
        profiles = {profile.id: profile for profile in self.browse(activities.mapped('res_id')).exists()}
        for activity in activities.filtered(lambda activity: activity.res_id in profiles):
            user = profiles[activity.res_id]._reminded_user()
            if not user:
                activity.unlink()
            elif user != activity.user_id:
                activity.user_id = user

    def _birthday_activities(self):
        """The open reminders of the profiles; of no profile: those of all."""
        activity_type = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        domain = Domain([
            ('res_model', '=', self._name), ('activity_type_id', '=', activity_type and activity_type.id),
        ])
        return self._quiet_activities().search(domain & Domain('res_id', 'in', self.ids) if self else domain)

    @api.model
    def _quiet_activities(self):
        # an e-mail would carry the contact's name out
        return self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True)
