from odoo import models


class ResUsers(models.Model):
    """Users inherit all fields of their partners, including those of the archive."""

    _name = 'res.users'
    _inherit = ['res.users', 'tianyuan.grouping.mixin']
