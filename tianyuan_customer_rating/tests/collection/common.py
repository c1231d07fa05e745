"""What the tests of the collection form share."""
from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..rating.sheets import SheetCommon


class CollectionCommon(SheetCommon):
    """``customer`` belongs to ``sales_user``; it has an address, a specialist and a first contact, Chen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # with followers, notifications and tracking, which tests of the ledger do without
        cls.env = cls.env(context={
            name: value for name, value in cls.env.context.items() if name not in DISABLED_MAIL_CONTEXT
        })
        cls.customer, cls.other_customer = (cls.customer + cls.other_customer).with_env(cls.env)
        cls.chen = cls.new_contact(cls.customer, "Chen")
        cls.chen.phone = '13800000001'
        cls.customer.write({
            'street': "8 Harbour Road", 'city': "Qingdao", 'country_id': cls.env.ref('base.cn').id,
            'phone': '0532 8888 0001', 'tianyuan_main_products': "Dyes",
            'tianyuan_archive_specialist_id': cls.archive_specialist.id,
            'tianyuan_primary_contact_id': cls.chen.id,
        })
        cls.forms = cls.env['tianyuan.archive.collection']

    @classmethod
    def new_form(cls, customer=None, user=None, **values):
        """A draft about the customer, or about a prospect (customer=False)."""
        if customer is None:
            customer = cls.customer
        return cls.forms.with_user(user or cls.sales_user).create({
            'partner_id': customer and customer.id, 'company_id': cls.company.id, **values,
        })

    @classmethod
    def submitted(cls, customer=None, user=None, **values):
        form = cls.new_form(customer, user, **(values or {'street': "9 Harbour Road", 'main_products': "Paint"}))
        form.action_submit()
        return form

    def reviewed(self, form, user=None):
        """The form as its reviewer sees it now."""
        self.env.flush_all()
        self.env.invalidate_all()
        return form.with_user(user or self.archive_specialist)

    def line(self, form, key):
        return form.line_ids.filtered(lambda line: line.key == key)

    def texts(self, form):
        return {line.key: (line.old_text, line.new_text) for line in form.line_ids}
