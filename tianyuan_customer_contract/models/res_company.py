from odoo import fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, SETTINGS


class ResCompany(models.Model):
    """Settings of contracts: who approves their texts, and when one is late, due for review or about to end.

    Policy 6.2, 9.2 and 9.3.
    """

    _inherit = 'res.company'

    tianyuan_legal_reviewer_ids = fields.Many2many(
        'res.users', 'tianyuan_legal_reviewer_rel', 'company_id', 'user_id', string="Legal Reviewers",
        domain=[('share', '=', False)],
        help="Who approves the company's contract templates. Empty: managers.",
    )
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

    def _tianyuan_is_legal_reviewer(self):
        """Return whether the user may approve contract texts in all of these companies."""
        user, manager = self.env.user, self.env.user.has_group(MANAGER)
        return all(
            user in company.tianyuan_legal_reviewer_ids if company.tianyuan_legal_reviewer_ids else manager
            for company in self.sudo()
        )
