from odoo import api, fields, models

from .tianyuan_class_history import CUSTOMER_CLASSES
from .tianyuan_roles import ROLES


class TianyuanPartnerBadge(models.AbstractModel):
    """The customer's tier and class on a document that has ``partner_id`` and ``company_id``."""

    _name = 'tianyuan.partner.badge'
    _description = "Customer Tier on a Document"

    tianyuan_tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Customer Tier", compute='_compute_tianyuan_badge', groups=ROLES,
    )
    tianyuan_tier_color = fields.Integer(
        compute='_compute_tianyuan_badge', groups=ROLES, export_string_translation=False,
    )
    tianyuan_customer_class = fields.Selection(
        CUSTOMER_CLASSES, string="Customer Class", compute='_compute_tianyuan_badge', groups=ROLES,
    )
    tianyuan_warning = fields.Char(
        string="Customer Rating Warning", compute='_compute_tianyuan_badge', groups=ROLES,
    )

    def _tianyuan_has_badge(self):
        """Whether the document is one with a customer."""
        return bool(self.partner_id)

    @api.depends('partner_id', 'company_id')
    @api.depends_context('lang')
    def _compute_tianyuan_badge(self):
        shown = self.filtered(lambda document: document._tianyuan_has_badge())
        for document in self - shown:
            document.tianyuan_tier_id = False
            document.tianyuan_tier_color = 0
            document.tianyuan_customer_class = False
            document.tianyuan_warning = False
        for company, documents in shown.grouped(lambda document: document.company_id or self.env.company).items():
            customers = documents.partner_id.commercial_partner_id
            bad_debt = self.env['tianyuan.bad.debt'].sudo()._partners_with_bad_debt(
                company, fields.Date.context_today(self), customers._origin.ids,
            )
            for document in documents:
                customer = document.partner_id.commercial_partner_id.with_company(company)
                document.tianyuan_tier_id = customer.tianyuan_tier_id
                document.tianyuan_tier_color = customer.tianyuan_tier_id.color
                document.tianyuan_customer_class = customer.tianyuan_customer_class
                if customer._origin.id in bad_debt:
                    document.tianyuan_warning = self.env._("This customer has bad debt on record.")
                elif not customer.tianyuan_tier_id:
                    document.tianyuan_warning = self.env._("This customer has no tier.")
                else:
                    document.tianyuan_warning = False
