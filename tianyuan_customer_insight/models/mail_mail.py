from odoo import models

from .tianyuan_market_insight import SHARE_LOG

RESULTS = {'outgoing': 'queued', 'sent': 'sent', 'exception': 'failed', 'cancel': 'cancelled'}


class MailMail(models.Model):
    """Note what becomes of mails with insight, as sent ones are deleted, and send none to who wants none by then."""

    _inherit = 'mail.mail'

    def write(self, vals):
        result = super().write(vals)
        if vals.get('state') in RESULTS:
            self._tianyuan_share_log().write({
                'result': RESULTS[vals['state']],
                'failure': vals.get('failure_reason') if vals['state'] == 'exception' else False,
            })
        return result

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        self._tianyuan_share_log()._hold_back()
        return super().send(
            auto_commit=auto_commit, raise_exception=raise_exception, post_send_callback=post_send_callback,
        )

    def _tianyuan_share_log(self):
        """The recipients of those mails that are with insight."""
        mails = self.filtered(lambda mail: mail.model == SHARE_LOG)
        rows = self.env[SHARE_LOG].sudo()
        return rows.search([('mail_id', 'in', mails.ids)]) if mails else rows
