from odoo import fields, models

from .tianyuan_roles import MANAGER


class ResCompany(models.Model):
    """Who approves a company's contract texts (policy 9.2)."""

    _inherit = 'res.company'

    tianyuan_legal_reviewer_ids = fields.Many2many(
        'res.users', 'tianyuan_legal_reviewer_rel', 'company_id', 'user_id', string="Legal Reviewers",
        domain=[('share', '=', False)],
        help="Who approves the company's contract templates. Empty: managers.",
    )

    def _tianyuan_is_legal_reviewer(self):
        """Whether the user approves contract texts in all of these companies."""
        user, manager = self.env.user, self.env.user.has_group(MANAGER)
        return all(
            user in company.tianyuan_legal_reviewer_ids if company.tianyuan_legal_reviewer_ids else manager
            for company in self.sudo()
        )
