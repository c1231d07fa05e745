from odoo import fields, models


class TianyuanBadDebtRecovery(models.Model):
    """The amount of a bad debt that one journal item recovered (design §5); written by the ledger only."""

    _name = 'tianyuan.bad.debt.recovery'
    _description = "Recovery of a Bad Debt"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'date, id'

    debt_id = fields.Many2one('tianyuan.bad.debt', required=True, index=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='debt_id.company_id', store=True)
    currency_id = fields.Many2one(related='debt_id.currency_id')
    date = fields.Date(required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    move_line_id = fields.Many2one(
        'account.move.line', string="Journal Item", readonly=True, index='btree_not_null', ondelete='set null',
    )
