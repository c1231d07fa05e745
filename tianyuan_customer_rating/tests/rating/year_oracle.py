"""What a year of ratings must come to, worked out in plain Python from facts alone: who bought, was billed and
paid what and when, and how people judged. Follows design §4–6 and the policy; neither Odoo nor the addon is read.

Amounts are exact: sales and credit notes before tax, settlements with it, in CNY. Quarters are numbered 1–4 of 2025.
"""
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

YEAR = 2025
TAX = Fraction(13, 100)
# days after the invoice on which equal parts of it are due
TERMS = {'net30': (30,), 'net60': (60,), 'halves': (30, 60)}

SALES, FINANCE = 'sales', 'finance'


class Indicator(NamedTuple):
    side: str
    maximum: int
    metric: str | None       # None: people judge
    levels: dict             # bound → points
    no_data: str = 'assess'
    lower_is_better: bool = False


def _scheme(volume):
    return {
        'cooperation_time': Indicator(SALES, 10, 'cooperation_years', {5: 10, 3: 8, 1: 5, 0: 2}),
        'willingness': Indicator(SALES, 10, None, {4: 10, 3: 8, 2: 5, 1: 2}),
        'loyalty': Indicator(SALES, 15, None, {80: 15, 50: 12, 20: 8, 0: 4}),
        'purchase_volume': Indicator(SALES, 15, 'purchase_amount', volume, 'zero'),
        'purchase_growth': Indicator(SALES, 5, 'purchase_growth', {20: 5, 5: 4, -5: 3, -20: 1}),
        'purchase_balance': Indicator(
            SALES, 10, 'purchase_balance', {'0.10': 10, '0.25': 8, '0.50': 5, '0.80': 2}, 'zero', True),
        'credit_performance': Indicator(
            FINANCE, 20, 'on_time_rate', {100: 20, 95: 17, 90: 14, 80: 9, 60: 4}, 'carry'),
        'days_beyond_terms': Indicator(FINANCE, 10, 'days_beyond_terms', {0: 10, 7: 8, 15: 5, 30: 2}, 'carry', True),
        'debt_ratio': Indicator(FINANCE, 5, None, {50: 5, 60: 4, 70: 2}, 'carry', True),
    }


SCHEMES = {
    'direct': _scheme({5_000_000: 15, 3_000_000: 12, 1_500_000: 9, 500_000: 6, '0.01': 3}),
    'distributor': _scheme({12_500_000: 15, 8_000_000: 12, 4_000_000: 9, 1_000_000: 6, '0.01': 3}),
}
# above the bound; C from its bound on
BOUNDS = {
    'direct': {'AAA': 84, 'AA': 74, 'A': 64, 'B': 54, 'C': 45},
    'distributor': {'AAA': 89, 'AA': 79, 'A': 69, 'B': 59, 'C': 50},
}
KEY_TIERS = {'direct': ('AAA', 'AA'), 'distributor': ('AAA',)}
MAJOR_FROM = {'direct': 20_000_000, 'distributor': 50_000_000}
BEST_FIRST = ('AAA', 'AA', 'A', 'B', 'C', None)


# -- facts ------------------------------------------------------------------------------------------

class Customer(NamedTuple):
    channel: str
    since: date | None    # cooperation, as the archive says


class Sale(NamedTuple):
    """Ordered, delivered and invoiced on ``day``; ``amount`` before tax."""

    ref: str
    customer: str
    day: date
    amount: int
    term: str = 'net30'


class Payment(NamedTuple):
    """Money for one invoice, tax included; the part due first is paid first."""

    ref: str
    day: date
    amount: Fraction


class CreditNote(NamedTuple):
    """Takes ``amount`` before tax off an invoice; dated ``day``, but perhaps entered later."""

    ref: str
    day: date
    amount: int
    entered: date | None = None


class WriteOff(NamedTuple):
    """One entry: ``paid`` comes in, the rest of the invoice is given up as bad debt."""

    ref: str
    day: date
    paid: Fraction


class Recovery(NamedTuple):
    """Money for a bad debt after all."""

    customer: str
    day: date
    amount: Fraction


class Judgement(NamedTuple):
    """What a person says of one indicator: a number, or points (with a note where points were computed)."""

    value: object = None
    points: int | None = None
    note: str | None = None


def gross(amount):
    return amount * (1 + TAX)


def bounds_of(quarter, year=YEAR):
    """First and last day of a quarter."""
    first = date(year, 3 * quarter - 2, 1)
    return first, (date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)) - timedelta(days=1)


def half_up(value):
    """Rounded to four decimals."""
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal('0.0001'), rounding=ROUND_HALF_UP)


class Books:
    """The facts so far, and the seven metrics that follow from them (design §4)."""

    def __init__(self, customers):
        self.customers = customers
        self.facts = []
        self.merged = {}    # customer that is gone → customer who has its business now

    def _who(self, name):
        return self.merged.get(name, name)

    def _sales(self, name):
        return [fact for fact in self.facts if isinstance(fact, Sale) and self._who(fact.customer) == name]

    def metrics(self, name, quarter):
        """Metric → Decimal, or None for no data."""
        start, end = bounds_of(quarter)
        amount = self.purchases(name, start, end)
        before = self.purchases(name, *bounds_of(quarter, YEAR - 1))
        return {metric: half_up(value) for metric, value in {
            'cooperation_years': self.cooperation(name, end),
            'purchase_amount': Fraction(amount),
            'purchase_growth': Fraction(100 * (amount - before), before) if before > 0 else None,
            'purchase_balance': self.balance(name, quarter),
            'annual_purchase': Fraction(self.annual(name, quarter)),
            **self.punctuality(name, start, end),
        }.items()}

    def purchases(self, name, since, until):
        refs = set()
        total = 0
        for sale in self._sales(name):
            refs.add(sale.ref)
            total += sale.amount if since <= sale.day <= until else 0
        return total - sum(
            fact.amount for fact in self.facts
            if isinstance(fact, CreditNote) and fact.ref in refs and since <= fact.day <= until)

    def annual(self, name, quarter):
        year = annual_year(quarter)
        return self.purchases(name, date(year, 1, 1), date(year, 12, 31))

    def balance(self, name, quarter):
        first, last = bounds_of(quarter)
        starts = [first.replace(month=first.month + number) for number in range(3)]
        ends = [starts[1] - timedelta(days=1), starts[2] - timedelta(days=1), last]
        months = [Fraction(self.purchases(name, *month)) for month in zip(starts, ends)]
        mean = sum(months) / 3
        if mean <= 0:
            return None
        variance = sum((month - mean) ** 2 for month in months) / 3 / mean ** 2
        return (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()

    def cooperation(self, name, end):
        since = self.customers[name].since or min((sale.day for sale in self._sales(name) if sale.day <= end), default=None)
        if since is None:
            return None
        months = 12 * (end.year - since.year) + end.month - since.month - (end.day < since.day)
        return Fraction(months, 12)

    def obligations(self, name):
        """Each instalment as (due date, amount, what settled it: list of (kind, day, amount)).

        What was lost is paid after all as the money for it comes, the oldest loss first (design §5).
        """
        everything = list(self._booked(name))
        losses = sorted(
            (day, part, settlements) for _due, _amount, settlements in everything
            for kind, day, part in settlements if kind == 'lost')
        recoveries = sorted(
            (fact.day, fact.amount) for fact in self.facts if isinstance(fact, Recovery) and self._who(fact.customer) == name)
        for came, amount in recoveries:
            for number, (day, part, settlements) in enumerate(losses):
                taken = min(part, amount) if day <= came else 0
                if taken:
                    settlements.append(('paid', came, taken))
                    losses[number] = (day, part - taken, settlements)
                    amount -= taken
        return everything

    def _booked(self, name):
        for sale in self._sales(name):
            days = TERMS[sale.term]
            parts = [(sale.day + timedelta(days=number), gross(sale.amount) / len(days), []) for number in days]
            for fact in self.facts:
                if getattr(fact, 'ref', None) != sale.ref:
                    continue
                if isinstance(fact, Payment):
                    self._settle(parts, fact.day, {'paid': fact.amount})
                elif isinstance(fact, CreditNote):
                    self._settle(parts, fact.day, {'credited': gross(fact.amount)})
                elif isinstance(fact, WriteOff):
                    self._settle(parts, fact.day, {'paid': fact.paid, 'lost': self._open(parts) - fact.paid})
            yield from parts

    @staticmethod
    def _open(parts):
        return sum(amount - sum(settled for _kind, _day, settled in settlements) for _due, amount, settlements in parts)

    @classmethod
    def _settle(cls, parts, day, amounts):
        """Spread one entry over the instalments, the earliest first, each with the entry's mixture."""
        left = total = sum(amounts.values())
        for part in parts:
            taken = min(left, cls._open([part]))
            part[2].extend((kind, day, taken * amount / total) for kind, amount in amounts.items())
            left -= taken
        if left:
            raise ValueError(f"{left} more than is owed was settled on {day}")

    def punctuality(self, name, start, end):
        """On-time rate and days beyond terms."""
        total = on_time = days = Fraction(0)
        for due, amount, settlements in self.obligations(name):
            if due > end:
                continue
            counts = amount - sum(part for kind, day, part in settlements if kind == 'credited' and day <= end)
            paid = [(day, part) for kind, day, part in settlements if kind == 'paid' and day <= end]
            if due < start:    # arrears: only what was open when the quarter began
                counts -= sum(part for day, part in paid if day < start)
                paid = [(day, part) for day, part in paid if day >= start]
            total += counts
            on_time += sum(part for day, part in paid if day <= due)
            days += sum(part * (day - due).days for day, part in paid if day > due)
            days += (counts - sum(part for _day, part in paid)) * (end - due).days
        if not total:
            return {'on_time_rate': None, 'days_beyond_terms': None}
        return {'on_time_rate': 100 * on_time / total, 'days_beyond_terms': days / total}

    def bad_debt(self, name, end):
        """Whether a bad debt dated up to ``end`` has not come in."""
        lost = sum(
            part for _due, _amount, settlements in self.obligations(name)
            for kind, day, part in settlements if kind == 'lost' and day <= end)
        return lost > sum(
            fact.amount for fact in self.facts
            if isinstance(fact, Recovery) and self._who(fact.customer) == name and fact.day <= end)

    def population(self, quarter):
        """Who bought in the four quarters up to the quarter's end."""
        _start, end = bounds_of(quarter)
        since = date(YEAR, 1, 1) if quarter == 4 else date(YEAR - 1, 3 * quarter + 1, 1)
        return {
            self._who(fact.customer) for fact in self.facts if isinstance(fact, Sale) and since <= fact.day <= end
        }


def annual_year(quarter):
    return YEAR if quarter == 4 else YEAR - 1


# -- scores -----------------------------------------------------------------------------------------

class Line(NamedTuple):
    value: object    # Decimal, or None
    computed: int
    points: int
    bound: object    # of the level reached, or None
    origin: str
    note: str | None = None


def reached(indicator, value):
    """Bound and points of the level a number reaches."""
    levels = [(Decimal(bound), points) for bound, points in indicator.levels.items()]
    if indicator.lower_is_better:
        good = sorted(level for level in levels if level[0] >= value)
    else:
        good = sorted((level for level in levels if level[0] <= value), reverse=True)
    return good[0] if good else (None, 0)


def bound_of_points(indicator, points):
    return next((Decimal(bound) for bound, worth in indicator.levels.items() if worth == points), None)


class Sheet:
    """What one customer's sheet of a quarter must say."""

    def __init__(self, oracle, name, quarter):
        books = oracle.books
        self.name, self.quarter = name, quarter
        self.channel = books.customers[name].channel
        self.previous = oracle.last_confirmed(name, quarter)
        self.metrics = books.metrics(name, quarter)
        self.bad_debt = books.bad_debt(name, bounds_of(quarter)[1])
        self.annual = self.metrics['annual_purchase']
        self.annual_year = annual_year(quarter)
        self.lines = {code: self._line(code, indicator) for code, indicator in SCHEMES[self.channel].items()}

    def _line(self, code, indicator):
        value = self.metrics[indicator.metric] if indicator.metric else None
        if value is not None:
            bound, points = reached(indicator, value)
            return Line(value, points, points, bound, 'computed')
        if indicator.no_data == 'carry' and self.previous:
            points = self.previous.lines[code].points
            return Line(None, points, points, None, 'carried')
        return Line(None, 0, 0, None, 'computed' if indicator.no_data == 'zero' else 'missing')

    def judge(self, code, judgement):
        """A person says something of one line."""
        indicator, line = SCHEMES[self.channel][code], self.lines[code]
        if judgement.value is not None:
            value = Decimal(judgement.value)
            bound, points = reached(indicator, value)
        else:
            value, points = line.value, judgement.points
            bound = bound_of_points(indicator, points)
        numbered = indicator.metric and line.origin != 'missing'
        self.lines[code] = Line(
            value, line.computed, points, bound, 'adjusted' if numbered else 'assessed', judgement.note)

    def points(self, side=None):
        scheme = SCHEMES[self.channel]
        return sum(line.points for code, line in self.lines.items() if side in (None, scheme[code].side))

    @property
    def tier(self):
        score = self.points()
        if self.bad_debt:
            return None
        for tier, bound in BOUNDS[self.channel].items():
            if tier == 'AAA' and self.channel == 'direct' and self.lines['credit_performance'].points < 20:
                continue
            if score > bound or (tier == 'C' and score == bound):
                return tier
        return None

    @property
    def is_major(self):
        return self.tier in KEY_TIERS[self.channel] and self.annual >= MAJOR_FROM[self.channel]

    @property
    def customer_class(self):
        return 'key' if self.tier in KEY_TIERS[self.channel] else 'ordinary'

    @property
    def score_change(self):
        return self.points() - self.previous.points() if self.previous else 0

    @property
    def tier_change(self):
        if not self.previous:
            return 'new'
        now, then = BEST_FIRST.index(self.tier), BEST_FIRST.index(self.previous.tier)
        return 'same' if now == then else 'up' if now < then else 'down'


class Standing(NamedTuple):
    """What the partner shows."""

    tier: str | None = None
    customer_class: str | None = None
    score: int = 0
    is_major: bool = False


class Row(NamedTuple):
    """One row of the history."""

    name: str
    day: date
    old_tier: str | None
    new_tier: str | None
    old_class: str | None
    new_class: str | None
    reason: str
    quarter: object    # of the rating, ``'prospect'`` or None
    user: str


class Oracle:
    """Sheets, standings and history as the year goes on."""

    def __init__(self, customers):
        self.books = Books(customers)
        self.sheets = {}       # (customer, quarter) → Sheet
        self.confirmed = set()
        self.standing = defaultdict(Standing)
        self.history = []
        self.overridden = {}

    def last_confirmed(self, name, before):
        quarters = [quarter for who, quarter in self.confirmed if who == name and quarter < before]
        return self.sheets[name, max(quarters)] if quarters else None

    def run(self, quarter):
        """The customers a run rates; their sheets are made."""
        names = self.books.population(quarter) | {
            name for name, standing in self.standing.items() if standing.tier
        }
        for name in names:
            self.sheets[name, quarter] = Sheet(self, name, quarter)
        return names

    def confirm(self, names, quarter, day, user):
        for name in names:
            sheet = self.sheets[name, quarter]
            sheet.bad_debt = self.books.bad_debt(name, bounds_of(quarter)[1])
            self.confirmed.add((name, quarter))
            self._award(name, sheet, day, f"Rating of {YEAR} Q{quarter} confirmed", user)

    def reopen(self, name, quarter, day, reason, user):
        self.confirmed.remove((name, quarter))
        self._award(name, self.last_confirmed(name, 5), day, f"Rating reopened: {reason}", user)

    def override(self, name, customer_class, day, reason, user):
        self.overridden[name] = customer_class
        self.change_class(name, customer_class, day, reason, user)

    def end_override(self, name, day, reason, user):
        del self.overridden[name]
        last = self.last_confirmed(name, 5)
        self.change_class(name, last.customer_class, day, reason, user, last.quarter)

    def merge(self, source, destination, day, user):
        """The destination's sheets stay where both have one."""
        self.books.merged[source] = destination
        for name, quarter in sorted(self.confirmed):
            if name == source:
                self.confirmed.remove((name, quarter))
                if (destination, quarter) not in self.confirmed:
                    raise ValueError("this oracle knows sheets of both only")
        del self.standing[source]
        self.history = [row._replace(name=destination) if row.name == source else row for row in self.history]
        self._award(destination, self.last_confirmed(destination, 5), day, "Customers merged", user)

    def change_class(self, name, customer_class, day, reason, user, quarter=None):
        standing = self.standing[name]
        self._stand(name, standing._replace(customer_class=customer_class), day, reason, quarter, user)

    def stand(self, name, standing, day, reason, user):
        """What a prospect's sheet gives."""
        self._stand(name, standing, day, reason, 'prospect', user)

    def _award(self, name, sheet, day, reason, user):
        standing = Standing()
        if sheet:
            standing = Standing(sheet.tier, sheet.customer_class, sheet.points(), sheet.is_major)
        if name in self.overridden:
            standing = standing._replace(customer_class=self.overridden[name])
        self._stand(name, standing, day, reason, sheet.quarter if sheet else None, user)

    def _stand(self, name, standing, day, reason, quarter, user):
        old = self.standing[name]
        self.standing[name] = standing
        if old[:2] != standing[:2]:
            self.history.append(Row(
                name, day, old.tier, standing.tier, old.customer_class, standing.customer_class, reason, quarter, user))
