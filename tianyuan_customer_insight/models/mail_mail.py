from odoo import models

from .tianyuan_market_insight import SHARE_LOG

MAIL_RESULTS = {'outgoing': 'queued', 'sent': 'sent', 'exception': 'failed', 'cancel': 'cancelled'}


class MailMail(models.Model):
    """Mails with market insight: their result is logged, and none is sent to recipients who have unsubscribed.

    The result has to be logged because Odoo deletes sent mails.
    """

    _inherit = 'mail.mail'

    def write(self, vals):
        result = super().write(vals)
        if vals.get('state') in MAIL_RESULTS:
            self._tianyuan_share_log().write({
                'result': MAIL_RESULTS[vals['state']],
                'failure': vals.get('failure_reason') if vals['state'] == 'exception' else False,
            })
        return result

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        self._tianyuan_share_log()._cancel_unsubscribed_mails()
        return super().send(
            auto_commit=auto_commit, raise_exception=raise_exception, post_send_callback=post_send_callback,
        )

    def _tianyuan_share_log(self):
        """Return the log rows of those mails that contain market insight."""
        mails = self.filtered(lambda mail: mail.model == SHARE_LOG)
        rows = self.env[SHARE_LOG].sudo()
        return rows.search([('mail_id', 'in', mails.ids)]) if mails else rows
