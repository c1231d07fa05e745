from odoo import api, models
from odoo.tools import format_date, formatLang


class TianyuanPartnerBadgeMixin(models.AbstractModel):
    """Reasons against a document that isn't final yet, called matters (design §9).

    A matter is one of ``MATTERS``, such as bad debt or an exceeded credit limit. The company treats each matter as one
    to ignore, to warn of, or to have approved by a manager. Licences are those of policy 9.1.
    """

    _inherit = 'tianyuan.partner.badge.mixin'

    @api.model
    def _tianyuan_badge_matters(self):
        return ['on_hold', *super()._tianyuan_badge_matters()]

    def _tianyuan_customers(self):
        """Return the commercial partners who are to pay, the document's own customer first."""
        return self.partner_id.commercial_partner_id._origin

    def _tianyuan_debtors(self):
        return self._tianyuan_customers()

    def _tianyuan_added_amount(self, customer):
        """Return what the document adds to the amounts that the customer owes or has ordered already.

        :return: amount in company currency
        """
        raise NotImplementedError

    def _tianyuan_licence_day(self):
        """Return the day on which licences have to be valid."""
        raise NotImplementedError

    def _tianyuan_products(self):
        """Return the products of the document."""
        raise NotImplementedError

    def _tianyuan_matters(self, treatments, together=False):
        """Find the matters of the documents that their company treats in one of these ways.

        The settings of a branch are those of the company it belongs to.

        :param treatments: some of ``warn`` and ``approve``
        :param together: whether the documents become final together, so that their amounts add up per customer
        :return: dict of document → dict of matter → details for its text; documents without a matter are left out
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
                    against = documents._tianyuan_documents_of(customers)
                for document, details in against.items():
                    found.setdefault(document, {})[matter] = details
        return found

    def _tianyuan_by_company(self):
        """Group the documents, as superuser, by the company that they or their branch belong to."""
        # sudo: users who may read a document may know its customer's matters; this also saves checking record rules
        return self.sudo().grouped(lambda document: (document.company_id or self.env.company).root_id).items()

    def _tianyuan_documents_of(self, customers):
        """Find the documents with one of these customers.

        :param dict customers: customer → details
        :return: dict of document → details; ``payer`` among them names a customer who isn't the document's own
        """
        against = {}
        for document in self:
            concerned = next((each for each in document._tianyuan_customers() if each in customers), None)
            if concerned:
                against[document] = {**customers[concerned], **document._tianyuan_payer_details(concerned)}
        return against

    def _tianyuan_payer_details(self, customer):
        own = self.partner_id.commercial_partner_id._origin
        return {} if customer == own else {'payer': customer.display_name}

    def _tianyuan_without_licence(self, company):
        """Find documents with products that need a licence which the customer doesn't hold on that day.

        :param company: ``res.company`` without a parent
        :return: dict of document → ``licences``: names of the missing licences
        """
        types = self._tianyuan_products()._tianyuan_licence_types().filtered(    # for all documents in one query
            lambda document_type: document_type.company_id in (company, company.browse()),
        )
        if not types:
            return {}
        papers = self.env['tianyuan.archive.document'].sudo()
        held = papers._licences(company, self.partner_id.commercial_partner_id._origin, types).grouped('partner_id')
        against = {}
        for document in self:
            day = document._tianyuan_licence_day()
            held_by = held.get(document.partner_id.commercial_partner_id._origin, papers)
            valid = held_by.filtered(lambda paper, day=day: paper._is_valid_on(day)).type_id
            missing = (document._tianyuan_products()._tianyuan_licence_types() & types) - valid
            if missing:
                against[document] = {'licences': missing.mapped('name')}
        return against

    def _tianyuan_over_limit(self, company, together):
        """Find documents that take one of their customers over the credit limit.

        The limit is compared with the amount owed, plus orders that aren't invoiced yet, plus the document itself. The
        amounts are read as superuser: only accountants may read them, but Odoo warns salespeople of the limit, too.

        :param company: ``res.company`` without a parent
        :param together: as in :meth:`_tianyuan_matters`
        :return: dict of document → ``total`` and ``limit`` in company currency
        """
        limited = self._tianyuan_limited_customers(company)
        if together:
            limited.invalidate_recordset(['credit'])    # confirming other orders has changed the credit
        ordered = self.env['sale.order'].sudo()._tianyuan_ordered(company, limited)
        owed = {customer: customer.credit + ordered[customer] for customer in limited}
        over = {}
        for document in self:
            for customer in document._tianyuan_customers().with_company(company) & limited:
                total = owed[customer] + document._tianyuan_added_amount(customer)
                if document not in over and company.currency_id.compare_amounts(total, customer.credit_limit) > 0:
                    over[document] = {
                        'total': total, 'limit': customer.credit_limit, **document._tianyuan_payer_details(customer),
                    }
                if together:
                    owed[customer] = total
        return over

    def _tianyuan_limited_customers(self, company):
        """Return the documents' customers who have a credit limit; none if the company doesn't use limits."""
        if not company.account_use_credit_limit:
            return self.env['res.partner']
        customers = self._tianyuan_customers().sudo().with_company(company)
        return customers.browse(customers.filtered('credit_limit').ids)    # prefetch these customers only

    def _tianyuan_matters_text(self, matters):
        return "\n".join(self._tianyuan_word(matter, **details) for matter, details in matters.items())

    def _tianyuan_word(self, matter, *, payer=None, **details):
        """Return the text of a matter in the user's language.

        :param str payer: name of the customer who is invoiced, if the matter is about that customer
        :param details: ``until``: the last day of a hold; ``amount``, ``since``: the overdue amount and its oldest due
            date, or the bad debt and its first day; ``licences``: names; ``total``, ``limit``: the amount that would be
            owed, and the credit limit; ``quarter``, ``lost``: when which tier was lost. Amounts are in company currency
        """
        currency = (self.company_id or self.env.company).sudo().root_id.currency_id
        for name in {'amount', 'limit', 'total'} & details.keys():
            details[name] = formatLang(self.env, details[name], currency_obj=currency)
        for name in {'until', 'since'} & details.keys():
            details[name] = format_date(self.env, details[name])
        if payer:
            return self._tianyuan_word_payer(matter, payer, **details)
        return self._tianyuan_word_own(matter, **details)

    def _tianyuan_word_own(self, matter, until='', amount='', since='', licences=(), **details):
        if matter == 'over_limit':
            return self._tianyuan_word_limit(**details)
        if matter == 'no_tier':
            return self._tianyuan_word_no_tier(**details)
        return {
            'on_hold': self.env._("This customer is on hold until %s.", until),
            'bad_debt': self.env._(
                "This customer has bad debt on record: %(amount)s since %(day)s.", amount=amount, day=since,
            ),
            'overdue': self.env._("This customer owes %(amount)s overdue since %(day)s.", amount=amount, day=since),
            'licence': self.env._("This customer has no valid licence on file: %s", list(licences)),
        }[matter]

    def _tianyuan_word_payer(self, matter, payer, until='', amount='', since='', quarter='', lost='', **amounts):
        if matter == 'over_limit':
            return self._tianyuan_word_limit(payer, **amounts)
        if lost:
            return self.env._(
                "%(payer)s, who is invoiced, lost tier %(tier)s in %(quarter)s.",
                payer=payer, tier=lost, quarter=quarter,
            )
        return {
            'on_hold': self.env._("%(payer)s, who is invoiced, is on hold until %(day)s.", payer=payer, day=until),
            'bad_debt': self.env._(
                "%(payer)s, who is invoiced, has bad debt on record: %(amount)s since %(day)s.",
                payer=payer, amount=amount, day=since,
            ),
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
