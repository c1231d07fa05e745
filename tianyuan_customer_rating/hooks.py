import logging

from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, sql

from .tools import dealings, duplicates

_logger = logging.getLogger(__name__)

ADDON = 'tianyuan_customer_rating'

MATCH_COLUMNS = (
    ('res_partner', 'tianyuan_match_keys', 'varchar'), ('res_partner', 'tianyuan_match_brand', 'varchar'),
)
BATCH = 5000

# Tables to empty, in an order in which referring records come before those they refer to.
RATING_TABLES = (
    'tianyuan_class_history', 'tianyuan_rating_run_error', 'tianyuan_rating_line', 'tianyuan_rating',
    'tianyuan_rating_run', 'tianyuan_class_override', 'tianyuan_bad_debt',
    'tianyuan_archive_file', 'tianyuan_archive_destruction_line', 'tianyuan_archive_document',
    'tianyuan_archive_destruction', 'tianyuan_archive_hold',
)


def pre_init_hook(env):
    """Create columns, and store the first deals and what customers are compared by, when the addon is installed.

    The columns get a constant default, and values are stored before the customers' indexes exist, which would slow it
    down.
    """
    make_columns(env, (
        ('res_partner', 'tianyuan_archive_state', "varchar DEFAULT 'none'"),
        ('res_partner', 'tianyuan_archive_completeness', 'int4 DEFAULT 0'),
        ('res_partner', 'tianyuan_first_deal_date', 'date'),
    ))
    note_first_deals(env)
    note_match_keys(env)


def note_match_keys(env):
    """Store what all customers are compared by when duplicates are looked for, without the ORM.

    The extension for mistyped names isn't created here: with it Odoo would also make its own indexes, on large tables.
    """
    if not env.registry.has_trigram:
        _logger.info(
            "The database lacks the extension pg_trgm, so customers with a mistyped name aren't recognised. Create it, "
            "and upgrade this addon.",
        )
    env.flush_all()
    make_columns(env, MATCH_COLUMNS)
    last = 0
    while rows := env.execute_query(SQL(
        "SELECT id, name, vat, phone FROM res_partner WHERE id > %s ORDER BY id LIMIT %s", last, BATCH,
    )):
        found = [(partner_id, *duplicates.match_keys(*values)) for partner_id, *values in rows]
        ids, keys, brands = map(list, zip(*found, strict=True))
        env.cr.execute(SQL(
            """
            UPDATE res_partner p
               SET tianyuan_match_keys = given.keys, tianyuan_match_brand = given.brand
              FROM unnest(%s::int[], %s::text[], %s::text[]) AS given(id, keys, brand)
             WHERE p.id = given.id
            """, ids, keys, brands,
        ))
        last = ids[-1]
    env.invalidate_all()


def make_columns(env, columns):
    """Create columns of large tables that have the same initial value in all records.

    A constant default writes no row, while Odoo would compute and write all records.

    :param columns: triples of table, column and SQL definition
    """
    for table, column, definition in columns:
        if not sql.column_exists(env.cr, table, column):
            sql.create_column(env.cr, table, column, definition)
            env.cr.execute(SQL(
                "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", SQL.identifier(table), SQL.identifier(column),
            ))


def post_init_hook(env):
    """Store the varieties bought so far, which needs the addon's own tables."""
    note_varieties(env)


def note_first_deals(env):
    """Store the first deals of all customers (design §7)."""
    env.flush_all()
    env.execute_query(dealings.note_first_deals())
    env.invalidate_all()


def note_varieties(env):
    """Store what all customers have bought (design §7)."""
    env.flush_all()
    env.execute_query(dealings.note_varieties())
    env.invalidate_all()


def uninstall_hook(env):
    """Delete the ratings before Odoo deletes the tiers and schemes that they refer to."""
    remove_leftovers(env, ADDON, 'tianyuan.%', tables=RATING_TABLES, files=('tianyuan.archive.file',))
    env.cr.execute(SQL("UPDATE res_partner SET tianyuan_tier_id = NULL WHERE tianyuan_tier_id IS NOT NULL"))
    env.invalidate_all()


def remove_leftovers(env, addon, *models, tables=(), files=()):
    """Delete what Odoo would leave behind, or fail on, when an addon is uninstalled.

    Uninstalling deletes an addon's data before its tables; the database would refuse to delete each tier, level and
    template that records still refer to.

    :param str addon: the addon's technical name
    :param models: patterns of the names of its models
    :param tables: tables to empty, in this order
    :param files: models with attachments
    :raise UserError: another user changed the records meanwhile; nothing is deleted then
    """
    try:
        with env.cr.savepoint():
            _remove_records(env, tables, files)
            _remove_traces(env, addon, models)
    except (SerializationFailure, DeadlockDetected, LockNotAvailable) as conflict:
        raise UserError(env._(
            "Somebody was working with customer ratings or archives just now, so nothing was uninstalled. "
            "Try again when nobody works with them.",
        )) from conflict
    env.invalidate_all()


def _remove_records(env, tables, files):
    # Delete the attachments first: emptying the tables would leave their files in the file store.
    env['ir.attachment'].search([('res_model', 'in', files), ('res_field', '!=', False)]).unlink()
    env.flush_all()
    for table in tables:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))


def _remove_traces(env, addon, models):
    of_models = SQL(" OR ").join(SQL("res_model LIKE %s", pattern) for pattern in models)
    # Delete the activities: they would prevent the deletion of their types with the addon's data.
    env.cr.execute(SQL(
        """
        DELETE FROM mail_activity
         WHERE (%s)
            OR activity_type_id IN (SELECT res_id FROM ir_model_data WHERE module = %s AND model = 'mail.activity.type')
        """,
        of_models, addon,
    ))
    # Sequences are created per company, and PostgreSQL sequences per year.
    sequences = env['ir.sequence'].search(Domain.OR(Domain('code', '=like', pattern) for pattern in models))
    sequences.date_range_ids.unlink()
    sequences.unlink()
    # Odoo has no external ids for these foreign keys, and would leave those of its own models behind.
    env.cr.execute(SQL(
        "DELETE FROM ir_model_constraint USING ir_module_module m WHERE m.id = module AND m.name = %s AND type = 'f'",
        addon,
    ))
    # Delete external ids that mail and similar modules created for our models, which Odoo would forget.
    prefixes = [pattern.replace('.', '_').removesuffix('%') for pattern in models]
    of_models = SQL(" OR ").join(SQL("name ~ %s", f'^(selection|model_inherit)__{prefix}') for prefix in prefixes)
    env.cr.execute(SQL("DELETE FROM ir_model_data WHERE module NOT LIKE 'tianyuan%%' AND (%s)", of_models))
