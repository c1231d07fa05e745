"""Finds customers that may be the same as one about to be entered (policy 8.2: before a prospect gets an archive).

A customer has a few comparison keys: of its name (``tools.company_names``), tax ID and phone numbers. They are computed
here, stored with the customer, and searched with one index. Mistyped trade names are found by trigrams, if the
database has pg_trgm; without it everything else is found.
"""
import re
import unicodedata
from collections import defaultdict

from odoo.tools import SQL

from . import company_names

SAME_VAT, SAME_NAME, SAME_PHONE, SIMILAR_NAME = 1, 2, 3, 4
LIMIT = 20          # customers who are shown as likely the same
KEY_LIMIT = 100     # customers read per key: a phone number such as 0 may be everybody's
LONGEST_KEY = 200   # characters; what is longer is no name
SHORTEST_VAT, SHORTEST_PHONE = 5, 7
# Old tax numbers: six digits of the region and nine characters of the organisation. They are within the new code.
OLD_VAT, NEW_VAT, OLD_IN_NEW = 15, 18, slice(2, 17)

SEPARATORS = re.compile(r'[、/\\;,|\n]|或|和')
EXTENSION = re.compile(r'(?:转|分机|内线|ext(?:ension)?\.?|(?<=\d)\s*x|#|\*)\s*:?\s*-?\s*\d{1,6}', re.IGNORECASE)
SHORT_LAST_GROUP = re.compile(r'^(.*\d)\s*[-–—]\s*(\d{1,5})$')
MOBILE = re.compile(r'1[3-9]\d{9}')
LANDLINE = re.compile(r'(10|2\d|[3-9]\d\d)(\d{7,8})')

# Definitions of the indexes on res_partner. New keys are written to the index at once: a list of pending ones would be
# read by each search until the database tidies up.
KEYS = "string_to_array(tianyuan_match_keys, ' ')"
KEY_INDEX = f"USING gin ({KEYS}) WITH (fastupdate = off)"
BRAND_INDEX = "USING gin (tianyuan_match_brand gin_trgm_ops) WITH (fastupdate = off)"


def bare_vat(vat):
    """Return a tax ID without width, spaces, dashes and the prefix CN of a Chinese one."""
    bare = re.sub('[^0-9A-Z]', '', unicodedata.normalize('NFKC', vat or '').upper())
    return re.sub(rf'^CN(?=[0-9A-Z]{{{OLD_VAT}}}$|[0-9A-Z]{{{NEW_VAT}}}$)', '', bare)


def vat_keys(vat):
    """Return the keys under which a tax ID is stored, and those it is searched by: O is 0 in it, and I or l is 1."""
    if vat and not re.search('[a-km-z]', vat):    # a small l among capitals is a 1
        vat = vat.replace('l', '1')
    bare = bare_vat(vat).translate(str.maketrans('OI', '01'))
    if len(bare) < SHORTEST_VAT:
        return [], []
    whole = f'V{bare}'
    if len(bare) == NEW_VAT:
        old = bare[OLD_IN_NEW]
        return [whole, f'M{old}'], [whole, f'V{old}']
    if len(bare) == OLD_VAT:
        return [whole], [whole, f'M{bare}']
    return [whole], [whole]


def phone_numbers(text):
    """Return the numbers in a field, which may hold several: pairs of the whole number and its part without area code.

    Country code 86, leading zeros and extensions are left out; a number without an area code has no whole one.
    """
    # Shortened first: many spaces in front of what is no extension would take long to look through.
    text = re.sub(r'[^\S\n]+', ' ', unicodedata.normalize('NFKC', text or ''))[:LONGEST_KEY]
    found = []
    for part in SEPARATORS.split(EXTENSION.sub(' ', text)):
        found += [number for piece in _pieces(part) if (number := _phone_number(piece))]
    return list(dict.fromkeys(found))


def _pieces(part):
    """Split what spaces alone separate: 0532-88881234 13800004321, but not +86 532 8888 1234."""
    if len(re.sub(r'\D', '', part)) <= 14:
        return [part]
    pieces, piece = [], ''
    for group in part.split():
        piece = f'{piece} {group}' if piece else group
        digits = _national(piece)[0]
        if MOBILE.fullmatch(digits) or (len(digits) >= 10 and LANDLINE.fullmatch(digits)):
            pieces.append(piece)
            piece = ''
    return [*pieces, piece]


def _national(text):
    """Return a number's digits without country code 86 and leading zeros, whether it names its area or country code 86,
    and whether it names another country.
    """
    digits = re.sub(r'\D', '', text)
    foreign = bool(re.match(r'\s*(?:\+|00)(?!86)\d', text.replace(' ', '')))
    bare = digits.removeprefix('00') if digits.startswith('00') else digits
    if bare.startswith('86') and (len(bare) >= 12 or re.match(r'\s*\+', text)):
        return bare[2:].lstrip('0'), True, False
    return bare.lstrip('0'), bare.startswith('0'), foreign


def _phone_number(text):
    text = text.strip()
    group = SHORT_LAST_GROUP.match(text)
    # 0532-88881234-801: what is a whole number without its last group has an extension
    if group and not MOBILE.fullmatch(_national(text)[0]):
        before, with_area, _foreign = _national(group[1])
        if MOBILE.fullmatch(before) or (with_area and LANDLINE.fullmatch(before)) or (
            not with_area and len(before) in (7, 8)
        ):
            text = group[1]
    digits, with_area, foreign = _national(text)
    if len(digits) < SHORTEST_PHONE:
        return None
    landline = LANDLINE.fullmatch(digits)
    if MOBILE.fullmatch(digits) or foreign:
        return digits[-10:], ''
    if landline and (with_area or len(digits) > 8):
        return digits, landline[2]
    if len(digits) > 8:
        return digits[-10:], ''
    return '', digits


def phone_keys(text):
    """Return the keys under which a phone field is stored, and those it is searched by."""
    stored, searched = [], []
    for whole, local in phone_numbers(text):
        if whole:
            stored.append(f'F{whole}')
            searched.append(f'F{whole}')
            if local:
                stored.append(f'L{local}')
                searched.append(f'N{local}')
        else:
            stored.append(f'N{local}')
            searched += [f'N{local}', f'L{local}']
    return stored, searched


def match_keys(name, vat, phone):
    """Return what is stored of a customer to compare others with: its keys, and a trade name that may be mistyped.

    :return: pair of texts, each may be None
    """
    parsed = company_names.parse(name)
    same, similar = company_names.keys(parsed)
    found = [f'E{same}'] if same else []
    found += similar + vat_keys(vat)[0] + phone_keys(phone)[0]
    stored = ' '.join(dict.fromkeys(key for key in found if len(key) <= LONGEST_KEY))
    return stored or None, company_names.typed(parsed)[:LONGEST_KEY] or None


class Probe:
    """A customer that may be known already, with the keys to look for."""

    def __init__(self, name, vat, phones):
        self.name = company_names.parse(name)
        same, similar = company_names.keys(self.name)
        self.ranks = dict.fromkeys(similar, SIMILAR_NAME)
        self.ranks.update({key: SAME_PHONE for phone in phones if phone for key in phone_keys(phone)[1]})
        self.ranks.update(dict.fromkeys(vat_keys(vat)[1], SAME_VAT))
        if same:
            self.ranks[f'E{same}'] = SAME_NAME
        self.ranks = {key: rank for key, rank in self.ranks.items() if len(key) <= LONGEST_KEY}

    def rank(self, key, name):
        """Return why a customer found by a key may be this one, or None.

        :param str key: empty for one whose trade name resembles this one's
        :param str name: the found customer's
        """
        rank = self.ranks.get(key, SIMILAR_NAME)
        if rank == SIMILAR_NAME and not company_names.alike(self.name, company_names.parse(name)):
            return None
        return rank


def find(env, probes):
    """Find customers like those described, with one query for all.

    Access isn't checked: the caller must only show what the user may read.

    :param probes: list of (name, vat, list of phone numbers), each may be empty
    :return: for each probe a dict of commercial partner id → the strongest of SAME_VAT, SAME_NAME, SAME_PHONE,
        SIMILAR_NAME; strongest first
    """
    if not probes:
        return []
    env['res.partner'].flush_model([
        'name', 'commercial_partner_id', 'tianyuan_match_keys', 'tianyuan_match_brand',
    ])
    probes = [Probe(*probe) for probe in probes]
    found = [{} for _probe in probes]
    for number, key, partner_id, name in env.execute_query(_query(env, probes)):
        rank = probes[number].rank(key, name)
        if rank:
            found[number][partner_id] = min(rank, found[number].get(partner_id, rank))
    return [dict(sorted(ranks.items(), key=lambda item: (item[1], item[0]))) for ranks in found]


def _query(env, probes):
    """Return the query for candidates; which of those with a similar name are alike is told in Python."""
    keys = [(number, key, rank) for number, probe in enumerate(probes) for key, rank in probe.ranks.items()]
    query = SQL(
        """
        SELECT given.number, given.key, found.partner_id, found.name
          FROM unnest(%(numbers)s::int[], %(keys)s::text[], %(names)s::bool[]) AS given(number, key, is_name)
         CROSS JOIN LATERAL (
            SELECT p.commercial_partner_id AS partner_id, p.name
              FROM res_partner p
             WHERE %(column)s @> ARRAY[given.key]
               AND (p.commercial_partner_id = p.id OR NOT given.is_name)
             LIMIT %(limit)s
         ) found
        """,
        numbers=[number for number, _key, _rank in keys], keys=[key for _number, key, _rank in keys],
        names=[rank in (SAME_NAME, SIMILAR_NAME) for _number, _key, rank in keys],
        column=SQL(KEYS.replace('tianyuan', 'p.tianyuan')), limit=KEY_LIMIT,
    )
    if not env.registry.has_trigram:
        return query
    brands = [
        (number, brand) for number, probe in enumerate(probes) if (brand := company_names.typed(probe.name))
    ]
    return SQL(
        """
        %(query)s
         UNION ALL
        SELECT given.number, '', found.id, found.name
          FROM unnest(%(numbers)s::int[], %(brands)s::text[]) AS given(number, brand)
         CROSS JOIN LATERAL (
            SELECT p.id, p.name
              FROM res_partner p
             WHERE p.tianyuan_match_brand %% given.brand
               AND p.commercial_partner_id = p.id
             ORDER BY similarity(p.tianyuan_match_brand, given.brand) DESC
             LIMIT %(limit)s
         ) found
        """,
        query=query, numbers=[number for number, _brand in brands], brands=[brand for _number, brand in brands],
        limit=LIMIT,
    )


def among(probes):
    """Find which of those described are like an earlier one of them, such as rows of a file.

    :param probes: as for :func:`find`
    :return: for each probe None or a pair of the number of the first one like it and the strongest reason
    """
    earlier, names, result = defaultdict(list), [], []
    for number, (name, vat, phones) in enumerate(probes):
        probe = Probe(name, vat, phones)
        names.append(name)
        # Slips of a trade name stand in for the trigrams of the database.
        typed = {f'S{slip}' for slip in company_names.slips(company_names.typed(probe.name))} - {'S'}
        found = [
            (rank, other) for key in (*probe.ranks, *typed) for other in earlier[key]
            if (rank := probe.rank(key if key in probe.ranks else '', names[other]))
        ]
        rank, other = min(found, default=(None, None))
        result.append(None if rank is None else (other, rank))
        stored = (match_keys(name, vat, None)[0] or '').split()
        stored += [key for phone in phones if phone for key in phone_keys(phone)[0]]
        for key in {*stored, *typed}:
            if len(earlier[key]) < LIMIT:
                earlier[key].append(number)
    return result
