from odoo import fields, models

from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_birthday_reminder_days = fields.Integer(
        string="Birthday Reminder", default=7, prefetch=SETTINGS,
        help="How many days before a contact's birthday the customer's salesperson is reminded. 0: never.",
    )

    _tianyuan_birthday_reminder_days_range = models.Constraint(
        'CHECK(tianyuan_birthday_reminder_days BETWEEN 0 AND 60)',
        "Birthdays are reminded of at most 60 days before.",
    )
