from odoo import fields, models
from odoo.tools import SQL

from ..engine import purchases
from .tianyuan_roles import MANAGER, ROLES, SALES


class ResPartner(models.Model):
    """A company without business is assessed as a prospect from its own page (policy 8.1)."""

    _inherit = 'res.partner'

    tianyuan_can_assess_prospect = fields.Boolean(
        compute='_compute_tianyuan_summary', groups=ROLES, export_string_translation=False,
    )

    def _tianyuan_summary_sources(self):
        customers = self.filtered(lambda partner: partner._tianyuan_may_assess()).commercial_partner_id._origin
        return super()._tianyuan_summary_sources() + [('tianyuan_can_assess_prospect', SQL(
            "(SELECT partner_id, partner_id FROM (%s) AS business(partner_id))",
            purchases.business_query(self.env.company, customers.ids),
        ) if customers else None)]

    def _tianyuan_set_summary(self, found):
        """Those without business can be assessed, by managers and by whose customers they are."""
        super()._tianyuan_set_summary(found)
        for partner in self:
            partner.tianyuan_can_assess_prospect = partner._tianyuan_may_assess() and (
                ('tianyuan_can_assess_prospect', partner.commercial_partner_id._origin.id) not in found
            )

    def _tianyuan_may_assess(self):
        return self.env.user.has_group(MANAGER) or self.env.user.has_group(SALES) and self._tianyuan_is_own()

    def action_tianyuan_assess_prospect(self):
        """Open the prospect sheet of the running quarter; where there is none it is made."""
        self.ensure_one()
        return self.env['tianyuan.rating']._open_prospect(self.commercial_partner_id)
