from odoo import fields, models
from odoo.exceptions import AccessError


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_birthday_reminder_days = fields.Integer(
        related='company_id.tianyuan_birthday_reminder_days', readonly=False,
    )
    tianyuan_profile_keep_months = fields.Integer(related='company_id.tianyuan_profile_keep_months', readonly=False)
    tianyuan_profile_remind_days = fields.Integer(related='company_id.tianyuan_profile_remind_days', readonly=False)
    tianyuan_profile_expired = fields.Selection(
        related='company_id.tianyuan_profile_expired', readonly=False, required=True,
    )
    tianyuan_profile_off_ids = fields.Many2many(related='company_id.tianyuan_profile_off_ids', readonly=False)

    def action_tianyuan_erase_profile_fields(self):
        """Erase what the company's profiles still have in fields that aren't kept any more.

        :raise AccessError: the user is no administrator
        """
        if not self.env.user.has_group('base.group_system'):
            raise AccessError(self.env._("Only an administrator can do this."))
        # sudo: an administrator may not read profiles, and sees none here.
        erased = self.env['tianyuan.contact.profile'].sudo().search(
            [('company_id', '=', self.env.company.id)],
        )._erase_fields_off()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("Fields that aren't kept were erased in %s profiles.", len(erased)),
            },
        }
