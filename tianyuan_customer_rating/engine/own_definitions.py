"""What a company's own indicators are computed from, and what such a definition may use.

A definition is entered without code: names of fields, and filters that are domains. A filter is read with
``ast.literal_eval`` only and never evaluated, and may only use values and fields that make its result the same whoever
computes it, and whenever.
"""

import ast
import math
import re
from datetime import datetime
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.roles import ROLES
from .accounts import with_branches

FIELD, RECORDS = 'own_field', 'own_records'
OWN_METRICS = (FIELD, RECORDS)
# Read only for schemes that have it: it looks into the payments once more.
EARLY = 'early_payment_rate'

NUMBER_TYPES = ('integer', 'float', 'monetary')
DATE_TYPES = ('date', 'datetime')
# What can be told apart when different values are counted.
DISTINCT_TYPES = ('many2one', 'char', 'selection', 'integer', 'date')

# The field that a measure reads, as the types that it may have.
MEASURED_TYPES = {
    'count_distinct': DISTINCT_TYPES, 'sum': NUMBER_TYPES, 'average': NUMBER_TYPES, 'share_sum': NUMBER_TYPES,
}
SHARES = ('share_count', 'share_sum')

# Discussions, technical records and personal data: nothing that a rating may be made from.
REFUSED_PREFIXES = ('base.', 'base_', 'bus.', 'digest.', 'discuss.', 'fetchmail.', 'ir.', 'iap.', 'mail.', 'privacy.',
                    'publisher_warranty.', 'report.', 'res.config', 'res.groups', 'res.users', 'sms.', 'web_', 'web.')
REFUSED_MODELS = frozenset({
    'res.partner', 'res.partner.bank', 'res.company', 'tianyuan.contact.profile', 'tianyuan.personal.erasure',
    'tianyuan.archive.access.log', 'tianyuan.archive.access.head', 'tianyuan.archive.file',
})
# What follows from ratings: an indicator made from it would rate its own result.
RESULT_MODELS = re.compile(r'tianyuan\.(rating|watch|class)(\.|$)')
RESULT_FIELDS = frozenset({
    'tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account',
})
# A filter may lead through customers, companies and sheets, although none of them is counted.
PASSED_MODELS = frozenset({'res.partner', 'res.company'})

# Groups whose members include everybody who reads sheets.
READERS = {ROLES, 'base.group_user'}

OPERATORS = frozenset({
    '=', '!=', '<', '>', '<=', '>=', 'in', 'not in', 'like', 'not like', 'ilike', 'not ilike', '=like', '=ilike',
    'not =like', 'not =ilike', 'child_of', 'parent_of', 'any', 'not any',
})
COMPARISONS = frozenset({'<', '>', '<=', '>='})
# What Odoo raises for a filter that it can't turn into a query.
UNUSABLE = (ValueError, TypeError, KeyError, AttributeError, NotImplementedError, RecursionError, UserError)
LONGEST_FILTER = 10_000
DEEPEST_PATH = 4


class Definition(NamedTuple):
    """What an own indicator is computed from; the names are those of the indicator's fields."""

    id: int
    metric: str
    own_field: str = ''
    own_zero_is_nothing: bool = True
    own_model: str = ''
    own_partner_path: str = ''
    own_measure: str = ''
    own_measure_field: str = ''
    own_domain: str = ''
    own_base_domain: str = ''
    own_date_field: str = ''
    own_period: str = ''
    own_end_field: str = ''
    own_end_included: bool = True
    own_archived: bool = False

    @property
    def key(self):
        """Return the key of the indicator's values beside the seven metrics."""
        return f'{self.metric}:{self.id}'


class DefinitionError(Exception):
    """A definition can't be used; the message says why, in the language of the environment."""


def literal(env, text):
    """Return a filter's domain, read without evaluating anything.

    :param str text: a domain; empty for all records
    :return: list
    :raise DefinitionError: it isn't a list of plain values
    """
    text = (text or '').strip()
    if not text:
        return []
    if len(text) > LONGEST_FILTER:
        raise DefinitionError(env._("The filter is too long."))
    try:
        # Names, calls and sums of texts aren't literals: this refuses them, and executes nothing.
        result = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise DefinitionError(env._(
            "The filter may only contain plain values, such as numbers, texts and fixed dates: what depends on the "
            "user or on today's date would give another number to whoever computes the rating. Filter: %s", text,
        )) from error
    if not isinstance(result, list):
        raise DefinitionError(env._("The filter must be a list of conditions: %s", text))
    return result


def filter_of(env, model, text, check_rights=False):
    """Return a filter as a domain of which every condition is allowed.

    :param str model: model that is filtered
    :param bool check_rights: refuse also what the environment's user can't read
    :return: Domain
    :raise DefinitionError: it isn't allowed
    """
    conditions = literal(env, text)
    try:
        domain = Domain(conditions)
        _check_conditions(env, env[model], domain, check_rights)
        domain.validate(env[model].sudo())
    except DefinitionError:
        raise
    except UNUSABLE as error:
        raise DefinitionError(env._("The filter can't be used: %s", error)) from error
    return domain


def _check_conditions(env, records, domain, check_rights):
    for condition in domain.iter_conditions():
        path, operator, value = condition.field_expr, condition.operator, condition.value
        if operator not in OPERATORS:
            raise DefinitionError(env._("The filter's operator “%s” can't be used.", operator))
        if isinstance(path, int) or path in ('1', '0'):
            continue    # the always true and always false conditions
        field = follow(records, path, check_rights)
        if operator in ('any', 'not any'):
            comodel = _hop(records, field, path, check_rights)
            inner = value if isinstance(value, Domain) else Domain(value)
            _check_conditions(env, comodel, inner, check_rights)
        elif field.type in DATE_TYPES:
            _check_dates(env, field, value)
        else:
            _check_values(env, field, operator, value)


def _check_values(env, field, operator, value):
    """Refuse values that the field can't have: the database would stop with an error when it compares them."""
    values = value if isinstance(value, list | tuple | set) else [value]
    wanted = _accepted(env, field, operator)
    is_comparison = operator in COMPARISONS or 'like' in operator
    for one in values:
        # ``False`` and ``None`` mean that the field is empty.
        is_empty = one is None or one is False
        if (
            is_empty and (is_comparison or not wanted)
            or not is_empty and not isinstance(one, wanted)
            or isinstance(one, str) and '\0' in one
            or isinstance(one, float) and not math.isfinite(one)
        ):
            raise DefinitionError(env._(
                "“%(field)s” can't be compared with “%(value)s”.", field=field._description_string(env), value=one,
            ))


def _accepted(env, field, operator):
    """Return the types of the values with which a field may be compared, beside nothing."""
    if field.relational:
        if is_refused(env, field.comodel_name) and field.comodel_name not in PASSED_MODELS:
            # A text would be looked for in records that no filter may lead to.
            return (int,) if operator in ('=', '!=', 'in', 'not in') and field.type == 'many2one' else ()
        return (int, float) if operator in COMPARISONS else (int, str)
    if field.type in (*NUMBER_TYPES, 'many2one_reference'):
        return () if 'like' in operator else (int, float)
    return (int,) if field.type == 'boolean' else (str,)


def _check_dates(env, field, value):
    """Refuse relative dates such as ``today -7d``, which Odoo would resolve when the rating is computed."""
    for moment in value if isinstance(value, list | tuple | set) else [value]:
        try:
            if moment:
                datetime.fromisoformat(moment)
        except (ValueError, TypeError) as error:
            raise DefinitionError(env._(
                "“%(field)s” may only be compared with a fixed date. A date that moves with today isn't part of the "
                "filter: choose the date and the period below it.", field=field._description_string(env),
            )) from error


def follow(records, path, check_rights=False):
    """Return the field at the end of a path, such as ``order_id.partner_id``.

    :param records: empty recordset of the model where the path begins
    :param bool check_rights: refuse also what the environment's user can't read
    :return: ``odoo.fields.Field``
    :raise DefinitionError: a field doesn't exist, isn't stored, or not everybody who reads ratings may read it
    """
    names = path.split('.')
    if len(names) > DEEPEST_PATH:
        raise DefinitionError(records.env._("“%s” leads through too many records.", path))
    field = None
    for place, name in enumerate(names):
        if place:
            records = _hop(records, field, path, check_rights)
        field = records._fields.get(name)
        _check_field(records, field, path, check_rights)
    return field


def _hop(records, field, path, check_rights):
    """Return the empty recordset that a relational field leads to."""
    env = records.env
    if not field.relational:
        raise DefinitionError(env._("“%s” leads nowhere: only fields with records can be followed.", path))
    comodel = env[field.comodel_name]
    if is_refused(env, comodel._name) and comodel._name not in PASSED_MODELS:
        raise DefinitionError(env._("Indicators can't be made from “%s”.", describe(env, comodel._name)))
    if check_rights and not comodel.has_access('read'):
        raise DefinitionError(env._("You may not read “%s”.", describe(env, comodel._name)))
    return comodel


def _check_field(records, field, path, check_rights):
    env = records.env
    if field is None:
        raise DefinitionError(env._(
            "“%(model)s” has no field “%(field)s” any more.", model=describe(env, records._name), field=path,
        ))
    if _is_result(records, field):
        raise DefinitionError(env._(
            "“%s” follows from ratings, so no rating can be made from it.", field._description_string(env),
        ))
    if field.type in ('properties', 'properties_definition', 'json', 'binary'):
        raise DefinitionError(env._("“%s” can't be used in an indicator.", field._description_string(env)))
    if field.type in ('one2many', 'many2many') and not field.compute:
        pass    # its records are stored
    elif not field.store and not field.related:
        raise DefinitionError(env._(
            "“%s” isn't stored, so it can't be read for many customers at once.", field._description_string(env),
        ))
    elif not field.store:
        follow(records, field.related, check_rights)
    groups = {group.strip() for group in (field.groups or '').split(',') if group.strip()}
    if groups and (not groups & READERS or any(group.startswith('!') for group in groups)):
        raise DefinitionError(env._(
            "“%s” is for certain groups only, and everybody who reads ratings would see it.",
            field._description_string(env),
        ))
    if check_rights and not records._has_field_access(field, 'read'):
        raise DefinitionError(env._("You may not read “%s”.", field._description_string(env)))


def _is_result(records, field):
    """Return whether a field holds, or is taken from, what ratings have made of a customer."""
    while field is not None:
        if records._name == 'res.partner' and field.name in RESULT_FIELDS:
            return True
        if not field.related:
            return False
        *path, name = field.related.split('.')
        for step in path:
            records = records.env[records._fields[step].comodel_name]
        field = records._fields.get(name)
    return False


def is_refused(env, model):
    """Return whether no indicator may be made from a model's records, whoever may read them."""
    return (
        model in REFUSED_MODELS or model.startswith(REFUSED_PREFIXES) or bool(RESULT_MODELS.match(model))
        or model in env['tianyuan.rating.indicator']._own_result_models()
    )


def customer_fields(records):
    """Return the names of a model's fields that lead to a customer."""
    return [
        name for name, field in records._fields.items()
        if field.type == 'many2one' and field.comodel_name == 'res.partner' and field.store
    ]


def company_field(records):
    """Return the field that says which company a record belongs to, or None.

    It may be that of another record, such as ``order_id.company_id``.
    """
    names = [name for name, field in records._fields.items() if _leads_to(field, 'res.company')]
    if 'company_id' in names:
        return 'company_id'
    if names:
        return names[0] if len(names) == 1 else None
    owners = [
        name for name, field in records._fields.items()
        if field.type == 'many2one' and field.store and field.comodel_name not in PASSED_MODELS
        and not is_refused(records.env, field.comodel_name)
        and _leads_to(records.env[field.comodel_name]._fields.get('company_id'), 'res.company')
    ]
    return f'{owners[0]}.company_id' if len(owners) == 1 else None


def _leads_to(field, model):
    return field is not None and field.type == 'many2one' and field.comodel_name == model and field.store


def _check_company(env, records):
    """Refuse records that belong to companies, but of which nobody can tell to which one."""
    # sudo: whether there is such a rule is no secret.
    if not company_field(records) and env['ir.rule'].sudo().search_count([
        ('model_id.model', '=', records._name), ('domain_force', 'like', 'company'),
    ], limit=1):
        raise DefinitionError(env._(
            "“%s” belong to companies, but no single field tells to which one.", describe(env, records._name),
        ))


def can_be_counted(records):
    """Return whether an indicator can be made from a model's records: they are stored, and are of customers."""
    return not (
        records._abstract or records._transient or not records._auto or is_refused(records.env, records._name)
    ) and bool(customer_fields(records))


def describe(env, model):
    """Return a model's name in the user's language."""
    # sudo: shows the name of a model, which is no secret.
    return env['ir.model'].sudo()._get(model).name or model


def check(env, definition, check_rights=False):
    """Check that a definition can be used.

    :param Definition definition: the definition
    :param bool check_rights: refuse also what the environment's user can't read; it is for who writes a definition
    :raise DefinitionError: it can't
    """
    if definition.metric == FIELD:
        _check_number(env, env['res.partner'], definition.own_field, check_rights)
        return
    model = definition.own_model
    if not model:
        raise DefinitionError(env._("Choose the records that the indicator is computed from."))
    if model not in env:
        raise DefinitionError(env._("The records “%s” no longer exist: the app they belong to was removed.", model))
    records = env[model]
    if not can_be_counted(records):
        raise DefinitionError(env._("Indicators can't be made from “%s”.", describe(env, model)))
    if check_rights and not records.has_access('read'):
        raise DefinitionError(env._("You may not read “%s”.", describe(env, model)))
    _check_partner_path(env, records, definition.own_partner_path, check_rights)
    _check_measure(env, records, definition, check_rights)
    _check_period(env, records, definition, check_rights)
    _check_company(env, records)
    for text in (definition.own_domain, definition.own_measure in SHARES and definition.own_base_domain):
        domain = filter_of(env, model, text, check_rights)
        try:
            # sudo: this builds the query, as a run will, and reads nothing.
            records.sudo()._search(domain & Domain(f'{definition.own_partner_path}.commercial_partner_id', 'in', [0]))
        except UNUSABLE as error:
            raise DefinitionError(env._("The filter can't be used: %s", error)) from error


def _check_partner_path(env, records, path, check_rights):
    if not path:
        raise DefinitionError(env._("Choose which field of a record is its customer."))
    field = follow(records, path, check_rights)
    if field.type != 'many2one' or field.comodel_name != 'res.partner':
        raise DefinitionError(env._("“%s” is no customer.", field._description_string(env)))
    names = path.split('.')
    for place in range(1, len(names)):
        passed = follow(records, '.'.join(names[:place]), check_rights)
        if passed.type != 'many2one':
            raise DefinitionError(env._("“%s” leads to several records at once.", passed._description_string(env)))


def _check_measure(env, records, definition, check_rights):
    measure = definition.own_measure
    if not measure:
        raise DefinitionError(env._("Choose what is computed from the records."))
    types = MEASURED_TYPES.get(measure)
    if types == NUMBER_TYPES:
        _check_number(env, records, definition.own_measure_field, check_rights)
    elif types:
        if not definition.own_measure_field:
            raise DefinitionError(env._("Choose the field whose different values are counted."))
        _check_stored(env, records, definition.own_measure_field, types, check_rights)
    if measure == 'days_since' and not definition.own_date_field:
        raise DefinitionError(env._("Choose the date since which the days are counted."))
    if measure == 'days_until' and not definition.own_end_field:
        raise DefinitionError(env._("Choose the last day until which the days are counted."))


def _check_number(env, records, name, check_rights):
    if not name:
        raise DefinitionError(env._("Choose the field with the number."))
    field = _check_stored(env, records, name, NUMBER_TYPES, check_rights)
    if name == 'id' or name.endswith('_id'):
        raise DefinitionError(env._("“%s” is no number that can be rated.", field._description_string(env)))
    if field.type == 'monetary' and not in_company_currency(records, field):
        currency = records._fields.get(currency_field(records, field))
        if currency is None or not currency.store:
            raise DefinitionError(env._("The currency of “%s” isn't stored.", field._description_string(env)))


def _check_stored(env, records, name, types, check_rights):
    """Return one of the model's own stored fields, of one of the types."""
    if '.' in name:
        raise DefinitionError(env._("Choose a field of “%s” itself.", describe(env, records._name)))
    field = follow(records, name, check_rights)
    if field.type not in types or not field.store:
        raise DefinitionError(env._("“%s” isn't stored, or has no such values.", field._description_string(env)))
    return field


def _check_period(env, records, definition, check_rights):
    for name in (definition.own_date_field, definition.own_end_field):
        if name:
            _check_stored(env, records, name, DATE_TYPES, check_rights)
    if definition.own_date_field and not definition.own_period:
        raise DefinitionError(env._("Choose which of the records count by their date."))
    if definition.own_period == 'valid' and not (definition.own_date_field or definition.own_end_field):
        raise DefinitionError(env._("Choose the first or the last day on which a record counts."))


def currency_field(records, field):
    """Return the name of the field with a monetary field's currency, or None."""
    return field.get_currency_field(records)


def in_company_currency(records, field):
    """Return whether a monetary field is always in the currency of the record's company."""
    name = currency_field(records, field)
    currency = records._fields.get(name) if name else None
    return currency is not None and bool(currency.related) and currency.related.endswith('company_id.currency_id')


def company_ids(company):
    """Return the ids of the companies whose records count: the company, its branches, and none."""
    return [*with_branches(company).ids, False]
