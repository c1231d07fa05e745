from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import float_compare, format_list, formatLang

from ..policy.purchases import monthly_averages

CONDITIONS = [
    ('pricelist', "Price List"), ('payment_term', "Payment Terms"), ('credit_limit', "Credit Limit"),
    ('supply_priority', "Supply Priority"),
]
# the customer's field that each condition is kept in
PARTNER_FIELDS = {
    'pricelist': 'specific_property_product_pricelist',
    'payment_term': 'property_payment_term_id',
    'credit_limit': 'credit_limit',
    'supply_priority': 'tianyuan_supply_priority',
}


class Change(NamedTuple):
    """What a policy changes about one customer; old and new as the customer's field takes them."""

    partner_id: int
    policy_id: int
    condition: str
    old: object
    new: object


class TianyuanCustomerPolicy(models.Model):
    """Where what customers have differs from what their policies say."""

    _inherit = 'tianyuan.customer.policy'

    @api.model
    def _changes(self, company, partners, holding):
        """What applying policies would change. Writes nothing; the caller has checked access.

        :param company: ``res.company`` whose values of the customers are compared
        :param partners: commercial partners
        :param dict holding: partner id → the policy that holds, as :meth:`_holding` finds them
        :return: list of :class:`Change`, those of a customer side by side
        """
        customers = partners.sudo().with_company(company).filtered(lambda partner: partner.id in holding)
        wanted = self._conditions(company, holding)
        pricelists = self._current_pricelists(customers)
        result = []
        for partner in customers:
            policy = holding[partner.id]
            current = {
                'pricelist': pricelists[partner.id],
                'payment_term': partner.property_payment_term_id.id,
                'credit_limit': partner.credit_limit,
                'supply_priority': partner.tianyuan_supply_priority,
            }
            for condition, new in wanted[partner.id].items():
                old = current[condition]
                if condition == 'credit_limit':
                    same = not float_compare(old, new, precision_rounding=company.sudo().currency_id.rounding)
                else:
                    same = old == new
                if not same:
                    result.append(Change(partner.id, policy.id, condition, old, new))
        return result

    @api.model
    def _conditions(self, company, holding):
        """What customers are to have; a condition that their policy leaves open isn't in it.

        :param dict holding: partner id → policy
        :return: dict of partner id → dict of condition → value
        """
        common = {policy: policy._common_conditions() for policy in set(holding.values())}
        result = {partner_id: dict(common[policy]) for partner_id, policy in holding.items()}
        by_purchases = [
            partner_id for partner_id, policy in holding.items() if policy.credit_limit_kind == 'purchases'
        ]
        if by_purchases:
            currency = company.sudo().currency_id
            averages = monthly_averages(self.env, company, company._tianyuan_today(), by_purchases)
            for partner_id in by_purchases:
                limit = currency.round(averages.get(partner_id, 0.0) * holding[partner_id].credit_limit_factor)
                # a limit of 0 would be none at all
                if currency.compare_amounts(limit, 0.0) > 0:
                    result[partner_id]['credit_limit'] = limit
        return result

    def _common_conditions(self):
        """What the policy grants all its customers alike."""
        self.ensure_one()
        return {condition: value for condition, value in (
            ('pricelist', self.pricelist_id.active and self.pricelist_id.id),
            ('payment_term', self.payment_term_id.active and self.payment_term_id.id),
            ('credit_limit', self.credit_limit_kind == 'fixed' and self.credit_limit),
            ('supply_priority', self.supply_priority),
        ) if value}

    @api.model
    def _current_pricelists(self, customers):
        """The price lists in force, whether set on the customer or following from their country.

        :return: dict of partner id → price list's id or False
        """
        if not self.env['res.groups']._is_feature_enabled('product.group_product_pricelist'):
            return {partner.id: partner.specific_property_product_pricelist.id for partner in customers}
        return {partner.id: partner.property_product_pricelist.id for partner in customers}

    @api.model
    def _concerns(self, company, changes):
        """The changes by which customers would get more credit, a higher limit or other payment terms, though they have
        bad debt, are on hold or overdue.

        :param company: ``res.company`` whose values of the customers would change
        :param changes: list of :class:`Change`
        :return: dict of change → what speaks against it, in words
        """
        granting = [
            change for change in changes
            # an old limit of 0 is none at all, and a new one takes something away
            if change.condition == 'payment_term' or change.condition == 'credit_limit' and 0 < change.old < change.new
        ]
        customers = self.env['res.partner'].browse({change.partner_id for change in granting})
        root = company.sudo().root_id
        found = defaultdict(list)
        words = {
            'on_hold': self.env._("On Hold"), 'bad_debt': self.env._("Bad Debt"), 'overdue': self.env._("Overdue"),
        }
        for matter, text in words.items():
            for customer in customers._tianyuan_with_matter(matter, root):
                found[customer.id].append(text)
        return {
            change: format_list(self.env, found[change.partner_id])
            for change in granting if change.partner_id in found
        }

    @api.model
    def _change_texts(self, company, changes):
        """Old and new values as people read them.

        :param changes: list of :class:`Change`
        :return: list of (old, new), in the same order
        """
        names = {}
        for condition, model in (('pricelist', 'product.pricelist'), ('payment_term', 'account.payment.term')):
            ids = {value for change in changes if change.condition == condition for value in (change.old, change.new)}
            records = self.env[model].sudo().browse(filter(None, ids))
            names[condition] = {record.id: record.display_name for record in records}
        names['supply_priority'] = dict(
            self._fields['supply_priority']._description_selection(self.env),
        )
        currency = company.sudo().currency_id

        def text(condition, value):
            if condition == 'credit_limit':
                return formatLang(self.env, value, currency_obj=currency)
            return names[condition].get(value, "")

        return [
            (text(change.condition, change.old), text(change.condition, change.new)) for change in changes
        ]
