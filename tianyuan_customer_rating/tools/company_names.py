"""Takes the names of companies apart: place, trade name (字号), trades, legal form.

A Chinese name is made of these four: 山东 天元 化工 有限公司; the place may come in brackets. The trade name tells
companies apart, so names are never alike because of the other three.
"""
import re
import unicodedata
from collections import namedtuple
from functools import cache, lru_cache

import opencc

from . import company_words as words

SAME, SIMILAR = 'same', 'similar'
SHORTEST_TYPED = 5    # characters of a trade name in which one may be mistyped; of shorter ones each makes another
SHORTEST_LATIN = 6
SHORTEST_ALONE = 3    # characters of a trade name that names a company without its trades
HAN = re.compile('[\u3400-\u9fff\uf900-\ufaff]')
LONGEST_NAME = 200    # characters; the rest of a longer text isn't looked at
SYLLABLE = re.compile(
    r'(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:iang|iong|uang|[aeio]ng|ia[no]|ua[ni]|[ae]i|[ao][ou]|[aeiu]n|i[aeu]|'
    r'u[aeio]|er|[aeiu])|[bpmfwy]?o',
)
LONGEST_SYLLABLE = 6
NUMERALS = re.compile('[0-9一二三四五六七八九十百零两甲乙丙丁]')
LATIN_OF_BILINGUAL = re.compile(
    r"[a-z][a-z0-9 .,&'()-]*\b(?:co|ltd|limited|inc|llc|gmbh|corp|corporation)\b[ .,()]*$",
)
FORMER_NAME = re.compile(r'\((?:原名|原|曾用名|简称|曾用|以下简称)[^)]*\)')
# Districts, counties and towns that aren't in the list: behind another place, or in front.
AUTONOMOUS = r'(?:[^\W族]{1,3}族)+自治[县州旗]|自治[县州旗]'
COUNTY = re.compile(rf'\w{{1,4}}?(?:{AUTONOMOUS}|[县旗]|(?<=\w\w)[市区])')
FIRST_COUNTY = re.compile(rf'\w{{2,3}}?(?:{AUTONOMOUS})|\w{{1,2}}?县|\w{{2,3}}?市')
COUNTY_SUFFIX = re.compile(rf'(?:{AUTONOMOUS}|[县州旗市区])$')
NO_COUNTY = re.compile(r'.*(?:[城都超门夜集股街]市|[社园片校小]区)')
NO_SUFFIX = re.compile('市场|市政|区块|州际|省心|旗舰|旗帜')    # 北京市政 isn't of 北京市
NATIONS = ('中国', '中华')
OWN_FORM = re.compile('股份有限公司|有限责任公司|有限公司')    # of the company in its branch's name
BRACKETS = str.maketrans('[]{}〔〕【】', '()' * 4)

Name = namedtuple('Name', ['same', 'brand', 'trades', 'places', 'written', 'latin', 'glued'])
Name.__doc__ = """What a company's name says.

``same``: equal in names that differ in nothing but legal form, width, spaces, brackets and the place's suffix.
``brand``: the trade name. ``trades``: tuple of what it does. ``places``: tuple of places in order of the alphabet,
without provinces of those. ``written``: set of all places. ``latin``: whether the name is in Latin letters. ``glued``:
of a name with a county that isn't in the list the name read as if the county were part of the trade name, which others
write without 县 or 区; else None.
"""
NOTHING = Name('', '', (), (), frozenset(), False, None)


@cache
def _simplifier():
    return opencc.OpenCC('t2s')


@cache
def _provinces():
    """Return a dict of place → its province; a province's is itself."""
    return {
        **{place: province for province, places in words.PLACES.items() for place in places},
        **{province: province for province in words.PLACES},
    }


@cache
def _lengths(kind):
    """Return the lengths of a list's words, longest first."""
    return sorted({len(word) for word in _list(kind)}, reverse=True)


@cache
def _list(kind):
    return {
        'trades': frozenset(words.TRADES), 'legal': frozenset(words.LEGAL_FORMS), 'kin': frozenset(words.KIN_FORMS),
        'places': frozenset(_provinces()), 'suffixes': frozenset(words.PLACE_SUFFIXES), 'zones': frozenset(words.ZONES),
    }[kind]


def _begins(text, kind):
    """Return the longest word of a list with which a text begins, or an empty text."""
    found = _list(kind)
    return next((text[:size] for size in _lengths(kind) if text[:size] in found), '')


def _ends(text, kind):
    found = _list(kind)
    return next((text[-size:] for size in _lengths(kind) if text[-size:] in found), '')


def is_generic(brand):
    """Return whether a word is a trade, and names nobody."""
    return brand in _list('trades')


@lru_cache(maxsize=5000)
def parse(name):
    """Take a name apart.

    :param str name: as somebody has written it
    :rtype: Name
    """
    text = unicodedata.normalize('NFKC', (name or '')[:LONGEST_NAME]).casefold().translate(BRACKETS)
    if not text.strip():
        return NOTHING
    if HAN.search(text):
        return _parse_chinese(_simplifier().convert(text))
    return _parse_latin(text)


def _parse_chinese(text):
    text = FORMER_NAME.sub('', text)
    without_latin = LATIN_OF_BILINGUAL.sub('', text)
    text = without_latin if HAN.search(without_latin) else text
    bracketed, parts, kin = [], [], ''
    for number, part in enumerate(re.split(r'[()]', text)):
        part = re.sub(r'[\W_]', '', part)
        found, rest = _leading_places(part, in_brackets=True) if number % 2 else ([], part)
        if found and not rest:
            bracketed += found
        elif number % 2 and part in _list('kin'):
            kin = part
        elif not (number % 2 and part in _list('legal')):
            parts.append(part)
    leading, text = _leading_places(''.join(parts))
    text, ending, trailing = _without_forms(text)
    if ending:
        text = OWN_FORM.sub('', text)
    ending = kin + ending
    places = bracketed + leading + trailing
    counties = ''.join(place for place in places if place not in _provinces())
    listed = [place for place in places if place in _provinces()]
    same = '/'.join(_canonical(listed)) + '/' + counties + text + ending
    if '中国' in listed or text.startswith('中国'):
        long = f'中国{text}' if '中国' in listed else text
        for full, short in words.ALIASES:
            if long.startswith(full):
                text = short + long[len(full):]
                listed, places = ([place for place in of if place != '中国'] for of in (listed, places))
                break
    brand, trades = _trades(text)
    glued = Name(same, counties + brand, trades, _canonical(listed), frozenset(listed), False, None)
    return Name(
        same, brand, trades, _canonical(places), frozenset(places), False, glued if counties and brand else None,
    )


def _leading_places(text, in_brackets=False):
    """Return the places with which a text begins, and the rest.

    :param bool in_brackets: the text may be a place altogether
    """
    places = []
    while text:
        zone = _begins(text, 'zones') if places else ''
        if zone:
            text = text[len(zone):]
            continue
        place = _begins(text, 'places')
        size = len(place)
        if place:
            autonomous = re.match(AUTONOMOUS, text[size:])
            suffix = autonomous[0] if autonomous else _begins(text[size:], 'suffixes')
            if suffix and not NO_SUFFIX.match(text[size:]):
                size += len(suffix)
            elif places and not _is_within(place, places[-1]):
                place = ''    # such as 上海朝阳: a place elsewhere is the trade name
        if not place:
            county = (COUNTY if places else FIRST_COUNTY).match(text)
            if not county or NO_COUNTY.match(county[0]) or (len(text) - len(county[0]) < 2 and not in_brackets):
                break
            size = len(county[0])
            stem = COUNTY_SUFFIX.sub('', county[0])
            place = stem if len(stem) > 1 else county[0]
        places.append(place)
        text = text[size:]
    return places, text


def _is_within(place, before):
    """Return whether a place without its suffix can stand behind another one: it is a town there."""
    province = _provinces()[place]
    return before in NATIONS or (province != place and province == _provinces().get(before))


def _without_forms(text):
    """Return a text without the forms at its end, those that tell companies apart, and places between."""
    ending, places = '', []
    while True:
        form, kin = _ends(text, 'legal'), _ends(text, 'kin')
        if len(kin) > len(form):    # such as 分公司, which ends with 公司
            if len(text) - len(kin) < 2:
                break
            text, ending = text[:-len(kin)], kin + ending
        elif form:
            text = text[:-len(form)]
        else:
            place = _ends(text, 'places')
            before = text[:-len(place)]
            if not place or len(before) < 3 or not (_ends(before, 'trades') or _ends(before, 'legal')):
                break
            places.append(place)
            text = before
    return text, ending, places


def _canonical(places):
    """Return places without the provinces of others, in order."""
    provinces = _provinces()
    return tuple(sorted(
        set(places) - {provinces[place] for place in places if provinces.get(place, place) != place}
    ))


def _trades(text):
    """Return the trade name, and the trades after it in the order of the name, as people also say them."""
    trades, brand = [], text
    while brand:
        trade = next((
            brand[-size:] for size in _lengths('trades')
            if brand[-size:] in _list('trades') and len(brand) - size != 1    # a trade name has two letters at least
        ), '')
        if not trade:
            break
        brand = brand[:-len(trade)]
        trades.insert(0, trade)
    return brand, tuple(dict.fromkeys(word for trade in trades for word in _spoken(trade)))


@cache
def _spoken(trade):
    """Return a trade as people also say it, word by word."""
    trade = words.SAME_TRADE.get(trade, trade)
    for size in range(2, len(trade) - 1):
        if is_generic(trade[:size]) and is_generic(trade[size:]):
            return _spoken(trade[:size]) + _spoken(trade[size:])
    return (trade,)


def _parse_latin(text):
    text = re.sub(r"['’`]", '', re.sub(r'\b(\w)\.(?=\w\b)', r'\1', text))    # Int'l, L.L.C.
    text = re.sub(r'\bhong kong\b', 'hk', text)
    found = re.findall(r'[^\W_]+', text)
    kept, places = [], []
    for word in found:
        if word in words.LATIN_PLACES:
            places.append(word)
        elif word not in words.LATIN_LEGAL_FORMS and not (word in words.LATIN_PLACE_WORDS and places):
            kept.append(word)
    if not kept:    # such as China Limited
        kept, places = places or found, []
    places = tuple(sorted(set(places)))
    trades = tuple(dict.fromkeys(
        words.LATIN_SAME_TRADE[word] for word in kept if word in words.LATIN_SAME_TRADE
    ))
    brand = ''.join(
        word for word in kept
        if word not in words.LATIN_SAME_TRADE and word not in (*words.LATIN_KIN_FORMS, *words.LATIN_FILLERS)
    )
    return Name('/'.join(places) + '/' + ''.join(kept), brand, trades, places, frozenset(places), True, None)


def keys(name):
    """Return the texts of which companies with the same name share the first, and those with similar ones another.

    :param Name name: parsed
    :return: tuple of the key of the same name and a list of keys of similar ones, each may be empty
    """
    if not name.brand or is_generic(name.brand):
        return name.same.lstrip('/'), []
    return name.same, [
        key for reading in _readings(name) for key in (
            f"T{reading.brand}/{'+'.join(sorted(reading.trades))}", f"P{reading.brand}/{'+'.join(reading.places)}",
        )
    ]


def _readings(name):
    return (name, name.glued) if name.glued else (name,)


def typed(name):
    """Return the trade name if a single letter of it may be a typing error, else an empty text.

    It has to be long, and no pinyin, where each letter makes another name: Huajin, Huaxin.
    """
    long_enough = len(name.brand) >= (SHORTEST_LATIN if name.latin else SHORTEST_TYPED)
    return name.brand if long_enough and not is_pinyin(name.brand) and not is_generic(name.brand) else ''


def is_pinyin(text):
    """Return whether a text is a row of pinyin syllables.

    Syllable by syllable: one expression for all of them would try each way to divide a long text.
    """
    ends = {0}
    for start in range(len(text)):
        if start in ends:
            longest = min(start + LONGEST_SYLLABLE, len(text))
            ends |= {end for end in range(start + 1, longest + 1) if SYLLABLE.fullmatch(text, start, end)}
    return bool(text) and len(text) in ends


def alike(name, other):
    """Return whether two names are the same, or similar, or neither.

    Similar are names that differ in one of place, trades and a mistyped letter; the one only says less than the other.

    :return: SAME, SIMILAR or None
    """
    if not name.same.strip('/') or not other.same.strip('/'):
        return None
    if name.same == other.same:
        return SAME
    if not name.brand or not other.brand or is_generic(name.brand) or name.latin != other.latin:
        return None
    similar = any(_similar(one, two) for one in _readings(name) for two in _readings(other))
    return SIMILAR if similar else None


def _similar(name, other):
    same_trades = sorted(name.trades) == sorted(other.trades)
    same_places = name.places == other.places
    names_enough = len(name.brand) >= (SHORTEST_LATIN if name.latin else SHORTEST_ALONE)
    if name.brand != other.brand:
        return same_trades and same_places and mistyped(name, other)
    if same_trades:
        one_says_less = name.written <= other.written or other.written <= name.written
        return same_places or (one_says_less and (name.trades or names_enough))
    fewer, more = sorted((name.trades, other.trades), key=len)
    return same_places and more[:len(fewer)] == fewer and (fewer or names_enough)


def mistyped(name, other):
    """Return whether one trade name is the other with a letter missing, added, wrong or misplaced; no number."""
    one, two = typed(name), typed(other)
    if not one or not two or abs(len(one) - len(two)) > 1:
        return False
    if NUMERALS.findall(one) != NUMERALS.findall(two):
        return False
    if not name.latin and one[:2] != two[:2]:
        return False
    return not slips(one).isdisjoint(slips(two))


def slips(brand):
    """Return a trade name with each of its letters left out, and whole."""
    return {brand, *(brand[:place] + brand[place + 1:] for place in range(len(brand)))}
