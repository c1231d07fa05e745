from odoo import fields, models


class TianyuanArchiveAccessHead(models.Model):
    """The last row of a company's access log.

    It reveals rows that were removed from the end, and its lock keeps two rows from following the same one. No user has
    access; only ``tianyuan.archive.access.log`` uses it.
    """

    _name = 'tianyuan.archive.access.head'
    _description = "End of the Archive Access Log"
    _inherit = ['tianyuan.plain.text.mixin']
    _log_access = False
    _rec_name = 'number'

    company_id = fields.Many2one('res.company', required=True, ondelete='restrict')
    number = fields.Integer(required=True, default=0)
    hash = fields.Char()
    key_id = fields.Char(help="Of the secret that the last row is keyed with; empty if it isn't.")
    sealed_number = fields.Integer(default=0, help="The last row whose hash has been mailed.")

    _one_per_company = models.UniqueIndex('(company_id)', "A company has one access log.")
