"""Reads what the early warning needs to know about many customers as of a day, with a fixed number of queries.

The books are read once, like for a rating run: the same queries give the metrics and what is late. Expected scores are
worked out by :mod:`.course`, warnings by :mod:`.watch_rules`; courses are written here, and only those that change.
"""

from datetime import timedelta
from math import inf
from typing import NamedTuple

from odoo.tools import SQL

from . import payments, scoring
from .accounts import accounts_of, with_branches
from .course import course, expected_balance, expected_purchases, growth_of_months, unknown_points
from .metrics import NO_DOCUMENTS, compute_metrics
from .periods import Quarter
from .population import population, since
from .sheets import SheetWriter
from .watch_rules import Finding, Reading

# Measures that grow with the days that have passed.
ADDED_UP = ('count', 'count_distinct', 'sum')


class Basis(NamedTuple):
    """How the books are read: the settings of a scheme, or these for customers who can't be rated."""

    grace_days: int = 0
    volume_basis: str = 'invoiced'
    apply_unmatched_credits: bool = True


class Watcher(SheetWriter):
    """Reads the quarter to date of the customers of one company.

    It uses the rights of its environment: callers use ``sudo``.
    """

    def __init__(self, env, company, today, upcoming=()):
        """Prepare for a company and a day.

        :param upcoming: ids of the customers who will be read in several batches, in order
        """
        super().__init__(env, company, Quarter.until(today), upcoming)
        self.today = today

    def _metrics(self, scheme, partner_ids):
        return compute_metrics(
            self.env, self.company, self.quarter, partner_ids, scheme.grace_days, scheme.volume_basis,
            scheme.apply_unmatched_credits, late_after=self.company.tianyuan_watch_overdue_days,
            late_amount=self.company.tianyuan_watch_overdue_amount,
        )

    def _own(self, scheme, partner_ids, is_ahead):
        return {} if isinstance(scheme, Basis) else super()._own(scheme, partner_ids, is_ahead)

    def read(self, partners):
        """Return what is to be known about customers.

        :param partners: commercial ``res.partner``
        :return: list of :class:`~.watch_rules.Reading`, one for each customer
        """
        partners.fetch(['tianyuan_channel'])
        readings = []
        for channel, group in partners.grouped('tianyuan_channel').items():
            scheme = self.schemes.get(channel)
            inputs = self._inputs(scheme or Basis(), group, 'quarterly', self._metrics_ahead)
            sheets = self.env['tianyuan.rating'].browse(sheet.id for sheet in inputs['previous'].values())
            sheets.fetch(['bad_debt_amount', 'date_to', 'has_bad_debt', 'origin', 'score', 'tier_id'])
            courses = self._courses(scheme, group.ids, inputs) if scheme else {}
            late = self._late(scheme, group.ids, inputs)
            new_debts = self._new_debts(group.ids, inputs)
            readings += [self._reading(
                partner_id, courses.get(partner_id), inputs['metrics'].get(partner_id, NO_DOCUMENTS),
                late.get(partner_id, NO_DOCUMENTS), new_debts.get(partner_id, (0.0, None)),
                new_since(self.quarter, inputs['previous'].get(partner_id)),
            ) for partner_id in group.ids]
        return readings

    def _late(self, scheme, partner_ids, inputs):
        """Return the metrics from which is taken what is late.

        A scheme may ignore credits that nobody has matched. Who has paid isn't late all the same.
        """
        if scheme and not scheme.apply_unmatched_credits:
            return self._metrics_ahead(Basis(scheme.grace_days, scheme.volume_basis), partner_ids)
        return inputs['metrics']

    def _reading(self, partner_id, expected, metrics, late, new_debt, first_day):
        bills = [bill for bill in late.get('bills') or () if bill.day >= first_day]
        return Reading(
            partner_id, expected, self._better_growth(metrics),
            overdue_amount=late.get('overdue_amount') or 0.0,
            overdue_since=late.get('overdue_since'),
            open_since=late.get('open_since'),
            bills_amount=float(sum(bill.amount for bill in bills)),
            bills_on=bills[-1].day if bills else None,
            new_bad_debt=new_debt[0], new_bad_debt_since=new_debt[1],
        )

    def _courses(self, scheme, partner_ids, inputs):
        """Return what customers are on course for.

        What nobody has assessed yet gets its share of the last confirmed score. Customers without a confirmed rating,
        for whom something would have to be assessed, have no course.

        :return: dict of partner id → :class:`~.course.Course`
        """
        thresholds = self._spec(scheme).thresholds
        unfinished = self._unfinished(scheme)
        own = {key: {} if key in unfinished else values for key, values in inputs['own'].items()}
        has_balance = self.quarter.date_to >= self.quarter.month_starts()[2]
        specs = self._carrying_specs(scheme, unfinished | (set() if has_balance else {'purchase_balance'}))
        standings = self.env['tianyuan.rating']._standings(inputs['previous'])
        last_points, result = inputs['points'], {}
        for partner_id in partner_ids:
            metrics = self._expected(inputs['metrics'].get(partner_id, NO_DOCUMENTS))
            scored = {
                key: scoring.score_line(
                    spec, self._value(spec, partner_id, metrics, own), last_points.get((partner_id, key)),
                ) for key, spec in specs.items()
            }
            previous = standings.get(partner_id)
            if previous is None and any(line.origin == 'missing' for line in scored.values()):
                continue
            unknown = previous and unknown_points(previous, thresholds)
            marks = {}
            for key, line in scored.items():
                most = specs[key].max_points
                marks[key] = (unknown(key, most) if line.origin == 'missing' else line.points, most)
            result[partner_id] = course(thresholds, marks, partner_id in inputs['bad_debt'], previous)
        return result

    def _unfinished(self, scheme):
        """Return the own indicators that add up what is dated in the quarter: they say nothing before it is over.

        Unlike purchases nobody knows whether such records come evenly, so the last points stay.

        :return: set of metric keys
        """
        if self.quarter == Quarter.containing(self.today):
            return set()
        return {
            definition.key for definition in self._own_definitions(scheme)
            if definition.own_measure in ADDED_UP and definition.own_date_field and definition.own_period == 'quarter'
        }

    def _expected(self, metrics):
        """Return the metrics that are to be expected for the whole quarter."""
        months = _months(metrics)
        growth = self._better_growth(metrics)
        return {
            **metrics,
            'purchase_amount': expected_purchases(months, self.quarter),
            'purchase_balance': expected_balance(months, self.quarter),
            'purchase_growth': metrics['purchase_growth'] if growth is None else growth,
        }

    def _better_growth(self, metrics):
        """Return the better growth on last year, of the same days and of the months that are over; None without one."""
        growth = metrics['purchase_growth']
        of_months = growth_of_months(_months(metrics), metrics.get('before_months', 0.0), self.quarter)
        return None if growth is None or of_months is None else max(growth, of_months)

    def _new_debts(self, partner_ids, inputs):
        """Return the open bad debt that the customers' last confirmed ratings didn't know of.

        It is dated after the rated quarter, or is more than the sheet says; imported sheets say nothing of it. For
        customers without a confirmed rating it is that of the last four quarters.

        :return: dict of partner id → (amount, day of the oldest such debt)
        """
        owing = [partner_id for partner_id in partner_ids if partner_id in inputs['bad_debt']]
        if not owing:
            return {}
        sheets, found = inputs['previous'], {}
        known = {partner_id: _known_debt(sheets.get(partner_id)) for partner_id in owing}
        debts = self.env['tianyuan.bad.debt']._open_amounts(self.company, self.today, owing)
        for debt, amount in sorted(debts.items(), key=lambda row: (row[0].date, row[0].id)):
            partner_id, left = debt.partner_id.id, amount
            if debt.date < new_since(self.quarter, sheets.get(partner_id)):
                left = max(amount - known[partner_id], 0.0)
                known[partner_id] -= amount - left
            if self.company.currency_id.compare_amounts(left, 0) > 0:
                before, day = found.get(partner_id, (0.0, debt.date))
                found[partner_id] = before + left, day
        return found


def new_since(quarter, sheet):
    """Return the first day of what is new about a customer: after the last rated quarter, or in the last four quarters.

    :param Quarter quarter: the quarter so far
    :param sheet: the customer's last confirmed ``tianyuan.rating``, or None
    """
    return sheet.date_to + timedelta(days=1) if sheet else since(quarter)


def _months(metrics):
    return [metrics.get(f'month_{number}', 0.0) for number in (1, 2, 3)]


def _known_debt(sheet):
    """Return how much bad debt a confirmed sheet knew of; infinity if it doesn't say.

    :param sheet: ``tianyuan.rating``, or None
    """
    is_told = sheet and sheet.origin != 'imported' and (sheet.bad_debt_amount or not sheet.has_bad_debt)
    return sheet.bad_debt_amount if is_told else inf


def watched_ids(env, company, today, after=0):
    """Return the ids of the customers to look at, in order.

    These are the customers that a run of the quarter would rate, all who owe something that is past due, and all with a
    warning that isn't cleared.

    :param company: ``res.company`` without a parent
    :param int after: only customers with a greater id
    """
    env['tianyuan.watch.item'].flush_model(['company_id', 'partner_id', 'state'])
    payments.flush(env)
    accounts = accounts_of(company)
    return [partner_id for [partner_id] in env.execute_query(SQL(
        """
        SELECT id FROM (
            %(population)s
             UNION
            SELECT partner_id FROM tianyuan_watch_item
             WHERE company_id = %(company)s AND state <> 'cleared' AND partner_id > %(after)s
             UNION
            SELECT p.id
              FROM account_move_line l
              JOIN res_partner contact ON contact.id = l.partner_id
              JOIN res_partner p ON p.id = contact.commercial_partner_id AND p.active
             WHERE l.account_id = ANY(%(receivables)s) AND l.company_id = ANY(%(companies)s)
               AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.balance > 0
               AND COALESCE(l.date_maturity, l.date) < %(today)s AND p.id > %(after)s
               AND (p.company_id IS NULL OR p.company_id = ANY(%(companies)s))
        ) watched ORDER BY id
        """,
        population=population(env, company, Quarter.until(today), after), company=company.id, after=after, today=today,
        receivables=list(accounts.receivables), companies=list(accounts.companies),
    ))]


def expiring_papers(env, company, today, days, partner_ids, needed=None, reason='document'):
    """Return the required papers of customers that expire soon or have expired.

    Of several papers of a type the one that is valid longest counts, as in ``tianyuan.archive.document.gap``. Missing
    papers are no news: the archive's completeness tells of them.

    :param company: ``res.company`` without a parent; papers filed in its branches count
    :param int days: how long before it expires a paper counts
    :param partner_ids: commercial partners
    :param SQL needed: other papers instead of those that every archive must have: a condition on ``d`` (the documents),
        ``t`` (their types) and ``p`` (the customers)
    :param str reason: the reason of the findings
    :return: list of :class:`~.watch_rules.Finding`: the paper that expires first, and how many have expired
    """
    env['tianyuan.archive.document'].flush_model(
        ['active', 'checksum', 'company_id', 'partner_id', 'type_id', 'valid_until'],
    )
    env['tianyuan.archive.document.type'].flush_model(['active', 'channel', 'company_id', 'required'])
    env['res.partner'].flush_model(['active', 'tianyuan_archive_state', 'tianyuan_channel'])
    needed = needed or env['tianyuan.archive.document.type']._needed_sql(
        SQL("t"), SQL("p.tianyuan_channel"), SQL("d.company_id"),
    )
    rows = env.execute_query(SQL(
        """
        SELECT DISTINCT ON (d.partner_id) d.partner_id, d.id, d.valid_until,
               COUNT(*) FILTER (WHERE d.valid_until < %(today)s) OVER (PARTITION BY d.partner_id)
          FROM tianyuan_archive_document d
          JOIN tianyuan_archive_document_type t ON t.id = d.type_id
          JOIN res_partner p ON p.id = d.partner_id
         WHERE d.partner_id = ANY(%(partners)s) AND d.company_id = ANY(%(companies)s) AND %(needed)s
           AND p.active AND p.tianyuan_archive_state NOT IN ('none', 'closed')
           AND d.active AND d.checksum IS NOT NULL AND d.valid_until <= %(today)s::date + %(days)s
           AND NOT EXISTS (
                SELECT FROM tianyuan_archive_document longer
                 WHERE longer.partner_id = d.partner_id AND longer.type_id = d.type_id
                   AND longer.company_id = d.company_id AND longer.active AND longer.checksum IS NOT NULL
                   AND (longer.valid_until IS NULL OR (longer.valid_until, longer.id) > (d.valid_until, d.id)))
         ORDER BY d.partner_id, d.valid_until, d.id
        """,
        partners=list(partner_ids), companies=with_branches(company).ids, needed=needed, today=today, days=days,
    ))
    return [
        Finding(partner_id, reason, expired, days, day, document_id)
        for partner_id, document_id, day, expired in rows
    ]


COURSE_COLUMNS = ('score', 'tier_id', 'confirmed_tier_id', 'direction', 'next_tier_id', 'points_short')


def store_courses(env, company, quarter, partner_ids, courses):
    """Write the courses of customers: only those that are new or have changed, and all with one query.

    Nothing depends on courses (no tracking, no stored computed field), so SQL is equivalent to the ORM.

    :param company: ``res.company`` without a parent
    :param Quarter quarter: the quarter so far
    :param partner_ids: the customers that were looked at; who has no course any more loses it
    :param dict courses: partner id → :class:`~.course.Course`
    """
    env['tianyuan.watch.course'].flush_model()
    env.cr.execute(SQL(
        "DELETE FROM tianyuan_watch_course WHERE company_id = %s AND partner_id = ANY(%s)",
        company.id, [partner_id for partner_id in partner_ids if partner_id not in courses],
    ))
    rows = [
        (partner_id, *(getattr(expected, name) for name in COURSE_COLUMNS)) for partner_id, expected in courses.items()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _column in range(7)]
    env.cr.execute(SQL(
        """
        WITH fresh AS (
            SELECT partner_id, %(quarter)s::date AS date_from, ROUND(score::numeric, 2) AS score, tier_id,
                   confirmed_tier_id, direction, next_tier_id, ROUND(points_short::numeric, 2) AS points_short
              FROM UNNEST(%(partners)s::int[], %(scores)s::float8[], %(tiers)s::int[], %(confirmed)s::int[],
                          %(directions)s::text[], %(next_tiers)s::int[], %(short)s::float8[])
                   AS f (partner_id, score, tier_id, confirmed_tier_id, direction, next_tier_id, points_short)
        )
        INSERT INTO tianyuan_watch_course AS c (
            partner_id, company_id, date_from, score, tier_id, confirmed_tier_id, direction, next_tier_id, points_short,
            create_uid, create_date, write_uid, write_date
        )
        SELECT f.partner_id, %(company)s, f.date_from, f.score, f.tier_id, f.confirmed_tier_id, f.direction,
               f.next_tier_id, f.points_short, %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
          FROM fresh f
          LEFT JOIN tianyuan_watch_course known
            ON known.partner_id = f.partner_id AND known.company_id = %(company)s
         WHERE known.id IS NULL
            OR (known.date_from, known.score, known.tier_id, known.confirmed_tier_id, known.direction,
                known.next_tier_id, known.points_short)
               IS DISTINCT FROM
               (f.date_from, f.score, f.tier_id, f.confirmed_tier_id, f.direction, f.next_tier_id, f.points_short)
            ON CONFLICT (partner_id, company_id) DO UPDATE
           SET date_from = EXCLUDED.date_from, score = EXCLUDED.score, tier_id = EXCLUDED.tier_id,
               confirmed_tier_id = EXCLUDED.confirmed_tier_id, direction = EXCLUDED.direction,
               next_tier_id = EXCLUDED.next_tier_id, points_short = EXCLUDED.points_short,
               write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
        """,
        quarter=quarter.date_from, company=company.id, uid=env.uid,
        **dict(zip(
            ('partners', 'scores', 'tiers', 'confirmed', 'directions', 'next_tiers', 'short'), columns, strict=True,
        )),
    ))
    env['tianyuan.watch.course'].invalidate_model(flush=False)


def delete_other_courses(env, company, partner_ids):
    """Delete the courses of a company's former customers: of all but those who were looked at.

    :param company: ``res.company`` without a parent
    :param partner_ids: the customers that were looked at
    """
    env['tianyuan.watch.course'].flush_model(['company_id', 'partner_id'])
    env.cr.execute(SQL(
        """
        DELETE FROM tianyuan_watch_course c
         WHERE c.company_id = %s
           AND NOT EXISTS (SELECT FROM UNNEST(%s::int[]) AS looked (id) WHERE looked.id = c.partner_id)
        """,
        company.id, list(partner_ids),
    ))
    env['tianyuan.watch.course'].invalidate_model(flush=False)
