from odoo import fields, models

from .tianyuan_roles import SETTINGS


class ResCompany(models.Model):
    """When a company calls contracts late, due for review or about to end (policy 6.2, 9.3)."""

    _inherit = 'res.company'

    tianyuan_contract_grace_days = fields.Integer(
        string="Days of Grace", default=7, prefetch=SETTINGS,
        help="How many days after its due date a payment is reported to the department head.",
    )
    tianyuan_contract_review_months = fields.Integer(
        string="Months Between Contract Reviews", default=3, prefetch=SETTINGS,
        help="How often strategic alliances and agencies are reviewed, unless the contract says otherwise.",
    )
    tianyuan_contract_end_days = fields.Integer(
        string="Days Before a Contract Ends", default=30, prefetch=SETTINGS,
        help="How many days before its end the salesperson is reminded of a contract.",
    )

    _tianyuan_contract_days_positive = models.Constraint(
        'CHECK(tianyuan_contract_grace_days >= 0 AND tianyuan_contract_end_days >= 0'
        ' AND tianyuan_contract_review_months >= 0)',
        "Days and months can't be negative.",
    )
