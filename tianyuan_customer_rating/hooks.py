from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo.exceptions import UserError
from odoo.tools import SQL, sql

from .tools import dealings

ADDON = 'tianyuan_customer_rating'

# what refers to the set-up, before the set-up it refers to
RECORDS = (
    'tianyuan_class_history', 'tianyuan_rating_run_error', 'tianyuan_rating_line', 'tianyuan_rating',
    'tianyuan_rating_run', 'tianyuan_class_override', 'tianyuan_bad_debt',
    'tianyuan_archive_file', 'tianyuan_archive_document',
    'tianyuan_policy_application_line', 'tianyuan_policy_application', 'tianyuan_customer_policy',
    'tianyuan_contract_paper',
)


def pre_init_hook(env):
    """Make the columns that aren't empty when the addon is installed, and note the first deals before there are
    indexes on the customers that would have to be kept up."""
    make_columns(env)
    note_first_deals(env)


def make_columns(env):
    """Make the columns of customers and orders that begin with the same value for all.

    With constants as defaults no row is written for them; Odoo would compute and write all customers and orders.
    """
    for table, column, definition in (
        ('res_partner', 'tianyuan_archive_state', "varchar DEFAULT 'none'"),
        ('res_partner', 'tianyuan_archive_completeness', 'int4 DEFAULT 0'),
        ('res_partner', 'tianyuan_first_deal_date', 'date'),
        ('sale_order', 'tianyuan_approval_state', "varchar DEFAULT 'none'"),
    ):
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
    """Remove the ratings before Odoo removes the tiers and schemes they refer to.

    Uninstalling deletes an addon's data before its tables; with ratings still pointing at them, the
    database would refuse each tier, level and indicator in turn.

    :raise UserError: somebody changed the records meanwhile; nothing is removed then
    """
    try:
        with env.cr.savepoint():
            _remove_records(env)
    except (SerializationFailure, DeadlockDetected, LockNotAvailable) as conflict:
        raise UserError(env._(
            "Somebody was working with customer ratings or archives just now, so nothing was uninstalled. "
            "Try again when nobody works with them.",
        )) from conflict


def _remove_records(env):
    # with their rows the archive's files would be forgotten, but stay in the file store
    env['ir.attachment'].search([
        ('res_model', 'in', ('tianyuan.archive.file', 'tianyuan.contract.paper')), ('res_field', '!=', False),
    ]).unlink()
    env.flush_all()
    env.cr.execute(SQL("UPDATE tianyuan_contract SET authorisation_document_id = NULL"))
    for table in RECORDS:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    # the activity types are deleted with the addon's data, which activities would forbid
    env.cr.execute(SQL(
        """
        DELETE FROM mail_activity
         WHERE res_model LIKE 'tianyuan.%%' OR tianyuan_cultivation_company_id IS NOT NULL
            OR activity_type_id IN (SELECT res_id FROM ir_model_data WHERE module = %s AND model = 'mail.activity.type')
        """,
        ADDON,
    ))
    # made for each company when it first needs one; each year has a counter of its own in the database
    sequences = env['ir.sequence'].search([('code', '=like', 'tianyuan.%')])
    sequences.date_range_ids.unlink()
    sequences.unlink()
    env.cr.execute(SQL("UPDATE res_partner SET tianyuan_tier_id = NULL WHERE tianyuan_tier_id IS NOT NULL"))
    env.cr.execute(SQL("UPDATE tianyuan_contract SET template_id = NULL WHERE template_id IS NOT NULL"))
    # Odoo keeps no external ids of the foreign keys it notes, and would leave those of its own models behind.
    env.cr.execute(SQL(
        "DELETE FROM ir_model_constraint USING ir_module_module m WHERE m.id = module AND m.name = %s AND type = 'f'",
        ADDON,
    ))
    # What mail and its kin have noted of our models under their own name, which Odoo would forget there.
    env.cr.execute(SQL(
        "DELETE FROM ir_model_data WHERE module <> %s AND name ~ '^(selection|model_inherit)__tianyuan_'",
        ADDON,
    ))
    env.invalidate_all()
