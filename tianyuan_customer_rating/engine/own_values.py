"""Computes companies' own indicators for any number of customers, with a few queries for each (design §4).

The records are read with the rights of the system, since a run has no reader: :mod:`.own_definitions` checks a
definition against the rights of whoever writes it. Contacts' records count for their company.
"""

import logging
from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

import psycopg2
from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from .own_definitions import (
    FIELD,
    SHARES,
    UNUSABLE,
    DefinitionError,
    check,
    company_field,
    company_ids,
    currency_field,
    filter_of,
    in_company_currency,
)
from .periods import Quarter
from .purchases import company_timezone, datetime_bounds
from .scoring import VALUE_DECIMALS

_logger = logging.getLogger(__name__)
ONE_YEAR = relativedelta(years=1)


class _Total(NamedTuple):
    """What a measure found for a customer: number of records, and the sum of their numbers."""

    count: int = 0
    amount: float = 0.0


def own_values(env, company, quarter, definition, partner_ids):
    """Return the values of one own indicator, as of the quarter's end where the records have a date.

    :param company: ``res.company``; records of its branches count as its own; amounts are in its currency
    :param Quarter quarter: the quarter being rated, or its part up to a day
    :param Definition definition: of the indicator
    :param partner_ids: ids of commercial partners
    :return: dict of partner id → float rounded to four decimals (half up), or None for no data; all are None if the
        definition can't be used any more
    """
    result = dict.fromkeys(partner_ids)
    try:
        check(env, definition)
    except DefinitionError:
        return result    # the indicator and the sheets' lines say why
    try:
        values = _read(env, company, quarter, definition, list(result))
    except DefinitionError as problem:
        _logger.warning("Indicator %s has no data: %s", definition.id, problem)
        return result
    result.update((partner_id, _rounded(value)) for partner_id, value in values.items() if partner_id in result)
    return result


def _read(env, company, quarter, definition, partner_ids):
    """Return the values of customers; those without data may be left out.

    A run rates everybody without this indicator rather than nobody, so an error of the database is none of the run's.

    :raise DefinitionError: the database can't compute the definition
    """
    reader = _Reader(env, company, quarter, definition, partner_ids)
    try:
        with env.cr.savepoint():
            return reader.customer_numbers() if definition.metric == FIELD else reader.figures()
    except (*UNUSABLE, psycopg2.DataError, psycopg2.ProgrammingError) as error:
        raise DefinitionError(env._("The records can't be read: %s", str(error).strip())) from error


def check_readable(env, definition):
    """Read a definition that passes :func:`~.own_definitions.check` for nobody.

    :param Definition definition: the definition
    :raise DefinitionError: the database can't compute it
    """
    if definition.metric != FIELD:
        company = env.company
        _read(env, company, Quarter.last_complete(company.sudo()._tianyuan_today()), definition, [0])


def records_domain(env, company, quarter, definition, partner_id):
    """Return the domain of the records behind a customer's value; for a share, those of both of its parts.

    :return: Domain
    :raise DefinitionError: the definition can't be used any more
    """
    check(env, definition)
    reader = _Reader(env, company, quarter, definition, [partner_id])
    domain = reader.domain(definition.own_domain)
    return domain | reader.domain(definition.own_base_domain) if definition.own_measure in SHARES else domain


def json_domain(domain):
    """Return a domain as a list that can be sent to a client: with dates as texts."""
    return list(domain.map_conditions(lambda condition: (
        Domain(condition.field_expr, condition.operator, fields.Datetime.to_string(condition.value))
        if isinstance(condition.value, datetime) else
        Domain(condition.field_expr, condition.operator, fields.Date.to_string(condition.value))
        if isinstance(condition.value, date) else condition
    )))


def _rounded(value):
    return None if value is None else float_round(value, precision_digits=VALUE_DECIMALS)


class _Reader:
    """Reads one own indicator."""

    def __init__(self, env, company, quarter, definition, partner_ids):
        self.company = company.sudo().root_id
        # A context of its own: the result may not depend on who computes it, and in which language or time zone.
        self.env = env(su=True, context={
            'allowed_company_ids': self.company.ids, 'tz': company_timezone(self.company),
            'lang': self.company.partner_id.lang or 'en_US', 'active_test': not definition.own_archived,
        })
        self.quarter = quarter
        self.definition = definition
        self.partner_ids = partner_ids

    def customer_numbers(self):
        """Return the numbers of a field of customers; company-dependent ones are the rated company's."""
        name = self.definition.own_field
        partners = self.env['res.partner'].browse(self.partner_ids)
        field = partners._fields[name]
        names = [name]
        to_convert = field.type == 'monetary' and not in_company_currency(partners, field)
        if to_convert:
            names.append(currency_field(partners, field))
        partners.fetch(names)
        rates = self._rates() if to_convert else None
        result = {}
        for partner in partners:
            value = partner[name]
            if to_convert and value:
                value = rates.convert(value, partner[names[1]].id, self.quarter.date_to)
            if value or not self.definition.own_zero_is_nothing:
                result[partner.id] = value
        return result

    def figures(self):
        """Return what the measure gives for each customer; customers without data are left out."""
        definition = self.definition
        measure = definition.own_measure
        if measure == 'days_since':
            return self._days(definition.own_date_field, 'max')
        if measure == 'days_until':
            return self._days(definition.own_end_field, 'min')
        if measure == 'count_distinct':
            return self._zero() | {
                partner.id: count for partner, count in self._grouped(
                    self.domain(definition.own_domain), f'{definition.own_measure_field}:count_distinct')
            }
        totals = self._totals(definition.own_domain)
        if measure == 'average':
            return {partner_id: total.amount / total.count for partner_id, total in totals.items() if total.count}
        number = 'amount' if measure in ('sum', 'share_sum') else 'count'
        # Signed amounts of credit notes are negative: a share of them is one of their sizes.
        size = abs if definition.own_measure_field.endswith('_signed') else float
        if measure not in SHARES:
            return self._zero() | {partner_id: getattr(total, number) for partner_id, total in totals.items()}
        return {
            partner_id: 100 * size(getattr(totals.get(partner_id, _Total()), number)) / whole
            for partner_id, base in self._totals(definition.own_base_domain).items()
            if (whole := size(getattr(base, number)))
        }

    def _zero(self):
        return dict.fromkeys(self.partner_ids, 0.0)

    def domain(self, text):
        """Return the domain of the records that count, of the customers asked for."""
        definition = self.definition
        records = self.env[definition.own_model]
        domain = filter_of(self.env, definition.own_model, text)
        domain &= Domain(f'{definition.own_partner_path}.commercial_partner_id', 'in', self.partner_ids)
        if name := company_field(records):
            domain &= Domain(name, 'in', company_ids(self.company))
        return domain & self._dated()

    def _dated(self):
        definition = self.definition
        end = self.quarter.date_to
        domain = Domain.TRUE
        if definition.own_date_field:
            name = definition.own_date_field
            since = {
                'quarter': self.quarter.date_from, 'year': end + timedelta(days=1) - ONE_YEAR,
            }.get(definition.own_period)
            domain = self._until(name, end)
            if since:
                domain &= self._from(name, since)
            elif definition.own_period == 'valid':
                domain |= Domain(name, '=', False)
        if definition.own_end_field and (definition.own_period == 'valid' or definition.own_measure == 'days_until'):
            name = definition.own_end_field
            last = self._from(name, end if definition.own_end_included else end + timedelta(days=1))
            domain &= last if definition.own_measure == 'days_until' else last | Domain(name, '=', False)
        return domain

    def _is_moment(self, name):
        return self.env[self.definition.own_model]._fields[name].type == 'datetime'

    def _from(self, name, day):
        """Return the domain of what is dated on a day, of the company's time zone, or later."""
        return Domain(name, '>=', datetime_bounds(self.company, (day, day))[0] if self._is_moment(name) else day)

    def _until(self, name, day):
        if self._is_moment(name):
            return Domain(name, '<', datetime_bounds(self.company, (day, day))[1])
        return Domain(name, '<=', day)

    def _grouped(self, domain, *aggregates, by=()):
        """Return the aggregates of the records of each customer, and of what else they are grouped by."""
        customer = f'{self.definition.own_partner_path}.commercial_partner_id'
        return self.env[self.definition.own_model]._read_group(domain, [customer, *by], aggregates)

    def _days(self, name, pick):
        """Return the days between the quarter's end and the last, or the next, date of the records."""
        zone = timezone(company_timezone(self.company))
        result = {}
        for partner, day in self._grouped(self.domain(self.definition.own_domain), f'{name}:{pick}'):
            if not day:
                continue
            if self._is_moment(name):
                day = utc.localize(day).astimezone(zone).date()
            result[partner.id] = abs((self.quarter.date_to - day).days)
        return result

    def _totals(self, text):
        """Return the number of the records, and the sum of their numbers in company currency.

        :return: dict of partner id → :class:`_Total`
        """
        domain = self.domain(text)
        name = self.definition.own_measure_field
        if self.definition.own_measure in ('count', 'share_count'):
            return {partner.id: _Total(count) for partner, count in self._grouped(domain, '__count')}
        records = self.env[self.definition.own_model]
        field = records._fields[name]
        if field.type != 'monetary' or in_company_currency(records, field):
            return {
                partner.id: _Total(count, amount or 0.0)
                for partner, count, amount in self._grouped(domain, f'{name}:count', f'{name}:sum')
            }
        return self._converted(domain, name, currency_field(records, field))

    def _converted(self, domain, name, currency):
        """Return the totals of amounts in several currencies, each converted at the rate of its own day."""
        own = self.company.currency_id.id
        amounts = f'{name}:count', f'{name}:sum'
        date_field = self.definition.own_date_field
        rows = [
            (partner.id, False, self.quarter.date_to, count, amount)
            for partner, count, amount in self._grouped(domain & Domain(currency, 'in', [own, False]), *amounts)
        ]
        foreign = domain & Domain(currency, 'not in', [own, False])
        if date_field:
            rows += [
                (partner.id, unit.id, _day(moment) or self.quarter.date_to, count, amount)
                for partner, unit, moment, count, amount in self._grouped(
                    foreign, *amounts, by=(currency, f'{date_field}:day'))
            ]
        else:
            rows += [
                (partner.id, unit.id, self.quarter.date_to, count, amount)
                for partner, unit, count, amount in self._grouped(foreign, *amounts, by=(currency,))
            ]
        rates = self._rates() if any(unit for _partner, unit, *_rest in rows) else None
        result = defaultdict(_Total)
        for partner_id, unit, day, count, amount in rows:
            converted = rates.convert(amount or 0.0, unit, day) if unit else amount or 0.0
            before = result[partner_id]
            result[partner_id] = _Total(before.count + count, before.amount + converted)
        return result

    def _rates(self):
        return _Rates(self.env, self.company)


def _day(moment):
    """Return the day of a date or of the beginning of a day."""
    return moment.date() if hasattr(moment, 'date') else moment


class _Rates:
    """The rates of all currencies and days, read with one query."""

    def __init__(self, env, company):
        env['res.currency.rate'].flush_model(['currency_id', 'company_id', 'name', 'rate'])
        self.own = company.currency_id.id
        self.days, self.rates = defaultdict(list), defaultdict(list)
        # As Odoo does: a company's own rates before those of all companies.
        for currency_id, day, rate in env.execute_query(SQL(
            """
            SELECT r.currency_id, r.name, r.rate
              FROM res_currency_rate r
             WHERE r.company_id = %(company)s OR (r.company_id IS NULL AND NOT EXISTS (
                       SELECT FROM res_currency_rate own
                        WHERE own.currency_id = r.currency_id AND own.company_id = %(company)s
                   ))
             ORDER BY r.currency_id, r.name
            """, company=company.id,
        )):
            self.days[currency_id].append(day)
            self.rates[currency_id].append(float(rate))

    def _rate(self, currency_id, day):
        """Return the last rate up to a day, else the first one there is, else 1."""
        days = self.days.get(currency_id)
        return self.rates[currency_id][max(bisect_right(days, day) - 1, 0)] if days else 1.0

    def convert(self, amount, currency_id, day):
        """Return an amount in the company's currency."""
        if not currency_id or currency_id == self.own:
            return amount
        return amount / self._rate(currency_id, day) * self._rate(self.own, day)
