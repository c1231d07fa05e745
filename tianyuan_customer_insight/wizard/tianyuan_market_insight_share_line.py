from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.models.mixins.tianyuan_customer_mixin import CUSTOMER_DOMAIN

from ..models.tianyuan_market_insight import SHARE_LOG
from ..models.tianyuan_market_insight_share_log import RECEIVED


class TianyuanMarketInsightShareLine(models.TransientModel):
    """A customer to share with: whom of them the mail goes to, or why it can't. Templates are written for these."""

    _name = 'tianyuan.market.insight.share.line'
    _description = "Customer to Share Market Insight With"
    _inherit = ['tianyuan.plain.text.mixin']
    _rec_name = 'partner_id'

    share_id = fields.Many2one('tianyuan.market.insight.share', required=True, index=True, ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, ondelete='cascade',
        domain=CUSTOMER_DOMAIN,
    )
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    contact_id = fields.Many2one('res.partner', string="Recipient", compute='_compute_recipient')
    email = fields.Char(string="E-mail", compute='_compute_recipient')
    lang = fields.Char(string="Language", compute='_compute_recipient')
    status = fields.Selection(
        [
            ('ready', "Will Receive It"), ('received', "Has Received It"), ('no_address', "No E-mail Address"),
            ('unsubscribed', "Unsubscribed"), ('blacklisted', "Blacklisted"), ('duplicate', "Same Address as Another"),
        ],
        compute='_compute_recipient',
    )
    # nobody's to set: it leads to the link with which the customer unsubscribes
    log_id = fields.Many2one(SHARE_LOG, groups=fields.NO_ACCESS, ondelete='cascade')

    # what a template may say
    insight_id = fields.Many2one(related='share_id.insight_id')
    company_id = fields.Many2one(related='share_id.insight_id.company_id')
    sender_id = fields.Many2one('res.users', compute='_compute_sender_id')

    @api.depends('partner_id', 'share_id.insight_id', 'share_id.again')
    def _compute_recipient(self):
        for share, lines in self.grouped('share_id').items():
            refused, received = lines._refused(), lines._received(share)
            taken = set()
            for line in lines:
                contact = line.partner_id and line.partner_id._tianyuan_insight_recipient()
                line.contact_id = contact
                line.email = contact and contact.email_normalized
                line.lang = contact and (contact.lang or line.partner_id.lang)
                line.status = line._status(refused, received, taken)
                taken |= {line.partner_id, line.email}

    @api.depends_context('uid')
    def _compute_sender_id(self):
        self.sender_id = self.env.user

    def _status(self, refused, received, taken):
        """:param dict refused: partner or address → why not
        :param set received: customers and addresses that have the insight
        :param set taken: customers and addresses of the lines before
        """
        if not self.email:
            return 'no_address'
        for key in (self.partner_id, self.contact_id, self.email):
            if key in refused:
                return refused[key]
        if {self.partner_id, self.email} & received:
            return 'received'
        return 'duplicate' if {self.partner_id, self.email} & taken else 'ready'

    def _refused(self):
        customers = self.partner_id._origin
        recipients = customers.browse().union(*(customer._tianyuan_insight_recipient() for customer in customers))
        return (customers | recipients)._tianyuan_insight_refusals(recipients.mapped('email_normalized'))

    def _received(self, share):
        """The customers and addresses it went to, whoever sent it; nobody where it is to be sent again."""
        insight = share.insight_id._origin
        if share.again or not insight:
            return set()
        rows = self.env[SHARE_LOG].sudo().search_fetch(
            [('insight_id', '=', insight.id), ('result', 'in', RECEIVED)], ['partner_id', 'email'],
        )
        return {*rows.partner_id.sudo(False), *rows.mapped('email')}

    def _unsubscribe_url(self):
        """What the mail's link to unsubscribe leads to; nowhere in a preview."""
        row = self.sudo().log_id
        return row._unsubscribe_url() if row else '#'
