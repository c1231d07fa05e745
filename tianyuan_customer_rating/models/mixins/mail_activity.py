from odoo import models
from odoo.exceptions import AccessError

from ...tools.roles import MANAGER


class MailActivity(models.Model):
    """Activities that the addon planned can only be changed or closed by their user, a manager or the addon itself."""

    _inherit = 'mail.activity'

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation not in ('write', 'unlink') or not any(self._ids) or self.env.user.has_group(MANAGER):
            return result
        others = self.sudo().filtered(lambda activity: activity.user_id != self.env.user)
        asked = (others._tianyuan_raised() if others else others).sudo(False)
        if result:
            asked -= result[0]
            return (result[0] + asked, result[1])
        return asked and (asked, lambda: AccessError(self.env._(
            "Only the person it is for, or a manager, can change or close this activity: %s",
            ", ".join(asked.sudo().mapped('display_name')),
        ))) or None

    def _tianyuan_raised(self):
        """Return those of these activities, read as superuser, that the addon planned and not a user."""
        kinds = self.env['ir.model.data'].search([
            ('module', '=like', 'tianyuan_customer_%'), ('model', '=', 'mail.activity.type'),
        ])
        types = set(kinds.mapped('res_id'))
        return self.filtered(lambda activity: activity.automated and (
            activity.activity_type_id.id in types or (activity.res_model or '').startswith('tianyuan.')
        ))
