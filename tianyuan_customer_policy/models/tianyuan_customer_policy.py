from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_compare, format_list, formatLang

from odoo.addons.tianyuan_customer_rating.tools.limits import check_amounts, check_dates
from odoo.addons.tianyuan_customer_rating.tools.selections import CHANNELS, CUSTOMER_CLASSES
from odoo.addons.tianyuan_customer_visit.models.tianyuan_visit_kinds import VISIT_KINDS

from ..tools import holding
from ..tools.purchases import monthly_averages

SUPPLY_PRIORITIES = [('high', "High"), ('normal', "Normal"), ('low', "Low")]
CONDITIONS = [
    ('pricelist', "Price List"), ('payment_term', "Payment Terms"), ('credit_limit', "Credit Limit"),
    ('supply_priority', "Supply Priority"),
]
# Field of the customer that holds each condition.
PARTNER_FIELDS = {
    'pricelist': 'specific_property_product_pricelist',
    'payment_term': 'property_payment_term_id',
    'credit_limit': 'credit_limit',
    'supply_priority': 'tianyuan_supply_priority',
}


class TianyuanCustomerPolicy(models.Model):
    """Conditions (营销政策) that a company grants customers of a class, by tier and channel (policy 6.4, 7.2, 8.3).

    Price list, payment term, credit limit and supply priority are written to a customer when the policy is applied.
    Quality terms, service terms and visits follow the policy in force, without being applied.
    """

    _name = 'tianyuan.customer.policy'
    _description = "Customer Policy"
    _inherit = ['tianyuan.protected.mixin', 'mail.thread', 'tianyuan.plain.text.mixin']
    _order = 'company_id, customer_class, tier_id, channel, date_from desc, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    customer_class = fields.Selection(CUSTOMER_CLASSES, required=True, tracking=True)
    tier_id = fields.Many2one(
        'tianyuan.rating.tier', ondelete='restrict', tracking=True,
        help="Empty: every tier of the class that has no policy of its own.",
    )
    channel = fields.Selection(
        CHANNELS, tracking=True, help="Empty: both channels, as far as a channel has no policy of its own.",
    )
    date_from = fields.Date(string="Valid From", tracking=True)
    date_to = fields.Date(string="Valid Until", tracking=True)
    pricelist_id = fields.Many2one(
        'product.pricelist', string="Price List", ondelete='restrict', check_company=True, tracking=True,
        help="Empty: applying the policy leaves the customer's price list as it is.",
    )
    payment_term_id = fields.Many2one(
        'account.payment.term', string="Payment Terms", ondelete='restrict', check_company=True, tracking=True,
        help="Empty: applying the policy leaves the customer's payment terms as they are.",
    )
    credit_limit_kind = fields.Selection(
        [('none', "Leave as it is"), ('fixed', "Fixed amount"), ('purchases', "By monthly purchases")],
        string="Credit Limit", required=True, default='none', tracking=True,
    )
    credit_limit = fields.Monetary(string="Limit", tracking=True)
    credit_limit_factor = fields.Float(
        string="Times Monthly Purchases", digits=(6, 2), tracking=True,
        help="The average month of the last twelve complete months: invoices less credit notes, before tax. "
             "The limit of a customer who bought nothing then is left as it is.",
    )
    supply_priority = fields.Selection(
        SUPPLY_PRIORITIES, tracking=True,
        help="Empty: applying the policy leaves the customer's supply priority as it is.",
    )
    quality_terms = fields.Html(translate=True)
    service_terms = fields.Html(translate=True)
    visit_interval = fields.Integer(
        string="Days Between Visits", tracking=True, help="0: as often as the company's settings say.",
    )
    visit_kind = fields.Selection(
        VISIT_KINDS, tracking=True, help="Empty: calls, visits and mailings in turn.",
    )

    _dates_in_order = models.Constraint(
        'CHECK(date_to >= date_from)', "A policy ends after it begins: correct its dates.",
    )
    _credit_limit_positive = models.Constraint(
        "CHECK(credit_limit_kind <> 'fixed' OR credit_limit > 0)",
        "Enter a credit limit above 0: Odoo takes 0 for no limit at all.",
    )
    _credit_limit_factor_positive = models.Constraint(
        "CHECK(credit_limit_kind <> 'purchases' OR credit_limit_factor > 0)",
        "Enter by what to multiply the monthly purchases: more than 0.",
    )
    _visit_interval_positive = models.Constraint(
        'CHECK(visit_interval >= 0)', "The days between visits can't be negative.",
    )

    @api.constrains('date_from', 'date_to')
    def _check_sane_dates(self):
        check_dates(self, 'date_from', 'date_to')

    @api.constrains('credit_limit', 'credit_limit_factor')
    def _check_amounts(self):
        check_amounts(self, 'credit_limit', 'credit_limit_factor')

    @api.constrains('active', 'company_id', 'customer_class', 'tier_id', 'channel', 'date_from', 'date_to')
    def _check_one_at_a_time(self):
        """Check that no other policy is in force for the same customers at the same time."""
        active = self.filtered('active')
        # Two users may save overlapping policies at the same time. Both update their company's row: PostgreSQL refuses
        # the second UPDATE, and Odoo repeats that request, which then sees the first policy. A lock wouldn't help,
        # because a transaction doesn't see what others commit after its first query.
        self.env.cr.execute(SQL(
            "UPDATE res_company SET write_date = write_date WHERE id = ANY(%s)", active.company_id.ids,
        ))
        for policy in active:
            other = self.sudo().search(policy._overlap_domain(), limit=1)
            if other:
                raise ValidationError(self.env._(
                    "“%(policy)s” and “%(other)s” hold for the same class, tier and channel at the same time. "
                    "End one before the other begins.",
                    policy=policy.name, other=other.name,
                ))

    def copy_data(self, default=None):
        """Archive copies, because a copy would be in force at the same time as the original."""
        vals_list = super().copy_data({'active': False, **(default or {})})
        if 'name' not in (default or {}):
            for policy, vals in zip(self, vals_list, strict=True):
                vals['name'] = self.env._("%s (copy)", policy.name)
        return vals_list

    @api.model
    def _ready_made(self):
        """Return the values of a policy for each class in the words of the policy (6.3, 6.4, 7.2, 8.3).

        Amounts, price lists and intervals aren't in it: each company decides on them.
        """
        return [{
            'name': self.env._("Key Customers"),
            'customer_class': 'key',
            'supply_priority': 'high',
            'visit_kind': 'onsite',
            'quality_terms': self._paragraphs(
                self.env._("What the customer says of the quality is answered, and used to improve the products."),
            ),
            'service_terms': self._paragraphs(
                self.env._("Sufficient supply in time, before other customers."),
                self.env._("Information on the economy, industry policy, market demand and competitors is shared."),
            ),
        }, {
            'name': self.env._("Ordinary Customers"),
            'customer_class': 'ordinary',
            'supply_priority': 'normal',
            'service_terms': self._paragraphs(
                self.env._("Customers who can grow are supported, so that they become key customers."),
            ),
        }, {
            'name': self.env._("Potential Customers"),
            'customer_class': 'potential',
            'service_terms': self._paragraphs(
                self.env._("Called, visited and sent information in turn."),
                self.env._("The first deal is supported."),
            ),
        }]

    @api.model
    def _paragraphs(self, *texts):
        return Markup().join(Markup("<p>%s</p>") % text for text in texts)

    def _overlap_domain(self):
        """Return a domain of other policies for the same customers with an overlapping validity."""
        self.ensure_one()
        domain = Domain([
            ('id', '!=', self.id), ('company_id', '=', self.company_id.id),
            ('customer_class', '=', self.customer_class), ('tier_id', '=', self.tier_id.id),
            ('channel', '=', self.channel),
        ])
        if self.date_from:
            domain &= Domain('date_to', '=', False) | Domain('date_to', '>=', self.date_from)
        if self.date_to:
            domain &= Domain('date_from', '=', False) | Domain('date_from', '<=', self.date_to)
        return domain

    @api.model
    def _find_in_force(self, company, partners):
        """Find the policies in force today for customers, with one query. The caller has checked access.

        :param company: ``res.company``
        :param partners: commercial partners
        :return: dict of partner id → policy; customers without one are left out
        """
        if not partners.ids:
            return {}
        holding.flush(self.env)
        found = dict(self.env.execute_query(
            holding.holding_query(company, company._tianyuan_today(), partners.ids),
        ))
        policies = self.sudo().browse(set(found.values()))
        by_id = {policy.id: policy for policy in policies}
        return {partner_id: by_id[policy_id] for partner_id, policy_id in found.items()}

    @api.model
    def _changes(self, company, partners, holding):
        """Find what applying policies would change, without writing anything. The caller has checked access.

        :param company: ``res.company`` whose values of the customers are compared
        :param partners: commercial partners
        :param dict holding: partner id → the policy in force, as of :meth:`_find_in_force`
        :return: list of :class:`Change`, grouped by customer
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
        """Return the conditions that policies grant their customers.

        :param dict holding: partner id → policy
        :return: dict of partner id → dict of condition → value; conditions that the policy leaves open are left out
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
                # Odoo takes a credit limit of 0 for no limit.
                if currency.compare_amounts(limit, 0.0) > 0:
                    result[partner_id]['credit_limit'] = limit
        return result

    def _common_conditions(self):
        """Return the conditions that are the same for all customers of the policy."""
        self.ensure_one()
        return {condition: value for condition, value in (
            ('pricelist', self.pricelist_id.active and self.pricelist_id.id),
            ('payment_term', self.payment_term_id.active and self.payment_term_id.id),
            ('credit_limit', self.credit_limit_kind == 'fixed' and self.credit_limit),
            ('supply_priority', self.supply_priority),
        ) if value}

    @api.model
    def _current_pricelists(self, customers):
        """Return the price lists in force, either set on the customer or determined by the country.

        :return: dict of partner id → price list's id or False
        """
        if not self.env['res.groups']._is_feature_enabled('product.group_product_pricelist'):
            return {partner.id: partner.specific_property_product_pricelist.id for partner in customers}
        return {partner.id: partner.property_product_pricelist.id for partner in customers}

    @api.model
    def _concerns(self, company, changes):
        """Find changes that grant more credit to customers who have bad debt, are on hold or overdue.

        Changes that grant more credit are a higher limit and other payment terms.

        :param company: ``res.company`` whose values of the customers would change
        :param changes: list of :class:`Change`
        :return: dict of change → text of the reasons against it
        """
        granting = [
            change for change in changes
            # An old limit of 0 means no limit, so that any new limit reduces the credit.
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
        """Return the old and new values as texts in the user's language.

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


class Change(NamedTuple):
    """A change of one value of one customer; old and new are in the format of the customer's field."""

    partner_id: int
    policy_id: int
    condition: str
    old: object
    new: object
