from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import clean_context, format_list, is_html_empty

from odoo.addons.tianyuan_customer_rating.tools.selections import CUSTOMER_CLASSES

from ..models.tianyuan_market_insight import SHARE_LOG

LINE_MODEL = 'tianyuan.market.insight.share.line'
TRIED_LINES = 3    # recipients for whom the template is tried before anything is sent
LOGGED_STATUSES = ('ready', 'no_address', 'unsubscribed', 'blacklisted')


class TianyuanMarketInsightShare(models.TransientModel):
    """Wizard that sends an insight to customers by e-mail (policy 6.3).

    It proposes key customers: to salespeople their own ones, to managers all.
    """

    _name = 'tianyuan.market.insight.share'
    _description = "Share Market Insight"
    _inherit = ['tianyuan.plain.text.mixin']

    insight_id = fields.Many2one('tianyuan.market.insight', required=True, ondelete='cascade')
    company_id = fields.Many2one(related='insight_id.company_id')
    customer_class = fields.Selection(CUSTOMER_CLASSES, default='key')
    tier_ids = fields.Many2many('tianyuan.rating.tier', string="Tiers")
    market_ids = fields.Many2many('tianyuan.downstream.market', string="Downstream Markets")
    again = fields.Boolean(string="Send Again", help="Also to those who have received it.")
    template_id = fields.Many2one(
        'mail.template', string="E-mail Template", required=True, ondelete='cascade',
        domain=[('model', '=', LINE_MODEL)], default=lambda self: self._default_template(),
    )
    line_ids = fields.One2many(
        LINE_MODEL, 'share_id', string="Customers", compute='_compute_line_ids', store=True, readonly=False,
    )
    ready_count = fields.Integer(string="Will Receive It", compute='_compute_counts')
    received_count = fields.Integer(string="Have Received It", compute='_compute_counts')
    no_address_count = fields.Integer(string="No E-mail Address", compute='_compute_counts')
    unsubscribed_count = fields.Integer(string="Unsubscribed", compute='_compute_counts')
    preview_line_id = fields.Many2one(LINE_MODEL, string="As Seen by", domain="[('share_id', '=', id)]")
    preview_subject = fields.Char(string="Subject", compute='_compute_preview')
    preview_body = fields.Html(compute='_compute_preview', sanitize=False)

    @api.model
    def _default_template(self):
        return self.env.ref('tianyuan_customer_insight.mail_template_market_insight', raise_if_not_found=False)

    @api.depends('insight_id', 'customer_class', 'tier_ids', 'market_ids')
    def _compute_line_ids(self):
        for share in self:
            customers = share._proposed_customers() if share.insight_id else []
            share.line_ids = [Command.clear(), *(Command.create({'partner_id': partner.id}) for partner in customers)]

    @api.depends('line_ids.status')
    def _compute_counts(self):
        for share in self:
            statuses = share.line_ids.mapped('status')
            share.ready_count = statuses.count('ready')
            share.received_count = statuses.count('received') + statuses.count('duplicate')
            share.no_address_count = statuses.count('no_address')
            share.unsubscribed_count = statuses.count('unsubscribed') + statuses.count('blacklisted')

    @api.depends('preview_line_id', 'template_id')
    def _compute_preview(self):
        for share in self:
            line, template = share.preview_line_id._origin, share.template_id._origin
            mail = {}
            if line and template.model == LINE_MODEL:
                mail = template._generate_template(line.ids, ('subject', 'body_html'))[line.id]
            share.preview_subject = mail.get('subject')
            share.preview_body = mail.get('body_html')

    @api.constrains('template_id')
    def _check_template_id(self):
        for share in self:
            if share.template_id.sudo().model != LINE_MODEL:
                raise UserError(self.env._("“%s” is no template for market insight.", share.template_id.name))

    def action_preview(self):
        """Show the mail as the chosen recipient will see it.

        :return: action
        :raise UserError: there are no customers
        """
        self.ensure_one()
        self.check_access('write')
        self.insight_id._check_may_share()
        lines = self.line_ids
        if not lines:
            raise UserError(self.env._("There are no customers to share this with."))
        if self.preview_line_id not in lines:
            self.preview_line_id = lines.filtered(lambda line: line.status == 'ready')[:1] or lines[:1]
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Share with Customers"),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'target': 'new',
            'context': {'dialog_size': 'extra-large'},
        }

    def action_send(self):
        """Log the recipients, to whom a scheduled action sends the mails at once, and refuse what nobody could get.

        :return: action that shows the number of mails
        :raise AccessError: the user may not share the insight, or not with one of the customers
        :raise UserError: there is no recipient left, or the template lacks a text or the link to unsubscribe
        """
        self.ensure_one()
        self.check_access('write')
        insight = self.insight_id
        insight._check_may_share()
        insight._check_customers(self.line_ids.partner_id)
        # Write the insight first: of two users who share it at the same time, the second one then waits and sees the
        # first one's recipients.
        insight.sudo().write({'shared_on': fields.Datetime.now(), 'state': 'shared'})
        insight.flush_recordset()
        self.line_ids.invalidate_recordset(['contact_id', 'email', 'lang', 'status', 'addresses'])
        ready = self.line_ids.filtered(lambda line: line.status == 'ready')
        if not ready:
            raise UserError(self._no_recipients_message())
        rows = self._log_recipients()
        self._try_template(ready[:TRIED_LINES], rows)
        insight.sudo(False)._message_log(body=self.env._("Shared with %s customers.", len(ready)))
        return rows._start_sending({'type': 'ir.actions.act_window_close'})

    # -- recipients ------------------------------------------------------------------------------------

    def _proposed_customers(self):
        # The field is computed as superuser, so take the rights of the dialog's user.
        domain = self.insight_id._customers_domain(self.create_uid or self.env.user)
        if self.customer_class:
            domain &= Domain('tianyuan_customer_class', '=', self.customer_class)
        if self.tier_ids:
            domain &= Domain('tianyuan_tier_id', 'in', self.tier_ids.ids)
        if self.market_ids:
            domain &= Domain('tianyuan_downstream_market_ids', 'in', self.market_ids.ids)
        return self.env['res.partner'].with_company(self.insight_id.company_id).search(domain)

    def _no_recipients_message(self):
        """Return a text that explains why nobody would receive the mail."""
        if not self.line_ids:
            return self.env._("There are no customers to share this with.")
        labels = dict(self.line_ids._fields['status']._description_selection(self.env))
        statuses = self.line_ids.mapped('status')
        return self.env._("Nobody would receive this: %s.", format_list(self.env, [
            f"{labels[status]} ({statuses.count(status)})" for status in dict.fromkeys(statuses)
        ]))

    # -- the mails -------------------------------------------------------------------------------------

    def _log_recipients(self):
        """Log the recipients and those who can't be reached; each address of a customer is a recipient.

        :return: rows of the share log that are to be sent
        """
        # sudo: users may not create these rows; the right to share was checked. Clean the context, as `default_*` keys
        # would preset fields.
        rows = self.env[SHARE_LOG].sudo().with_context(clean_context(self.env.context)).create([{
            'insight_id': self.insight_id.id,
            'company_id': self.insight_id.company_id.id,
            'partner_id': line.partner_id.id,
            'contact_id': line.contact_id.id,
            'email': email,
            'user_id': self.env.uid,
            'template_id': self.template_id.id,
            'result': 'to_send' if status == 'ready' else status,
        } for line in self.line_ids for email, status in (line.addresses or {False: line.status}).items()
            if status in LOGGED_STATUSES])
        return rows.filtered(lambda row: row.result == 'to_send')

    def _try_template(self, lines, rows):
        """Check the template before anything is sent; errors that concern one customer don't count.

        :param lines: the first recipients
        :param rows: rows of the share log
        :raise UserError: the template lacks a text or the link to unsubscribe, or can be rendered for none of them
        """
        row_of = {row.partner_id: row for row in reversed(rows)}
        for line in lines:
            line.sudo().log_id = row_of[line.partner_id]
        for line in lines:
            try:
                rendered = self._render(line, ('subject', 'body_html'))
                break
            except UserError:
                if line == lines[-1]:
                    raise
        self._check_rendered(rendered[line.id])
        lines.sudo().log_id = False

    def _render(self, lines, names=('subject', 'body_html', 'email_from', 'reply_to')):
        """Return the mails of some lines: dict of id → dict of values."""
        return self.template_id._generate_template(lines.ids, names)

    def _check_rendered(self, mail):
        if is_html_empty(mail['body_html']) or not mail['subject']:
            raise UserError(self.env._(
                "The e-mail template “%s” has no text or no subject.", self.template_id.name,
            ))
        if '/tianyuan/insight/unsubscribe?' not in mail['body_html']:
            raise UserError(self.env._(
                "The e-mail template “%s” has no link to unsubscribe. Its readers must be given one.",
                self.template_id.name,
            ))
