from datetime import date

from odoo.exceptions import ValidationError

# Before this date there is nothing to rate, and the calendar's first quarter has no previous one. There is no last day,
# because unlimited validity is often entered as the year 2999 or 9999.
FIRST_DAY = date(1900, 1, 1)
# Largest amount that users may enter unless a smaller limit is set; larger amounts are typing errors.
LARGEST_AMOUNT = 1e12


def check_dates(records, *names):
    """Refuse dates that must be typing errors.

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
    """Refuse amounts that are negative or too large to be right.

    :raise ValidationError: one of the records' amounts is out of range
    """
    for record in records:
        for name in names:
            if not 0 <= record[name] <= LARGEST_AMOUNT:
                raise ValidationError(record.env._(
                    "%(field)s: %(amount)s can't be right. Enter an amount from 0 to %(largest)s.",
                    field=record._fields[name]._description_string(record.env), amount=f"{record[name]:,.2f}",
                    largest=f"{LARGEST_AMOUNT:,.0f}",
                ))
