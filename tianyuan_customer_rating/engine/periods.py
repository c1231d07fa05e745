"""Calendar quarters, the period every rating covers (policy: 客户评价每季度评定一次)."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


class Quarter(NamedTuple):
    """A calendar quarter, or the part of one up to a day; both ends belong to it."""

    date_from: date
    date_to: date

    @classmethod
    def containing(cls, day):
        """The quarter ``day`` falls in."""
        first_month = day.month - (day.month - 1) % 3
        last_month = first_month + 2
        return cls(
            date(day.year, first_month, 1), date(day.year, last_month, monthrange(day.year, last_month)[1]),
        )

    @classmethod
    def last_complete(cls, today):
        """The quarter that ended last before ``today``."""
        return cls.containing(today).previous()

    @classmethod
    def until(cls, today):
        """The quarter ``today`` falls in, up to that day."""
        return cls(cls.containing(today).date_from, today)

    def previous(self):
        """The quarter that ends the day before this one begins."""
        return self.containing(self.date_from - timedelta(days=1))

    def year_before(self):
        """The same days of the year before."""
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
        """The calendar year ``annual_purchase`` looks at: the one before the year of the day after
        the quarter's end. A Q4 rating looks at the year that has just ended (design §4).
        """
        return (self.date_to + timedelta(days=1)).year - 1

    @property
    def number(self):
        """1 to 4."""
        return (self.date_from.month + 2) // 3

    @property
    def name(self):
        """For example ``2026 Q3``."""
        return f"{self.date_from.year} Q{self.number}"

    def month_starts(self):
        """The first days of its three months."""
        return [self.date_from.replace(month=self.date_from.month + i) for i in range(3)]
