"""The approval of orders is computed when an order is made: as a new column it would be computed for all orders."""

from odoo import SUPERUSER_ID, api

from odoo.addons.tianyuan_customer_rating.hooks import make_columns


def migrate(cr, _version):
    make_columns(api.Environment(cr, SUPERUSER_ID, {}))
