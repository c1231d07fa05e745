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
    tianyuan_customer_class = fields.Selection(
        CUSTOMER_CLASSES, string="Customer Class", compute='_compute_tianyuan_badge', groups=ROLES,
    )
    tianyuan_warning = fields.Text(
        string="Customer Rating Warning", compute='_compute_tianyuan_warning', groups=ROLES,
    )

    def _tianyuan_has_badge(self):
        """Whether the document is one with a customer."""
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
            in_debt, without_tier = (
                documents._tianyuan_customers_with(matter, company) for matter in ('bad_debt', 'no_tier')
            )
            for document in documents:
                customer = document.partner_id.commercial_partner_id._origin
                if customer in in_debt:
                    document.tianyuan_warning = document._tianyuan_word('bad_debt')
                elif customer in without_tier:
                    document.tianyuan_warning = document._tianyuan_word('no_tier')

    def _tianyuan_customers_with(self, matter, company):
        """Those of the documents' customers of whom ``bad_debt`` or ``no_tier`` holds in a company."""
        customers = self.partner_id.commercial_partner_id._origin
        if matter == 'bad_debt':
            debts = self.env['tianyuan.bad.debt'].sudo()
            return customers.browse(
                debts._partners_with_bad_debt(company, fields.Date.context_today(self), customers.ids),
            )
        # sudo: that a customer has no tier may be known to whoever deals with them
        return customers.filtered(lambda customer: not customer.sudo().with_company(company).tianyuan_tier_id)

    def _tianyuan_word(self, matter):
        return {
            'bad_debt': self.env._("This customer has bad debt on record."),
            'no_tier': self.env._("This customer has no tier."),
        }[matter]
