from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.engine.purchases import company_timezone

# A row's id is the order line's id times this number plus the licence type's id, so that it never changes.
MAX_LICENCE_TYPES = 100_000


class TianyuanLicenceSale(models.Model):
    """Sales of products that need a licence, and whether the customer held it on that day (policy 9.1).

    There is one row per confirmed order line and licence.
    """

    _name = 'tianyuan.licence.sale'
    _description = "Sale under a Licence"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'type_id'
    _depends = {
        'sale.order': ['company_id', 'currency_rate', 'date_order', 'partner_id', 'state', 'user_id'],
        'sale.order.line': ['order_id', 'price_subtotal', 'product_id', 'product_uom_id', 'product_uom_qty'],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id', 'tianyuan_licence_type_ids'],
        'product.category': ['parent_path', 'tianyuan_licence_type_ids'],
        'res.partner': ['commercial_partner_id'],
        'tianyuan.archive.document': [
            'active', 'checksum', 'company_id', 'partner_id', 'type_id', 'valid_from', 'valid_until',
        ],
        'tianyuan.archive.document.type': ['active', 'company_id'],
    }

    order_id = fields.Many2one('sale.order', readonly=True)
    date = fields.Date(string="Order Date", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    product_id = fields.Many2one('product.product', readonly=True)
    quantity = fields.Float(readonly=True, digits='Product Unit')
    product_uom_id = fields.Many2one('uom.uom', string="Unit", readonly=True)
    amount = fields.Monetary(string="Untaxed Amount", readonly=True)
    type_id = fields.Many2one('tianyuan.archive.document.type', string="Licence", readonly=True)
    document_id = fields.Many2one('tianyuan.archive.document', string="Paper", readonly=True)
    valid_until = fields.Date(string="Licence Valid Until", readonly=True)
    is_licensed = fields.Boolean(
        string="Licensed", readonly=True, help="The customer's archive holds the licence, valid on the order's day.",
    )

    @property
    def _table_query(self):
        # sudo: users may not read everything that determines a company's time zone
        zones = [(company.id, company_timezone(company)) for company in self.env['res.company'].sudo().search([])]
        return SQL(
            """
            SELECT l.id * %(most_types)s::bigint + needed.type_id AS id,
                   o.id AS order_id, o.day AS date, o.customer_id AS partner_id, o.user_id, o.company_id,
                   k.currency_id, l.product_id, l.product_uom_qty AS quantity, l.product_uom_id,
                   l.price_subtotal / COALESCE(NULLIF(o.currency_rate, 0), 1) AS amount, needed.type_id,
                   paper.id AS document_id, paper.valid_until, paper.id IS NOT NULL AS is_licensed
              FROM (
                  SELECT so.*, p.commercial_partner_id AS customer_id,
                         (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date AS day
                    FROM sale_order so
                    JOIN res_partner p ON p.id = so.partner_id
                    JOIN UNNEST(%(companies)s::int[], %(zones)s::text[]) AS zone (company_id, name)
                      ON zone.company_id = so.company_id
                   WHERE so.state = 'sale'
              ) o
              JOIN sale_order_line l ON l.order_id = o.id
              JOIN product_product product ON product.id = l.product_id
              JOIN (
                  SELECT product_tmpl_id, type_id FROM tianyuan_product_licence_rel
                   UNION
                  SELECT template.id, rel.type_id
                    FROM tianyuan_category_licence_rel rel
                    JOIN product_category above ON above.id = rel.category_id
                    JOIN product_category category ON category.parent_path LIKE above.parent_path || '%%'
                    JOIN product_template template ON template.categ_id = category.id
              ) needed ON needed.product_tmpl_id = product.product_tmpl_id
              JOIN res_company k ON k.id = o.company_id
              JOIN res_company root ON root.id = SPLIT_PART(k.parent_path, '/', 1)::int
              JOIN tianyuan_archive_document_type type ON type.id = needed.type_id AND type.active
                   AND (type.company_id IS NULL OR type.company_id = root.id)
              LEFT JOIN LATERAL (
                  SELECT d.id, d.valid_until
                    FROM tianyuan_archive_document d
                    JOIN res_company keeper ON keeper.id = d.company_id
                   WHERE d.partner_id = o.customer_id AND d.type_id = needed.type_id AND d.active
                     AND keeper.parent_path LIKE root.parent_path || '%%'
                     AND d.checksum IS NOT NULL
                     AND (d.valid_from IS NULL OR d.valid_from <= o.day)
                     AND (d.valid_until IS NULL OR d.valid_until >= o.day)
                   ORDER BY d.valid_until DESC NULLS FIRST, d.id DESC
                   LIMIT 1
              ) paper ON TRUE
            """,
            most_types=MAX_LICENCE_TYPES, companies=[company_id for company_id, _zone in zones],
            zones=[zone for _company_id, zone in zones],
        )
