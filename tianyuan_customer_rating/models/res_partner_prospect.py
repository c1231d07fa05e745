from odoo import api, fields, models

from ..engine import purchases
from .tianyuan_roles import MANAGER, ROLES, SALES


class ResPartner(models.Model):
    """A company without business is assessed as a prospect from its own page (policy 8.1)."""

    _inherit = 'res.partner'

    tianyuan_can_assess_prospect = fields.Boolean(
        compute='_compute_tianyuan_can_assess_prospect', groups=ROLES, export_string_translation=False,
    )

    @api.depends('user_id')
    @api.depends_context('uid', 'company')
    def _compute_tianyuan_can_assess_prospect(self):
        is_manager, is_sales = map(self.env.user.has_group, (MANAGER, SALES))
        may = self.filtered(lambda partner: is_manager or (is_sales and partner._tianyuan_is_own()))
        with_business = purchases.partners_with_business(
            self.env.company, may.commercial_partner_id._origin.ids,
        ) if may else set()
        for partner in self:
            partner.tianyuan_can_assess_prospect = (
                partner in may and partner.commercial_partner_id._origin.id not in with_business
            )

    def action_tianyuan_assess_prospect(self):
        """Open the prospect sheet of the running quarter; where there is none it is made."""
        self.ensure_one()
        return self.env['tianyuan.rating']._open_prospect(self.commercial_partner_id)
