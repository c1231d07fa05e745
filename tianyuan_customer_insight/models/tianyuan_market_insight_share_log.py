import logging

from werkzeug.urls import url_encode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import consteq, formataddr, hmac

from odoo.addons.tianyuan_customer_rating.tools.halves import work_together
from odoo.addons.tianyuan_customer_rating.tools.text import listed, one_line

WAITING_RESULTS = ('to_send', 'queued')
RECEIVED_RESULTS = (*WAITING_RESULTS, 'sent')
FAILED_RESULTS = ('failed', 'cancelled')
BATCH_SIZE = 100    # mails that are rendered between two commits
LONGEST_REASON = 300    # characters

_logger = logging.getLogger(__name__)


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
    # NO_ACCESS: only sending uses it.
    template_id = fields.Many2one(
        'mail.template', string="E-mail Template", groups=fields.NO_ACCESS, ondelete='set null',
    )
    mail_id = fields.Many2one('mail.mail', index='btree_not_null', ondelete='set null')
    result = fields.Selection(
        [
            ('to_send', "Being Prepared"), ('queued', "Waiting"), ('sent', "Sent"), ('failed', "Failed"),
            ('cancelled', "Cancelled"),
            ('no_address', "No E-mail Address"), ('unsubscribed', "Unsubscribed"), ('blacklisted', "Blacklisted"),
        ],
        required=True, index=True,
    )
    failure = fields.Char(string="Reason")

    # -- sending -----------------------------------------------------------------------------------

    def action_send_again(self):
        """Send the mails that failed again, to the addresses that the customers have by now.

        :return: action that shows the number of mails
        :raise AccessError: the user may not share an insight, or not with one of the customers
        :raise UserError: none of the mails failed, or an insight can't be shared
        """
        self.check_access('read')
        for insight, rows in self.grouped('insight_id').items():
            insight._check_may_share()
            insight._check_customers(rows.partner_id)
        failed = self.filtered(lambda row: row.result in FAILED_RESULTS)
        if not failed:
            raise UserError(self.env._("None of these e-mails has failed."))
        for insight, rows in failed.grouped('insight_id').items():
            insight.sudo(False)._message_log(body=self.env._("%s e-mails that had failed are sent again.", len(rows)))
        # sudo: users may not write these rows; the right to share was checked.
        failed.sudo()._send_again()
        return failed._start_sending({'type': 'ir.actions.client', 'tag': 'soft_reload'})

    def _send_again(self):
        """Prepare rows for another attempt: the user is the sender now, and addresses may have been mended."""
        self.mail_id.unlink()
        sent_to = self.search_fetch(
            [('insight_id', 'in', self.insight_id.ids), ('result', 'in', RECEIVED_RESULTS)],
            ['insight_id', 'partner_id', 'email'],
        )
        taken = {(row.insight_id, row.partner_id, row.email) for row in sent_to}
        default = self.env['tianyuan.market.insight.share']._default_template()
        for row in self:
            contact = row.partner_id._tianyuan_insight_recipient()
            addresses = contact._tianyuan_email_addresses()
            if row.email in addresses:
                addresses = [row.email]
            email = next((
                address for address in addresses if (row.insight_id, row.partner_id, address) not in taken
            ), False)
            taken.add((row.insight_id, row.partner_id, email))
            row.write({
                'contact_id': contact.id,
                'email': email or row.email,
                'user_id': self.env.uid,
                'template_id': (row.template_id or default or row.template_id).id,
                'result': 'to_send' if email else 'no_address',
                'failure': False,
            })

    def _start_sending(self, then):
        """Have the scheduled action send the mails of these rows.

        :param dict then: the action that follows
        :return: action that shows the number of mails
        """
        # sudo: every user who may share may have the scheduled action run.
        self.env.ref('tianyuan_customer_insight.ir_cron_send_insight').sudo()._trigger()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._(
                    "%s e-mails are being sent in the background. The insight shows how many have been sent.",
                    len(self)),
                'next': then,
            },
        }

    @api.model
    def _cron_send(self):
        """Make the mails of all rows that are to be sent, and hand them to Odoo's mail queue."""
        rows = self.search([('result', '=', 'to_send')], order='id')
        groups = rows.grouped(lambda row: (row.insight_id, row.user_id, row.template_id))
        for _key, ids in self.env['ir.cron']._tianyuan_batches_by(
            [(key, rows.ids) for key, rows in groups.items()], BATCH_SIZE,
        ):
            self.browse(ids)._make_mails()
        if rows:
            self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()

    def _make_mails(self):
        """Make the mails of rows that have insight, sender and template in common.

        One customer's error doesn't stop the others: templates and addresses can fail in any way.
        """
        def failed(row, error):
            _logger.info("Market insight: the e-mail to %s can't be made", row.partner_id.id, exc_info=error)
            reason = one_line(str(error)) or type(error).__name__
            row.write({'result': 'failed', 'failure': reason[:LONGEST_REASON]})

        self._cancel_unsubscribed_mails()
        rows = self.filtered(lambda row: row.result == 'to_send')
        work_together(rows, type(rows)._create_mails, failed)

    def _create_mails(self):
        """Render one mail for each row, so that no recipient sees another one's address, and note it on the customers.

        They are rendered with the rights of the sender.
        """
        insight, sender = self.insight_id, self.user_id
        if not self.template_id:
            raise UserError(self.env._("The e-mail template has been deleted."))
        shares = self.env['tianyuan.market.insight.share'].with_user(sender).with_company(insight.company_id)
        # sudo: the lines refer to the rows of the log, which the sender can't.
        share = shares.with_context(lang=sender.lang).sudo().create({
            'insight_id': insight.id, 'template_id': self.template_id.id,
            'line_ids': [Command.create({'partner_id': row.partner_id.id, 'log_id': row.id}) for row in self],
        })
        rendered = share.sudo(False)._render(share.line_ids.sudo(False))
        mails = self.env['mail.mail'].sudo().create([
            self._mail_values(line, rendered[line.id]) for line in share.line_ids
        ])
        for line, mail in zip(share.line_ids, mails, strict=True):
            line.log_id.write({'mail_id': mail.id, 'result': 'queued'})
        self._note_on_customers(share.sudo(False))
        share.unlink()

    def _mail_values(self, line, rendered):
        """Return the values of the mail of one line of a share."""
        line.share_id._check_rendered(rendered)
        row, sender = line.log_id, self.user_id
        return {
            'model': self._name,
            'res_id': row.id,
            'author_id': sender.partner_id.id,
            'email_from': rendered.get('email_from') or sender.email_formatted,
            'reply_to': rendered.get('reply_to') or sender.email_formatted,
            'email_to': formataddr((one_line(row.contact_id.name), row.email)),
            'subject': one_line(rendered['subject']),
            'body_html': rendered['body_html'],
            'attachment_ids': [Command.link(file.id) for file in self.insight_id.attachment_ids],
            'auto_delete': True,
            'headers': repr({
                'List-Unsubscribe': f'<{row._unsubscribe_url(one_click=True)}>',
                'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
                'X-Auto-Response-Suppress': 'OOF',
            }),
        }

    def _note_on_customers(self, share):
        """Note the mails of these rows on the customers, in the name and the language of the sender."""
        # Build the link once: it is the same for all customers.
        link = share.insight_id._get_html_link()
        share.line_ids.partner_id._message_log_batch(bodies={
            partner.id: share.env._(
                "Market insight %(insight)s was sent to %(name)s, %(email)s.",
                insight=link, name=rows.contact_id[:1].name or "", email=listed(share.env, rows.mapped('email')),
            ) for partner, rows in self.grouped('partner_id').items()
        })

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
        likely = Partner.search([('email', 'ilike', self.email)]) if self.email else Partner
        return self.contact_id | likely.filtered(lambda partner: self.email in partner._tianyuan_email_addresses())

    def _unsubscribe(self):
        """Unsubscribe the readers of the mail, and cancel waiting mails to its address."""
        readers = self._readers()
        readers.filtered(lambda reader: not reader.tianyuan_insight_optout)._tianyuan_opt_out(self.email)
        waiting = self.search([('email', '=', self.email), ('result', 'in', WAITING_RESULTS)])
        waiting.mail_id.cancel()
        waiting.result = 'unsubscribed'

    def _cancel_unsubscribed_mails(self):
        """Cancel waiting mails to recipients who have unsubscribed or were blacklisted after the insight was shared."""
        waiting = self.filtered(lambda row: row.result in WAITING_RESULTS)
        refusals = (waiting.partner_id | waiting.contact_id)._tianyuan_insight_refusals(waiting.mapped('email'))
        for row in waiting:
            reason = refusals.get(row.partner_id) or refusals.get(row.contact_id) or refusals.get(row.email)
            if reason:
                row.mail_id.cancel()
                row.result = reason
