"""The one place that writes new rating sheets and their lines past the ORM.

A run makes ten rows for every customer. The ORM writes them at a third of the speed of the database, so the
rows are copied into the tables instead. What ``create`` does besides writing is done here or by the caller:

- access: callers check who may rate and pass ``sudo``, as for the ORM;
- values: :class:`~.sheets.SheetWriter` gives every stored field a value, computed ones included, by the same
  scoring rules; columns get what the ORM would write, ids come from the tables' own sequences;
- checks: those of the database apply as always; the quarter and the customer are checked by the caller;
- messages: none. The ORM path makes sheets with tracking, log and followers switched off too: a creation note on
  each of a hundred thousand sheets tells nobody anything, and the run itself is logged;
- cache: pending changes are written before, and what was cached is read anew afterwards.

Where somebody has added to the sheets (a stored field of another addon, an automation rule on creation), the
ORM writes them: see :func:`can_insert`.
"""

import io

from odoo.tools import SQL, float_repr

SHEET_FIELDS = frozenset({
    'partner_id', 'company_id', 'currency_id', 'scheme_id', 'run_id', 'confirmed_by_id', 'annual_year', 'tier_id',
    'previous_rating_id', 'previous_tier_id', 'name', 'channel', 'kind', 'state', 'customer_class', 'tier_change',
    'date_from', 'date_to', 'due_by_hand_on', 'score', 'sales_score', 'finance_score', 'annual_purchase',
    'score_change', 'sales_done', 'finance_done', 'has_bad_debt', 'is_major_account', 'computed_on', 'confirmed_on',
    'books_changed', 'former_score',
})
LINE_FIELDS = frozenset({
    'rating_id', 'company_id', 'partner_id', 'sequence', 'indicator_id', 'category_id', 'level_id', 'assessor_id',
    'responsibility', 'source', 'origin', 'note', 'metric_value', 'max_points', 'computed_points', 'points',
    'has_value', 'assessed_on',
})
OWN_FIELDS = {'tianyuan.rating': SHEET_FIELDS, 'tianyuan.rating.line': LINE_FIELDS}
LOGGED = frozenset({'id', 'create_uid', 'create_date', 'write_uid', 'write_date'})
# a backslash begins an escape in COPY's text format; these four would end a column or a row
ESCAPES = str.maketrans({'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'})


def can_insert(env):
    """Whether the sheets are stored as this file knows them, and nothing else waits for their creation."""
    return all(can_copy(env[model], known) for model, known in OWN_FIELDS.items())


def can_copy(records, known):
    """Whether a model's stored fields are those known, and no automation waits for new rows."""
    stored = {name for name, field in records._fields.items() if field.store and field.column_type}
    # automation rules put their own ``create`` in front of the original
    return stored - LOGGED == known and not hasattr(type(records).create, 'origin')


def insert_sheets(env, sheets):
    """Write new sheets with their lines.

    :param env: with the rights to write them; its company is that of the sheets
    :param sheets: list of tuples of the values of a sheet and the list of those of its lines (dicts as for
        ``create``, all fields of a kind with the same keys; what is left out is empty)
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
    # the company and the customer of a line are those of its sheet
    _copy(Line, [
        {**line, 'rating_id': sheet_id, 'company_id': vals['company_id'], 'partner_id': vals['partner_id']}
        for sheet_id, (vals, lines) in zip(ids, sheets, strict=True) for line in lines
    ])
    env.invalidate_all(flush=False)
    return Rating.browse(ids)


def copy_rows(records, rows):
    """Copy new rows of one model into its table; what was cached of it is read anew.

    :param records: a model for which :func:`can_copy` holds, with the rights to write it
    :param rows: list of values, all with the same keys
    """
    records.env.flush_all()
    _copy(records, rows)
    records.env.invalidate_all(flush=False)


def _copy(records, rows):
    """Copy rows with the same keys into a model's table."""
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
    """Values of one field as text. The same few fill most columns, so each is put into words once."""
    field = records._fields[name]
    if field.type == 'boolean':
        words = {True: 't', False: 'f'}
    elif field.type == 'float':    # the scoring rules have rounded them
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
