"""Constraints, indexes and relations that the core had noted belong to the addon that defines them now."""

NOTED_TWICE = """
    DELETE FROM {table} mine
     USING ir_module_module core, {table} theirs, ir_module_module addon
     WHERE core.id = mine.module AND core.name = 'tianyuan_customer_rating'
       AND theirs.name = mine.name AND addon.id = theirs.module
       AND addon.name LIKE 'tianyuan\\_customer\\_%' AND addon.id <> core.id
"""
# Odoo notes a foreign key once, when it makes it: in the table of a model, or in that of a relation.
FOREIGN_KEYS = """
    UPDATE ir_model_constraint c
       SET module = addon.id
      FROM ir_module_module core, pg_constraint k, pg_attribute a, ir_model_fields f, ir_model_data d,
           ir_module_module addon
     WHERE core.id = c.module AND core.name = 'tianyuan_customer_rating' AND c.type = 'f'
       AND k.conname = c.name AND k.contype = 'f' AND a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
       AND f.model_id = c.model AND (f.name = a.attname OR f.relation_table = k.conrelid::regclass::text)
       AND d.model = 'ir.model.fields' AND d.res_id = f.id AND d.module = addon.name
       AND addon.name LIKE 'tianyuan\\_customer\\_%' AND addon.id <> core.id
"""


def migrate(cr, _version):
    for table in ('ir_model_constraint', 'ir_model_relation'):
        cr.execute(NOTED_TWICE.format(table=table))
    cr.execute(FOREIGN_KEYS)
