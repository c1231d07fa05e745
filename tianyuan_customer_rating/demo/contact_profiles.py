"""Contact profiles of some customers' first contacts, created by the archive specialist."""
from dateutil.relativedelta import relativedelta

from odoo import fields

from . import tables
from .records import as_user, ensure, ref

PURPOSE = "维护业务关系"
WITHOUT_BASIS = 'd05'    # the customer of whose contact nobody has asked yet


def load(env, customers, today):
    """Create the profiles, then the reminders of coming birthdays."""
    agreed = {
        'legal_basis': 'consent', 'consent_date': today - relativedelta(months=11), 'purpose': PURPOSE,
        'keep_until': today + relativedelta(months=13),
    }
    ensure(as_user(env, 'specialist'), 'tianyuan.contact.profile', [
        (f'profile_{row["key"]}', {
            'partner_id': ref(env, f'contact_{row["key"]}_1').id,
            'birthday': birthday(row.pop('born'), row.pop('birthday'), today),
            **(agreed if row['key'] != WITHOUT_BASIS else {}),
            **{name: value for name, value in row.items() if name != 'key'},
        })
        for row in tables.contact_profiles()
    ])
    env['tianyuan.contact.profile']._cron_remind_of_birthdays()


def birthday(year, day, today):
    """Return a date of birth.

    :param str year: year of birth
    :param str day: month and day, or ``+`` and the number of days until the birthday
    """
    if day.startswith('+'):
        return today + relativedelta(days=int(day), year=int(year))
    return fields.Date.to_date(f'{year}-{day}')
