from odoo import fields, models


class MailActivity(models.Model):
    """Remembers which activities cultivate a potential customer, and for which company."""

    _inherit = 'mail.activity'

    # Done activities are kept archived: the last one says what is next, and when. Nobody writes this, nor
    # presets it: Odoo refuses a default for a field the user has no access to.
    tianyuan_cultivation_company_id = fields.Many2one(
        'res.company', string="Cultivated for", readonly=True, copy=False, index='btree_not_null',
        ondelete='cascade', groups=fields.NO_ACCESS,
    )
