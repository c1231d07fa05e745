from odoo import fields, models

from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """A warning on the page of a customer who has bad debt (design §5)."""

    _inherit = 'res.partner'

    tianyuan_has_bad_debt = fields.Boolean(
        string="Has Bad Debt", compute='_compute_tianyuan_summary', groups=ROLES,
    )

    def _tianyuan_summary_sources(self):
        # sudo: that there is bad debt may be known to all roles
        return super()._tianyuan_summary_sources() + [('tianyuan_has_bad_debt', self._tianyuan_rows_about(
            self.env['tianyuan.bad.debt'].sudo(),
            self.env['tianyuan.bad.debt']._open_domain(self.env.company, fields.Date.context_today(self)),
            'partner_id', self.commercial_partner_id._origin,
        ))]

    def _tianyuan_set_summary(self, found):
        super()._tianyuan_set_summary(found)
        for partner in self:
            partner.tianyuan_has_bad_debt = (
                ('tianyuan_has_bad_debt', partner.commercial_partner_id._origin.id) in found
            )
