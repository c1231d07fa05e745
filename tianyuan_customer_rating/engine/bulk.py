"""Writes new rating sheets and their lines without the ORM; no other module does that.

A run creates ten rows for every customer. The ORM has a third of the database's speed, so the rows are written with
COPY. What ``create`` does otherwise is done here or by the caller:

- access: callers check who may rate and use ``sudo``, as for the ORM;
- values: :class:`~.sheets.SheetWriter` sets every stored field, computed ones included, by the same scoring rules;
  columns get what the ORM would write, ids come from the tables' own sequences;
- constraints: those of the database apply as always; the caller checks the quarter and the customer;
- messages: none. Sheets made by the ORM have no tracking, log or followers either: a creation note on each of a
  hundred thousand sheets has no use, and the run itself is logged;
- cache: pending changes are flushed first, and the cache is invalidated afterwards.

If another module extends the sheets (a stored field, an automation rule on creation), the ORM writes them: see
:func:`can_insert`.
"""

import io

from odoo.tools import SQL, float_repr

SHEET_FIELDS = frozenset({
    'partner_id', 'company_id', 'currency_id', 'scheme_id', 'run_id', 'confirmed_by_id', 'annual_year', 'tier_id',
    'previous_rating_id', 'previous_tier_id', 'name', 'channel', 'kind', 'state', 'customer_class', 'tier_change',
    'date_from', 'date_to', 'due_by_hand_on', 'score', 'sales_score', 'finance_score', 'annual_purchase',
    'score_change', 'sales_done', 'finance_done', 'has_bad_debt', 'is_major_account', 'computed_on', 'confirmed_on',
    'books_changed', 'former_score', 'bad_debt_amount', 'bad_debt_date', 'origin', 'import_id',
})
LINE_FIELDS = frozenset({
    'rating_id', 'company_id', 'partner_id', 'sequence', 'indicator_id', 'category_id', 'level_id', 'assessor_id',
    'responsibility', 'source', 'origin', 'note', 'metric_value', 'max_points', 'computed_points', 'points',
    'has_value', 'assessed_on',
})
OWN_FIELDS = {'tianyuan.rating': SHEET_FIELDS, 'tianyuan.rating.line': LINE_FIELDS}
LOG_FIELDS = frozenset({'id', 'create_uid', 'create_date', 'write_uid', 'write_date'})
# In COPY's text format, backslash starts an escape, and the other three would end a column or row.
ESCAPES = str.maketrans({'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'})


def can_insert(env):
    """Return whether sheets have only the fields known here, and no automation runs on their creation."""
    return all(can_copy(env[model], known) for model, known in OWN_FIELDS.items())


def can_copy(records, known):
    """Return whether a model has only the known stored fields, and no automation runs on creation."""
    stored = {name for name, field in records._fields.items() if field.store and field.column_type}
    # Automation rules patch ``create`` and keep the original in ``origin``.
    return stored - LOG_FIELDS == known and not hasattr(type(records).create, 'origin')


def insert_sheets(env, sheets):
    """Insert new sheets with their lines.

    :param env: environment with the rights to write them, and with the sheets' company
    :param sheets: list of tuples of a sheet's values and the list of its lines' values (dicts as for ``create``, all
        sheets and all lines with the same keys; missing fields are empty)
    :return: the ``tianyuan.rating`` sheets
    """
    Rating, Line = env['tianyuan.rating'], env['tianyuan.rating.line']
    if not sheets:
        return Rating
    env.flush_all()
    ids = [sheet_id for [sheet_id] in env.execute_query(SQL(
        "SELECT nextval('tianyuan_rating_id_seq') FROM generate_series(1, %s)", len(sheets),
    ))]
    _copy(Rating, [{**vals, 'id': sheet_id} for sheet_id, (vals, _lines) in zip(ids, sheets, strict=True)])
    # The related fields company and customer are copied from the sheet.
    _copy(Line, [
        {**line, 'rating_id': sheet_id, 'company_id': vals['company_id'], 'partner_id': vals['partner_id']}
        for sheet_id, (vals, lines) in zip(ids, sheets, strict=True) for line in lines
    ])
    env.invalidate_all(flush=False)
    return Rating.browse(ids)


def copy_rows(records, rows):
    """Insert new rows of one model with COPY, and invalidate the model's cache.

    :param records: a model for which :func:`can_copy` is true, with the rights to write it
    :param rows: list of values, all with the same keys
    """
    records.env.flush_all()
    _copy(records, rows)
    records.env.invalidate_all(flush=False)


def _copy(records, rows):
    """Insert rows with the same keys into a model's table."""
    if not rows:
        return
    names = list(rows[0])
    log = {'create_uid': records.env.uid, 'write_uid': records.env.uid}
    log |= dict.fromkeys(('create_date', 'write_date'), records.env.cr.now())
    tail = ''.join(f'\t{_text(value)}' for value in log.values()) + '\n'
    columns = zip(*(_column(records, name, [row[name] for row in rows]) for name in names), strict=True)
    data = io.StringIO(tail.join(map('\t'.join, columns)) + tail)
    target = SQL("COPY %s (%s) FROM STDIN", SQL.identifier(records._table), SQL(", ").join(
        SQL.identifier(name) for name in (*names, *log)
    ))
    records.env.cr.copy_expert(target.code, data)


def _column(records, name, values):
    """Return the values of one field in COPY's text format. Repeated values are formatted once."""
    field = records._fields[name]
    if field.type == 'boolean':
        words = {True: 't', False: 'f'}
    elif field.type == 'float':    # already rounded by the scoring rules
        digits = field.get_digits(records.env)[1]
        words = {value: f'{value:.{digits}f}' for value in set(values)}
    elif field.type == 'monetary':
        currency = records.env.company.currency_id
        words = {value: float_repr(currency.round(value), currency.decimal_places) for value in set(values)}
    else:
        words = {value: '\\N' if value is False or value is None else _text(value) for value in set(values)}
    return [words[value] for value in values]


def _text(value):
    return str(value).translate(ESCAPES)
