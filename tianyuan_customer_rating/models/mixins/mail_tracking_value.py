from odoo import api, models


class MailTrackingValue(models.Model):
    """The old and new values in a note can't be changed if the note must stay."""

    _inherit = 'mail.tracking.value'

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values._tianyuan_check_kept()
        return values

    def write(self, vals):
        self._tianyuan_check_kept()
        result = super().write(vals)
        self._tianyuan_check_kept()    # also check the note that the values were moved to
        return result

    @api.ondelete(at_uninstall=False)
    def _tianyuan_unlink_except_kept(self):
        self._tianyuan_check_kept()

    def _tianyuan_check_kept(self):
        """Refuse to change tracking values of notes that must stay; Odoo writes them as superuser.

        :raise AccessError: one of these values belongs to such a note
        """
        if not self.env.su:
            self.mail_message_id._tianyuan_check_kept()
