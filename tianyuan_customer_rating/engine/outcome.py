"""Writes rating outcomes to customers with one UPDATE per batch; no other module does that.

``res.partner.write`` reads each partner's contacts, so that confirming a thousand customers at once would take
thousands of queries. Nothing depends on these four fields (no tracking, no sync, no stored computed field), so an
UPDATE is equivalent; they are invalidated in the cache.
"""

from odoo.tools import SQL

from .accounts import with_branches

FIELDS = ('tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account')


def write_outcome(env, company, outcomes):
    """Set tier, score, class and major account of customers in one company.

    :param company: ``res.company`` for which values are set, with its branches
    :param dict outcomes: partner id → tuple of tier id (or None), score, class (or None), is major account
    """
    if not outcomes:
        return
    partners = env['res.partner'].browse(outcomes)
    partners.flush_recordset(FIELDS)
    rows = [(partner_id, *values) for partner_id, values in outcomes.items()]
    ids, tiers, scores, classes, majors = (list(column) for column in zip(*rows, strict=True))
    env.execute_query(SQL(
        """
        UPDATE res_partner p
           SET tianyuan_tier_id = COALESCE(p.tianyuan_tier_id, '{}') || %(tier)s,
               tianyuan_score = COALESCE(p.tianyuan_score, '{}') || %(score)s,
               tianyuan_customer_class = COALESCE(p.tianyuan_customer_class, '{}') || %(class)s,
               tianyuan_is_major_account = COALESCE(p.tianyuan_is_major_account, '{}') || %(major)s
          FROM UNNEST(%(ids)s::int[], %(tiers)s::int[], %(scores)s::float8[], %(classes)s::text[], %(majors)s::bool[])
               AS v (id, tier, score, class, major)
         WHERE p.id = v.id
        RETURNING p.id
        """,
        **{name: _in_each(company, SQL("v.%s", SQL.identifier(name))) for name in ('tier', 'score', 'class', 'major')},
        ids=ids, tiers=tiers, scores=scores, classes=classes, majors=majors,
    ))
    partners.invalidate_recordset(FIELDS, flush=False)


def write_class(env, company, classes):
    """Set only the class; tier, score and major account stay.

    :param company: ``res.company`` for which values are set, with its branches
    :param dict classes: partner id → class (or None)
    """
    if not classes:
        return
    name = 'tianyuan_customer_class'
    partners = env['res.partner'].browse(classes)
    partners.flush_recordset([name])
    env.execute_query(SQL(
        """
        UPDATE res_partner p
           SET tianyuan_customer_class = COALESCE(p.tianyuan_customer_class, '{}') || %(class)s
          FROM UNNEST(%(ids)s::int[], %(classes)s::text[]) AS v (id, class)
         WHERE p.id = v.id
        RETURNING p.id
        """,
        **{'class': _in_each(company, SQL("v.class"))}, ids=list(classes), classes=list(classes.values()),
    ))
    partners.invalidate_recordset([name], flush=False)


def copy_outcomes(env, company, branch):
    """Copy all customers' outcomes from a company to its new branch.

    :param company: ``res.company`` without a parent
    :param branch: ``res.company`` below it
    """
    env['res.partner'].flush_model(FIELDS)
    for name in FIELDS:
        env.cr.execute(SQL(
            "UPDATE res_partner SET %(name)s = %(name)s || JSONB_BUILD_OBJECT(%(branch)s, %(name)s->%(company)s)"
            " WHERE %(name)s ? %(company)s",
            name=SQL.identifier(name), company=str(company.id), branch=str(branch.id),
        ))
    env['res.partner'].invalidate_model(FIELDS, flush=False)


def _in_each(company, value):
    """Return the SQL of a company-dependent value that is the same for a company and its branches."""
    return SQL("JSONB_BUILD_OBJECT(%s)", SQL(", ").join(
        SQL("%s, %s", str(each.id), value) for each in with_branches(company)
    ))
