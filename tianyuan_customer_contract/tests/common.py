"""What the tests of contracts share: an approved template, quotations of goods, and contracts that are ready to sign."""
from odoo import Command

from odoo.addons.tianyuan_customer_rating.tests.common import RatingCommon

TERMS = ('quality', 'rights', 'disputes')


class ContractCommon(RatingCommon):
    """The customer is the sales user's, and has a legal representative in the archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        cls.env['tianyuan.contract.template'].search([]).active = False    # what a company has of its own
        cls.customer.user_id = cls.sales_user
        cls.customer.sudo().tianyuan_legal_representative = "Chen Gang"
        cls.template = cls.new_template()
        cls.paint = cls.env['product.product'].create({
            'name': "White Paint", 'type': 'consu', 'tianyuan_specification': "25 kg barrels", 'company_id': False,
        })
        cls.month = cls.env['account.payment.term'].create({'name': "30 days"})

    @classmethod
    def new_template(cls, kind='sale', approve=True, **values):
        template = cls.env['tianyuan.contract.template'].create({
            'name': f"Standard {kind}", 'contract_type': kind, 'quality': "Quality as agreed", 'settlement': "By transfer",
            'rights': "Deliver and pay", 'disputes': "Court of Nanjing", 'body': "<p>In four copies</p>", **values,
        })
        if approve:
            template.with_user(cls.rating_manager).action_approve()
        return template

    @classmethod
    def quotation(cls, *lines, partner=None, **values):
        """A quotation of the sales user for lines of product, quantity and price."""
        return cls.env['sale.order'].create({
            'partner_id': (partner or cls.customer).id, 'company_id': cls.company.id, 'user_id': cls.sales_user.id,
            'payment_term_id': cls.month.id,
            'order_line': [
                Command.create({
                    'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': price, 'tax_ids': [Command.clear()],
                })
                for product, quantity, price in lines or [(cls.paint, 10, 250)]
            ],
            **values,
        })

    @classmethod
    def contract_of(cls, orders, user=None):
        """The draft contract that the sales user makes of orders."""
        action = orders.with_user(user or cls.sales_user).action_tianyuan_make_contract()
        return cls.env['tianyuan.contract'].with_user(user or cls.sales_user).browse(action['res_id'])

    @classmethod
    def new_contract(cls, user=None, **values):
        return cls.env['tianyuan.contract'].with_user(user or cls.sales_user).create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id, 'currency_id': cls.company.currency_id.id,
            **values,
        })

    @classmethod
    def ready(cls, contract=None):
        """A contract with nothing missing."""
        contract = contract or cls.contract_of(cls.quotation())
        contract.write({'date_start': '2024-01-01', 'date_end': '2999-12-31'})
        contract.check_ids.write({'result': 'passed', 'evidence': "Seen in the register"})
        return contract

    @classmethod
    def signed(cls, contract=None):
        contract = cls.ready(contract)
        contract.action_sign()
        return contract

    def refused(self, message, work, *args, error=Exception, **values):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            work(*args, **values)
        self.assertIn(message, str(caught.exception))
