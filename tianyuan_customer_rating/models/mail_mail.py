from odoo import models

from .tianyuan_market_insight import SHARE_LOG

RESULTS = {'outgoing': 'queued', 'sent': 'sent', 'exception': 'failed', 'cancel': 'cancelled'}


class MailMail(models.Model):
    """Tell the recipients of insights what became of their mails: sent ones are deleted."""

    _inherit = 'mail.mail'

    def write(self, vals):
        result = super().write(vals)
        if vals.get('state') in RESULTS:
            mails = self.filtered(lambda mail: mail.model == SHARE_LOG)
            if mails:
                self.env[SHARE_LOG].sudo().search([('mail_id', 'in', mails.ids)]).write({
                    'result': RESULTS[vals['state']],
                    'failure': vals.get('failure_reason') if vals['state'] == 'exception' else False,
                })
        return result
