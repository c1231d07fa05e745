"""Makes the companies and users of the tests in a database. Run by `odoo shell`."""

from odoo.addons.tianyuan_customer_rating.tests import world

world.make(env)
env.cr.commit()
