"""What the tests of setting up share: a company that is rated for the first time in July 2024, for 2024 Q2."""
from freezegun import freeze_time

from odoo import Command

from ..rating.sheets import SheetCommon


class SetupCommon(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time('2024-07-15 04:00:00'))
        cls.Setup = cls.env['tianyuan.setup'].with_user(cls.rating_manager)

    def steps(self, user=None, company=None):
        """The steps of the checklist by key."""
        Setup = self.env['tianyuan.setup'].with_user(user or self.rating_manager)
        checklist = (Setup.with_company(company) if company else Setup).checklist()
        return {step['key']: step for step in checklist['steps']}

    def done(self, **values):
        return {key for key, step in self.steps(**values).items() if step['done']}

    @classmethod
    def new_products(cls, count):
        return cls.env['product.product'].create([{'name': f"Product {number}"} for number in range(count)])

    @classmethod
    def buy_products(cls, customer, products, day='2024-05-15', price=100.0, company=None):
        """One posted invoice with a line for each product."""
        company = company or cls.company
        move = cls.env['account.move'].with_company(company).create({
            'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': day, 'invoice_date_due': day,
            'invoice_line_ids': [Command.create({
                'product_id': product.id, 'quantity': 1, 'price_unit': price, 'tax_ids': [Command.clear()],
                'account_id': cls._revenue_account(company).id,
            }) for product in products],
        })
        move.action_post()
        return move

    def set_channel(self, customers, channel):
        customers.sudo().write({'tianyuan_channel': channel})

    def count_rows(self, *models):
        self.env.flush_all()
        return {model: self.env[model].sudo().with_context(active_test=False).search_count([]) for model in models}
