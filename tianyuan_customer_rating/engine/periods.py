"""Calendar quarters, the period of every rating (policy: 客户评价每季度评定一次)."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


class Quarter(NamedTuple):
    """A calendar quarter, or its part up to a day; the first and last day are included."""

    date_from: date
    date_to: date

    @classmethod
    def containing(cls, day):
        """Return the quarter that contains the day."""
        first_month = day.month - (day.month - 1) % 3
        last_month = first_month + 2
        return cls(
            date(day.year, first_month, 1), date(day.year, last_month, monthrange(day.year, last_month)[1]),
        )

    @classmethod
    def last_complete(cls, today):
        """Return the last quarter that ended before ``today``."""
        return cls.containing(today).previous()

    @classmethod
    def until(cls, today):
        """Return the quarter that contains ``today``, up to that day."""
        return cls(cls.containing(today).date_from, today)

    def previous(self):
        """Return the previous quarter."""
        return self.containing(self.date_from - timedelta(days=1))

    def year_before(self):
        """Return the same days of the previous year."""
        before = self.containing(self.date_from.replace(year=self.date_from.year - 1))
        if self == self.containing(self.date_from):
            return before
        leap_day = (self.date_to.month, self.date_to.day) == (2, 29)
        return Quarter(
            before.date_from,
            self.date_to.replace(year=self.date_to.year - 1, day=28 if leap_day else self.date_to.day),
        )

    @property
    def annual_year(self):
        """Return the calendar year for ``annual_purchase``: the year before that of the day after the quarter's end.

        A Q4 rating therefore uses the year that has just ended (design §4).
        """
        return (self.date_to + timedelta(days=1)).year - 1

    @property
    def number(self):
        """Return the number of the quarter, 1 to 4."""
        return (self.date_from.month + 2) // 3

    @property
    def name(self):
        """Return the name, for example ``2026 Q3``."""
        return f"{self.date_from.year} Q{self.number}"

    def month_starts(self):
        """Return the first days of the three months."""
        return [self.date_from.replace(month=self.date_from.month + i) for i in range(3)]

    def months_over(self):
        """Return how many of the three months are over at the end of the last day."""
        return sum(
            begun.replace(day=monthrange(begun.year, begun.month)[1]) <= self.date_to for begun in self.month_starts()
        )
