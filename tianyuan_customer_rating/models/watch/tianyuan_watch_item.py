from odoo import fields, models


class TianyuanWatchItem(models.Model):
    """A reason to look at a customer before the next rating (policy 6.5 动态管理, 7.2).

    The nightly watch opens, changes and clears items; users only acknowledge them. A customer has at most one item per
    reason that isn't cleared.
    """

    _name = 'tianyuan.watch.item'
    _description = "Early Warning"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.customer.mixin', 'mail.activity.mixin', 'tianyuan.activity.mixin']
    _rec_name = 'partner_id'
    _order = 'state, worsened_on desc, id desc'

    partner_id = fields.Many2one(ondelete='cascade', check_company=False)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    reason = fields.Selection(
        [
            ('tier_down', "On Course to Lose a Tier"),
            ('tier_up', "On Course to Gain a Tier"),
            ('overdue', "Overdue"),
            ('days_late', "Days Late"),
            ('purchases_down', "Purchases Fallen"),
            ('document', "Required Paper Expires"),
            ('bad_debt', "New Bad Debt"),
            ('credit_used', "Credit Limit Used"),
            ('bill_dishonoured', "Bill Dishonoured"),
        ],
        required=True, readonly=True,
    )
    is_good = fields.Boolean(readonly=True, help="Good news: nothing has to be prevented.")
    state = fields.Selection(
        [('open', "Open"), ('acknowledged', "Acknowledged"), ('cleared', "Cleared")],
        required=True, readonly=True, default='open', index=True,
    )
    user_id = fields.Many2one('res.users', string="Owner", readonly=True, index='btree_not_null', ondelete='set null')
    value = fields.Float(
        readonly=True, digits=(16, 2), aggregator=None,
        help="The number behind the reason: an amount, days or percent.",
    )
    limit_value = fields.Float(string="Limit", readonly=True, digits=(16, 2), aggregator=None)
    due_on = fields.Date(readonly=True, help="The day that the reason is about, such as the first due date.")
    document_id = fields.Many2one('tianyuan.archive.document', readonly=True, ondelete='cascade')
    found_on = fields.Date(required=True, readonly=True)
    worsened_on = fields.Date(readonly=True, help="When the number last got worse.")
    cleared_on = fields.Date(readonly=True)
    acknowledged_until = fields.Date(readonly=True)
    acknowledged_note = fields.Char(string="Note", readonly=True)
    acknowledged_by_id = fields.Many2one('res.users', readonly=True, ondelete='set null')

    _one_open = models.UniqueIndex("(partner_id, company_id, reason) WHERE state <> 'cleared'")

    def _tianyuan_protected_fields(self):
        return set(self._fields)
