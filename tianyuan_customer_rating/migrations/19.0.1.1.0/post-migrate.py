"""Archives learn from the invoices there are; prospects are estimated from now on."""
from odoo import SUPERUSER_ID, api

from odoo.addons.tianyuan_customer_rating.hooks import note_first_deals, note_varieties


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    note_first_deals(env)
    note_varieties(env)
    # required documents count in the completeness now
    env['res.partner']._tianyuan_requirements_changed()
    # what was computed of prospects had nothing to be computed from; closed sheets stay as they are
    cr.execute("""
        UPDATE tianyuan_rating_line l SET source = 'value'
          FROM tianyuan_rating r
         WHERE r.id = l.rating_id AND r.kind = 'prospect' AND r.state IN ('draft', 'assessing')
           AND l.source = 'computed'
    """)
