"""What the tests of contact profiles share: a contact of a customer of ``sales_user``, and their profile."""
from ..common import RatingCommon


class ProfileCommon(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'lang': 'en_US'})    # messages are compared
        cls.customer, cls.other_customer = (cls.customer + cls.other_customer).with_env(cls.env)
        cls.setup_role_users()
        cls.other_salesperson = cls.new_role_user('sales_user', login='other_salesperson')
        cls.customer.user_id = cls.sales_user
        cls.other_customer.user_id = cls.other_salesperson
        cls.contact = cls.new_contact(cls.customer, "Wang Fang")
        cls.other_contact = cls.new_contact(cls.other_customer, "Zhao Lei")
        cls.profile = cls.new_profile(cls.contact, hobbies="Fishing", taboos="Never mention football")

    @classmethod
    def new_profile(cls, contact, **values):
        return cls.env['tianyuan.contact.profile'].with_user(cls.archive_specialist).create({
            'partner_id': contact.id, 'company_id': cls.company.id, **values,
        })
