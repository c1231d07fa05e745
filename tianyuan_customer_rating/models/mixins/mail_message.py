from odoo import api, models
from odoo.exceptions import AccessError

# what readers do with a message of others: nothing of what it says
READERS_FIELDS = {
    'starred_partner_ids', 'starred', 'needaction', 'notification_ids', 'notified_partner_ids', 'reaction_ids',
    'pinned_at', 'message_link_preview_ids',
}


class MailMessage(models.Model):
    """Notes of what was changed stay as they are, for administrators too (policy 档案 6: 严禁涂改).

    They are those on records of the addon and on customers with an archive. What people write themselves is theirs.
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
        """:raise AccessError: one of these is a note that stays"""
        if self._tianyuan_kept():
            raise AccessError(self.env._(
                "Notes of changes on customer archives, ratings, borrowings and contracts can't be changed or deleted.",
            ))

    def _tianyuan_kept(self):
        """Those of these messages that stay as they are."""
        # sudo: what a message is about decides, whether or not the user may read that
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
