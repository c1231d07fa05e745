"""Columns that begin with the same value everywhere: computed, each customer and each order would be written."""

from odoo import SUPERUSER_ID, api

from odoo.addons.tianyuan_customer_rating.hooks import make_columns

COLUMNS = (
    ('res_partner', 'tianyuan_archive_state', "varchar DEFAULT 'none'"),
    ('res_partner', 'tianyuan_archive_completeness', 'int4 DEFAULT 0'),
    ('res_partner', 'tianyuan_first_deal_date', 'date'),
    ('sale_order', 'tianyuan_approval_state', "varchar DEFAULT 'none'"),
)


def migrate(cr, _version):
    make_columns(api.Environment(cr, SUPERUSER_ID, {}), COLUMNS)
