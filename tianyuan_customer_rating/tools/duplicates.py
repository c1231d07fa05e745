"""Finds customers that may be the same as one about to be entered (policy 8.2: before a prospect gets an archive).

Names are compared by their core: width, case, spaces, punctuation and the legal form (有限公司, 有限责任公司,
股份有限公司, Co., Ltd) are ignored. Two cores are similar if one begins or ends with the other. Each comparison uses an
index on the same expression.
"""
from collections import defaultdict

from odoo.tools import SQL

SAME_VAT, SAME_NAME, SAME_PHONE, SIMILAR_NAME = 1, 2, 3, 4
LIMIT = 20          # candidates per probe; also for each way in which names can be similar
SHORTEST_CORE = 4        # least characters of a similar core: too many names contain two, such as 山东
LONGEST_CORE = 60

PUNCTUATION = r'[[:space:][:punct:]、。〈〉《》「」『』【】〔〕“”‘’·•・—–…]'
LEGAL_FORMS = (
    '((股份|有限|责任|公司)+|'
    'companylimited|coltd|colimited|limited|ltd|incorporated|inc|gmbh|llc|corp|corporation)$'
)


def name_core(name):
    """Return the SQL of the part of a name that distinguishes companies. ``name`` is a column."""
    bare = f"regexp_replace(lower(normalize({name}, NFKC)), '{PUNCTUATION}', '', 'g')"
    return f"regexp_replace({bare}, '{LEGAL_FORMS}', '')"


def vat_core(vat):
    """Return the SQL of a tax ID without spaces, dashes and the prefix CN of a Chinese one."""
    bare = f"regexp_replace(upper(normalize({vat}, NFKC)), '[^0-9A-Z]', '', 'g')"
    return f"regexp_replace({bare}, '^CN(?=[0-9A-Z]{{18}}$)', '')"


def phone_core(phone):
    """Return the SQL of a phone number's last ten digits, which ignores country codes and leading zeros."""
    return f"right(regexp_replace(normalize({phone}, NFKC), '[^0-9]', '', 'g'), 10)"


# Definitions of the indexes on res_partner.
COMMERCIAL = 'commercial_partner_id = id'
NAME_INDEX = f"({name_core('name')} text_pattern_ops) WHERE {COMMERCIAL}"
NAME_END_INDEX = f"(reverse({name_core('name')}) text_pattern_ops) WHERE {COMMERCIAL}"
VAT_INDEX = f"({vat_core('vat')}) WHERE vat IS NOT NULL"
PHONE_INDEX = f"({phone_core('phone')}) WHERE phone IS NOT NULL"


def find(env, probes):
    """Find customers like those described, with one query for all.

    Access isn't checked: the caller must only show what the user may read.

    :param probes: list of (name, vat, list of phone numbers), each may be empty
    :return: for each probe a dict of commercial partner id → the strongest of SAME_VAT, SAME_NAME, SAME_PHONE,
        SIMILAR_NAME; strongest first, at most LIMIT
    """
    if not probes:
        return []
    Partner = env['res.partner']
    Partner.flush_model(['name', 'vat', 'phone', 'parent_id', 'commercial_partner_id'])
    phones = [(number, phone) for number, probe in enumerate(probes) for phone in probe[2] if phone]
    rows = env.execute_query(SQL(
        QUERY,
        names=[name or '' for name, _vat, _phones in probes],
        vats=[vat or '' for _name, vat, _phones in probes],
        phone_numbers=[number for number, _phone in phones],
        phones=[phone for _number, phone in phones],
        same_vat=SAME_VAT, same_name=SAME_NAME, same_phone=SAME_PHONE, similar_name=SIMILAR_NAME,
        limit=LIMIT, shortest=SHORTEST_CORE, longest=LONGEST_CORE,
    ))
    found = defaultdict(dict)
    for number, partner_id, rank in rows:
        if len(found[number]) < LIMIT:
            found[number][partner_id] = rank
    return [found[number] for number in range(len(probes))]


# ~>=~ and ~<~ compare like text_pattern_ops; chr(1114111) sorts after every other character.
QUERY = f"""
    WITH probe AS MATERIALIZED (
        SELECT number - 1 AS number, {name_core('name')} AS core, {vat_core('vat')} AS vat
          FROM unnest(%(names)s::text[], %(vats)s::text[]) WITH ORDINALITY AS given(name, vat, number)
    ), probe_phone AS MATERIALIZED (
        SELECT number, {phone_core('phone')} AS phone
          FROM unnest(%(phone_numbers)s::int[], %(phones)s::text[]) AS given(number, phone)
    ), candidate AS (
        SELECT probe.number, p.commercial_partner_id AS partner_id, %(same_vat)s AS rank
          FROM probe
          JOIN res_partner p ON p.vat IS NOT NULL AND {vat_core('p.vat')} = probe.vat
         WHERE length(probe.vat) > 4
        UNION ALL
        SELECT probe.number, p.id, %(same_name)s
          FROM probe
          JOIN res_partner p ON p.commercial_partner_id = p.id AND {name_core('p.name')} = probe.core
         WHERE probe.core <> ''
        UNION ALL
        SELECT probe_phone.number, p.commercial_partner_id, %(same_phone)s
          FROM probe_phone
          JOIN res_partner p ON p.phone IS NOT NULL AND {phone_core('p.phone')} = probe_phone.phone
         WHERE length(probe_phone.phone) > 6
        UNION ALL
        SELECT probe.number, longer.id, %(similar_name)s
          FROM probe
         CROSS JOIN LATERAL (
            (SELECT p.id
               FROM res_partner p
              WHERE p.commercial_partner_id = p.id
                AND {name_core('p.name')} ~>=~ probe.core
                AND {name_core('p.name')} ~<~ (probe.core || chr(1114111))
              LIMIT %(limit)s)
            UNION ALL
            (SELECT p.id
               FROM res_partner p
              WHERE p.commercial_partner_id = p.id
                AND reverse({name_core('p.name')}) ~>=~ reverse(probe.core)
                AND reverse({name_core('p.name')}) ~<~ (reverse(probe.core) || chr(1114111))
              LIMIT %(limit)s)
         ) longer
         WHERE length(probe.core) >= %(shortest)s
        UNION ALL
        SELECT probe.number, shorter.id, %(similar_name)s
          FROM probe
         CROSS JOIN generate_series(%(shortest)s, least(length(probe.core) - 1, %(longest)s)) AS size
         CROSS JOIN LATERAL (
            (SELECT p.id
               FROM res_partner p
              WHERE p.commercial_partner_id = p.id AND {name_core('p.name')} = left(probe.core, size)
              LIMIT %(limit)s)
            UNION ALL
            (SELECT p.id
               FROM res_partner p
              WHERE p.commercial_partner_id = p.id
                AND reverse({name_core('p.name')}) = left(reverse(probe.core), size)
              LIMIT %(limit)s)
         ) shorter
    )
    SELECT number, partner_id, min(rank)
      FROM candidate
     GROUP BY number, partner_id
     ORDER BY number, min(rank), partner_id
"""
