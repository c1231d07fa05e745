"""Help text and copying of the licences that products and product categories need (policy 9.1: 经营权)."""

from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.engine.accounts import with_branches
from odoo.addons.tianyuan_customer_rating.engine.watch import expiring_papers

HELP = (
    "What a customer's archive must hold, valid on the order's day, for the product to be sold to them, such as the "
    "licence for hazardous chemicals."
)


def copy_licences(sources, copies):
    """Copy the needed licences from the sources to their copies, whatever the user's access."""
    # sudo: users without a role may duplicate products, too
    for source, duplicate in zip(sources.sudo(), copies.sudo(), strict=True):
        if source.tianyuan_licence_type_ids:
            duplicate.tianyuan_licence_type_ids = source.tianyuan_licence_type_ids


def expiring_licences(env, company, today, days, partner_ids, since):
    """Return the licences of customers that expire soon or have expired, and that products they bought need.

    Papers that every archive must have are left out: the core warns of them.

    :param company: ``res.company`` without a parent; orders of its branches count
    :param int days: how long before it expires a licence counts
    :param partner_ids: commercial partners
    :param since: the first day of the orders that count
    :return: list of ``Finding`` of the core, with the reason ``licence``
    """
    for model, names in {
        'product.category': ['parent_path', 'tianyuan_licence_type_ids'],
        'product.template': ['categ_id', 'tianyuan_licence_type_ids'],
        'sale.order': ['company_id', 'date_order', 'partner_id', 'state'],
        'sale.order.line': ['order_id', 'product_id'],
    }.items():
        env[model].flush_model(names)
    always = env['tianyuan.archive.document.type']._needed_sql(SQL("t"), SQL("p.tianyuan_channel"), SQL("d.company_id"))
    needed = SQL(
        """
        t.active AND (%(always)s) IS NOT TRUE AND EXISTS (
            SELECT FROM sale_order o
              JOIN res_partner buyer ON buyer.id = o.partner_id
              JOIN sale_order_line l ON l.order_id = o.id
              JOIN product_product variant ON variant.id = l.product_id
             WHERE buyer.commercial_partner_id = d.partner_id AND o.state = 'sale'
               AND o.company_id = ANY(%(companies)s) AND o.date_order >= %(since)s
               AND variant.product_tmpl_id IN (
                    SELECT product_tmpl_id FROM tianyuan_product_licence_rel WHERE type_id = t.id
                     UNION
                    SELECT template.id
                      FROM tianyuan_category_licence_rel rel
                      JOIN product_category above ON above.id = rel.category_id
                      JOIN product_category category ON category.parent_path LIKE above.parent_path || '%%'
                      JOIN product_template template ON template.categ_id = category.id
                     WHERE rel.type_id = t.id
               )
        )
        """,
        always=always, companies=with_branches(company).ids, since=since,
    )
    return expiring_papers(env, company, today, days, partner_ids, needed, 'licence')
