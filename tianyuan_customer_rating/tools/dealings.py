"""SQL statements that store what customers have bought: first deals and varieties (design §7)."""
from odoo.tools import SQL

from ..engine.moves import DEAL_MOVE_TYPES

# Down payments, discounts and free samples aren't purchases.
BOUGHT_LINES = SQL(
    """
          FROM account_move_line l
          JOIN account_move m ON m.id = l.move_id
          JOIN product_product v ON v.id = l.product_id
         WHERE m.state = 'posted' AND m.move_type IN %s AND m.commercial_partner_id IS NOT NULL
           AND l.display_type = 'product' AND l.price_subtotal > 0 AND l.is_downpayment IS NOT TRUE
    """,
    DEAL_MOVE_TYPES,
)


def note_first_deals(move_ids=None):
    """Return the statement that stores the date of the first posted invoice for the customers of some invoices.

    Customers without a posted invoice get no date.

    :param move_ids: ids of invoices; by default all customers with invoices
    :return: SQL that returns the ids of the changed customers
    """
    if move_ids is None:
        # One scan instead of a lookup per customer: the transaction that installs the addon may not be able to use the
        # index it has just created.
        first_deals = SQL(
            """
            SELECT commercial_partner_id AS id, MIN(invoice_date) FILTER (WHERE state = 'posted') AS first_deal
              FROM account_move
             WHERE move_type IN %(types)s AND commercial_partner_id IS NOT NULL
             GROUP BY commercial_partner_id
            """,
            types=DEAL_MOVE_TYPES,
        )
    else:
        first_deals = SQL(
            """
            SELECT c.id, (
                       SELECT MIN(m.invoice_date)
                         FROM account_move m
                        WHERE m.commercial_partner_id = c.id AND m.state = 'posted' AND m.move_type IN %(types)s
                   ) AS first_deal
              FROM (
                    SELECT DISTINCT commercial_partner_id AS id
                      FROM account_move
                     WHERE move_type IN %(types)s AND commercial_partner_id IS NOT NULL AND id IN %(these)s
                   ) c
            """,
            types=DEAL_MOVE_TYPES, these=tuple(move_ids),
        )
    return SQL(
        """
        UPDATE res_partner p
           SET tianyuan_first_deal_date = d.first_deal
          FROM (%s) d
         WHERE p.id = d.id AND p.tianyuan_first_deal_date IS DISTINCT FROM d.first_deal
        RETURNING p.id
        """,
        first_deals,
    )


def note_varieties(move_ids=None):
    """Return the statement that adds the products of posted invoices to their customers' varieties.

    :param move_ids: ids of invoices; all if left out
    :return: SQL that returns the new pairs of customer and product template
    """
    return SQL(
        """
        INSERT INTO tianyuan_partner_variety_rel (partner_id, product_id)
        SELECT DISTINCT m.commercial_partner_id, v.product_tmpl_id %s %s
        ON CONFLICT DO NOTHING
        RETURNING partner_id, product_id
        """,
        BOUGHT_LINES, SQL() if move_ids is None else SQL("AND m.id IN %s", tuple(move_ids)),
    )


def note_products(move_ids):
    """Return the statement that stores which products :func:`note_varieties` has processed.

    :param move_ids: ids of invoices
    :return: SQL that returns the ids of the changed customers
    """
    return SQL(
        """
        UPDATE res_partner p
           SET tianyuan_noted_product_ids = n.product_ids
          FROM (
                SELECT b.partner_id, JSONB_AGG(DISTINCT b.product_id) AS product_ids
                  FROM (
                        SELECT m.commercial_partner_id AS partner_id, to_jsonb(v.id) AS product_id %(bought)s
                           AND m.id IN %(these)s
                         UNION ALL
                        SELECT c.id, e.value
                          FROM res_partner c, JSONB_ARRAY_ELEMENTS(c.tianyuan_noted_product_ids) e
                         WHERE c.id IN (SELECT commercial_partner_id FROM account_move WHERE id IN %(these)s)
                       ) b
                 GROUP BY b.partner_id
               ) n
         WHERE p.id = n.partner_id AND p.tianyuan_noted_product_ids IS DISTINCT FROM n.product_ids
        RETURNING p.id
        """,
        bought=BOUGHT_LINES, these=tuple(move_ids),
    )
