from itertools import islice

from odoo import models
from odoo.tools import SQL, Query
from odoo.tools.constants import PREFETCH_MAX


class ResPartner(models.Model):
    """What everyday work has to know of the archive, read along with what Odoo reads of the partner anyway."""

    _inherit = 'res.partner'

    def _tianyuan_read_along(self, names, companies=False):
        """Have stored fields of these partners in the cache, for code that goes on as superuser.

        Odoo is about to read the fields it always reads of a partner; they come with the same query, so that the
        addon's cost none of their own. Like Odoo's, it is one query for all partners met together.

        :param names: of stored fields
        :param bool companies: read the partners' commercial partners, too
        """
        partners = self._origin.sudo()
        lacking = next((
            field for field in map(self._fields.get, names) if any(field._cache_missing_ids(partners))
        ), None)
        if not lacking:
            return
        near = partners.browse(islice(partners._prefetch_ids, PREFETCH_MAX))._origin
        partners = partners.browse(lacking._cache_missing_ids(partners | near))
        query = partners._as_query(ordered=False)
        if companies:
            partners.flush_recordset(['commercial_partner_id'])
            query = Query(self.env, self._table, self._table_sql)
            query.add_where(SQL(
                "%s = ANY(ARRAY(SELECT UNNEST(ARRAY[id, commercial_partner_id]) FROM res_partner WHERE id = ANY(%s)))",
                SQL.identifier(self._table, 'id'), partners.ids,
            ))
        # what Odoo reads together it has read, or is about to; what has been changed since stays as it is
        about_to = any(self._fields['name']._cache_missing_ids(partners))
        partners._fetch_query(query, [
            field for field in self._fields.values() if field.name in names or about_to and field.prefetch is True
        ])
