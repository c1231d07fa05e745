from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_birthday_reminder_days = fields.Integer(
        related='company_id.tianyuan_birthday_reminder_days', readonly=False,
    )
