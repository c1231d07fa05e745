from odoo import api, fields, models

from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """A warning on the page of a customer who has bad debt (design §5)."""

    _inherit = 'res.partner'

    tianyuan_has_bad_debt = fields.Boolean(
        string="Has Bad Debt", compute='_compute_tianyuan_has_bad_debt', groups=ROLES,
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'tz')
    def _compute_tianyuan_has_bad_debt(self):
        # sudo: all roles may know that there is bad debt
        owing = self.env['tianyuan.bad.debt'].sudo()._partners_with_bad_debt(
            self.env.company, fields.Date.context_today(self), self._origin.commercial_partner_id.ids,
        )
        for partner in self:
            partner.tianyuan_has_bad_debt = partner._origin.commercial_partner_id.id in owing

    def _tianyuan_with_matter(self, matter, company):
        """Those of the customers of whom a matter holds today, that a document warns of.

        :param self: commercial partners
        :param str matter: ``bad_debt`` or ``no_tier``
        :param company: ``res.company`` without a parent
        :return: dict of customer → what the matter's wording needs
        """
        # sudo: whoever deals with a customer may know that the matter holds
        customers, company = self.sudo(), company.sudo()
        if matter == 'bad_debt':
            found = self.env['tianyuan.bad.debt'].sudo()._partners_with_bad_debt(
                company, fields.Date.context_today(self), customers.ids,
            )
        else:
            found = customers.with_company(company).filtered(lambda customer: not customer.tianyuan_tier_id).ids
        return {customer: {} for customer in self if customer.id in found}
