from odoo import api, fields, models

from ..engine import purchases
from .tianyuan_roles import MANAGER, ROLES, SALES


class ResPartner(models.Model):
    """A company without business is assessed as a prospect from its own page (policy 8.1)."""

    _inherit = 'res.partner'

    tianyuan_can_assess_prospect = fields.Boolean(
        compute='_compute_tianyuan_can_assess_prospect', groups=ROLES, export_string_translation=False,
    )

    @api.depends('commercial_partner_id', 'user_id')
    @api.depends_context('uid', 'company')
    def _compute_tianyuan_can_assess_prospect(self):
        """Customers without business can be assessed by managers and by their own salespeople.

        So can a customer that isn't saved yet: the button saves it first.
        """
        assessable = self.filtered(lambda partner: partner._tianyuan_may_assess())
        customers = assessable.commercial_partner_id._origin
        buying = purchases.partners_with_business(self.env.company, customers.ids) if customers else set()
        for partner in self:
            partner.tianyuan_can_assess_prospect = (
                partner in assessable and partner.commercial_partner_id._origin.id not in buying
            )

    def _tianyuan_may_assess(self):
        return self.env.user.has_group(MANAGER) or self.env.user.has_group(SALES) and self._tianyuan_is_own()

    def action_tianyuan_assess_prospect(self):
        """Open the prospect sheet of the running quarter; where there is none it is made."""
        self.ensure_one()
        return self.env['tianyuan.rating']._open_prospect(self.commercial_partner_id)
