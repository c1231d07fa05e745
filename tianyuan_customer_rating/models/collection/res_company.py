from odoo import fields, models

from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_import_duplicates = fields.Selection(
        [('block', "Refuse the File"), ('warn', "Warn")], string="Imported Duplicates", required=True, default='block',
        prefetch=SETTINGS,
        help="What happens to a file of archives with a customer who has the tax ID or the name of another one. "
             "Similar customers are only warned of.",
    )
