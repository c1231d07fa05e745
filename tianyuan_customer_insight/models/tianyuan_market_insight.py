from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, SALES

from .tianyuan_market_insight_share_log import FAILED_RESULTS, WAITING_RESULTS

SHARE_LOG = 'tianyuan.market.insight.share.log'
NAMED_CUSTOMERS = 10    # keeps messages about many customers readable
# Counters of recipients, and the results that each one counts.
COUNTS = {
    'queued_count': WAITING_RESULTS,
    'sent_count': ('sent',),
    'failed_count': FAILED_RESULTS,
    'unreached_count': ('no_address', 'unsubscribed', 'blacklisted'),
}


class TianyuanMarketInsight(models.Model):
    """Information about a market that the company shares with its key customers (policy 6.3, design §9).

    Authors edit their own drafts. After sharing only managers may change an insight, because it shows what customers
    were told.
    """

    _name = 'tianyuan.market.insight'
    _description = "Market Insight"
    _inherit = ['tianyuan.protected.mixin', 'mail.thread', 'mail.activity.mixin', 'tianyuan.plain.text.mixin']
    _order = 'date desc, id desc'
    _mail_post_access = 'read'
    _tianyuan_access_fields = ('company_id', 'user_id')

    name = fields.Char(string="Title", required=True, tracking=True)
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False)
    topic = fields.Selection(
        [
            ('macro', "Macro Economy"), ('policy', "Industry Policy"),
            ('demand', "Market Demand"), ('competitors', "Competitors"),
        ],
        required=True, default='demand', index=True, tracking=True,
    )
    content = fields.Html()
    source = fields.Char(
        string="Information Source", help="Where it comes from: a publication, a trade fair, a customer visit.",
    )
    attachment_ids = fields.Many2many('ir.attachment', string="Attachments", copy=False, bypass_search_access=True)
    market_ids = fields.Many2many(
        'tianyuan.downstream.market', string="Downstream Markets",
        help="The markets it is about. Customers who sell there are proposed when it is shared.",
    )
    user_id = fields.Many2one(
        'res.users', string="Author", required=True, index=True, copy=False, default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]", tracking=True,
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [('draft', "Draft"), ('shared', "Shared"), ('archived', "Archived")],
        string="Status", required=True, readonly=True, copy=False, default='draft', index=True, tracking=True,
    )
    shared_on = fields.Datetime(string="Last Shared On", readonly=True, copy=False)
    share_log_ids = fields.One2many(SHARE_LOG, 'insight_id', string="Recipients")
    recipient_count = fields.Integer(compute='_compute_counts', help="Customers it was meant for that you may see.")
    queued_count = fields.Integer(string="Waiting to Be Sent", compute='_compute_counts')
    sent_count = fields.Integer(string="Sent", compute='_compute_counts')
    failed_count = fields.Integer(string="Failed", compute='_compute_counts')
    unreached_count = fields.Integer(string="Not Reached", compute='_compute_counts')

    @api.depends('share_log_ids.result')
    @api.depends_context('uid')
    def _compute_counts(self):
        found = {
            (insight.id, result): count for insight, result, count in self.env[SHARE_LOG]._read_group(
                [('insight_id', 'in', self.ids)], ['insight_id', 'result'], ['partner_id:count_distinct'],
            )
        }
        totals = {
            insight.id: count for insight, count in self.env[SHARE_LOG]._read_group(
                [('insight_id', 'in', self.ids)], ['insight_id'], ['partner_id:count_distinct'],
            )
        }
        for insight in self:
            insight.recipient_count = totals.get(insight.id, 0)
            for name, results in COUNTS.items():
                insight[name] = sum(found.get((insight.id, result), 0) for result in results)

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'state', 'shared_on', 'share_log_ids'}

    @api.model_create_multi
    def create(self, vals_list):
        """Create insights, and take over their attachments.

        :raise AccessError: a field is set that only the system sets, or an attachment belongs to another record
        """
        insights = super().create(vals_list)
        insights._take_over_attachments()
        return insights

    def write(self, vals):
        result = super().write(vals)
        if 'attachment_ids' in vals:
            self._take_over_attachments()
        return result

    def copy_data(self, default=None):
        return [
            {**vals, 'name': self.env._("%s (copy)", vals['name'])} if 'name' not in (default or {}) else vals
            for vals in super().copy_data(default)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        for insight in self:
            if insight.sudo().share_log_ids:
                raise UserError(self.env._(
                    "“%s” has been shared, and what customers were told is kept: archive it instead.", insight.name,
                ))

    def _tianyuan_protected_message(self, names):
        return self.env._("Whether an insight has been shared can't be written: share it.")

    def _take_over_attachments(self):
        """Link uploaded files to the insights, so that readers of an insight can open them.

        Files of other records, such as an archive's documents, are refused, because sharing the insight would send them
        to customers.

        :raise AccessError: a file wasn't uploaded for the insight by the user
        """
        for insight in self:
            # sudo: the check must include files that the user may not read
            for file in insight.sudo().attachment_ids:
                owner = (file.res_model, file.res_id)
                if owner == (self._name, insight.id) and not file.res_field and file.type == 'binary':
                    continue
                uploaded = owner in ((self._name, 0), (False, 0)) and not file.res_field and file.type == 'binary'
                if not uploaded or not self.env.su and file.create_uid != self.env.user:
                    raise AccessError(self.env._("Attach only files that were uploaded for this insight."))
                file.write({'res_model': self._name, 'res_id': insight.id})

    # -- actions -----------------------------------------------------------------------------------

    def action_share(self):
        """Open the dialog to share the insight.

        :return: action
        :raise AccessError: the user may not share the insight
        :raise UserError: the insight has no content, or is archived
        """
        self._check_may_share()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Share with Customers"),
            'res_model': 'tianyuan.market.insight.share',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_insight_id': self.id,
                'default_market_ids': self.market_ids.ids,
                'dialog_size': 'extra-large',
            },
        }

    def action_retire(self):
        """Archive outdated insights, which can't be shared until they are restored.

        :raise AccessError: the user may not write one of the insights
        """
        self.check_access('write')
        self.sudo().state = 'archived'
        return True

    def action_restore(self):
        """Restore archived insights to their state before.

        :raise AccessError: the user may not write an insight, and isn't the author of one that was never shared
        """
        self._check_may_restore()
        for insight in self.sudo().filtered(lambda insight: insight.state == 'archived'):
            insight.state = 'shared' if insight.shared_on else 'draft'
        return True

    def action_open_recipients(self):
        """Open the recipients of the insight with the results of the mails.

        :return: action
        :raise AccessError: the user may not read the insight
        """
        self.ensure_one()
        self.check_access('read')
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'tianyuan_customer_insight.tianyuan_market_insight_share_log_action',
            ),
            'domain': [('insight_id', '=', self.id)],
            'context': {},
        }

    def action_send_failed_again(self):
        """Send the mails that failed again, after what was wrong has been mended.

        :return: action that shows the number of mails
        :raise AccessError: see :meth:`action_share`
        :raise UserError: none has failed
        """
        self._check_may_share()
        return self.share_log_ids.filtered(lambda row: row.result in FAILED_RESULTS).action_send_again()

    def _check_may_share(self):
        """Check that the user may share the insight, and that it can be shared.

        :raise AccessError: see :meth:`action_share`
        :raise UserError: see :meth:`action_share`
        """
        self.ensure_one()
        self.check_access('read')
        if not self.env.su and not any(map(self.env.user.has_group, (SALES, MANAGER))):
            raise AccessError(self.env._("Only sales users and managers can share market insight."))
        if self.state == 'draft' and not self.has_access('write'):
            raise AccessError(self.env._("A draft is shared by its author or by a manager."))
        if self.state == 'archived':
            raise UserError(self.env._("“%s” is archived: restore it to share it.", self.name))
        if is_html_empty(self.content):
            raise UserError(self.env._("“%s” has no content yet: write what there is to share.", self.name))

    def _customers_domain(self, user):
        """Return a domain of the customers that a user may share with.

        They are customers of the insight's company; salespeople may share with their own ones only.
        """
        domain = Domain('company_id', 'in', (False, self.company_id.id))
        domain &= Domain('is_company', '=', True) | Domain('parent_id', '=', False)
        if not user.has_group(MANAGER):
            domain &= Domain('user_id', '=', user.id) | Domain('user_id.sale_team_id.user_id', '=', user.id)
        return domain

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
                                             company=self.company_id.name, names=names))
            raise AccessError(self.env._("You share market insight with your own customers only, not with:\n%s", names))

    def _check_may_restore(self):
        self.check_access('read')
        if self.env.su or self.has_access('write'):
            return
        if any(insight.user_id != self.env.user or insight.shared_on for insight in self):
            raise AccessError(self.env._("An insight is restored by its author, once shared by a manager."))
