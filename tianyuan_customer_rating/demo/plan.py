"""What each customer of the demo company buys: plain arithmetic, no database."""
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .quarters import shifted

FIRST_QUARTER = -9          # two and a half years up to the last complete quarter
CURRENT_QUARTER = 1
RATED_QUARTERS = (0, -1)    # these are rated, so their monthly pattern counts
ORDERED_SHARE = 0.3         # of the purchases have a sale order, the others only an invoice
SEASON = {0: 1.0, 1: 1.03, 2: 0.95, 3: 0.97}
MILLION = 1_000_000
# Early in the month: what is due 30 days later and paid ten days late is still paid in that quarter.
INVOICE_DAYS = (2, 17)


@dataclass
class Purchase:
    customer: str
    date: date
    quarter: int
    lines: list             # (product key, tonnes, price per tonne)
    ordered: bool           # through a sale order


def cooperation_start(profile, last_quarter):
    """The day the cooperation began, None without any; ``profile.years`` before the quarter's end."""
    if not profile.years:
        return None
    return last_quarter.date_to - relativedelta(months=round(profile.years * 12))


def quarter_volume(profile, quarter):
    """Purchases in CNY of a quarter (0: the last complete one), following season and yearly growth."""
    if profile.stopped is not None and quarter > profile.stopped:
        return 0
    years_back = max(0, -quarter // 4)
    return profile.volume * MILLION * SEASON[quarter % 4] / (1 + profile.growth / 100) ** years_back


def month_shares(profile, quarter):
    """The shares of the quarter's three months, as numbers that add up to 1."""
    if quarter in (*RATED_QUARTERS, CURRENT_QUARTER):
        months = profile.months
    else:
        months = (0, 1, 0)
    return [share / sum(months) for share in months]


def price_at(base, quarter, rng):
    """A price per tonne that rises slowly and differs a little from deal to deal."""
    return round(base * (1 + 0.006 * quarter) * rng.uniform(0.985, 1.015) / 10) * 10


def purchase_lines(customer, amount, quarter, prices, rng):
    """Spread an amount over one or two products, in tonnes."""
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
    """Every purchase of one customer up to some days ago, oldest first."""
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
