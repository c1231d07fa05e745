from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    """What a customer's page says of the records there are about the customer, all of it found with one query.

    Who adds a number names its records in :meth:`_tianyuan_summary_sources`, sets its field in
    :meth:`_tianyuan_set_summary`, and makes ``_compute_tianyuan_summary`` compute it.
    """

    _inherit = 'res.partner'

    @api.depends('user_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids', 'lang')
    def _compute_tianyuan_summary(self):
        # not told what they may not read, users need no access to the records behind it
        if not self._origin:
            self._tianyuan_set_summary({})
            return
        sources = [
            SQL(
                "SELECT %s AS name, partner_id, COUNT(*), MAX(id)"
                " FROM %s AS found(partner_id, id) GROUP BY partner_id",
                name, rows,
            )
            for name, rows in self._tianyuan_summary_sources() if rows and self._tianyuan_may_see(name)
        ]
        found = self.env.execute_query(SQL(" UNION ALL ").join(sources)) if sources else []
        self._tianyuan_set_summary({(name, partner): (count, last) for name, partner, count, last in found})

    @api.model
    def _tianyuan_may_see(self, name):
        return self._has_field_access(self._fields[name], 'read')

    def _tianyuan_summary_sources(self):
        """The records about these partners.

        :return: list of (field, SQL in brackets that gives rows of partner and id, or None where there are none)
        """
        return []

    def _tianyuan_set_summary(self, found):
        """Set the fields computed here.

        :param dict found: (field, id of the partner) → (number of records, the last one's id)
        """

    @api.model
    def _tianyuan_rows_about(self, records, domain, name, partners):
        """Those of the records that the user may read and that have one of the partners in the field ``name``.

        :return: SQL for :meth:`_tianyuan_summary_sources`
        """
        if not partners or not records.has_access('read'):
            return None
        query = records._search(Domain(domain) & Domain(name, 'in', partners.ids))
        return query.subselect(
            records._field_to_sql(records._table, name, query), SQL.identifier(records._table, 'id'),
        )

    def _tianyuan_open_records(self, model, action):
        """Open the records there are about a customer.

        :param str model: which records; their field ``partner_id`` is the customer
        :param str action: the addon's action that shows them
        :return: action
        :raise AccessError: the user may not read the customer, or no such records
        """
        self.ensure_one()
        self.check_access('read')
        self.env[model].check_access('read')
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id(f'tianyuan_customer_rating.{action}'),
            'domain': [('partner_id', '=', customer.id)],
            'context': {'default_partner_id': customer.id},
        }
