from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_watch = fields.Boolean(related='company_id.tianyuan_watch', readonly=False)
    tianyuan_watch_tier = fields.Boolean(related='company_id.tianyuan_watch_tier', readonly=False)
    tianyuan_watch_from_day = fields.Integer(related='company_id.tianyuan_watch_from_day', readonly=False)
    tianyuan_watch_overdue_days = fields.Integer(related='company_id.tianyuan_watch_overdue_days', readonly=False)
    tianyuan_watch_overdue_amount = fields.Float(related='company_id.tianyuan_watch_overdue_amount', readonly=False)
    tianyuan_watch_late_days = fields.Integer(related='company_id.tianyuan_watch_late_days', readonly=False)
    tianyuan_watch_purchases_percent = fields.Float(
        related='company_id.tianyuan_watch_purchases_percent', readonly=False,
    )
    tianyuan_watch_paper_days = fields.Integer(related='company_id.tianyuan_watch_paper_days', readonly=False)
    tianyuan_watch_credit_percent = fields.Float(related='company_id.tianyuan_watch_credit_percent', readonly=False)
    tianyuan_watch_bad_debt = fields.Boolean(related='company_id.tianyuan_watch_bad_debt', readonly=False)
    tianyuan_watch_bills = fields.Boolean(related='company_id.tianyuan_watch_bills', readonly=False)
    tianyuan_watch_step = fields.Float(related='company_id.tianyuan_watch_step', readonly=False)
    tianyuan_watch_acknowledge_days = fields.Integer(
        related='company_id.tianyuan_watch_acknowledge_days', readonly=False,
    )
    tianyuan_watch_reopen_days = fields.Integer(related='company_id.tianyuan_watch_reopen_days', readonly=False)
    tianyuan_watch_digest = fields.Boolean(related='company_id.tianyuan_watch_digest', readonly=False)
    tianyuan_propose_bad_debt = fields.Boolean(related='company_id.tianyuan_propose_bad_debt', readonly=False)
    tianyuan_propose_bill = fields.Boolean(related='company_id.tianyuan_propose_bill', readonly=False)
    tianyuan_propose_tier = fields.Boolean(related='company_id.tianyuan_propose_tier', readonly=False)
    tianyuan_propose_days_late = fields.Integer(related='company_id.tianyuan_propose_days_late', readonly=False)
    tianyuan_propose_purchases_down = fields.Integer(
        related='company_id.tianyuan_propose_purchases_down', readonly=False,
    )
