from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, sql

from .tools import dealings

ADDON = 'tianyuan_customer_rating'

# what refers to the set-up, before the set-up it refers to
RECORDS = (
    'tianyuan_class_history', 'tianyuan_rating_run_error', 'tianyuan_rating_line', 'tianyuan_rating',
    'tianyuan_rating_run', 'tianyuan_class_override', 'tianyuan_bad_debt',
    'tianyuan_archive_file', 'tianyuan_archive_document',
)


def pre_init_hook(env):
    """Make the columns that aren't empty when the addon is installed, and note the first deals before there are
    indexes on the customers that would have to be kept up."""
    make_columns(env, (
        ('res_partner', 'tianyuan_archive_state', "varchar DEFAULT 'none'"),
        ('res_partner', 'tianyuan_archive_completeness', 'int4 DEFAULT 0'),
        ('res_partner', 'tianyuan_first_deal_date', 'date'),
    ))
    note_first_deals(env)


def make_columns(env, columns):
    """Make columns of large tables that begin with the same value for all records.

    With constants as defaults no row is written for them; Odoo would compute and write all records.

    :param columns: triples of table, column and its definition
    """
    for table, column, definition in columns:
        if not sql.column_exists(env.cr, table, column):
            sql.create_column(env.cr, table, column, definition)
            env.cr.execute(SQL(
                "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", SQL.identifier(table), SQL.identifier(column),
            ))


def post_init_hook(env):
    """Fill the archives from the invoices there are, with what first needs the addon's own tables."""
    note_varieties(env)


def note_first_deals(env):
    """Note the first deals of all customers (design §7)."""
    env.flush_all()
    env.execute_query(dealings.note_first_deals())
    env.invalidate_all()


def note_varieties(env):
    """Note what all customers have bought (design §7)."""
    env.flush_all()
    env.execute_query(dealings.note_varieties())
    env.invalidate_all()


def uninstall_hook(env):
    """Remove the ratings before Odoo removes the tiers and schemes they refer to."""
    remove_leftovers(env, ADDON, 'tianyuan.%', tables=RECORDS, files=('tianyuan.archive.file',))
    env.cr.execute(SQL("UPDATE res_partner SET tianyuan_tier_id = NULL WHERE tianyuan_tier_id IS NOT NULL"))
    env.invalidate_all()


def remove_leftovers(env, addon, *models, tables=(), files=()):
    """Remove what Odoo would leave behind of an addon, or stumble over, when the addon is uninstalled.

    Uninstalling deletes an addon's data before its tables; with records still pointing at them, the database would
    refuse each tier, level and template in turn.

    :param str addon: the addon's technical name
    :param models: patterns of the names of its models
    :param tables: whose records are removed, in this order
    :param files: models with attachments
    :raise UserError: somebody changed the records meanwhile; nothing is removed then
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
    # with their rows the files would be forgotten, but stay in the file store
    env['ir.attachment'].search([('res_model', 'in', files), ('res_field', '!=', False)]).unlink()
    env.flush_all()
    for table in tables:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))


def _remove_traces(env, addon, models):
    of_models = SQL(" OR ").join(SQL("res_model LIKE %s", pattern) for pattern in models)
    # the activity types are deleted with the addon's data, which activities would forbid
    env.cr.execute(SQL(
        """
        DELETE FROM mail_activity
         WHERE (%s)
            OR activity_type_id IN (SELECT res_id FROM ir_model_data WHERE module = %s AND model = 'mail.activity.type')
        """,
        of_models, addon,
    ))
    # made for each company when it first needs one; each year has a counter of its own in the database
    sequences = env['ir.sequence'].search(Domain.OR(Domain('code', '=like', pattern) for pattern in models))
    sequences.date_range_ids.unlink()
    sequences.unlink()
    # Odoo keeps no external ids of the foreign keys it notes, and would leave those of its own models behind.
    env.cr.execute(SQL(
        "DELETE FROM ir_model_constraint USING ir_module_module m WHERE m.id = module AND m.name = %s AND type = 'f'",
        addon,
    ))
    # What mail and its kin have noted of our models under their own name, which Odoo would forget there.
    prefixes = [pattern.replace('.', '_').removesuffix('%') for pattern in models]
    of_models = SQL(" OR ").join(SQL("name ~ %s", f'^(selection|model_inherit)__{prefix}') for prefix in prefixes)
    env.cr.execute(SQL("DELETE FROM ir_model_data WHERE module NOT LIKE 'tianyuan%%' AND (%s)", of_models))
