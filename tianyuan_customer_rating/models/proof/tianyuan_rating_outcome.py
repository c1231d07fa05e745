from odoo import fields, models


class TianyuanRatingOutcome(models.Model):
    """What a customer did after a confirmed rating: in the next quarter, or in the next four (policy 客户评价).

    Outcomes are read from the books once the time is over, with the arithmetic of design §4, and are used to judge
    whether the scheme ranks customers rightly. Only code writes them.
    """

    _name = 'tianyuan.rating.outcome'
    _description = "Outcome after a Rating"
    _inherit = ['tianyuan.protected.mixin']
    _rec_name = 'rating_id'
    _order = 'date_from desc, id'

    rating_id = fields.Many2one('tianyuan.rating', required=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one(related='rating_id.partner_id', store=True, index=True)
    company_id = fields.Many2one(related='rating_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    horizon = fields.Selection(
        [('quarter', "Next Quarter"), ('year', "Next Four Quarters")], required=True, readonly=True,
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    on_time_rate = fields.Float(string="On-Time Rate (%)", readonly=True, digits=(5, 1), aggregator='avg')
    days_beyond_terms = fields.Float(string="Days Late", readonly=True, digits=(16, 1), aggregator='avg')
    has_payments = fields.Boolean(readonly=True, help="Something was due in that time, so payment can be judged.")
    bad_debt_amount = fields.Monetary(string="New Bad Debt", readonly=True)
    purchase_amount = fields.Monetary(string="Purchases", readonly=True)
    is_bad = fields.Boolean(
        string="Turned Out Bad", readonly=True,
        help="By the company's definition: new bad debt, an on-time rate below the limit, or more days late than the "
             "limit.",
    )
    is_judged = fields.Boolean(readonly=True, help="There was something to judge the customer by.")
    computed_on = fields.Date(readonly=True)

    _one_per_horizon = models.UniqueIndex("(rating_id, horizon)")

    def _tianyuan_protected_fields(self):
        return set(self._fields)
