from odoo import api, fields, models
from odoo.tools import format_date, formatLang

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

    tianyuan_has_bad_debts = fields.Boolean(
        compute='_compute_tianyuan_has_bad_debts', groups=ROLES, export_string_translation=False,
        help="Technical: there are open bad debts of the customer that the user may read.",
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

    @api.depends('partner_id', 'company_id')
    @api.depends_context('uid')
    def _compute_tianyuan_has_bad_debts(self):
        debts, owing = self.env['tianyuan.bad.debt'], set()
        customers = [customer for document in self for customer in document._tianyuan_debtors()]
        if customers and debts.has_access('read'):
            groups = debts._read_group([
                ('partner_id', 'in', [customer.id for customer in customers]), ('state', '=', 'open'),
            ], ['partner_id'])
            owing = {customer.id for [customer] in groups}
        for document in self:
            document.tianyuan_has_bad_debts = not owing.isdisjoint(document._tianyuan_debtors().ids)

    @api.model
    def _tianyuan_badge_matters(self):
        """Return the warnings that documents show, most serious first."""
        return ['bad_debt', 'no_tier']

    def _tianyuan_word(self, matter, **details):
        """Return the text of a warning.

        :param details: of ``bad_debt`` the ``amount`` and the day ``since`` when; of ``no_tier`` the ``quarter`` and
            the tier ``lost``
        """
        if matter == 'bad_debt':
            currency = (self.company_id or self.env.company).sudo().root_id.currency_id
            return self.env._(
                "This customer has bad debt on record: %(amount)s since %(day)s.",
                amount=formatLang(self.env, details['amount'], currency_obj=currency),
                day=format_date(self.env, details['since']),
            )
        return self._tianyuan_word_no_tier(**details)

    def _tianyuan_word_no_tier(self, quarter=None, lost=None):
        if lost:
            return self.env._("This customer lost tier %(tier)s in %(quarter)s.", tier=lost, quarter=quarter)
        if quarter:
            return self.env._("This customer has no tier: the rating of %s awarded none.", quarter)
        return self.env._("This customer has no tier: not rated yet.")

    def _tianyuan_debtors(self):
        """Return the customers whose bad debts the warning is about."""
        return self.partner_id.commercial_partner_id._origin

    def _tianyuan_open_bad_debts(self):
        """Return the action that shows the bad debts of the document's customers.

        :raise AccessError: the user may not read the document, or bad debts
        """
        self.ensure_one()
        self.check_access('read')
        self.env['tianyuan.bad.debt'].check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_bad_debt_action')
        return {**action, 'domain': [('partner_id', 'in', self._tianyuan_debtors().ids)]}
