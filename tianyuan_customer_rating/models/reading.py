"""Reading along: what the addon has to know comes with what Odoo is about to read anyway, so that it costs no query.

It costs less than Odoo's own reading, too: as superuser, none of the fields has to be asked who may read it.
"""

from itertools import islice

from odoo.tools.constants import PREFETCH_MAX

ALWAYS = 'name'    # of the fields that Odoo reads together


def lacking(records, names):
    """Those of the records that lack one of the fields in the cache, with those met together with them.

    :param records: of a model that has a name
    :param names: of stored fields
    :return: records as superuser
    """
    records = records._origin.sudo()
    field = next((field for field in map(records._fields.get, names) if any(field._cache_missing_ids(records))), None)
    if not field:
        return records.browse()
    near = records.browse(islice(records._prefetch_ids, PREFETCH_MAX))._origin
    return records.browse(field._cache_missing_ids(records | near))


def read(records, names, query):
    """Have the fields in the cache, and the ones that Odoo always reads together, if it has yet to.

    What has been changed since stays as it is.

    :param records: of a model that has a name, as superuser
    :param names: of stored fields
    :param query: that finds the records
    """
    about_to = any(records._fields[ALWAYS]._cache_missing_ids(records))
    records._fetch_query(query, [
        field for field in records._fields.values() if field.name in names or about_to and field.prefetch is True
    ])


def read_along(records, names=(ALWAYS,)):
    """Have the fields in the cache, for code that goes on as superuser: one query for all that were met together."""
    records = lacking(records, names)
    if records:
        read(records, names, records._as_query(ordered=False))
