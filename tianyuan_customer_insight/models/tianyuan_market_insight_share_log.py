from werkzeug.urls import url_encode

from odoo import fields, models
from odoo.tools import consteq, hmac

RECEIVED_RESULTS = ('queued', 'sent')


class TianyuanMarketInsightShareLog(models.Model):
    """A recipient of an insight, and the result of the mail (policy 6.3). Users can't enter or change these rows."""

    _name = 'tianyuan.market.insight.share.log'
    _description = "Insight Recipient"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    insight_id = fields.Many2one(
        'tianyuan.market.insight', required=True, index=True, ondelete='restrict',
    )
    company_id = fields.Many2one('res.company', required=True, index=True)
    topic = fields.Selection(related='insight_id.topic')
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, index=True, ondelete='restrict')
    contact_id = fields.Many2one('res.partner', string="Recipient", index='btree_not_null', ondelete='set null')
    email = fields.Char(string="E-mail", help="The address at that time.")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one('res.users', string="Sender", required=True)
    mail_id = fields.Many2one('mail.mail', index='btree_not_null', ondelete='set null')
    result = fields.Selection(
        [
            ('queued', "Waiting"), ('sent', "Sent"), ('failed', "Failed"), ('cancelled', "Cancelled"),
            ('no_address', "No E-mail Address"), ('unsubscribed', "Unsubscribed"), ('blacklisted', "Blacklisted"),
        ],
        required=True, index=True,
    )
    failure = fields.Char(string="Reason")

    # -- unsubscribing -----------------------------------------------------------------------------

    def _unsubscribe_url(self, one_click=False):
        """Return the link in the mail by which the reader unsubscribes.

        The link refers to this row, because the row stays when the contact is merged with another one, and because
        its id reveals nothing.

        :param bool one_click: return the link that mail programs call by themselves (RFC 8058)
        """
        path = '/tianyuan/insight/unsubscribe' + ('/one-click' if one_click else '')
        query = url_encode({'share': self.id, 'token': self._unsubscribe_token()})
        return f'{self.company_id.get_base_url()}{path}?{query}'

    def _unsubscribe_token(self):
        return hmac(self.env(su=True), 'tianyuan-insight-unsubscribe', self.id)

    def _find_by_token(self, share, token):
        """Find the row of a link, or an empty recordset.

        The token is compared first, so that the answer doesn't reveal whether a row exists.
        """
        if not (share and share.isdecimal() and share.isascii() and len(share) < 10 and token and token.isascii()):
            return self.browse()
        row = self.browse(int(share))
        return row.exists() if consteq(row._unsubscribe_token(), token) else self.browse()

    def _unsubscribed(self):
        """Return whether all readers of the mail have unsubscribed."""
        readers = self._readers()
        return bool(readers) and all(reader.tianyuan_insight_optout for reader in readers)

    def _readers(self):
        """Return the contact of the mail and all partners with its address."""
        Partner = self.env['res.partner'].with_context(active_test=False)
        return self.contact_id | Partner.search([('email_normalized', '=', self.email)])

    def _unsubscribe(self):
        """Unsubscribe the readers of the mail, and cancel waiting mails to its address."""
        readers = self._readers()
        readers.filtered(lambda reader: not reader.tianyuan_insight_optout)._tianyuan_opt_out(self.email)
        waiting = self.search([('email', '=', self.email), ('result', '=', 'queued')])
        waiting.mail_id.cancel()
        waiting.result = 'unsubscribed'

    def _cancel_unsubscribed_mails(self):
        """Cancel waiting mails to recipients who have unsubscribed or were blacklisted after the mails were queued."""
        waiting = self.filtered(lambda row: row.result == 'queued')
        refusals = (waiting.partner_id | waiting.contact_id)._tianyuan_insight_refusals(waiting.mapped('email'))
        for row in waiting:
            reason = refusals.get(row.partner_id) or refusals.get(row.contact_id) or refusals.get(row.email)
            if reason:
                row.mail_id.cancel()
                row.result = reason
