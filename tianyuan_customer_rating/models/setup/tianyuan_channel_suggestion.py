from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine.accounts import with_branches
from ...engine.moves import DEAL_MOVE_TYPES
from ...engine.periods import Quarter
from ...engine.population import population, since
from ...tools.roles import keeps_archives
from ...tools.selections import CHANNELS

WILDCARDS = str.maketrans({'\\': '\\\\', '%': '\\%', '_': '\\_'})


class TianyuanChannelSuggestion(models.Model):
    """A customer whom a run of the last quarter would rate, but who has no channel, with the channel to suggest.

    The first rule that applies suggests it: what the archive says of the customer's business, a word in its name, the
    number of different products it bought in four quarters. Words and number are settings of the company.
    """

    _name = 'tianyuan.channel.suggestion'
    _description = "Customer without a Channel"
    _auto = False
    _order = 'amount desc, id'
    _rec_name = 'partner_id'
    _depends = {
        'res.partner': ['active', 'name', 'company_id', 'user_id', 'tianyuan_channel', 'tianyuan_business_nature'],
        'res.company': ['tianyuan_distributor_words', 'tianyuan_distributor_varieties'],
        'account.move': ['state', 'company_id', 'move_type', 'invoice_date', 'commercial_partner_id'],
        'account.move.line': ['move_id', 'product_id', 'display_type', 'balance'],
    }

    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    amount = fields.Monetary(string="Invoiced in a Year", readonly=True)
    variety_count = fields.Integer(string="Varieties", readonly=True)
    channel = fields.Selection(CHANNELS, string="Suggested Channel", readonly=True)
    rule = fields.Selection(
        [('nature', "Business nature"), ('name', "Word in the name"), ('many', "Many varieties"),
         ('few', "Few varieties")], readonly=True,
    )
    reason = fields.Char(string="Suggested Because", compute='_compute_reason')

    @property
    def _table_query(self):
        company = self.env.company.sudo().root_id
        quarter = Quarter.last_complete(company._tianyuan_today())
        words = [
            f"%{word.strip().translate(WILDCARDS)}%"
            for word in (company.tianyuan_distributor_words or '').replace('，', ',').split(',') if word.strip()
        ]
        return SQL(
            """
            SELECT s.*, CASE WHEN s.rule = 'nature' AND s.nature = 'manufacturer' OR s.rule = 'few'
                             THEN 'direct' ELSE 'distributor' END AS channel
              FROM (
                SELECT c.id, c.id AS partner_id, %(company)s::int AS company_id, c.user_id,
                       c.tianyuan_business_nature AS nature, COALESCE(b.amount, 0) AS amount,
                       COALESCE(b.variety_count, 0)::int AS variety_count,
                       CASE WHEN c.tianyuan_business_nature IS NOT NULL THEN 'nature'
                            WHEN c.name ILIKE ANY(%(words)s::text[]) THEN 'name'
                            WHEN b.variety_count >= %(varieties)s THEN 'many'
                            ELSE 'few' END AS rule
                  FROM res_partner c
             LEFT JOIN (
                    SELECT m.commercial_partner_id AS partner_id, SUM(-l.balance) AS amount,
                           COUNT(DISTINCT v.product_tmpl_id) AS variety_count
                      FROM account_move m
                      JOIN res_partner w ON w.id = m.commercial_partner_id AND w.tianyuan_channel IS NULL
                      JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
                 LEFT JOIN product_product v ON v.id = l.product_id
                     WHERE m.company_id = ANY(%(companies)s) AND m.state = 'posted' AND m.move_type IN %(deals)s
                       AND m.invoice_date BETWEEN %(since)s AND %(end)s
                  GROUP BY m.commercial_partner_id
                  ) b ON b.partner_id = c.id
                 WHERE c.id IN (%(population)s AND p.tianyuan_channel IS NULL)
              ) s
            """,
            company=company.id, words=words, varieties=company.tianyuan_distributor_varieties,
            companies=with_branches(company).ids, deals=DEAL_MOVE_TYPES, since=since(quarter),
            end=quarter.date_to, population=population(self.env, company, quarter),
        )

    @api.depends('rule', 'variety_count', 'channel')
    @api.depends_context('lang')
    def _compute_reason(self):
        limit = self.env.company.sudo().root_id.tianyuan_distributor_varieties
        for customer in self:
            if customer.rule == 'nature':
                customer.reason = (
                    self.env._("The archive says dealer") if customer.channel == 'distributor'
                    else self.env._("The archive says manufacturer")
                )
            elif customer.rule == 'name':
                customer.reason = self.env._("The name is a trading company's")
            elif customer.rule == 'many':
                customer.reason = self.env._(
                    "%(count)s varieties, %(limit)s or more: for resale",
                    count=customer.variety_count, limit=limit,
                )
            else:
                customer.reason = self.env._(
                    "%(count)s varieties, fewer than %(limit)s: for its own use",
                    count=customer.variety_count, limit=limit,
                )

    def action_set_distributor(self):
        """Make the selected customers distributors.

        :raise AccessError: the user keeps no archives, or may not write a customer
        """
        return self._set({'distributor': self})

    def action_set_direct(self):
        """Make the selected customers direct customers.

        :raise AccessError: the user keeps no archives, or may not write a customer
        """
        return self._set({'direct': self})

    def action_set_suggested(self):
        """Give the selected customers, or all if none is selected, the channel suggested for them.

        :raise AccessError: the user keeps no archives, or may not write a customer
        """
        return self._set((self or self.search([])).grouped('channel'))

    @api.model
    def _open(self, company):
        """Return the action that opens the list of a company, which may be another than the user's current one.

        :param company: ``res.company`` without a parent; who works in a branch only gets the list from there
        """
        action = self.env['ir.actions.act_window']._for_xml_id(
            'tianyuan_customer_rating.tianyuan_channel_suggestion_action')
        context = {'dialog_size': 'extra-large'}
        if company in self.env.user.company_ids:
            context['allowed_company_ids'] = company.ids
        return {**action, 'context': context}

    @api.model
    def _set(self, customers):
        """Write the channels as the user; the dialog closes when no customer is left.

        :param dict customers: channel → records of this model
        """
        if not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers can set the channel of customers."))
        self.check_access('read')
        for channel, records in customers.items():
            records.partner_id.write({'tianyuan_channel': channel})
        self.env.flush_all()
        self.invalidate_model()
        return True if self.search_count([], limit=1) else {'type': 'ir.actions.act_window_close'}
