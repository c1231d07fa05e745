"""Whoever enters or edits a company sees at once which customers it may be, and can compare and merge them."""
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import CollectionCommon


@tagged('post_install', '-at_install')
class TestDuplicateBanner(CollectionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.new_customer("青岛天元化工有限公司", vat='913702037063584125', phone='0532-88881234')

    def as_specialist(self, partner=None):
        return (self.env['res.partner'] if partner is None else partner).with_user(self.archive_specialist)

    def test_a_new_company_is_compared_while_it_is_entered(self):
        form = Form(self.as_specialist().with_context(default_is_company=True))
        form.name = "Nobody Knows Ltd"
        self.assertFalse(form.tianyuan_duplicate_warning)
        form.name = "天元化工（青岛）股份有限公司"
        self.assertIn(f'/odoo/res.partner/{self.known.id}', form.tianyuan_duplicate_warning)
        self.assertIn("same name", form.tianyuan_duplicate_warning)
        form.name = "Nobody Knows Ltd"
        form.phone = '+86 532 8888 1234 转 8'
        self.assertIn("same phone number", form.tianyuan_duplicate_warning)
        form.vat = '37020370635 8412'
        self.assertIn("same tax ID", form.tianyuan_duplicate_warning)
        self.assertTrue(form.save())

    def test_a_customer_is_no_duplicate_of_itself_nor_of_its_branches(self):
        self.assertFalse(self.as_specialist(self.known).tianyuan_duplicate_warning)
        branch = self.new_customer("青岛天元化工有限公司济南分公司", parent_id=self.known.id)
        sister = self.new_customer("青岛天元化工有限公司烟台分公司", parent_id=self.known.id)
        for company in (self.known, branch, sister):
            self.assertFalse(self.as_specialist(company).tianyuan_duplicate_warning)
        stranger = self.new_customer("青岛天元化工有限公司潍坊分公司")
        self.assertIn(str(self.known.id), self.as_specialist(stranger).tianyuan_duplicate_warning)

    def test_people_are_not_compared(self):
        person = self.new_customer("青岛天元化工有限公司", is_company=False)
        self.assertFalse(self.as_specialist(person).tianyuan_duplicate_warning)

    def test_customers_of_another_company_are_not_shown(self):
        elsewhere = self.setup_other_company()['company']
        self.known.company_id = elsewhere
        twin = self.new_customer("青岛天元化工有限公司")
        self.assertFalse(self.as_specialist(twin).tianyuan_duplicate_warning)
        action = self.as_specialist(twin).action_tianyuan_duplicates()
        self.assertEqual(action['domain'], [('id', 'in', twin.ids)])

    def test_who_has_no_role_gets_no_warning_and_may_enter_companies(self):
        user = new_test_user(self.env, login='enters', groups='base.group_user,base.group_partner_manager')
        form = Form(self.env['res.partner'].with_user(user).with_context(default_is_company=True))
        form.name = "青岛天元化工有限公司"
        self.assertNotIn('tianyuan_duplicate_warning', form._view['fields'])
        self.assertTrue(form.save())

    def test_duplicates_are_opened_beside_the_customer_and_merged_by_odoo(self):
        twin = self.new_customer("天元化工有限公司（青岛）", phone='0532-88885678')
        self.new_customer("青岛海潮化工有限公司")
        action = twin.with_user(self.rating_manager).action_tianyuan_duplicates()
        self.assertEqual(action['domain'], [('id', 'in', (twin + self.known).ids)])
        manager = self.rating_manager
        manager.sudo().group_ids += self.env.ref('base.group_partner_manager')
        wizard = self.env['base.partner.merge.automatic.wizard'].with_user(manager).with_context(
            active_model='res.partner', active_ids=(twin + self.known).ids,
        ).create({'dst_partner_id': self.known.id})
        wizard.action_merge()
        self.assertFalse(twin.exists())
        self.env.invalidate_all()
        self.assertFalse(self.as_specialist(self.known).tianyuan_duplicate_warning)

    def test_only_who_may_read_a_customer_sees_its_duplicates(self):
        elsewhere = self.setup_other_company()['company']
        foreign = self.new_customer("Elsewhere Ltd", company_id=elsewhere.id)
        with self.assertRaises(AccessError):
            foreign.with_user(self.sales_user).action_tianyuan_duplicates()

    def test_the_warnings_of_many_customers_take_as_many_queries_as_of_one(self):
        customers = self.env['res.partner'].create([
            {'name': f"青岛天元化工有限公司{number}", 'is_company': True} for number in range(20)
        ]).with_user(self.archive_specialist)
        one, many = (
            self.queries(lambda some=some: customers.browse(some).mapped('tianyuan_duplicate_warning'))
            for some in (customers[:1].ids, customers.ids)
        )
        self.assertLessEqual(many, one + 1)
