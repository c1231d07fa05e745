"""The kinds of customers of the demo company.

A profile determines what a customer buys and pays and how users assess it, and thereby the points of each indicator in
the default scheme. ``score`` and ``tier`` are the expected result of the last quarter; ``tianyuan.demo._differences()``
compares them with the awarded ones.
"""
from dataclasses import dataclass, field

# Distribution of a quarter's purchases over its three months.
EVEN = (1, 1, 1)            # coefficient of variation 0
STEADY = (1, 1.2, 0.9)      # about 0.12
UNEVEN = (1, 1.8, 0.7)      # about 0.40
LUMPY = (0.5, 2.2, 0.6)     # about 0.71
RAMP = (0, 1, 2)            # about 0.82

# Payment of a due amount: its shares, each with the days after (negative: before) the due date.
EARLY = ((1, -3),)
PREPAID = ((1, -10),)
MOSTLY = ((0.97, -2), (0.03, 10))
NINETY = ((0.925, -1), (0.075, 10))
EIGHTY = ((0.88, 0), (0.12, 10))
SIXTY = ((0.7, 0), (0.3, 28))
LATE = ((1, 11),)
UNPAID = ()

# Before this quarter everyone paid in one sum and on time, since no rating depends on it.
OLDEST_PATTERN = -2


@dataclass(frozen=True)
class Profile:
    channel: str
    volume: float = 0           # purchases of the last quarter in million CNY, untaxed
    growth: float = 0           # compared with the same quarter of the previous year, in percent
    months: tuple = STEADY
    pays: tuple = EARLY
    paid_before: tuple = None   # payments until the quarter before the last; None: the same
    term: str = '30days'
    years: float = 0            # of cooperation, at the end of the last quarter
    willingness: int = 0        # points of the level that users pick
    loyalty: float = 0          # percent
    debt_ratio: float = 0       # percent
    earlier: dict = field(default_factory=dict)  # values assessed differently one quarter before
    stopped: int = None         # the last quarter with purchases (0: the last complete one)
    refund: float = 0           # credited share of one invoice of the last quarter
    bad_debt: str = None        # 'ledger' or 'manual'
    score: float = None
    tier: str = None

    def payments(self, quarter):
        """Return the payments of a quarter's due amounts (0: the last quarter, -1: the one before)."""
        if quarter < OLDEST_PATTERN:
            return EARLY
        if quarter < 0 and self.paid_before is not None:
            return self.paid_before
        return self.pays

    def assessed(self, name, quarter):
        """Return the assessed value of a quarter (0: the last quarter, -1: the one before)."""
        if quarter < 0 and name in self.earlier:
            return self.earlier[name]
        return getattr(self, name)


# The comments list the points of the nine indicators in this order: cooperation, willingness, loyalty, volume, growth,
# balance, on-time payment, days beyond terms, debt ratio.
PROFILES = {
    # 10+10+15+15+5+10+20+10+5
    'd_major': Profile(
        'direct', volume=7.0, growth=22, months=EVEN, years=8, willingness=10, loyalty=85, debt_ratio=42,
        score=100, tier='AAA'),
    # 10+10+15+15+5+8+17+8+5: above 84, but not full marks in credit performance
    'd_major_nofull': Profile(
        'direct', volume=7.2, growth=25, pays=MOSTLY, years=7, willingness=10, loyalty=82, debt_ratio=48,
        refund=0.04, score=93, tier='AA'),
    # 10+10+12+12+4+8+20+10+5
    'd_aaa': Profile(
        'direct', volume=3.6, growth=8, years=6, willingness=10, loyalty=62, debt_ratio=46,
        refund=0.02, score=91, tier='AAA'),
    # 10+10+12+12+4+8+20+10+5; a quarter before 17+8 for payments: AA
    'd_aaa_up': Profile(
        'direct', volume=3.7, growth=9, paid_before=MOSTLY, years=6.5, willingness=10, loyalty=58, debt_ratio=45,
        score=91, tier='AAA'),
    # 8+8+12+9+4+8+20+10+4
    'd_aa': Profile(
        'direct', volume=2.1, growth=8, years=4, willingness=8, loyalty=56, debt_ratio=55,
        score=83, tier='AA'),
    # 10+10+12+12+3+8+14+8+5; a quarter before 20+10 for payments: AAA
    'd_aa_down': Profile(
        'direct', volume=3.6, growth=0, pays=NINETY, paid_before=EARLY, years=6, willingness=10, loyalty=60,
        debt_ratio=49, score=82, tier='AA'),
    # 8+8+8+9+3+8+17+8+2
    'd_a': Profile(
        'direct', volume=1.9, growth=0, pays=MOSTLY, years=3.5, willingness=8, loyalty=30, debt_ratio=66,
        earlier={'willingness': 5}, score=71, tier='A'),
    # 8+8+8+6+1+5+14+8+2
    'd_b': Profile(
        'direct', volume=0.85, growth=-12, months=UNEVEN, pays=NINETY, years=3.5, willingness=8, loyalty=28,
        debt_ratio=66, earlier={'loyalty': 55}, score=60, tier='B'),
    # 5+5+8+6+1+5+9+8+2
    'd_c': Profile(
        'direct', volume=0.7, growth=-12, months=UNEVEN, pays=EIGHTY, years=2, willingness=5, loyalty=25,
        debt_ratio=68, score=49, tier='C'),
    # 10+5+4+6+4+8+4+2, and 5 or 8 for days beyond terms, since open amounts only count up to the quarter's end
    'd_slow': Profile(
        'direct', volume=1.25, growth=8, pays=SIXTY, paid_before=EIGHTY, years=6, willingness=5, loyalty=15,
        debt_ratio=62, tier='C'),
    # 5+2+4+3+0+2+0+5+0
    'd_none': Profile(
        'direct', volume=0.3, growth=-32, months=LUMPY, pays=LATE, paid_before=EIGHTY, years=2.2, willingness=2,
        loyalty=10, debt_ratio=82, score=21),
    # No tier because of bad debt: one invoice was partly paid and the rest was written off.
    'd_bad': Profile(
        'direct', volume=0.8, growth=-15, pays=UNPAID, paid_before=EIGHTY, years=4, willingness=5, loyalty=35,
        debt_ratio=78, earlier={'debt_ratio': 66}, bad_debt='ledger'),
    # First purchases in the last quarter, nothing due yet: users enter growth (3), on-time payment (20) and days beyond
    # terms (10). 2+10+8+6+3+0+20+10+4
    'd_new': Profile(
        'direct', volume=0.9, months=RAMP, term='90days', years=0.15, willingness=10, loyalty=30, debt_ratio=55,
        score=63, tier='B'),
    # 8+8+12+9+4+8+20+10+4
    'd_prepaid': Profile(
        'direct', volume=1.7, growth=10, pays=PREPAID, term='immediate', years=3.2, willingness=8, loyalty=70,
        debt_ratio=58, score=83, tier='AA'),
    # 10+8+8+12+5+10+17+8+5
    'd_instalment': Profile(
        'direct', volume=3.3, growth=25, months=EVEN, pays=MOSTLY, term='instalment', years=5.5, willingness=8,
        loyalty=35, debt_ratio=44, score=83, tier='AA'),
    # No purchases in the last quarter and nothing due, so the points for payments are carried over. 8+2+4+0+0+0+20+10+2
    'd_idle': Profile(
        'direct', volume=0.6, growth=-10, term='immediate', years=4, willingness=2, loyalty=5, debt_ratio=69,
        stopped=-1, score=46, tier='C'),
    # No purchases ever; the first one is rated as a prospect by what is expected of it.
    'd_lead': Profile('direct', willingness=10, loyalty=60, debt_ratio=40),
    'd_none_data': Profile('direct'),

    # 10+10+15+15+4+10+20+10+5
    's_major': Profile(
        'distributor', volume=15.6, growth=10, months=EVEN, years=9, willingness=10, loyalty=86, debt_ratio=45,
        score=99, tier='AAA'),
    # 10+10+15+12+5+8+20+10+5
    's_aaa': Profile(
        'distributor', volume=8.9, growth=23, years=6, willingness=10, loyalty=84, debt_ratio=47,
        score=95, tier='AAA'),
    # 10+10+15+12+4+8+20+10+0: exactly 89, which is still AA
    's_edge': Profile(
        'distributor', volume=8.7, growth=8, years=6, willingness=10, loyalty=83, debt_ratio=75,
        score=89, tier='AA'),
    # 10+10+12+12+4+8+17+8+4
    's_aa': Profile(
        'distributor', volume=8.6, growth=9, pays=MOSTLY, years=7, willingness=10, loyalty=60, debt_ratio=56,
        refund=0.03, score=85, tier='AA'),
    # 8+8+12+9+4+8+14+8+4
    's_a': Profile(
        'distributor', volume=4.7, growth=8, pays=NINETY, years=4, willingness=8, loyalty=55, debt_ratio=57,
        earlier={'loyalty': 30}, score=75, tier='A'),
    # 8+8+8+9+3+5+9+8+4
    's_b': Profile(
        'distributor', volume=4.6, growth=0, months=UNEVEN, pays=EIGHTY, term='45days', years=4, willingness=8,
        loyalty=30, debt_ratio=58, score=62, tier='B'),
    # 8+8+8+6+1+5+9+8+2
    's_c': Profile(
        'distributor', volume=1.6, growth=-12, months=UNEVEN, pays=EIGHTY, years=3.5, willingness=8, loyalty=25,
        debt_ratio=66, score=55, tier='C'),
    # 5+5+4+3+0+2+0+5+0
    's_none': Profile(
        'distributor', volume=0.7, growth=-30, months=LUMPY, pays=LATE, paid_before=EIGHTY, years=2.2, willingness=5,
        loyalty=12, debt_ratio=85, score=24),
    # No tier because finance recorded a bad debt by hand.
    's_bad': Profile(
        'distributor', volume=4.4, growth=3, pays=EIGHTY, years=5.5, willingness=8, loyalty=40, debt_ratio=66,
        bad_debt='manual'),
    's_lead': Profile('distributor', willingness=8),
}
