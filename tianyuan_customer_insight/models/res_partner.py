from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ARCHIVE, ROLES

from .tianyuan_market_insight import SHARE_LOG
from .tianyuan_market_insight_share_log import RECEIVED_RESULTS


class ResPartner(models.Model):
    """Market insight sent to a customer, and the choice to receive none (policy 6.3)."""

    _inherit = 'res.partner'

    tianyuan_insight_optout = fields.Boolean(
        string="No Market Insight", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
        help="Wants no market insight by e-mail. Set on a company, it holds for all its contacts.",
    )
    tianyuan_insight_count = fields.Integer(
        string="Market Insight Received", compute='_compute_tianyuan_insight_count', groups=ROLES,
        help="Mails with market insight to this customer that you may see.",
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_insight_count(self):
        counts = self._tianyuan_count_records(SHARE_LOG, [('result', 'in', RECEIVED_RESULTS)])
        for partner in self:
            partner.tianyuan_insight_count = counts[partner]

    def action_tianyuan_insights(self):
        """Open the market insight that the customer was sent.

        :return: action
        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records(
            SHARE_LOG, 'tianyuan_customer_insight.tianyuan_market_insight_share_log_action',
        )

    def _tianyuan_insight_recipient(self):
        """Return the recipient of a customer: the primary contact, else the customer itself.

        :return: ``res.partner``, which may have no address
        """
        self.ensure_one()
        contact = self.tianyuan_primary_contact_id
        return contact if contact.active and contact._tianyuan_email_addresses() else self

    def _tianyuan_insight_refusals(self, emails):
        """Find which of these customers, contacts and addresses want no insight.

        An address is refused if it is on Odoo's blacklist, or if any partner with that address has unsubscribed.

        :param list emails: normalized addresses; empty ones are ignored
        :return: dict of partner or address → ``blacklisted`` or ``unsubscribed``
        """
        emails = [email for email in emails if email]
        # sudo: senders may not read these lists, but have to respect them
        unsubscribed = self.sudo().with_context(active_test=False).search([
            ('tianyuan_insight_optout', '=', True),
            '|', '|', ('id', 'in', self.ids), ('email_normalized', 'in', emails),
            ('email', '=ilike', '%@%@%'),    # who has several addresses may have one of these
        ])
        blacklisted = self.env['mail.blacklist'].sudo().search([('email', 'in', emails)])
        return {
            **dict.fromkeys(unsubscribed.sudo(False), 'unsubscribed'),
            **dict.fromkeys(filter(None, unsubscribed.mapped('email_normalized')), 'unsubscribed'),
            **{email: 'unsubscribed' for each in unsubscribed for email in each._tianyuan_email_addresses()},
            **dict.fromkeys(blacklisted.mapped('email'), 'blacklisted'),
        }

    def _tianyuan_opt_out(self, email):
        """Unsubscribe these partners, and log it in their salesperson's language.

        :param str email: address from which they unsubscribed
        """
        self.tianyuan_insight_optout = True
        for partner in self:
            reader = partner.user_id or partner.commercial_partner_id.user_id
            worded = partner.with_context(lang=reader.lang or self.env.company.partner_id.lang)
            worded._message_log(body=worded.env._("%s unsubscribed from market insight by e-mail.", email))

    # -- personal data --------------------------------------------------------------------------------------------

    def _tianyuan_insights_received(self):
        """Return the rows about insight that was mailed to the person."""
        return self.env[SHARE_LOG].search([('contact_id', 'in', self.ids)], order='date, id')

    def _tianyuan_companies_holding(self):
        return super()._tianyuan_companies_holding() | self._tianyuan_insights_received().company_id

    def _tianyuan_personal_data(self):
        rows = self._tianyuan_held_here(self._tianyuan_insights_received())
        return super()._tianyuan_personal_data() + [(
            self.env._("Market Insight Received"),
            [self.env._("Time"), self.env._("Subject"), self.env._("E-mail"), self.env._("Sender")],
            [[row.date, row.insight_id.display_name, row.email, row.user_id.name] for row in rows],
        )]

    def _tianyuan_erasure_plan(self):
        plan = super()._tianyuan_erasure_plan()
        count = len(self._tianyuan_insights_received())
        if count:
            plan['erased'].append(self.env._(
                "The e-mail address on %s mails with market insight; the rows stay.", count,
            ))
        return plan

    def _tianyuan_erase_person(self, alias):
        rows = self._tianyuan_insights_received()
        rows.mail_id.unlink()
        rows.email = False
        return super()._tianyuan_erase_person(alias)
