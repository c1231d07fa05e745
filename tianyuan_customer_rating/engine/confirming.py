"""The one place that confirms many sheets past the ORM: what ``write`` does to a sheet, for thousands in one UPDATE.

What confirming means stands in ``tianyuan.rating``; who may, and what hinders it, has been checked there. Here:

- values: the facts are read as for a few sheets; tier, class and changes come from :mod:`.scoring`, as the computed
  fields would have them;
- messages: the first sheet's is made by the ORM, and copied for the others, as all say the same: ready, then
  confirmed. Only the id and the sheet differ;
- cache: pending changes are written before, and what was cached is read anew afterwards.

The customers' values (:mod:`.outcome`) and the history (:mod:`.bulk`) are written set-based as well. Activities are
made by the ORM, only for who moved.

Where somebody has added to the sheets or watches them, the ORM writes: see :func:`can_confirm`.
"""

from odoo import fields
from odoo.tools import SQL, clean_context

from . import bulk, scoring
from .sheets import SheetWriter

# fewer take no time either way
MANY = 100
WRITTEN = {
    'state', 'confirmed_by_id', 'confirmed_on', 'previous_rating_id', 'has_bad_debt', 'tier_id', 'is_major_account',
    'customer_class', 'score_change', 'tier_change', 'previous_tier_id',
}
TRACKED = {'state', 'sales_done', 'finance_done', 'user_id'}
# what the UPDATE stands for: nobody else may have a say in these
STOOD_FOR = (
    'write', '_compute_outcome', '_compute_change', '_compute_previous_tier_id', '_track_subtype', '_track_template',
    '_track_get_default_log_message', '_message_track',
)
# whose rows are copied from those that the ORM makes for the first sheet
COPIED = ('mail.message', 'mail.tracking.value')
KNOWN_CODE = ('odoo.orm.', 'odoo.addons.base.', 'odoo.addons.mail.', 'odoo.addons.web.')
OWN_CODE = ('models.', 'engine.')


def can_confirm(sheets):
    """Whether :func:`confirm` does all that the ORM would do for these sheets."""
    if len(sheets) < MANY or not bulk.can_insert(sheets.env):
        return False
    if any(kind != 'quarterly' for kind in set(sheets.mapped('kind'))):
        return False    # a prospect's class hangs on what it has bought since
    # what was written on the same sheets just now goes into one message with the confirmation
    pending = sheets.env.cr.precommit.data.get(f'mail.tracking.{sheets._name}', {})
    if not pending.keys().isdisjoint(sheets._ids) or set(sheets._track_get_fields()) != TRACKED:
        return False
    written = [(sheets, STOOD_FOR), *((sheets.env[model], ('create',)) for model in COPIED)]
    return all(_is_ours(records, methods) for records, methods in written) and not any(
        field.store and field.model_name != sheets._name
        for name in WRITTEN for field in sheets.pool.get_dependent_fields(sheets._fields[name])
    )


def _is_ours(records, methods):
    """Whether nobody but this addon and Odoo's base extends these methods of a model."""
    own = tuple(f'{__name__.rsplit(".", 2)[0]}.{part}' for part in OWN_CODE)
    return all(
        vars(layer)[name].__module__.startswith(KNOWN_CODE + own)
        for layer in type(records).__mro__ for name in methods if name in vars(layer)
    )


def confirm(sheets, company, quarter):
    """Bring what bears on the tier up to date, and confirm.

    :param sheets: quarterly ``tianyuan.rating`` of one company and quarter, for which :func:`can_confirm` holds
    :param company: their ``res.company``
    :param quarter: their :class:`~.periods.Quarter`
    """
    env = sheets.env
    partners = sheets.partner_id
    env['tianyuan.bad.debt']._sync_ledger(company, partners)
    env.flush_all()
    bad_debt = env['tianyuan.bad.debt']._partners_with_bad_debt(company, quarter.date_to, partners.ids)
    previous = sheets._previous(company, partners, quarter.date_from)
    standing = SheetWriter._standing(previous)
    first = sheets[0]
    tracked = {name: first[name] for name in TRACKED}

    rows = []
    ranks = {tier.id: tier._rank() for tier in env['tianyuan.rating.tier'].with_context(active_test=False).search([])}
    thresholds = {scheme.id: scheme._spec().thresholds for scheme in sheets.scheme_id}
    marks = _full_marks(sheets, thresholds.values())
    for sheet_id, partner_id, scheme_id, score, annual_purchase in env.execute_query(SQL(
        """
        SELECT id, partner_id, scheme_id, COALESCE(score, 0)::float8, COALESCE(annual_purchase, 0)::float8
          FROM tianyuan_rating WHERE id = ANY(%s)
        """, sheets.ids,
    )):
        debtor = partner_id in bad_debt
        threshold = scoring.award(thresholds.get(scheme_id, ()), score, marks.get(sheet_id, {}), debtor)
        tier_id = threshold.tier if threshold else None
        last = previous.get(partner_id)
        last_score, last_rank = standing[last.id] if last else (score, None)
        rows.append((
            sheet_id, debtor, last.id if last else None, tier_id, scoring.is_major(threshold, annual_purchase),
            scoring.customer_class(threshold, annual_purchase) if scheme_id else None,
            f'{round(score - last_score, scoring.POINT_DECIMALS):.{scoring.POINT_DECIMALS}f}',
            scoring.tier_change(ranks.get(tier_id), last_rank) if last else 'new',
            last_rank[1] if last_rank else None,
        ))
    ids, debtors, lasts, tiers, majors, classes, changes, moves, last_tiers = map(list, zip(*rows, strict=True))
    env.cr.execute(SQL(
        """
        UPDATE tianyuan_rating r
           SET state = 'confirmed', confirmed_by_id = %(uid)s, confirmed_on = %(on)s, has_bad_debt = v.debtor,
               previous_rating_id = v.last, tier_id = v.tier, is_major_account = v.major, customer_class = v.class,
               score_change = v.change, tier_change = v.move, previous_tier_id = v.last_tier,
               write_uid = %(uid)s, write_date = %(now)s
          FROM UNNEST(%(ids)s::int[], %(debtors)s::bool[], %(lasts)s::int[], %(tiers)s::int[], %(majors)s::bool[],
                      %(classes)s::text[], %(changes)s::numeric[], %(moves)s::text[], %(last_tiers)s::int[])
               AS v (id, debtor, last, tier, major, class, change, move, last_tier)
         WHERE r.id = v.id
        """,
        uid=env.uid, on=fields.Datetime.now(), now=env.cr.now(), ids=ids, debtors=debtors, lasts=lasts, tiers=tiers,
        majors=majors, classes=classes, changes=changes, moves=moves, last_tiers=last_tiers,
    ))
    sheets.invalidate_model([*WRITTEN, 'write_uid', 'write_date', 'message_ids'], flush=False)
    if not env.context.get('tracking_disable') and not env.context.get('mail_notrack'):
        _track(sheets, first, tracked)


def _full_marks(sheets, schemes):
    """Which of the indicators that a tier demands full marks in have them.

    :param schemes: the thresholds of each scheme
    :return: dict of sheet id → marks as :func:`~.scoring.award` takes them, of those indicators alone
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


def _track(sheets, first, tracked):
    """Note on each sheet that it was ready and is confirmed now.

    :param first: the one of the sheets whose message the ORM makes
    :param tracked: what the tracked fields were before
    """
    env = sheets.env
    Message = env['mail.message'].sudo()
    about = [('model', '=', sheets._name), ('res_id', '=', first.id)]
    known = Message.search(about)
    first.with_context(clean_context(env.context))._message_track(list(tracked), {first.id: tracked})
    env.flush_all()
    made = Message.search(about) - known
    others = [sheet_id for sheet_id in sheets.ids if sheet_id != first.id]
    for message in made:
        columns = _columns(Message, ('id', 'res_id', 'message_id'))
        copies = [copy_id for [copy_id] in env.execute_query(SQL(
            """
            INSERT INTO mail_message (res_id, message_id, %(columns)s)
            SELECT v.sheet, REPLACE(t.message_id, '<', '<' || v.sheet || '.'), %(columns)s
              FROM mail_message t, UNNEST(%(others)s) AS v (sheet)
             WHERE t.id = %(message)s
            RETURNING id
            """, columns=columns, others=others, message=message.id,
        ))]
        columns = _columns(env['mail.tracking.value'], ('id', 'mail_message_id'))
        env.cr.execute(SQL(
            """
            INSERT INTO mail_tracking_value (mail_message_id, %(columns)s)
            SELECT v.copy, %(columns)s
              FROM mail_tracking_value t, UNNEST(%(copies)s) AS v (copy)
             WHERE t.mail_message_id = %(message)s
            """, columns=columns, copies=copies, message=message.id,
        ))
    Message.invalidate_model(flush=False)
    sheets.invalidate_model(['message_ids'], flush=False)


def _columns(records, own):
    return SQL(", ").join(
        SQL.identifier(name) for name, field in records._fields.items()
        if field.store and field.column_type and name not in own
    )
