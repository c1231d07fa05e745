from odoo import api, fields, models

from ...tools.roles import ROLES
from ...tools.selections import CUSTOMER_CLASSES


class TianyuanPartnerBadgeMixin(models.AbstractModel):
    """The customer's tier and class on documents that have ``partner_id`` and ``company_id``."""

    _name = 'tianyuan.partner.badge.mixin'
    _description = "Customer Tier on a Document"

    tianyuan_tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Customer Tier", compute='_compute_tianyuan_badge', groups=ROLES,
    )
    tianyuan_customer_class = fields.Selection(
        CUSTOMER_CLASSES, string="Customer Class", compute='_compute_tianyuan_badge', groups=ROLES,
    )
    tianyuan_warning = fields.Text(
        string="Customer Rating Warning", compute='_compute_tianyuan_warning', groups=ROLES,
    )

    def _tianyuan_has_badge(self):
        """Return whether the document is one with a customer."""
        return bool(self.partner_id)

    @api.depends('partner_id', 'company_id')
    def _compute_tianyuan_badge(self):
        for document in self:
            customer = document.partner_id.commercial_partner_id.with_company(document.company_id or self.env.company)
            shown = document._tianyuan_has_badge()
            document.tianyuan_tier_id = shown and customer.tianyuan_tier_id
            document.tianyuan_customer_class = shown and customer.tianyuan_customer_class

    @api.depends('partner_id', 'company_id')
    @api.depends_context('lang')
    def _compute_tianyuan_warning(self):
        self.tianyuan_warning = False
        shown = self.filtered(lambda document: document._tianyuan_has_badge())
        for company, documents in shown.grouped(lambda document: document.company_id or self.env.company).items():
            customers = documents.partner_id.commercial_partner_id._origin
            matters = {
                matter: customers._tianyuan_with_matter(matter, company.root_id)
                for matter in self._tianyuan_badge_matters()
            }
            for document in documents:
                customer = document.partner_id.commercial_partner_id._origin
                gravest = next((matter for matter, found in matters.items() if customer in found), None)
                if gravest:
                    document.tianyuan_warning = document._tianyuan_word(gravest, **matters[gravest][customer])

    @api.model
    def _tianyuan_badge_matters(self):
        """Return the warnings that documents show, most serious first."""
        return ['bad_debt', 'no_tier']

    def _tianyuan_word(self, matter, **_details):
        """Return the text of a warning."""
        return {
            'bad_debt': self.env._("This customer has bad debt on record."),
            'no_tier': self.env._("This customer has no tier."),
        }[matter]
