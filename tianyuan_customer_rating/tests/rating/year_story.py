"""The facts of the year that ``test_year`` plays through: customers, what they buy and pay, and how people judge.

Amounts in the tables are thousands of CNY before tax. Everyone pays when it is due, but for ``EXCEPTIONS``.
"""
from datetime import date, timedelta
from fractions import Fraction

from .year_oracle import TERMS, YEAR, CreditNote, Customer, Judgement, Payment, Recovery, Sale, WriteOff, gross

THOUSAND = 1000

CUSTOMERS = {
    'Apex': Customer('direct', date(2018, 3, 10)),
    'Birch': Customer('direct', date(2021, 9, 5)),
    'Cedar': Customer('direct', date(2019, 1, 15)),
    'Dune': Customer('distributor', date(2015, 5, 20)),
    'Elm': Customer('distributor', date(2012, 6, 1)),
    'Fir': Customer('distributor', date(2020, 11, 20)),
    'Grove': Customer('direct', date(2022, 7, 1)),
    'Hazel': Customer('direct', None),
    'Iris': Customer('direct', None),
    'Juniper': Customer('distributor', date(2017, 2, 28)),
    'Kiln': Customer('direct', None),
}
SALESPEOPLE = {
    **dict.fromkeys(('Apex', 'Birch', 'Cedar', 'Dune', 'Iris'), 'zhang'),
    **dict.fromkeys(('Elm', 'Fir', 'Grove', 'Hazel', 'Juniper'), 'li'),
    'Kiln': None,    # a manager judges
}
TERM_OF = {'Fir': 'halves', 'Juniper': 'net60'}

# the year before: one invoice a quarter, on the 15th of its second month
YEAR_BEFORE = {
    'Apex': (5000, 5000, 6000, 6000),        # 22 million: a major account while 2024 counts
    'Birch': (2000, 2500, 3000, 3000),
    'Cedar': (4000, 4000, 4000, 4000),
    'Dune': (8000, 8000, 8000, 8000),
    'Elm': (13000, 13000, 13000, 13000),     # 52 million
    'Fir': (3000, 3000, 3000, 3000),
    'Grove': (500, 500, 500, 500),
    'Hazel': (300, 300, 300, 300),
    'Juniper': (1500, 1500, 1500, 1500),
    'Kiln': (0, 400, 0, 0),
}
# the year itself: one order a month, on the 10th (the prospect's first one later)
MONTHS = {
    'Apex': (2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 500, 500, 500),
    'Birch': (500, 700, 400, 1000, 1000, 1000, 1100, 1000, 1000, 1000, 1000, 1000),
    'Cedar': (1100, 1100, 1100, 1500, 1500, 1500, 500, 500, 500, 1000, 1000, 1000),
    'Dune': (3000, 3000, 3000, 3000, 3000, 3000, 3000, 3000, 3000, 3000, 3000, 3000),
    'Elm': (4500, 4500, 4500, 4300, 4300, 4300, 3000, 1000, 500, 3000, 3000, 3000),
    'Fir': (1200, 1200, 1200, 1500, 1500, 1500, 1200, 1300, 1400, 1500, 1500, 1500),
    'Grove': (200, 200, 200, 200, 200, 200, 200, 300, 300, 300, 250, 300),
    'Hazel': (100, 150, 100, 100, 100, 100, 100, 0, 0, 0, 0, 0),
    'Iris': (0, 0, 0, 0, 800, 900, 900, 1000, 900, 1600, 1600, 1600),
    'Juniper': (1800, 0, 0, 2000, 0, 0, 0, 0, 1700, 1800, 0, 0),
    'Kiln': (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
}
FIRST_ORDER_OF_PROSPECT = date(YEAR, 5, 12)
WRITTEN_OFF = Fraction(2_390_000)


def _day(month, day, year=YEAR):
    return date(year, month, day)


def _invoice(ref):
    name, year, month = ref.split()
    amount = MONTHS[name][int(month) - 1] if int(year) == YEAR else YEAR_BEFORE[name][(int(month) - 2) // 3]
    return amount * THOUSAND


def _late(ref, amount, day):
    """All on the due date, but ``amount``, which comes on ``day``."""
    due = _day(int(ref.split()[2]), 10) + timedelta(days=30)
    return [Payment(ref, due, gross(_invoice(ref)) - amount), Payment(ref, day, Fraction(amount))]


# what happens to invoices instead of being paid when due
EXCEPTIONS = {
    # a sliver late: no full marks in credit performance in the first quarter
    'Apex 2025 01': _late('Apex 2025 01', 160_000, _day(2, 20)),
    'Birch 2025 01': _late('Birch 2025 01', 100_000, _day(2, 25)),
    'Birch 2025 04': _late('Birch 2025 04', 50_000, _day(5, 30)),
    'Birch 2025 07': _late('Birch 2025 07', 40_000, _day(8, 29)),
    'Birch 2025 10': _late('Birch 2025 10', 30_000, _day(11, 20)),
    # 3.39 million: one million comes in, and the rest is given up, but comes in August
    'Dune 2025 04': [WriteOff('Dune 2025 04', _day(6, 20), gross(3_000_000) - WRITTEN_OFF)],
    # half of the second instalment late
    'Fir 2025 01': [
        Payment('Fir 2025 01', _day(2, 9), Fraction(678_000)), Payment('Fir 2025 01', _day(3, 11), Fraction(339_000)),
        Payment('Fir 2025 01', _day(3, 21), Fraction(339_000)),
    ],
    # goods sent back before anything was due: 1,000,000 × 1.13 remain, 452,000 of them in the first half
    'Fir 2025 02': [
        CreditNote('Fir 2025 02', _day(2, 20), 200_000),
        Payment('Fir 2025 02', _day(3, 12), Fraction(452_000)), Payment('Fir 2025 02', _day(4, 11), Fraction(678_000)),
    ],
    # a credit note dated in the first quarter but entered after that was confirmed
    'Fir 2025 03': [
        Payment('Fir 2025 03', _day(4, 9), Fraction(678_000)),
        CreditNote('Fir 2025 03', _day(3, 28), 100_000, entered=_day(4, 25)),
        Payment('Fir 2025 03', _day(5, 9), Fraction(565_000)),
    ],
    # a refund that costs a level of the quarter's purchases: 3.9 instead of 4.5 million
    'Fir 2025 06': [
        CreditNote('Fir 2025 06', _day(6, 15), 600_000),
        Payment('Fir 2025 06', _day(7, 10), Fraction(169_500)), Payment('Fir 2025 06', _day(8, 9), Fraction(847_500)),
    ],
    # due on 12 March and paid in the next quarter, before the first one is rated
    'Hazel 2025 02': [Payment('Hazel 2025 02', _day(4, 5), gross(150_000))],
    # a partial payment; the rest is still open at the end of the year
    'Grove 2025 11': [Payment('Grove 2025 11', _day(12, 10), Fraction(200_000))],
}


def facts():
    """Everything that reaches the books, in the order in which it does, as (day entered, fact)."""
    sales = [
        Sale(f'{name} {YEAR - 1} {month:02}', name, _day(month, 15, YEAR - 1), amount * THOUSAND)
        for name, amounts in YEAR_BEFORE.items() for month, amount in zip((2, 5, 8, 11), amounts) if amount
    ] + [
        Sale(f'{name} {YEAR} {month:02}', name,
             FIRST_ORDER_OF_PROSPECT if (name, month) == ('Iris', 5) else _day(month, 10), amount * THOUSAND,
             TERM_OF.get(name, 'net30'))
        for name, amounts in MONTHS.items() for month, amount in enumerate(amounts, start=1) if amount
    ]
    entered = [(sale.day, sale) for sale in sales]
    for sale in sales:
        days = TERMS[sale.term]
        settled = EXCEPTIONS.get(sale.ref) or [
            Payment(sale.ref, sale.day + timedelta(days=number), gross(sale.amount) / len(days)) for number in days
        ]
        entered += [(getattr(fact, 'entered', None) or fact.day, fact) for fact in settled]
    entered.append((_day(8, 15), Recovery('Dune', _day(8, 15), WRITTEN_OFF)))
    return sorted(entered, key=lambda pair: (pair[0], type(pair[1]).__name__ != 'Sale', type(pair[1]).__name__))


def _judge(willingness=None, loyalty=None, debt_ratio=None, **others):
    judged = {
        'willingness': willingness and Judgement(points=willingness),
        'loyalty': loyalty is not None and Judgement(value=loyalty),
        'debt_ratio': debt_ratio is not None and Judgement(value=debt_ratio),
        **others,
    }
    return {code: judgement for code, judgement in judged.items() if judgement}


# Quarter → customer → indicator → judgement. Without a new figure finance leaves the debt ratio carried over.
JUDGEMENTS = {
    1: {
        'Apex': _judge(10, 60, 45),
        'Birch': _judge(8, 55, 55),
        'Cedar': _judge(8, 65, 75),
        'Dune': _judge(10, 85, 58),
        'Elm': _judge(10, 90, 40),
        'Fir': _judge(8, 30, 62),
        'Grove': _judge(8, 25, 52),
        'Hazel': _judge(5, 10, 66),
        'Juniper': _judge(8, 50, 50),
        'Kiln': _judge(
            2, 0, 80, purchase_growth=Judgement(points=1), credit_performance=Judgement(points=4),
            days_beyond_terms=Judgement(points=2)),
    },
    2: {
        'Apex': _judge(10, 60),
        'Birch': _judge(10, 82, 48),
        'Cedar': _judge(8, 65),
        'Dune': _judge(10, 85),
        'Elm': _judge(10, 90),
        'Fir': _judge(8, 30),
        'Grove': _judge(8, 25),
        'Hazel': _judge(5, 20),
        'Iris': _judge(10, '79.99', 35, purchase_growth=Judgement(value='12.5')),
        'Juniper': _judge(10, 95),    # a mistake, put right after the sheet is reopened
    },
    3: {
        'Apex': _judge(10, 60),
        'Birch': _judge(10, 82, days_beyond_terms=Judgement(points=5, note="Two cheques bounced")),
        'Cedar': _judge(5, 65),
        'Dune': _judge(10, 85),
        'Elm': _judge(10, 90),
        'Fir': _judge(8, 30, purchase_balance=Judgement(points=7, note="August's order was ours to delay")),
        'Grove': _judge(8, 25),
        'Iris': _judge(10, 80, purchase_growth=Judgement(points=5)),
        'Juniper': _judge(8, 50),
    },
    4: {
        'Apex': _judge(10, 60),
        'Birch': _judge(10, 82),
        'Cedar': _judge(5, 65),
        'Dune': _judge(10, 85),
        'Elm': _judge(10, 90),
        'Fir': _judge(8, 30),
        'Grove': _judge(8, 25, 50),
        'Iris': _judge(10, 80, purchase_growth=Judgement(points=5)),
        'Juniper': _judge(8, 50),
    },
}
# a prospect's sheet: points for every indicator, 94 together
PROSPECT = {
    'cooperation_time': 5, 'willingness': 10, 'loyalty': 15, 'purchase_volume': 15, 'purchase_growth': 5,
    'purchase_balance': 10, 'credit_performance': 20, 'days_beyond_terms': 10, 'debt_ratio': 4,
}
PROSPECT_NOTE = "Visited in March"
# the tiers of the four quarters, worked out by hand; "–" is rated without one
TIERS_BY_HAND = {
    'Apex': 'AA AAA AAA AAA',     # 92, but 96.46 % on time is not full marks; then it is
    'Birch': 'A AA AA AA',        # 90 and 85 without full marks
    'Cedar': 'AA AAA AA AA',
    'Dune': 'AAA – A AAA',        # bad debt in June, recovered in August: paid late then, and nothing is left of it
    'Elm': 'AAA AAA AA AAA',
    'Fir': 'B A A AA',
    'Grove': 'AA AA AA A',
    'Hazel': '– C',               # 45 points: the lowest bound is included
    'Iris': 'prospect A AAA AAA',   # 74 points: A, as bounds belong to the tier below
    'Juniper': 'A A A A',
    'Kiln': '–',
}
