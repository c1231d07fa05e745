from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import clean_context, format_list, formataddr, is_html_empty, split_every

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER
from odoo.addons.tianyuan_customer_rating.tools.selections import CUSTOMER_CLASSES
from odoo.addons.tianyuan_customer_rating.tools.text import one_line

from ..models.tianyuan_market_insight import SHARE_LOG

LINE_MODEL = 'tianyuan.market.insight.share.line'
BATCH_SIZE = 500
NAMED_CUSTOMERS = 10
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
        """Queue a mail for each recipient, and log it on the customers.

        :return: action that shows the number of mails
        :raise AccessError: the user may not share the insight, or not with one of the customers
        :raise UserError: there is no recipient left, or the template lacks a text or the link to unsubscribe
        """
        self.ensure_one()
        self.check_access('write')
        insight = self.insight_id
        insight._check_may_share()
        customers = self.line_ids.partner_id
        self._check_customers(customers)
        # Write the insight first: of two users who share it at the same time, the second one then waits and sees the
        # first one's recipients.
        insight.sudo().write({'shared_on': fields.Datetime.now(), 'state': 'shared'})
        insight.flush_recordset()
        self.line_ids.invalidate_recordset(['contact_id', 'email', 'lang', 'status'])
        ready = self.line_ids.filtered(lambda line: line.status == 'ready')
        if not ready:
            raise UserError(self._no_recipients_message())
        self._log_recipients()
        self._queue_mails(ready)
        self._note_on_customers(ready)
        insight.sudo(False)._message_log(body=self.env._("Shared with %s customers.", len(ready)))
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("%s e-mails are on their way.", len(ready)),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    # -- recipients ------------------------------------------------------------------------------------

    def _customers_domain(self, user):
        """Return a domain of the customers that a user may share with.

        They are customers of the insight's company; salespeople may share with their own ones only.
        """
        domain = Domain('company_id', 'in', (False, self.insight_id.company_id.id))
        domain &= Domain('is_company', '=', True) | Domain('parent_id', '=', False)
        if not user.has_group(MANAGER):
            domain &= Domain('user_id', '=', user.id) | Domain('user_id.sale_team_id.user_id', '=', user.id)
        return domain

    def _proposed_customers(self):
        # The field is computed as superuser, so take the rights of the dialog's user.
        domain = self._customers_domain(self.create_uid or self.env.user)
        if self.customer_class:
            domain &= Domain('tianyuan_customer_class', '=', self.customer_class)
        if self.tier_ids:
            domain &= Domain('tianyuan_tier_id', 'in', self.tier_ids.ids)
        if self.market_ids:
            domain &= Domain('tianyuan_downstream_market_ids', 'in', self.market_ids.ids)
        return self.env['res.partner'].with_company(self.insight_id.company_id).search(domain)

    def _check_customers(self, customers):
        """Check that the user may share with these customers, because clients can send any lines.

        :raise AccessError: a customer isn't among those the user may share with
        """
        allowed = self.env['res.partner'].search(
            Domain('id', 'in', customers.ids) & self._customers_domain(self.env.user),
        )
        others = customers - allowed
        if others:
            names = "\n".join(others[:NAMED_CUSTOMERS].mapped('display_name'))
            if self.env.user.has_group(MANAGER):
                raise AccessError(self.env._("These are no customers of %(company)s:\n%(names)s",
                                             company=self.insight_id.company_id.name, names=names))
            raise AccessError(self.env._("You share market insight with your own customers only, not with:\n%s", names))

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
        lines = self.line_ids.filtered(lambda line: line.status in LOGGED_STATUSES)
        # sudo: users may not create these rows; the right to share was checked. Clean the context, as `default_*` keys
        # would preset fields.
        rows = self.env[SHARE_LOG].sudo().with_context(clean_context(self.env.context)).create([{
            'insight_id': self.insight_id.id,
            'company_id': self.insight_id.company_id.id,
            'partner_id': line.partner_id.id,
            'contact_id': line.contact_id.id,
            'email': line.email,
            'user_id': self.env.uid,
            'result': 'queued' if line.status == 'ready' else line.status,
        } for line in lines])
        for line, row in zip(lines, rows, strict=True):
            line.sudo().log_id = row

    def _queue_mails(self, lines):
        """Queue one mail for each line, so that no recipient sees another one's address."""
        for batch in split_every(BATCH_SIZE, lines.ids, lines.browse):
            rendered = self.template_id._generate_template(
                batch.ids, ('subject', 'body_html', 'email_from', 'reply_to'),
            )
            self._check_rendered(rendered.values())
            rows = batch.sudo().mapped(lambda line: line.log_id)
            mails = self.env['mail.mail'].sudo().create([{
                'model': SHARE_LOG,
                'res_id': row.id,
                'author_id': self.env.user.partner_id.id,
                'email_from': rendered[line.id].get('email_from') or self.env.user.email_formatted,
                'reply_to': rendered[line.id].get('reply_to') or self.env.user.email_formatted,
                'email_to': formataddr((one_line(line.contact_id.name), line.email)),
                'subject': one_line(rendered[line.id]['subject']),
                'body_html': rendered[line.id]['body_html'],
                'attachment_ids': [Command.link(file.id) for file in self.insight_id.sudo().attachment_ids],
                'auto_delete': True,
                'headers': repr({
                    'List-Unsubscribe': f'<{row._unsubscribe_url(one_click=True)}>',
                    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
                    'X-Auto-Response-Suppress': 'OOF',
                }),
            } for line, row in zip(batch, rows, strict=True)])
            for row, mail in zip(rows, mails, strict=True):
                row.mail_id = mail

    def _check_rendered(self, mails):
        for mail in mails:
            if is_html_empty(mail['body_html']) or not mail['subject']:
                raise UserError(self.env._(
                    "The e-mail template “%s” has no text or no subject.", self.template_id.name,
                ))
            if '/tianyuan/insight/unsubscribe?' not in mail['body_html']:
                raise UserError(self.env._(
                    "The e-mail template “%s” has no link to unsubscribe. Its readers must be given one.",
                    self.template_id.name,
                ))

    def _note_on_customers(self, lines):
        # Build the link once: it is the same for all customers.
        link = self.insight_id._get_html_link()
        lines.partner_id._message_log_batch(bodies={
            line.partner_id.id: self.env._(
                "Market insight %(insight)s was sent to %(name)s, %(email)s.",
                insight=link, name=line.contact_id.name or "", email=line.email,
            ) for line in lines
        })
