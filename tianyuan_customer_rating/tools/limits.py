from datetime import date

from odoo.exceptions import ValidationError

# Before it there is nothing to rate, and the first quarter of the calendar has none before it. There is no last day:
# what holds for ever is often given the year 2999 or 9999.
FIRST_DAY = date(1900, 1, 1)
# what a person may enter where nothing narrower is set; amounts beyond it are typing errors
LARGEST_AMOUNT = 1e12


def check_dates(records, *names):
    """Refuse dates that are typing errors.

    :raise ValidationError: one of the records' dates is before 1900
    """
    for record in records:
        for name in names:
            if record[name] and record[name] < FIRST_DAY:
                raise ValidationError(record.env._(
                    "%(field)s: %(day)s can't be right. Enter a day from %(first)s on.",
                    field=record._fields[name]._description_string(record.env), day=record[name].isoformat(),
                    first=FIRST_DAY.isoformat(),
                ))


def check_amounts(records, *names):
    """Refuse amounts below zero, or too large to be right.

    :raise ValidationError: one of the records' amounts is outside of that
    """
    for record in records:
        for name in names:
            if not 0 <= record[name] <= LARGEST_AMOUNT:
                raise ValidationError(record.env._(
                    "%(field)s: %(amount)s can't be right. Enter an amount from 0 to %(largest)s.",
                    field=record._fields[name]._description_string(record.env), amount=f"{record[name]:,.2f}",
                    largest=f"{LARGEST_AMOUNT:,.0f}",
                ))
