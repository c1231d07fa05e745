from odoo import fields, models

MODULE = 'tianyuan_customer_contract'
ACTIVITY_TYPES = {
    'payment': f'{MODULE}.mail_activity_type_contract_payment',
    'papers': f'{MODULE}.mail_activity_type_contract_papers',
}


class TianyuanContractMatter(models.Model):
    """An issue of a contract that was reported to the department head: late payment or late papers (policy 9.3).

    An issue is open until nothing is late any more. A contract that is late again afterwards gets a new issue.
    """

    _name = 'tianyuan.contract.matter'
    _description = "Contract Issue Reported"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'id desc'
    _rec_name = 'contract_id'

    contract_id = fields.Many2one('tianyuan.contract', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='contract_id.currency_id')
    kind = fields.Selection(
        [('payment', "Late Payment"), ('papers', "Late Papers")], string="Issue", required=True, readonly=True,
    )
    user_id = fields.Many2one('res.users', string="Reported To", readonly=True)
    began_on = fields.Date(string="First Reported On", required=True, readonly=True)
    reported_on = fields.Date(string="Last Reported On", required=True, readonly=True)
    late_since = fields.Date(readonly=True)
    newest_due = fields.Date(readonly=True, help="The newest due date among what was late when it was last reported.")
    amount = fields.Monetary(string="Amount Reported", readonly=True)
    count = fields.Integer(string="Papers Reported", readonly=True)
    days = fields.Integer(
        string="Days Step", readonly=True, help="0, 30, 60 or 90 days late when it was last reported.",
    )
    state = fields.Selection(
        [('open', "Open"), ('settled', "Settled")], string="Status", required=True, readonly=True, default='open',
    )
    settled_on = fields.Date(readonly=True)

    _one_open = models.UniqueIndex("(contract_id, kind) WHERE state = 'open'", "The matter is reported already.")

    def _is_worse(self, late):
        """Return whether the issue is worse than when it was last reported.

        It is worse if more money or more papers are late, if something else has become late, or if the delay has
        reached the next step of days.

        :param dict late: the contract's present values from ``_late_payments`` or ``_late_papers``
        """
        return (
            self.currency_id.compare_amounts(late['amount'], self.amount) > 0
            or late['count'] > self.count
            or late['newest_due'] > self.newest_due
            or late['days'] > self.days
        )

    def _settle(self):
        """Settle the issues, and mark their activities as done, because nothing is late any more."""
        if not self:
            return
        self.write({'state': 'settled', 'settled_on': fields.Date.context_today(self)})
        for kind, matters in self.grouped('kind').items():
            matters.contract_id.activity_feedback([ACTIVITY_TYPES[kind]])
