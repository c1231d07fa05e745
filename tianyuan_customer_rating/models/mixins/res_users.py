from odoo import models


class ResUsers(models.Model):
    """Users have all fields of their partners, those of an archive too."""

    _name = 'res.users'
    _inherit = ['res.users', 'tianyuan.grouping.mixin']
