"""The numbers on a customer's page are those of the records the user may read (design §7, §10)."""
import base64
from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.tests.common import RatingCommon
from odoo.addons.tianyuan_customer_rating.tests.document.common import PDF

# how many records about a customer there are: field → their model
COUNTED = {
    'tianyuan_visit_count': 'tianyuan.visit',
    'tianyuan_contract_count': 'tianyuan.contract',
    'tianyuan_collection_count': 'tianyuan.archive.collection',
    'tianyuan_borrow_out_count': 'tianyuan.archive.borrow',
    'tianyuan_document_count': 'tianyuan.archive.document',
    'tianyuan_document_gap_count': 'tianyuan.archive.document.gap',
    'tianyuan_insight_count': 'tianyuan.market.insight.share.log',
    'tianyuan_rating_count': 'tianyuan.rating',
}
# what else is found out about all customers of a page at once
FOUND = [
    'tianyuan_last_visit_on', 'tianyuan_class_override_note', 'tianyuan_has_bad_debt', 'tianyuan_can_assess_prospect',
    'tianyuan_policy_id', 'tianyuan_quality_terms', 'tianyuan_service_terms', 'tianyuan_contact_profile_count',
    'tianyuan_overdue_amount',
]
# of the first customer, in this company
NUMBERS = {
    'tianyuan_visit_count': 3, 'tianyuan_contract_count': 2, 'tianyuan_collection_count': 2,
    'tianyuan_borrow_out_count': 1, 'tianyuan_document_count': 2, 'tianyuan_document_gap_count': 1,
    'tianyuan_insight_count': 2, 'tianyuan_rating_count': 2,
}
NOTHING = dict.fromkeys(NUMBERS, 0)


@tagged('post_install', '-at_install')
class TestPartnerCounts(RatingCommon):
    """Two customers of the sales user. Of the first one there are records of every kind, also in another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        cls.setup_role_users()
        cls.elsewhere = cls.setup_other_company()['company'].sudo()
        cls.specialist_elsewhere = cls.new_role_user(
            'archive_specialist', login='tianyuan_elsewhere', company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.manager_of_both = cls.new_role_user(
            'manager', login='tianyuan_both', company_ids=[Command.set((cls.company + cls.elsewhere).ids)],
        )
        cls.customers = (cls.customer + cls.other_customer).with_env(cls.env)
        cls.customers.write({'user_id': cls.sales_user.id, 'tianyuan_archive_state': 'collecting', 'company_id': False})
        cls.customer, cls.other_customer = cls.customers
        cls.contact = cls.new_contact(cls.customer, "Wang")
        cls.env.flush_all()    # changing what is required fails while the archive's completeness is yet to be written
        cls.add_visits_and_contracts()
        cls.add_documents()
        cls.add(
            'tianyuan.rating',
            {'date_from': '2024-04-01', 'date_to': '2024-06-30'}, {'date_from': '2024-01-01', 'date_to': '2024-03-31'},
            {'date_from': '2023-10-01', 'date_to': '2023-12-31', 'state': 'cancelled'},
        )
        cls.add('tianyuan.archive.collection', {'state': 'draft'}, {'state': 'submitted'}, {'state': 'rejected'})
        cls.add(
            'tianyuan.archive.borrow', {'state': 'out'}, {'state': 'returned'}, {'state': 'draft'},
            scope='archive', purpose="Tender", date_due=datetime(2999, 1, 1), pledge_accepted=True,
        )
        insight = cls.env['tianyuan.market.insight'].create({
            'name': "Prices", 'topic': 'demand', 'content': "<p>They rise.</p>", 'company_id': cls.company.id,
        })
        cls.add(
            'tianyuan.market.insight.share.log', {'result': 'queued'}, {'result': 'sent'}, {'result': 'failed'},
            insight_id=insight.id, user_id=cls.sales_user.id,
        )
        cls.env.flush_all()

    @classmethod
    def add(cls, model, *values_list, **common):
        """Records about the customer in this company, and in the other one a record like the first of them."""
        for number, values in enumerate((*values_list, values_list[0])):
            company = cls.elsewhere if number == len(values_list) else cls.company
            cls.env[model].with_company(company).create({
                'partner_id': cls.customer.id, 'company_id': company.id, **common, **values,
            })

    @classmethod
    def add_visits_and_contracts(cls):
        cls.add(
            'tianyuan.visit', {'state': 'done', 'date_done': '2024-02-20'}, {'state': 'done', 'date_done': '2024-01-10'},
            {'state': 'planned'}, {'state': 'cancelled'},
        )
        cls.env['tianyuan.visit'].search([
            ('company_id', '=', cls.elsewhere.id), ('partner_id', '=', cls.customer.id),
        ]).date_done = '2024-03-30'
        cls.add(
            'tianyuan.contract', {'state': 'draft'}, {'state': 'draft'}, {'state': 'cancelled'},
            currency_id=cls.cny.id,
        )

    @classmethod
    def add_documents(cls):
        """Two in this company; of the two types that every customer needs one is missing."""
        types = cls.env['tianyuan.archive.document.type']
        types.search([]).active = False
        licence, _permit, other = types.create([
            {'name': "Licence", 'required': True}, {'name': "Permit", 'required': True}, {'name': "Other"},
        ])
        cls.add(
            'tianyuan.archive.document', {'type_id': licence.id}, {'type_id': other.id},
            upload=base64.b64encode(PDF), file_name='scan.pdf',
        )

    def make_key(self, customers):
        self.env['res.partner']._tianyuan_change_class(self.company, {
            customer: {'new_class': 'key', 'reason': "Rated"} for customer in customers
        })

    def override(self, customers):
        return self.env['tianyuan.class.override'].create([{
            'partner_id': customer.id, 'company_id': self.company.id, 'customer_class': 'ordinary',
            'date_to': date(2999, 12, 31), 'reason': "Losses",
        } for customer in customers])

    def new_policy(self, customer_class='key'):
        return self.env['tianyuan.customer.policy'].create({
            'name': "Policy", 'company_id': self.company.id, 'customer_class': customer_class,
            'quality_terms': "<p>No returns</p>", 'service_terms': "<p>Visits</p>",
        })

    def numbers(self, partner, user, **context):
        self.env.invalidate_all()
        [numbers] = partner.with_user(user).with_context(**context).read(list(COUNTED))
        del numbers['id']
        return numbers

    # -- which records count ----------------------------------------------------------------------

    def test_what_is_cancelled_returned_or_failed_does_not_count(self):
        for user in (self.archive_specialist, self.rating_manager):
            self.assertEqual(self.numbers(self.customer, user), NUMBERS, user.login)

    def test_salespeople_are_told_of_their_own_borrowings_only(self):
        self.assertEqual(self.numbers(self.customer, self.sales_user), NUMBERS | {'tianyuan_borrow_out_count': 0})

    def test_a_contact_has_its_companys_numbers(self):
        self.assertEqual(self.numbers(self.contact, self.rating_manager), NUMBERS)
        self.assertEqual(self.contact.with_user(self.rating_manager).tianyuan_last_visit_on, date(2024, 2, 20))

    def test_a_customer_of_whom_there_is_nothing_has_none(self):
        self.other_customer.tianyuan_archive_state = 'none'
        self.assertEqual(self.numbers(self.other_customer, self.rating_manager), NOTHING)
        self.assertFalse(self.other_customer.with_user(self.rating_manager).tianyuan_last_visit_on)

    def test_an_unsaved_contact_has_none(self):
        new = self.env['res.partner'].with_user(self.rating_manager).new({'parent_id': self.customer.id})
        self.assertEqual({name: new[name] for name in NUMBERS}, NOTHING)
        self.assertFalse(new.tianyuan_last_visit_on)
        self.assertFalse(new.tianyuan_class_override_note)
        self.assertFalse(new.tianyuan_policy_id)

    def test_a_customer_that_is_being_edited_keeps_them(self):
        edited = self.customer.with_user(self.rating_manager)
        draft = edited.new({'name': "Renamed"}, origin=edited)
        self.assertEqual({name: draft[name] for name in NUMBERS}, NUMBERS)

    def test_a_contact_that_moves_has_the_numbers_of_its_new_company(self):
        contact = self.contact.with_user(self.rating_manager)
        self.assertEqual(contact.tianyuan_contract_count, 2)
        self.contact.parent_id = self.other_customer
        self.assertEqual(contact.tianyuan_contract_count, 0)

    # -- companies and rights ---------------------------------------------------------------------

    def test_another_companys_records_do_not_count(self):
        self.assertEqual(self.numbers(self.customer, self.rating_manager), NUMBERS)
        # of the two types of documents that the customer needs one is there, as in this company
        here = dict.fromkeys(NUMBERS, 1)
        self.assertEqual(self.numbers(self.customer, self.specialist_elsewhere), here)
        for companies, numbers, day in (
            (self.company, NUMBERS, date(2024, 2, 20)),
            (self.elsewhere, here, date(2024, 3, 30)),
            (self.company + self.elsewhere, {name: NUMBERS[name] + 1 for name in NUMBERS}, date(2024, 3, 30)),
        ):
            with self.subTest(companies.mapped('name')):
                context = {'allowed_company_ids': companies.ids}
                self.assertEqual(self.numbers(self.customer, self.manager_of_both, **context), numbers)
                seen = self.customer.with_user(self.manager_of_both).with_context(**context)
                self.assertEqual(seen.tianyuan_last_visit_on, day)

    def test_the_companies_are_told_apart_in_the_cache(self):
        customer = self.customer.with_user(self.manager_of_both)
        here, there = (
            customer.with_context(allowed_company_ids=company.ids) for company in (self.company, self.elsewhere)
        )
        self.assertEqual((here.tianyuan_contract_count, there.tianyuan_contract_count), (2, 1))
        self.assertEqual((here.tianyuan_last_visit_on, there.tianyuan_last_visit_on),
                         (date(2024, 2, 20), date(2024, 3, 30)))

    def test_whoever_may_not_read_the_records_is_told_of_none(self):
        self.assertEqual(self.numbers(self.customer, self.finance_assessor)['tianyuan_collection_count'], 0)
        for name, model in COUNTED.items():
            with self.subTest(name):
                self.assertEqual(self.numbers(self.customer, self.rating_manager), NUMBERS)
                rights = self.env['ir.model.access'].search([('model_id.model', '=', model)])
                rights.perm_read = False
                self.assertEqual(self.numbers(self.customer, self.rating_manager), NUMBERS | {name: 0})
                rights.perm_read = True

    def test_whoever_may_not_read_visits_is_not_told_of_the_last_one(self):
        self.env['ir.model.access'].search([('model_id.model', '=', 'tianyuan.visit')]).perm_read = False
        self.assertFalse(self.customer.with_user(self.rating_manager).tianyuan_last_visit_on)

    def test_whoever_may_not_read_overrides_is_not_told_of_one(self):
        self.make_key(self.customer)
        self.override(self.customer)
        seen = (self.customer + self.contact).with_user(self.rating_manager)
        for partner in seen:
            self.assertIn("Losses", partner.tianyuan_class_override_note)
        there = self.customer.with_user(self.manager_of_both).with_context(allowed_company_ids=self.elsewhere.ids)
        self.assertFalse(there.tianyuan_class_override_note)
        self.env['ir.model.access'].search([('model_id.model', '=', 'tianyuan.class.override')]).perm_read = False
        self.env.invalidate_all()
        self.assertFalse(seen[0].tianyuan_class_override_note)

    def test_everybody_with_a_role_is_told_of_bad_debt_in_their_company(self):
        self.env['tianyuan.bad.debt'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': date(2024, 1, 1), 'amount': 1,
        })
        self.assertFalse(self.env['tianyuan.bad.debt'].with_user(self.archive_specialist).has_access('read'))
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            partners = (self.customer + self.contact + self.other_customer).with_user(user)
            self.assertEqual(partners.mapped('tianyuan_has_bad_debt'), [True, True, False], user.login)
        self.assertFalse(self.customer.with_user(self.specialist_elsewhere).tianyuan_has_bad_debt)

    def test_the_policy_of_the_users_company(self):
        self.make_key(self.customer)
        policy = self.new_policy()
        partners = self.customer + self.contact + self.other_customer
        for user in (self.sales_user, self.rating_manager):
            seen = partners.with_user(user)
            self.assertEqual([str(partner.tianyuan_quality_terms or '') for partner in seen],
                             ["<p>No returns</p>", "<p>No returns</p>", ''], user.login)
            self.assertEqual([str(partner.tianyuan_service_terms or '') for partner in seen],
                             ["<p>Visits</p>", "<p>Visits</p>", ''], user.login)
        self.assertEqual(partners.with_user(self.rating_manager).mapped('tianyuan_policy_id'), policy)
        self.assertFalse(self.customer.with_user(self.specialist_elsewhere).tianyuan_quality_terms)

    # -- profiles ---------------------------------------------------------------------------------

    def test_a_customer_has_all_profiles_and_a_contact_its_own(self):
        second, third = (self.new_contact(self.customer, name) for name in ("Li", "Zhao"))
        profiles = self.env['tianyuan.contact.profile']
        for contact, company in (
            (self.contact, self.company), (second, self.company), (self.contact, self.elsewhere),
        ):
            profiles.create({'partner_id': contact.id, 'company_id': company.id})
        partners = self.customer + self.contact + second + third + self.other_customer
        self.env.invalidate_all()
        for user, numbers in ((self.sales_user, [2, 1, 1, 0, 0]), (self.specialist_elsewhere, [1, 1, 0, 0, 0])):
            self.assertEqual(partners.with_user(user).mapped('tianyuan_contact_profile_count'), numbers, user.login)
            for partner, number in zip(partners.with_user(user), numbers, strict=True):
                partner.invalidate_recordset(['tianyuan_contact_profile_count'])
                self.assertEqual(partner.with_prefetch().tianyuan_contact_profile_count, number)

    # -- queries ----------------------------------------------------------------------------------

    def test_many_customers_take_no_more_queries_than_one(self):
        more = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True, 'user_id': self.sales_user.id} for number in range(30)
        ])
        self.make_key(self.customers + more)
        self.override(self.customers + more)
        self.new_policy('ordinary')
        everybody = self.customers + more + self.contact
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            one, many = self.customer.with_user(user), everybody.with_user(user)
            names = [name for name in (*COUNTED, *FOUND) if one._has_field_access(one._fields[name], 'read')]
            with self.subTest(user.login):
                self.assertTrue(all(row['tianyuan_class_override_note'] and row['tianyuan_quality_terms']
                                    for row in many.read(names)))
                self.assertLessEqual(self.queries_of(many, names), self.queries_of(one, names))

    def queries_of(self, partners, names):
        self.queries(lambda: partners.read(names, load=''))    # warm up
        return self.queries(lambda: partners.read(names, load=''))
