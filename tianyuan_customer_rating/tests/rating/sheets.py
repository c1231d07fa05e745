"""What the tests of sheets, runs and access share: the four roles, and helpers that fill in and submit
a sheet as the people responsible for it would."""
from ..common import RatingCommon

# every indicator at its maximum: 10 + 10 + 15 + 15 + 5 + 10 (sales) + 20 + 10 + 5 (finance) = 100
FULL_MARKS = {
    'cooperation_time': 10, 'willingness': 10, 'loyalty': 15,
    'purchase_volume': 15, 'purchase_growth': 5, 'purchase_balance': 10,
    'credit_performance': 20, 'days_beyond_terms': 10, 'debt_ratio': 5,
}


class SheetCommon(RatingCommon):
    """The customers belong to ``sales_user``; sheets are of the quarter under test, 2024 Q2, unless a day
    of another quarter is given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'lang': 'en_US'})    # messages are compared
        cls.customer, cls.other_customer = (cls.customer + cls.other_customer).with_env(cls.env)
        cls.setup_role_users()
        cls.customer.user_id = cls.sales_user
        cls.other_customer.user_id = cls.sales_user

    @classmethod
    def tier(cls, name):
        return cls.env['tianyuan.rating.tier'].search([('name', '=', name)])

    @classmethod
    def buy(cls, customer, day, amount, company=None):
        """An invoice that is paid on the day it is due."""
        invoice = cls.invoice(customer, day, amount, company=company)
        cls.pay(invoice, day, amount)
        return invoice

    @classmethod
    def new_sheet(cls, customer=None, day='2024-06-30', **values):
        quarter = cls.quarter_of(day)
        return cls.env['tianyuan.rating'].with_user(cls.rating_manager).create({
            'partner_id': (customer or cls.customer).id,
            'company_id': cls.company.id,
            'date_from': quarter.date_from,
            'date_to': quarter.date_to,
            **values,
        })

    @classmethod
    def computed_sheet(cls, customer=None, day='2024-06-30', **values):
        sheet = cls.new_sheet(customer, day, **values)
        sheet.action_compute()
        return sheet

    @staticmethod
    def line(sheet, code):
        return sheet.line_ids.filtered(lambda line: line.indicator_id.code == code)

    @classmethod
    def assess(cls, sheet, code, note="Agreed with the customer", **values):
        """Write on one line, as the side it belongs to."""
        line = cls.line(sheet, code)
        assessor = cls.sales_user if line.responsibility == 'sales' else cls.finance_assessor
        line.with_user(assessor).write({**values, **({'note': note} if note else {})})
        return line

    @classmethod
    def submit(cls, sheet):
        sheet.with_user(cls.sales_user).action_submit_sales()
        sheet.with_user(cls.finance_assessor).action_submit_finance()

    @classmethod
    def ready_sheet(cls, customer=None, day='2024-06-30', kind='quarterly', **points):
        """A sheet with full marks but for the points given, submitted by both sides."""
        sheet = cls.computed_sheet(customer, day, kind=kind)
        for code, value in {**FULL_MARKS, **points}.items():
            cls.assess(sheet, code, points=value)
        cls.submit(sheet)
        return sheet

    @classmethod
    def confirmed_sheet(cls, customer=None, day='2024-06-30', **points):
        sheet = cls.ready_sheet(customer, day, **points)
        sheet.action_confirm()
        return sheet

    @classmethod
    def history(cls, customer=None):
        """Rows of a customer's history, oldest first, as (old tier, new tier, old class, new class)."""
        rows = cls.env['tianyuan.class.history'].search(
            [('partner_id', '=', (customer or cls.customer).id), ('company_id', '=', cls.company.id)], order='id')
        return [(row.old_tier_id.name, row.new_tier_id.name, row.old_class, row.new_class) for row in rows]

    @staticmethod
    def snapshot(sheet):
        """All that a sheet says, to compare before and after."""
        sheet.env.flush_all()
        sheet.env.invalidate_all()
        sheet = sheet.sudo()
        columns = [
            name for name, field in sheet.line_ids._fields.items()
            if field.store and name not in ('write_date', 'write_uid')
        ]
        return (
            sheet.read(['state', 'score', 'sales_score', 'finance_score', 'tier_id', 'customer_class',
                        'is_major_account', 'annual_purchase', 'has_bad_debt', 'previous_rating_id',
                        'score_change', 'tier_change', 'scheme_id', 'channel']),
            sheet.line_ids.read(columns),
        )
