"""Writes the confirmation of sheets with one UPDATE, for one sheet or a hundred thousand; no other module does that.

``write`` would post a message for each sheet, read its nine lines and compute its outcome again. Instead, the facts
that decide on the tier are read for all sheets at once, :func:`.scoring.outcome` computes the outcome, and one UPDATE
writes them:

- the caller has checked rights and obstacles and uses ``sudo``; ``env.uid`` is the confirming user;
- no message is posted on the sheets: ``confirmed_by_id``, ``confirmed_on`` and the history are the record;
- pending changes are flushed before; afterwards the written fields are removed from the cache, and stored fields that
  other addons compute from them are marked for recomputation.

``tianyuan.rating._award`` updates the customers.
"""

from odoo import fields
from odoo.tools import SQL

from . import purchases, scoring

FACT_FIELDS = ('has_bad_debt', 'bad_debt_amount', 'bad_debt_date', 'previous_rating_id')
WRITTEN_FIELDS = ('state', 'confirmed_by_id', 'confirmed_on', 'books_changed', *FACT_FIELDS, *scoring.Outcome._fields)


def write_confirmed(sheets, company, quarter):
    """Update what decides on the tier, and confirm the sheets.

    :param sheets: ``tianyuan.rating`` of one company and quarter, with the rights to write them; their customers' bad
        debts must be up to date with the ledger
    :param company: their ``res.company``
    :param quarter: their :class:`~.periods.Quarter`
    """
    env = sheets.env
    partners = sheets.partner_id
    env.flush_all()
    facts = _facts(sheets, company, quarter, partners)
    _update(sheets, [_row(sheet, *facts) for sheet in _read(sheets)])


def _facts(sheets, company, quarter, partners):
    """Read the current facts about the sheets' customers.

    :return: tuple of the bad debts by customer; the ids of prospects with business; by kind of sheet, the
        previous sheets; by kind of sheet, their standings; the thresholds by scheme; the full marks by sheet
    """
    env = sheets.env
    bad_debt = env['tianyuan.bad.debt']._owed(company, quarter.date_to, partners.ids)
    prospects = sheets.filtered(lambda sheet: sheet.kind == 'prospect').partner_id
    with_business = set(purchases.partners_with_business(company, prospects.ids)) if prospects else set()
    previous, standings = {}, {}
    for kind, group in sheets.grouped('kind').items():
        previous[kind] = sheets._previous(company, group.partner_id, quarter.date_from, kinds=(kind,))
        standings[kind] = sheets._standings(previous[kind])
    thresholds = {scheme.id: scheme._spec().thresholds for scheme in sheets.scheme_id}
    return bad_debt, with_business, previous, standings, thresholds, _full_marks(sheets, thresholds.values())


def _read(sheets):
    """Return the stored id, customer, scheme, kind, score and purchases of the year of each sheet, as tuples."""
    return sheets.env.execute_query(SQL(
        """
        SELECT id, partner_id, scheme_id, kind, COALESCE(score, 0)::float8, COALESCE(annual_purchase, 0)::float8
          FROM tianyuan_rating WHERE id = ANY(%s)
        """, sheets.ids,
    ))


def _row(sheet, bad_debt, with_business, previous, standings, thresholds, marks):
    """Return one sheet's values in the order of ``id``, :data:`FACT_FIELDS` and the outcome."""
    sheet_id, partner_id, scheme_id, kind, score, annual_purchase = sheet
    last = previous[kind].get(partner_id)
    has_bad_debt = partner_id in bad_debt
    amount, since = bad_debt.get(partner_id, (0.0, None))
    outcome = scoring.outcome(
        thresholds.get(scheme_id), score, marks.get(sheet_id, {}), annual_purchase, has_bad_debt,
        standings[kind].get(partner_id), kind == 'prospect', partner_id in with_business,
    )
    return sheet_id, has_bad_debt, amount, since, last.id if last else None, *outcome


def _update(sheets, rows):
    env = sheets.env
    ids, debtors, amounts, since, lasts, tiers, classes, majors, changes, moves, last_tiers = map(
        list, zip(*rows, strict=True),
    )
    env.cr.execute(SQL(
        """
        UPDATE tianyuan_rating r
           SET state = 'confirmed', confirmed_by_id = %(uid)s, confirmed_on = %(on)s, has_bad_debt = v.debtor,
               bad_debt_amount = v.amount, bad_debt_date = v.since, previous_rating_id = v.last, tier_id = v.tier,
               customer_class = v.class, is_major_account = v.major, books_changed = FALSE,
               score_change = v.change, tier_change = v.move, previous_tier_id = v.last_tier,
               write_uid = %(uid)s, write_date = %(now)s
          FROM UNNEST(%(ids)s::int[], %(debtors)s::bool[], %(amounts)s::numeric[], %(since)s::date[], %(lasts)s::int[],
                      %(tiers)s::int[], %(classes)s::text[], %(majors)s::bool[], %(changes)s::numeric[],
                      %(moves)s::text[], %(last_tiers)s::int[])
               AS v (id, debtor, amount, since, last, tier, class, major, change, move, last_tier)
         WHERE r.id = v.id
        """,
        uid=env.uid, on=fields.Datetime.now(), now=env.cr.now(), ids=ids, debtors=debtors, amounts=amounts, since=since,
        lasts=lasts, tiers=tiers, classes=classes, majors=majors, changes=changes, moves=moves, last_tiers=last_tiers,
    ))
    sheets.invalidate_recordset([*WRITTEN_FIELDS, 'write_uid', 'write_date'], flush=False)
    sheets.modified(WRITTEN_FIELDS)
    # Keep the outcome written above: the changed facts would trigger its recomputation.
    for name in scoring.Outcome._fields:
        env.remove_to_compute(sheets._fields[name], sheets)


def _full_marks(sheets, schemes):
    """Return the points of the indicators for which some tier demands full marks.

    :param schemes: the thresholds of each scheme
    :return: dict of sheet id → marks as :func:`.scoring.award` takes them, for these indicators only
    """
    demanding = [threshold for thresholds in schemes for threshold in thresholds if threshold.full_marks]
    if not demanding:
        return {}
    return {
        sheet_id: dict.fromkeys(indicator_ids, (1, 1))
        for sheet_id, indicator_ids in sheets.env.execute_query(SQL(
            """
            SELECT l.rating_id, ARRAY_AGG(l.indicator_id)
              FROM tianyuan_rating r
              JOIN tianyuan_rating_line l ON l.rating_id = r.id
             WHERE r.id = ANY(%s) AND r.score >= %s AND l.indicator_id = ANY(%s)
               AND COALESCE(l.points, 0) >= COALESCE(l.max_points, 0)
             GROUP BY l.rating_id
            """,
            sheets.ids, min(threshold.min_score for threshold in demanding),
            list({indicator_id for threshold in demanding for indicator_id in threshold.full_marks}),
        ))
    }
