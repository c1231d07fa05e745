from odoo import api, fields, models
from odoo.tools import formatLang

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

    # -- what speaks against a document that isn't final yet (design §9) --------------------------------------------

    def _tianyuan_customers(self):
        """Those who are to pay, as commercial partners, the document's own customer first."""
        return self.partner_id.commercial_partner_id._origin

    def _tianyuan_adds(self, customer):
        """What the document adds to what the customer owes or has ordered already.

        :return: amount in company currency
        """
        raise NotImplementedError

    def _tianyuan_matters(self, treatments, together=False):
        """What speaks against the documents, of what their company treats in one of these ways. A branch treats its
        customers as the company it belongs to.

        :param treatments: of ``warn`` and ``approve``
        :param together: the documents become final at once, and one customer's add up
        :return: dict of document → dict of matter → what its wording needs; documents without a matter are left out
        """
        found = {}
        for company, documents in self._tianyuan_by_company():
            for matter in company._tianyuan_order_matters(treatments):
                if matter == 'over_limit':
                    against = documents._tianyuan_over_limit(company, together)
                else:
                    against = documents._tianyuan_against(documents._tianyuan_customers_with(matter, company))
                for document, details in against.items():
                    found.setdefault(document, {})[matter] = details
        return found

    def _tianyuan_by_company(self):
        """The documents as superuser, by the company that they or their branch belong to."""
        # sudo: who deals with a document sees its customer, too, and rules needn't be looked up
        return self.sudo().grouped(lambda document: (document.company_id or self.env.company).root_id).items()

    def _tianyuan_against(self, customers):
        """The documents of customers of whom a matter holds.

        :return: dict of document → details, which name a customer who isn't the document's own
        """
        against = {}
        for document in self:
            own = document.partner_id.commercial_partner_id._origin
            concerned = document._tianyuan_customers() & customers
            if concerned:
                against[document] = {} if own in concerned else {'payer': concerned[0].display_name}
        return against

    def _tianyuan_over_limit(self, company, together):
        """Documents that take one of their customers over the credit limit: with what is owed, what is ordered and not
        yet invoiced, delivered or not, and the document itself. Asked as superuser: customers' amounts are for
        accountants, but that they are over the limit Odoo tells salespeople, too.

        :param company: ``res.company`` without a parent
        :return: dict of document → amounts in company currency
        """
        limited = self._tianyuan_limited_customers(company)
        if together:
            limited.invalidate_recordset(['credit'])    # confirming others has changed it
        ordered = self.env['sale.order'].sudo()._tianyuan_ordered(company, limited)
        owed = {customer: customer.credit + ordered[customer] for customer in limited}
        over = {}
        for document in self:
            for customer in document._tianyuan_customers().with_company(company) & limited:
                total = owed[customer] + document._tianyuan_adds(customer)
                if document not in over and company.currency_id.compare_amounts(total, customer.credit_limit) > 0:
                    over[document] = {'total': total, 'limit': customer.credit_limit}
                if together:
                    owed[customer] = total
        return over

    def _tianyuan_limited_customers(self, company):
        """Those of the documents' customers who have a credit limit, where the company uses limits at all."""
        if not company.account_use_credit_limit:
            return self.env['res.partner']
        customers = self.env['res.partner'].sudo().with_company(company).union(
            *(document._tianyuan_customers() for document in self),
        )
        return customers.browse(customers.filtered('credit_limit').ids)    # only they are looked up

    def _tianyuan_customers_with(self, matter, company):
        """Those of the documents' customers of whom ``bad_debt`` or ``no_tier`` holds in a company."""
        customers = self.env['res.partner'].union(*(document._tianyuan_customers() for document in self))
        if matter == 'bad_debt':
            debts = self.env['tianyuan.bad.debt'].sudo()
            return customers.browse(
                debts._partners_with_bad_debt(company, fields.Date.context_today(self), customers.ids),
            )
        # sudo: that a customer has no tier may be known to whoever deals with them
        return customers.filtered(lambda customer: not customer.sudo().with_company(company).tianyuan_tier_id)

    def _tianyuan_name_matters(self, matters):
        return "\n".join(self._tianyuan_word(matter, **details) for matter, details in matters.items())

    def _tianyuan_word(self, matter, payer=None, total=0, limit=0):
        """A matter in words.

        :param str payer: the customer who is to pay, where the matter is theirs
        :param total: what they would owe, in company currency
        :param limit: their credit limit
        """
        if matter == 'over_limit':
            currency = (self.company_id or self.env.company).sudo().root_id.currency_id
            return self._tianyuan_word_limit(
                limit=formatLang(self.env, limit, currency_obj=currency),
                total=formatLang(self.env, total, currency_obj=currency),
            )
        if payer:
            return {
                'bad_debt': self.env._("%s, who is invoiced, has bad debt on record.", payer),
                'no_tier': self.env._("%s, who is invoiced, has no tier.", payer),
            }[matter]
        return {
            'bad_debt': self.env._("This customer has bad debt on record."),
            'no_tier': self.env._("This customer has no tier."),
        }[matter]

    def _tianyuan_word_limit(self, **amounts):
        return self.env._("Over the credit limit of %(limit)s: %(total)s including this order.", **amounts)
