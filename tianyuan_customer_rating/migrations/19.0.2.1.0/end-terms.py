"""Terms that were renamed or corrected are read again: an upgrade alone keeps the former translation of a changed name.

Records that belong to the company (noupdate) keep the texts that it may have changed.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env['ir.module.module'].search([
        ('name', '=like', 'tianyuan_customer_%'), ('state', '=', 'installed'),
    ])._update_translations(overwrite=True)
