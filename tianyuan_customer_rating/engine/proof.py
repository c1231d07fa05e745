"""Reads rated customers with what became of them, for any number of sheets with a few queries (policy 客户评价).

Callers check access, and give outcomes of confirmed sheets only.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from .validation import even_bounds

BAND_WIDTH = 10    # points
BOUNDS = even_bounds(BAND_WIDTH)
# What people decided after the outcome was over, they may have decided because of it.
LATE = SQL("(r.origin = 'computed' AND COALESCE(r.confirmed_on::date > o.date_to, FALSE))")


class RatedCustomer(NamedTuple):
    """A sheet's result, and what the customer did afterwards."""

    outcome: int
    partner: int
    tier: int | None
    score: float
    plain_score: float    # without what people adjusted
    adjusted: int    # number of adjusted lines
    lines: int
    override: str | None    # the class that a manager had given when that time began
    is_late: bool    # confirmed after that time, when what became of the customer was known
    is_judged: bool
    is_bad: bool
    has_payments: bool
    on_time_rate: float
    days_beyond_terms: float
    bad_debt: float
    purchases: float
    date_from: date


class LevelGroup(NamedTuple):
    """The customers of a level of an indicator; levels of the same name and points in several schemes are one."""

    indicator: int
    levels: list    # ids; empty if no level was reached or picked
    count: int
    customers: int
    judged: int
    judged_customers: int
    bad: int
    on_time_rate: float | None
    days_beyond_terms: float | None


def rated_customers(env, outcome_ids):
    """Return the :class:`RatedCustomer` of each outcome.

    :param list outcome_ids: of ``tianyuan.rating.outcome``
    """
    _flush(env)
    return [RatedCustomer(*row) for row in env.execute_query(SQL(
        """
        SELECT o.id, o.partner_id, r.tier_id, r.score::float8, (r.score - COALESCE(l.adjustment, 0))::float8,
               COALESCE(l.adjusted, 0), COALESCE(l.lines, 0), v.customer_class,
               %(late)s, o.is_judged, o.is_bad, COALESCE(o.has_payments, FALSE), COALESCE(o.on_time_rate, 0)::float8,
               COALESCE(o.days_beyond_terms, 0)::float8, COALESCE(o.bad_debt_amount, 0)::float8,
               COALESCE(o.purchase_amount, 0)::float8, o.date_from
          FROM tianyuan_rating_outcome o
          JOIN tianyuan_rating r ON r.id = o.rating_id
          LEFT JOIN (
               SELECT rating_id, COUNT(*) AS lines, COUNT(*) FILTER (WHERE origin = 'adjusted') AS adjusted,
                      SUM(points - computed_points) FILTER (WHERE origin = 'adjusted') AS adjustment
                 FROM tianyuan_rating_line
                WHERE rating_id IN (SELECT rating_id FROM tianyuan_rating_outcome WHERE id = ANY(%(ids)s))
                GROUP BY rating_id
          ) l ON l.rating_id = r.id
          LEFT JOIN LATERAL (
               SELECT customer_class
                 FROM tianyuan_class_override
                WHERE partner_id = o.partner_id AND company_id = o.company_id
                  AND date_from <= o.date_from AND COALESCE(ended_on, date_to) >= o.date_from
                ORDER BY date_from DESC, id DESC
                LIMIT 1
          ) v ON TRUE
         WHERE o.id = ANY(%(ids)s)
         ORDER BY o.id
        """,
        ids=outcome_ids, late=LATE,
    ))]


def level_groups(env, outcome_ids):
    """Return the :class:`LevelGroup` of all levels, in the order of the sheets' lines, most points first.

    Adjusted lines are left out: no level gave their points.
    """
    _flush(env)
    return [LevelGroup(*row) for row in env.execute_query(SQL(
        """
        SELECT l.indicator_id, COALESCE(ARRAY_AGG(DISTINCT l.level_id) FILTER (WHERE l.level_id IS NOT NULL), '{}'),
               COUNT(*), COUNT(DISTINCT o.partner_id), COUNT(*) FILTER (WHERE o.is_judged),
               COUNT(DISTINCT o.partner_id) FILTER (WHERE o.is_judged), COUNT(*) FILTER (WHERE o.is_bad),
               AVG(o.on_time_rate::float8) FILTER (WHERE o.has_payments),
               AVG(o.days_beyond_terms::float8) FILTER (WHERE o.has_payments)
          FROM tianyuan_rating_outcome o
          JOIN tianyuan_rating_line l ON l.rating_id = o.rating_id
          LEFT JOIN tianyuan_rating_level level ON level.id = l.level_id
         WHERE o.id = ANY(%s) AND l.origin != 'adjusted'
         GROUP BY l.indicator_id, level.name->>'en_US', level.points
         ORDER BY MIN(MIN(l.sequence)) OVER (PARTITION BY l.indicator_id), l.indicator_id, level.points DESC NULLS LAST
        """,
        outcome_ids,
    ))]


class IndicatorScores(NamedTuple):
    """The points of judged customers for an indicator, as shares of the maximum."""

    indicator: int
    shares: list
    plain_shares: list    # with the points computed instead of those that people adjusted before the outcome was over
    adjusted: int    # lines in which they differ
    bad: list    # whether the customer turned out bad
    customers: list


def indicator_scores(env, outcome_ids):
    """Return the :class:`IndicatorScores` of all indicators, in the order of the sheets' lines."""
    _flush(env)
    return [IndicatorScores(*row) for row in env.execute_query(SQL(
        """
        SELECT indicator_id, ARRAY_AGG((points / max_points)::float8), ARRAY_AGG((plain_points / max_points)::float8),
               COUNT(*) FILTER (WHERE points != plain_points), ARRAY_AGG(is_bad), ARRAY_AGG(partner_id)
          FROM (
               SELECT l.indicator_id, l.sequence, l.points, l.max_points, o.is_bad, o.partner_id,
                      CASE WHEN l.origin = 'adjusted' AND NOT %s THEN l.computed_points ELSE l.points END
                          AS plain_points
                 FROM tianyuan_rating_outcome o
                 JOIN tianyuan_rating r ON r.id = o.rating_id
                 JOIN tianyuan_rating_line l ON l.rating_id = o.rating_id AND l.max_points > 0
                WHERE o.id = ANY(%s) AND o.is_judged
          ) judged
         GROUP BY indicator_id
         ORDER BY MIN(sequence), indicator_id
        """,
        LATE, outcome_ids,
    ))]


def count_before_books(env, company, channel, begin):
    """Return how many confirmed quarterly sheets have no outcome because the books begin later.

    :param channel: only customers rated by it; False for all
    :param begin: see :func:`~odoo.addons.tianyuan_customer_rating.engine.later.books_begin`
    """
    _flush(env)
    [[count]] = env.execute_query(SQL(
        "SELECT COUNT(*) FROM tianyuan_rating r WHERE %s AND r.date_to < %s - 1",
        _confirmed(company, channel), begin,
    ))
    return count


def tier_pairs(env, company, channel, quarters):
    """Return how customers moved between the tiers of successive quarters.

    :param channel: only customers rated by it; False for all
    :param quarters: first days of the earlier quarters
    :return: dict of (tier id or None, next tier id or None) → number of customers
    """
    _flush(env)
    return {(before, after): count for before, after, count in env.execute_query(SQL(
        """
        SELECT r.tier_id, next.tier_id, COUNT(*)
          FROM tianyuan_rating r
          JOIN tianyuan_rating next
            ON next.partner_id = r.partner_id AND next.company_id = r.company_id AND next.kind = r.kind
               AND next.state = 'confirmed' AND next.date_from = r.date_from + INTERVAL '3 months'
         WHERE %s AND r.date_from = ANY(%s)
         GROUP BY r.tier_id, next.tier_id
        """,
        _confirmed(company, channel), quarters,
    ))}


def score_bands(env, company, channel, quarters):
    """Return the number of customers per band of scores, with those of each following quarter.

    :param channel: only customers rated by it; False for all
    :param quarters: first days
    :return: dict of first day → list of numbers per band of :data:`BOUNDS`, oldest quarter first
    """
    _flush(env)
    days = sorted({*quarters, *(day + relativedelta(months=3) for day in quarters)})
    result = defaultdict(lambda: [0] * (len(BOUNDS) + 1))
    for day, band, count in env.execute_query(SQL(
        """
        SELECT r.date_from, WIDTH_BUCKET(r.score, %s::numeric[]), COUNT(*)
          FROM tianyuan_rating r
         WHERE %s AND r.date_from = ANY(%s)
         GROUP BY 1, 2
         ORDER BY 1, 2
        """,
        BOUNDS, _confirmed(company, channel), days,
    )):
        result[day][band] = count
    return dict(result)


def _confirmed(company, channel):
    return SQL(
        "r.company_id = %s AND r.kind = 'quarterly' AND r.state = 'confirmed' AND %s",
        company.id, SQL("r.channel = %s", channel) if channel else SQL("TRUE"),
    )


def _flush(env):
    """Flush pending changes of all fields that the queries above read."""
    env['tianyuan.rating'].flush_model([
        'channel', 'company_id', 'confirmed_on', 'date_from', 'date_to', 'kind', 'origin', 'partner_id', 'score',
        'state', 'tier_id',
    ])
    env['tianyuan.rating.line'].flush_model([
        'computed_points', 'indicator_id', 'level_id', 'max_points', 'origin', 'points', 'rating_id', 'sequence',
    ])
    env['tianyuan.rating.level'].flush_model(['name', 'points'])
    env['tianyuan.rating.outcome'].flush_model()
    env['tianyuan.class.override'].flush_model([
        'company_id', 'customer_class', 'date_from', 'date_to', 'ended_on', 'partner_id',
    ])
