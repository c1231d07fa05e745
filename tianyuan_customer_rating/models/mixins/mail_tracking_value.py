from odoo import api, models


class MailTrackingValue(models.Model):
    """The old and new values in a note stay with it."""

    _inherit = 'mail.tracking.value'

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values._tianyuan_check_kept()
        return values

    def write(self, vals):
        self._tianyuan_check_kept()
        result = super().write(vals)
        self._tianyuan_check_kept()    # the note it was moved to, too
        return result

    @api.ondelete(at_uninstall=False)
    def _tianyuan_unlink_except_kept(self):
        self._tianyuan_check_kept()

    def _tianyuan_check_kept(self):
        """:raise AccessError: one of these belongs to a note that stays; Odoo itself writes them as superuser"""
        if not self.env.su:
            self.mail_message_id._tianyuan_check_kept()
