"""Chains imported sheets to the confirmed ones before them, for many customers with two queries.

Files may come in any order, so that a sheet of an earlier quarter may come later. Confirmed sheets can't be written by
the ORM, which protects them; imported ones are what a file gave but for this comparison.
"""
from typing import NamedTuple

from odoo.tools import SQL

MOVEMENT = ('previous_rating_id', 'previous_tier_id', 'score_change', 'tier_change')


class Link(NamedTuple):
    """An imported sheet, and the confirmed one before it."""

    id: int
    score: float
    tier_id: int | None
    previous_id: int | None
    previous_score: float | None
    previous_tier_id: int | None


def imported_chain(env, company, partner_ids):
    """Return the imported sheets of customers with the confirmed quarterly ones before them.

    :return: list of :class:`Link`
    """
    env['tianyuan.rating'].flush_model(
        ['company_id', 'date_from', 'kind', 'origin', 'partner_id', 'score', 'state', 'tier_id'],
    )
    return [Link(*row) for row in env.execute_query(SQL(
        """
        SELECT id, score::float8, tier_id, previous_id, previous_score::float8, previous_tier_id
          FROM (SELECT id, origin, score, tier_id, LAG(id) OVER chain AS previous_id,
                       LAG(score) OVER chain AS previous_score, LAG(tier_id) OVER chain AS previous_tier_id
                  FROM tianyuan_rating
                 WHERE company_id = %s AND partner_id = ANY(%s) AND kind = 'quarterly' AND state = 'confirmed'
                WINDOW chain AS (PARTITION BY partner_id ORDER BY date_from)) confirmed
         WHERE origin = 'imported'
        """, company.id, list(partner_ids),
    ))]


def write_chain(env, movements):
    """Write what imported sheets are compared with, where it has changed.

    Nothing but views depends on these fields (no tracking, no stored computed field), so SQL is equivalent to the ORM.

    :param dict movements: sheet id → values of the fields ``MOVEMENT``
    """
    env['tianyuan.rating'].flush_model(MOVEMENT)
    rows = [(sheet_id, *(vals[name] for name in MOVEMENT)) for sheet_id, vals in movements.items()]
    if not rows:
        return
    ids, previous, tiers, changes, directions = (list(column) for column in zip(*rows, strict=True))
    env.cr.execute(SQL(
        """
        UPDATE tianyuan_rating s
           SET previous_rating_id = v.previous, previous_tier_id = v.tier, score_change = v.change,
               tier_change = v.direction
          FROM (SELECT id, previous, tier, ROUND(change::numeric, 2) AS change, direction
                  FROM UNNEST(%(ids)s::int[], %(previous)s::int[], %(tiers)s::int[], %(changes)s::float8[],
                              %(directions)s::text[]) AS given (id, previous, tier, change, direction)) v
         WHERE s.id = v.id
           AND (s.previous_rating_id, s.previous_tier_id, s.score_change::numeric, s.tier_change)
               IS DISTINCT FROM (v.previous, v.tier, v.change, v.direction)
        """, ids=ids, previous=previous, tiers=tiers, changes=changes, directions=directions,
    ))
    env['tianyuan.rating'].invalidate_model(MOVEMENT, flush=False)
