"""What the tests of policies share: price lists, terms, policies of this company, and applying them."""
from odoo import Command
from odoo.tests import Form

from odoo.addons.tianyuan_customer_rating.tests.rating.sheets import SheetCommon


class PolicyCommon(SheetCommon):
    """Customers belong to ``sales_user``; ``rating_manager`` makes and applies the policies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.config.settings'].create({'group_product_pricelist': True}).execute()
        cls.key_prices = cls.new_pricelist("Key prices")
        cls.base_prices = cls.new_pricelist("Ordinary prices")
        cls.term_60 = cls.env['account.payment.term'].create({
            'name': "60 days", 'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 60})],
        })
        cls.policies = cls.env['tianyuan.customer.policy'].with_user(cls.rating_manager)
        cls.wizards = cls.env['tianyuan.customer.policy.apply'].with_user(cls.rating_manager)

    @classmethod
    def new_pricelist(cls, name, company=None):
        return cls.env['product.pricelist'].create({'name': name, 'company_id': (company or cls.company).id})

    @classmethod
    def policy(cls, customer_class='key', **values):
        return cls.policies.create({
            'name': f"{customer_class} {len(cls.policies.search([]))}", 'company_id': cls.company.id,
            'customer_class': customer_class, **values,
        })

    @classmethod
    def classify(cls, customers, customer_class='key', tier=None, company=None):
        """Give customers a class and a tier, as rating them does."""
        company = company or cls.company
        cls.env['res.partner']._tianyuan_change_class(company, {
            customer: {'new_class': customer_class, 'reason': "Rated"} for customer in customers
        })
        if tier:
            customers.sudo().with_company(company).tianyuan_tier_id = cls.tier(tier)

    def preview(self, *customers, scope='all', **values):
        if customers:
            scope, values = 'selected', {'partner_ids': [Command.set([customer.id for customer in customers])], **values}
        wizard = self.wizards.create({'scope': scope, 'company_id': self.company.id, **values})
        wizard.action_preview()
        return wizard

    def changes(self, wizard):
        """What the preview shows: {(customer's name, condition): (now, by policy)}."""
        return {
            (line.partner_id.name, line.condition): (line.old_value, line.new_value) for line in wizard.line_ids
        }

    def apply(self, *customers, **values):
        wizard = self.preview(*customers, **values)
        action = wizard.action_apply()
        self.env.invalidate_all()
        return self.env['tianyuan.policy.application'].with_user(self.rating_manager).browse(action['res_id'])

    def new_order(self, customer, amount=100.0):
        """A quotation as the salesperson makes it on the screen."""
        with Form(self.env['sale.order'].with_user(self.sales_user).with_company(self.company)) as form:
            form.partner_id = customer
            with form.order_line.new() as line:
                line.product_id = self.service_product
                line.price_unit = amount
                line.tax_ids.clear()
        return form.record
