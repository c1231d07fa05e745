from odoo import api, models
from odoo.exceptions import AccessError

# Fields that readers of other users' messages may write; none of them changes the content.
READERS_FIELDS = {
    'starred_partner_ids', 'starred', 'needaction', 'notification_ids', 'notified_partner_ids', 'reaction_ids',
    'pinned_at', 'message_link_preview_ids',
}


class MailMessage(models.Model):
    """Notes about changes can't be edited, not even by administrators (policy 档案 6: 严禁涂改).

    This holds for notes on the addon's records and on customers with an archive. Users may edit messages they wrote.
    """

    _inherit = 'mail.message'

    def write(self, vals):
        if not self.env.su and not vals.keys() <= READERS_FIELDS:
            self._tianyuan_check_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _tianyuan_unlink_except_kept(self):
        if not self.env.su:
            self._tianyuan_check_kept()

    def _tianyuan_check_kept(self):
        """Refuse to change messages that must stay.

        :raise AccessError: one of these messages must stay as it is
        """
        if self._tianyuan_kept():
            raise AccessError(self.env._(
                "Notes of changes on customer archives, ratings, borrowings and contracts can't be changed or deleted.",
            ))

    def _tianyuan_kept(self):
        """Return those of these messages that must stay as they are."""
        # sudo: the record of the message decides, even if the user can't read it.
        notes = self.sudo().filtered(
            lambda message: message.message_type == 'notification' or message.tracking_value_ids,
        )
        kept = notes.filtered(lambda message: (message.model or '').startswith('tianyuan.'))
        about = notes.filtered(lambda message: message.model == 'res.partner' and message.res_id)
        if about:
            partners = self.env['res.partner'].sudo().browse(set(about.mapped('res_id'))).exists()
            archives = partners.filtered(lambda partner: partner.commercial_partner_id._tianyuan_archive_is_begun())
            kept += about.filtered(lambda message: message.res_id in archives.ids)
        return kept
