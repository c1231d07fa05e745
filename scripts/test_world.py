"""Makes the companies and people of the tests in a database: a script for `odoo shell`."""

from odoo.addons.tianyuan_customer_rating.tests import world

world.make(env)
env.cr.commit()
