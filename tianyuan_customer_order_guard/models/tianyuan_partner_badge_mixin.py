from odoo import api, models
from odoo.tools import format_date, formatLang


class TianyuanPartnerBadgeMixin(models.AbstractModel):
    """What speaks against a document that isn't final yet (design §9)."""

    _inherit = 'tianyuan.partner.badge.mixin'

    @api.model
    def _tianyuan_badge_matters(self):
        return ['on_hold', *super()._tianyuan_badge_matters()]

    def _tianyuan_customers(self):
        """Those who are to pay, as commercial partners; of one document its own customer first."""
        return self.partner_id.commercial_partner_id._origin

    def _tianyuan_adds(self, customer):
        """What the document adds to what the customer owes or has ordered already.

        :return: amount in company currency
        """
        raise NotImplementedError

    def _tianyuan_day(self):
        """The day on which a licence has to be valid."""
        raise NotImplementedError

    def _tianyuan_products(self):
        """The products that the document is about."""
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
                elif matter == 'licence':
                    against = documents._tianyuan_without_licence(company)
                else:
                    customers = documents._tianyuan_customers()._tianyuan_with_matter(matter, company)
                    against = documents._tianyuan_against(customers)
                for document, details in against.items():
                    found.setdefault(document, {})[matter] = details
        return found

    def _tianyuan_by_company(self):
        """The documents as superuser, by the company that they or their branch belong to."""
        # sudo: who deals with a document sees its customer, too, and rules needn't be looked up
        return self.sudo().grouped(lambda document: (document.company_id or self.env.company).root_id).items()

    def _tianyuan_against(self, customers):
        """The documents of customers of whom a matter holds.

        :param dict customers: customer → details
        :return: dict of document → details, which name a customer who isn't the document's own
        """
        against = {}
        for document in self:
            concerned = next((each for each in document._tianyuan_customers() if each in customers), None)
            if concerned:
                against[document] = {**customers[concerned], **document._tianyuan_name_payer(concerned)}
        return against

    def _tianyuan_name_payer(self, customer):
        own = self.partner_id.commercial_partner_id._origin
        return {} if customer == own else {'payer': customer.display_name}

    def _tianyuan_without_licence(self, company):
        """Documents with products that need a licence which the customer's archive doesn't hold, or which isn't valid
        on the document's day (policy 9.1).

        :param company: ``res.company`` without a parent
        :return: dict of document → names of the licences
        """
        types = self._tianyuan_products()._tianyuan_licence_types().filtered(    # read for all documents at once
            lambda document_type: document_type.company_id in (company, company.browse()),
        )
        if not types:
            return {}
        papers = self.env['tianyuan.archive.document'].sudo()
        held = papers._licences(company, self.partner_id.commercial_partner_id._origin, types).grouped('partner_id')
        against = {}
        for document in self:
            day = document._tianyuan_day()
            held_by = held.get(document.partner_id.commercial_partner_id._origin, papers)
            valid = held_by.filtered(lambda paper, day=day: paper._is_valid_on(day)).type_id
            missing = (document._tianyuan_products()._tianyuan_licence_types() & types) - valid
            if missing:
                against[document] = {'licences': missing.mapped('name')}
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
                    over[document] = {
                        'total': total, 'limit': customer.credit_limit, **document._tianyuan_name_payer(customer),
                    }
                if together:
                    owed[customer] = total
        return over

    def _tianyuan_limited_customers(self, company):
        """Those of the documents' customers who have a credit limit, where the company uses limits at all."""
        if not company.account_use_credit_limit:
            return self.env['res.partner']
        customers = self._tianyuan_customers().sudo().with_company(company)
        return customers.browse(customers.filtered('credit_limit').ids)    # only they are looked up

    def _tianyuan_name_matters(self, matters):
        return "\n".join(self._tianyuan_word(matter, **details) for matter, details in matters.items())

    def _tianyuan_word(self, matter, payer=None, **details):
        """A matter in words.

        :param str payer: the customer who is to pay, where the matter is theirs
        :param details: ``until``: the last day of a hold; ``amount``, ``since``: what is overdue, and from when;
            ``licences``: names; ``total``, ``limit``: what they would owe, and may. Amounts are in company currency
        """
        currency = (self.company_id or self.env.company).sudo().root_id.currency_id
        for name in {'amount', 'limit', 'total'} & details.keys():
            details[name] = formatLang(self.env, details[name], currency_obj=currency)
        for name in {'until', 'since'} & details.keys():
            details[name] = format_date(self.env, details[name])
        if payer:
            return self._tianyuan_word_payer(matter, payer, **details)
        return self._tianyuan_word_own(matter, **details)

    def _tianyuan_word_own(self, matter, until='', amount='', since='', licences=(), **amounts):
        if matter == 'over_limit':
            return self._tianyuan_word_limit(**amounts)
        return {
            'on_hold': self.env._("This customer is on hold until %s.", until),
            'bad_debt': self.env._("This customer has bad debt on record."),
            'overdue': self.env._("This customer owes %(amount)s overdue since %(day)s.", amount=amount, day=since),
            'licence': self.env._("This customer has no valid licence on file: %s", list(licences)),
            'no_tier': self.env._("This customer has no tier."),
        }[matter]

    def _tianyuan_word_payer(self, matter, payer, until='', amount='', since='', **amounts):
        if matter == 'over_limit':
            return self._tianyuan_word_limit(payer, **amounts)
        return {
            'on_hold': self.env._("%(payer)s, who is invoiced, is on hold until %(day)s.", payer=payer, day=until),
            'bad_debt': self.env._("%s, who is invoiced, has bad debt on record.", payer),
            'overdue': self.env._(
                "%(payer)s, who is invoiced, owes %(amount)s overdue since %(day)s.",
                payer=payer, amount=amount, day=since,
            ),
            'no_tier': self.env._("%s, who is invoiced, has no tier.", payer),
        }[matter]

    def _tianyuan_word_limit(self, payer=None, **amounts):
        if payer:
            return self.env._(
                "%(payer)s, who is invoiced, is over the credit limit of %(limit)s: %(total)s including this order.",
                payer=payer, **amounts,
            )
        return self.env._("Over the credit limit of %(limit)s: %(total)s including this order.", **amounts)
