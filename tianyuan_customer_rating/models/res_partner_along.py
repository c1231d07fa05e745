from odoo import models
from odoo.tools import SQL, Query

from . import reading


class ResPartner(models.Model):
    """What everyday work has to know of the archive, read along with what Odoo reads of the partner anyway."""

    _inherit = 'res.partner'

    def _tianyuan_read_along(self, names, companies=False):
        """Have stored fields of these partners in the cache, for code that goes on as superuser.

        :param names: of stored fields
        :param bool companies: read the partners' commercial partners with the same query, too
        """
        if not companies:
            reading.read_along(self, names)
            return
        partners = reading.lacking(self, names)
        if partners:
            partners.flush_recordset(['commercial_partner_id'])
            query = Query(self.env, self._table, self._table_sql)
            query.add_where(SQL(
                "%s = ANY(ARRAY(SELECT UNNEST(ARRAY[id, commercial_partner_id]) FROM res_partner WHERE id = ANY(%s)))",
                SQL.identifier(self._table, 'id'), partners.ids,
            ))
            reading.read(partners, names, query)
