"""The one place that writes a rating's outcome to customers in bulk SQL.

``res.partner.write`` looks at each partner's contacts, so a thousand customers confirmed at once would
cost thousands of queries. Nothing hangs on these four fields (no tracking, no sync, no dependent stored
field), so one UPDATE per batch is the same thing; the ORM's cache is invalidated for them.
"""

from odoo.tools import SQL

FIELDS = ('tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account')


def write_outcome(env, company, outcomes):
    """Set tier, score, class and major account of customers in one company.

    :param company: ``res.company`` whose values are set
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
           SET tianyuan_tier_id = COALESCE(p.tianyuan_tier_id, '{}') || JSONB_BUILD_OBJECT(%(company)s, v.tier),
               tianyuan_score = COALESCE(p.tianyuan_score, '{}') || JSONB_BUILD_OBJECT(%(company)s, v.score),
               tianyuan_customer_class = COALESCE(p.tianyuan_customer_class, '{}')
                   || JSONB_BUILD_OBJECT(%(company)s, v.class),
               tianyuan_is_major_account = COALESCE(p.tianyuan_is_major_account, '{}')
                   || JSONB_BUILD_OBJECT(%(company)s, v.major)
          FROM UNNEST(%(ids)s::int[], %(tiers)s::int[], %(scores)s::float8[], %(classes)s::text[], %(majors)s::bool[])
               AS v (id, tier, score, class, major)
         WHERE p.id = v.id
        RETURNING p.id
        """,
        company=str(company.id), ids=ids, tiers=tiers, scores=scores, classes=classes, majors=majors,
    ))
    partners.invalidate_recordset(FIELDS, flush=False)


def write_class(env, company, classes):
    """Set the class alone; tier, score and major account stay.

    :param company: ``res.company`` whose values are set
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
           SET tianyuan_customer_class = COALESCE(p.tianyuan_customer_class, '{}')
                   || JSONB_BUILD_OBJECT(%(company)s, v.class)
          FROM UNNEST(%(ids)s::int[], %(classes)s::text[]) AS v (id, class)
         WHERE p.id = v.id
        RETURNING p.id
        """,
        company=str(company.id), ids=list(classes), classes=list(classes.values()),
    ))
    partners.invalidate_recordset([name], flush=False)
