"""Plans what each demo customer buys: arithmetic only, no database."""
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .quarters import shifted

FIRST_QUARTER = -9          # two and a half years up to the last complete quarter
CURRENT_QUARTER = 1
RATED_QUARTERS = (0, -1)    # their monthly pattern matters, since they are rated
ORDERED_SHARE = 0.3         # share of purchases with a sale order; the others only have an invoice
SEASON = {0: 1.0, 1: 1.03, 2: 0.95, 3: 0.97}
MILLION = 1_000_000
# Early in the month, so that an amount due 30 days later and paid ten days late is still paid in that quarter.
INVOICE_DAYS = (2, 17)


@dataclass
class Purchase:
    customer: str
    date: date
    quarter: int
    lines: list             # (product key, tonnes, price per tonne)
    ordered: bool           # with a sale order


def cooperation_start(profile, last_quarter):
    """Return the first day of the cooperation, ``profile.years`` before the quarter's end, or None."""
    if not profile.years:
        return None
    return last_quarter.date_to - relativedelta(months=round(profile.years * 12))


def quarter_volume(profile, quarter):
    """Return the purchases of a quarter in CNY (0: the last complete one), by season and yearly growth."""
    if profile.stopped is not None and quarter > profile.stopped:
        return 0
    years_back = max(0, -quarter // 4)
    return profile.volume * MILLION * SEASON[quarter % 4] / (1 + profile.growth / 100) ** years_back


def month_shares(profile, quarter):
    """Return the shares of the quarter's three months, which add up to 1."""
    if quarter in (*RATED_QUARTERS, CURRENT_QUARTER):
        months = profile.months
    else:
        months = (0, 1, 0)
    return [share / sum(months) for share in months]


def price_at(base, quarter, rng):
    """Return a price per tonne that rises slowly and varies a little between deals."""
    return round(base * (1 + 0.006 * quarter) * rng.uniform(0.985, 1.015) / 10) * 10


def purchase_lines(customer, amount, quarter, prices, rng):
    """Divide an amount among one or two products, in tonnes."""
    products = customer['products']
    main = products[rng.randrange(len(products))]
    if len(products) > 1 and amount > 0.4 * MILLION:
        side = rng.choice([product for product in products if product != main])
        shares = [(main, 0.7), (side, 0.3)]
    else:
        shares = [(main, 1.0)]
    lines = []
    for product, share in shares:
        price = price_at(prices[product], quarter, rng)
        tonnes = amount * share / price
        lines.append((product, round(tonnes) if tonnes >= 100 else round(tonnes, 1), price))
    return lines


def purchases(customer, profile, last_quarter, today, prices, rng):
    """Return all purchases of one customer until a few days ago, oldest first."""
    start = cooperation_start(profile, last_quarter)
    result = []
    for quarter in range(FIRST_QUARTER, CURRENT_QUARTER + 1):
        volume = quarter_volume(profile, quarter)
        shares = month_shares(profile, quarter)
        for month, share in zip(shifted(last_quarter, quarter).month_starts(), shares, strict=True):
            day = month + timedelta(days=rng.randrange(*INVOICE_DAYS))
            if not (volume and share) or day < start or day > today - timedelta(days=2):
                continue
            lines = purchase_lines(customer, volume * share, quarter, prices, rng)
            ordered = rng.random() < ORDERED_SHARE
            result.append(Purchase(customer['key'], day, quarter, lines, ordered))
    return result
