"""Finds the customers that a list of earlier ratings names, for all rows with one query.

A customer is found by its archive number (also a former one), its tax ID, or its name; names are compared after
:mod:`~..tools.company_names` has taken away what names are written with differently. Nothing is guessed: what could be
two customers is none.

Access rules aren't applied: the caller is a manager. Customers that another company keeps aren't found, so that nobody
learns of them.
"""
from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL

from ..tools import company_names, duplicates


class Found(NamedTuple):
    """A partner that a row may mean."""

    id: int
    customer_id: int    # the commercial partner
    name: str
    vat: str | None
    number: str | None
    channel: str | None
    active: bool


class Finder:
    """The partners that the rows of a list may mean."""

    def __init__(self, env, company_ids, numbers, vats, names):
        """Read the partners.

        :param company_ids: companies whose customers are found, beside those of no company
        :param set numbers: archive numbers
        :param set vats: tax IDs
        :param set names: names of companies
        """
        self._by_number, self._by_vat, self._by_name = defaultdict(set), defaultdict(set), defaultdict(set)
        partners = self.partners = {}
        keys = {key for vat in vats for key in _vat_key(vat)} | {key for name in names for key in _name_key(name)}
        for kind, text, *values in env.execute_query(self._query(
            env, company_ids, {_small(number) for number in numbers}, keys,
        )):
            partner = Found(*values)
            partners[partner.id] = partner
            if kind == 'number':
                self._by_number[text].add(partner.id)
                continue
            self._by_vat[duplicates.bare_vat(partner.vat)].add(partner.id)
            self._by_name[_same(partner.name)].add(partner.id)

    @staticmethod
    def _query(env, company_ids, numbers, keys):
        env['res.partner'].flush_model([
            'name', 'vat', 'active', 'company_id', 'commercial_partner_id', 'tianyuan_archive_number',
            'tianyuan_channel', 'tianyuan_match_keys',
        ])
        env['tianyuan.archive.number'].flush_model(['number', 'partner_id'])
        columns = SQL(
            "p.id, p.commercial_partner_id, p.name, p.vat, p.tianyuan_archive_number,"
            " p.tianyuan_channel, p.active",
        )
        ours = SQL("(p.company_id IS NULL OR p.company_id = ANY(%s))", list(company_ids))
        return SQL(
            """
            SELECT 'number', LOWER(p.tianyuan_archive_number), %(columns)s
              FROM res_partner p
             WHERE LOWER(p.tianyuan_archive_number) = ANY(%(numbers)s) AND %(ours)s
             UNION ALL
            SELECT 'number', LOWER(n.number), %(columns)s
              FROM tianyuan_archive_number n
              JOIN res_partner p ON p.id = n.partner_id
             WHERE LOWER(n.number) = ANY(%(numbers)s) AND %(ours)s
             UNION ALL
            SELECT 'key', '', %(columns)s
              FROM res_partner p
             WHERE %(keys)s && %(given)s AND %(ours)s
            """,
            columns=columns, ours=ours, numbers=list(numbers), given=list(keys),
            keys=SQL(duplicates.KEYS.replace('tianyuan', 'p.tianyuan')),
        )

    def by_number(self, number):
        """Return the partners with an archive number, which may be a former one."""
        return self._partners(self._by_number, _small(number))

    def by_vat(self, vat):
        """Return the partners with a tax ID."""
        return self._partners(self._by_vat, duplicates.bare_vat(vat))

    def by_name(self, name):
        """Return the partners with a name; one that is written exactly so is preferred to others."""
        found = self._partners(self._by_name, _same(name))
        exact = [partner for partner in found if _small(partner.name) == _small(name)]
        return exact or found

    def _partners(self, index, key):
        return [self.partners[partner_id] for partner_id in sorted(index.get(key, ()))] if key else []


def _small(text):
    return ' '.join((text or '').split()).lower()


def _same(name):
    return company_names.keys(company_names.parse(name))[0]


def _vat_key(vat):
    return duplicates.vat_keys(vat)[0][:1]


def _name_key(name):
    same = _same(name)
    return [f'E{same}'] if same else []
