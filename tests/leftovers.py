"""Compares the structure of databases, and finds what an uninstalled addon has left."""

from odoo_harness import execute

# Queries for everything that an addon can add to a database's structure, and for Odoo's own descriptions of it.
CATALOG = {
    "relation": "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "column": "SELECT table_name, column_name, udt_name, column_default, is_nullable FROM information_schema.columns "
    "WHERE table_schema = 'public'",
    "constraint": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "trigger": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    "type": "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace",
    "extension": "SELECT extname FROM pg_extension",
    "external id": "SELECT module, name FROM ir_model_data",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model, name, ttype, relation, store, required, index FROM ir_model_fields",
    "selection": "SELECT f.model, f.name, s.value FROM ir_model_fields_selection s "
    "JOIN ir_model_fields f ON f.id = s.field_id",
    "parameter": "SELECT key FROM ir_config_parameter",
    "cron": "SELECT id FROM ir_cron",
    "cron trigger": "SELECT id FROM ir_cron_trigger WHERE cron_id NOT IN (SELECT id FROM ir_cron)",
    "menu": "SELECT id FROM ir_ui_menu",
    "view": "SELECT id FROM ir_ui_view",
    "action": "SELECT id FROM ir_actions",
    "group": "SELECT id FROM res_groups",
    "implied group": "SELECT gid, hid FROM res_groups_implied_rel",
    "access right": "SELECT id FROM ir_model_access",
    "record rule": "SELECT id FROM ir_rule",
    "sequence": "SELECT id FROM ir_sequence",
    "default": "SELECT id FROM ir_default",
    "mail template": "SELECT id FROM mail_template",
    "activity type": "SELECT id FROM mail_activity_type",
    "message subtype": "SELECT id FROM mail_message_subtype",
    "asset": "SELECT id FROM ir_asset",
}

# Tables whose rows may name the addon, and conditions on those rows that may not. Odoo lists addons that are in the
# folder, the chatter of customers and orders tells what was done, and messages on the bus last a day.
MAY_NAME_IT = {
    "bus_bus": "FALSE",
    "ir_module_module": "FALSE",
    "ir_module_module_dependency": "FALSE",
    "ir_model_data": "model <> 'ir.module.module'",
    "mail_message": "model LIKE 'tianyuan.%'",
    "mail_tracking_value": "field_id IS NOT NULL",
}


def catalog(database):
    """Return the structure of a database: kind → set of entries."""
    return {kind: set(execute(database, query)) for kind, query in CATALOG.items()}


def difference(catalog, other):
    """Return the entries of a catalog that the other one lacks, as lines."""
    return "\n".join(
        f"{kind} {entry}" for kind in CATALOG for entry in sorted(catalog[kind] - other[kind], key=str)
    )


def mentions(database, but=()):
    """Find rows of any table that name a model, a field or a record of the addon.

    :param but: tables to skip
    :return: a line for each table with such rows: their number and an example
    """
    tables = execute(database, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                     "AND relkind IN ('r', 'p') ORDER BY relname")
    found = []
    for (table,) in tables:
        if table not in but:
            [(count, one)] = execute(
                database,
                f"SELECT COUNT(*), MIN(t::text) FROM \"{table}\" t WHERE t::text ~ 'tianyuan[._]' "
                f"AND {MAY_NAME_IT.get(table, 'TRUE')}",
            )
            if count:
                found.append(f"{table}: {count} rows, as {one[:500]}")
    return "\n".join(found)
