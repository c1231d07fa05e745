from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.models.mixins.tianyuan_customer_mixin import CUSTOMER_DOMAIN

from ..models.tianyuan_market_insight import SHARE_LOG
from ..models.tianyuan_market_insight_share_log import RECEIVED_RESULTS


class TianyuanMarketInsightShareLine(models.TransientModel):
    """A customer to share an insight with: the recipient of the mail, or the reason why there is none.

    E-mail templates for market insight belong to this model.
    """

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
    addresses = fields.Json(compute='_compute_recipient', export_string_translation=False)    # address → status
    # NO_ACCESS: the row leads to the customer's secret link to unsubscribe.
    log_id = fields.Many2one(SHARE_LOG, groups=fields.NO_ACCESS, ondelete='cascade')

    # Fields for e-mail templates.
    insight_id = fields.Many2one(related='share_id.insight_id')
    company_id = fields.Many2one(related='share_id.insight_id.company_id')
    sender_id = fields.Many2one('res.users', compute='_compute_sender_id')

    @api.depends('partner_id', 'share_id.insight_id', 'share_id.again', 'log_id')
    def _compute_recipient(self):
        for share, lines in self.grouped('share_id').items():
            refused, received = lines._refusals(), lines._received(share)
            taken = set()
            for line in lines:
                # sudo: users may not read the row, which decides to whom a mail is sent that has been logged.
                row = line.sudo().log_id
                customer = line.partner_id
                contact = row.contact_id.sudo(False) or customer and customer._tianyuan_insight_recipient()
                if row:
                    addresses = {row.email: 'ready'}
                else:
                    addresses = line._address_statuses(contact, refused, received, taken)
                line.contact_id = contact
                line.addresses = addresses
                line.email = ', '.join(addresses)
                line.lang = contact and (contact.lang or customer.lang)
                statuses = list(addresses.values())
                line.status = 'ready' if 'ready' in statuses else statuses[0] if statuses else 'no_address'
                taken |= {customer, *addresses}

    @api.depends_context('uid')
    def _compute_sender_id(self):
        self.sender_id = self.env.user

    def _address_statuses(self, contact, refused, received, taken):
        """Return the status of each address of the recipient, all of which get the mail.

        :param contact: ``res.partner``, the recipient
        :param dict refused: partner or address → status
        :param set received: customers and addresses that have received the insight
        :param set taken: customers and addresses of the lines before
        :return: dict of address → status
        """
        return {
            email: self._status(email, contact, refused, received, taken)
            for email in (contact and contact._tianyuan_email_addresses() or [])
        }

    def _status(self, email, contact, refused, received, taken):
        for key in (self.partner_id, contact, email):
            if key in refused:
                return refused[key]
        if {self.partner_id, email} & received:
            return 'received'
        return 'duplicate' if {self.partner_id, email} & taken else 'ready'

    def _refusals(self):
        customers = self.partner_id._origin
        recipients = customers.browse().union(*(customer._tianyuan_insight_recipient() for customer in customers))
        emails = [email for recipient in recipients for email in recipient._tianyuan_email_addresses()]
        return (customers | recipients)._tianyuan_insight_refusals(emails)

    def _received(self, share):
        """Return the customers and addresses that have received the insight; none if it is to be sent again."""
        insight = share.insight_id._origin
        if share.again or not insight:
            return set()
        rows = self.env[SHARE_LOG].sudo().search_fetch(
            [('insight_id', '=', insight.id), ('result', 'in', RECEIVED_RESULTS)], ['partner_id', 'email'],
        )
        return {*rows.partner_id.sudo(False), *rows.mapped('email')}

    def _unsubscribe_url(self):
        """Return the link to unsubscribe, or ``#`` in a preview."""
        row = self.sudo().log_id
        return row._unsubscribe_url() if row else '#'
