from odoo import api, fields, models
from odoo.tools import SQL

from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """What a customer's page shows of the archive's people, products and markets: their names, read together.

    They are entered in the archive's own form. On the page of every customer, each would cost two queries.
    """

    _inherit = 'res.partner'

    tianyuan_specialist_name = fields.Char(
        string="Archive Specialist Name", compute='_compute_tianyuan_summary', groups=ROLES,
    )
    tianyuan_contact_names = fields.Char(
        string="Contact Persons", compute='_compute_tianyuan_summary', groups=ROLES,
    )
    tianyuan_variety_names = fields.Char(
        string="Purchased Variety Names", compute='_compute_tianyuan_summary', groups=ROLES,
    )
    tianyuan_market_names = fields.Char(
        string="Downstream Market Names", compute='_compute_tianyuan_summary', groups=ROLES,
    )

    @api.depends(
        'tianyuan_archive_specialist_id', 'tianyuan_primary_contact_id', 'tianyuan_secondary_contact_id',
        'tianyuan_purchased_variety_ids', 'tianyuan_downstream_market_ids',
    )
    def _compute_tianyuan_summary(self):
        return super()._compute_tianyuan_summary()

    def _tianyuan_label_sources(self):
        shown = self._origin
        return super()._tianyuan_label_sources() + [
            ('tianyuan_specialist_name', shown._tianyuan_specialist_labels()),
            ('tianyuan_contact_names', shown._tianyuan_contact_labels()),
            ('tianyuan_variety_names', shown._tianyuan_many_labels('tianyuan_purchased_variety_ids')),
            ('tianyuan_market_names', shown._tianyuan_many_labels('tianyuan_downstream_market_ids')),
        ]

    def _tianyuan_set_labels(self, labels):
        super()._tianyuan_set_labels(labels)
        for partner in self:
            for name in (
                'tianyuan_specialist_name', 'tianyuan_contact_names', 'tianyuan_variety_names', 'tianyuan_market_names',
            ):
                partner[name] = labels.get((name, partner._origin.id), False)

    def _tianyuan_specialist_labels(self):
        return SQL(
            """(
                SELECT p.id, named.name
                  FROM res_partner p
                  JOIN res_users u ON u.id = p.tianyuan_archive_specialist_id
                  JOIN res_partner named ON named.id = u.partner_id
                 WHERE p.id = ANY(%s)
            )""",
            self.ids,
        )

    def _tianyuan_contact_labels(self):
        """The first contact, then the second, with their phone numbers (policy 档案 3)."""
        return SQL(
            """(
                SELECT p.id, CONCAT_WS(
                           ', ',
                           NULLIF(CONCAT_WS(' ', first.name, first.phone), ''),
                           NULLIF(CONCAT_WS(' ', second.name, second.phone), '')
                       )
                  FROM res_partner p
                  LEFT JOIN res_partner first ON first.id = p.tianyuan_primary_contact_id
                  LEFT JOIN res_partner second ON second.id = p.tianyuan_secondary_contact_id
                 WHERE p.id = ANY(%s)
            )""",
            self.ids,
        )

    def _tianyuan_many_labels(self, name):
        """Names of what the field ``name`` holds, as far as the user may read it."""
        field = self._fields[name]
        records = self.env[field.comodel_name]
        if not records.has_access('read'):
            return None
        query = records._search([])
        alias = query.join(records._table, 'id', field.relation, field.column2, 'partners')
        query.add_where(SQL("%s = ANY(%s)", SQL.identifier(alias, field.column1), self.ids))
        return query.subselect(
            SQL.identifier(alias, field.column1), records._field_to_sql(records._table, 'name', query),
        )
