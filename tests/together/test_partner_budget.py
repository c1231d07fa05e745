"""What the addon adds to the partner's list and form is read with a handful of queries (design §7, §10)."""
from datetime import date

from lxml import etree

from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.tianyuan_customer_rating.tests.common import MODULE, RatingCommon

PAGE, COUNTED = 80, 10_001    # rows of a list's page, and how far the web client counts
IN_A_LIST = 2
# for users with a role: a query for each of the numbers, the tier, what the archive lacks, and the names of its people,
# products and markets; its former numbers, and customers that may be the same; its early warnings and its course
IN_A_FORM = 28
# what the web client reads of a record that is linked to
NAME = {'fields': {'display_name': {}}}
BADGE = {'fields': {'display_name': {}, 'color': {}}}
STOCK = 'base.group_user,base.group_partner_manager,account.group_account_invoice'


@tagged('post_install', '-at_install')
class TestPartnerBudget(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        users = cls.sales_user + cls.archive_specialist + cls.finance_assessor + cls.rating_manager
        users.sudo().group_ids = [Command.link(cls.env.ref(group).id) for group in STOCK.split(',')]
        tiers = cls.env['tianyuan.rating.tier'].sudo().search([])
        varieties = cls.env['product.template'].sudo().create([{'name': "Resin"}, {'name': "Peroxide"}])
        markets = cls.env['tianyuan.downstream.market'].sudo().create([{'name': "Paint"}, {'name': "Paper"}])
        cls.customers = cls.env['res.partner'].sudo().create([
            {
                'name': f"Customer {number:03}", 'is_company': True, 'tianyuan_channel': ('distributor', 'direct')[number % 2],
                'tianyuan_archive_state': ('collecting', 'filed')[number % 2], 'user_id': cls.sales_user.id,
                'tianyuan_archive_specialist_id': cls.archive_specialist.id, 'company_id': cls.company.id,
                'tianyuan_purchased_variety_ids': varieties.ids, 'tianyuan_downstream_market_ids': markets.ids,
            } for number in range(PAGE + 20)
        ])
        for number, customer in enumerate(cls.customers):
            customer.sudo().with_company(cls.company).write({
                'tianyuan_tier_id': tiers[number % len(tiers)].id, 'tianyuan_customer_class': 'key',
            })
        customer = cls.customers[0]
        cls.env['tianyuan.class.override'].sudo().create({
            'partner_id': customer.id, 'company_id': cls.company.id, 'customer_class': 'ordinary',
            'date_to': date(2999, 12, 31), 'reason': "Losses",
        })
        cls.env['tianyuan.bad.debt'].sudo().create({
            'partner_id': customer.id, 'company_id': cls.company.id, 'date': date(2024, 1, 1), 'amount': 1,
        })
        cls.env.flush_all()

    def specification(self, user, view_type, view=False, own=True):
        """What the web client reads for a view; without the addon's own fields, if asked."""
        partners = self.env['res.partner'].with_user(user)
        arch = etree.fromstring(partners.get_views([(view, view_type)])['views'][view_type]['arch'])
        shown = arch.xpath('//field[not(ancestor::field)]')
        badges = {node.get('name') for node in shown if node.get('widget') == 'tianyuan_tier_badge'}
        return {
            name: BADGE if name in badges else NAME if partners._fields[name].type in ('many2one', 'many2many') else {}
            for name in dict.fromkeys(node.get('name') for node in shown) if own or not name.startswith('tianyuan_')
        }

    def queries_of(self, work):
        self.queries(work)    # warm up
        return self.queries(work)

    def list_queries(self, user, domain=(), **options):
        wanted = self.specification(user, 'list', **options)
        partners = self.env['res.partner'].with_user(user)
        domain = [('id', 'in', self.customers.ids), *domain]
        return self.queries_of(
            lambda: partners.web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED))

    def form_queries(self, user, customer, own):
        wanted = self.specification(user, 'form', own=own)
        return self.queries_of(lambda: customer.with_user(user).web_read(wanted))

    def test_a_page_of_the_list_takes_hardly_more_queries_than_without_the_columns(self):
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user=user.login):
                stock = self.list_queries(user, own=False)
                self.assertLessEqual(self.list_queries(user) - stock, IN_A_LIST)
                incomplete = [('tianyuan_archive_completeness', '<', 100)]
                self.assertEqual(self.list_queries(user, incomplete, own=False), stock)

    def test_the_list_of_archives_takes_fewer_queries_than_that_of_partners(self):
        view = self.env.ref(f'{MODULE}.res_partner_view_list_archive').id
        user = self.archive_specialist
        self.assertLess(self.list_queries(user, view=view), self.list_queries(user, own=False))

    def test_a_form_takes_a_handful_of_queries_more(self):
        customer = self.customers[1]
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user=user.login):
                self.assertLessEqual(
                    self.form_queries(user, customer, own=True) - self.form_queries(user, customer, own=False),
                    IN_A_FORM,
                )

    def test_a_tier_badge_takes_one_query(self):
        customer = self.customers[:1].with_user(self.rating_manager).with_company(self.company)
        bare, named, colored = (
            self.queries_of(lambda badge=badge: customer.web_read({'name': {}, 'tianyuan_tier_id': badge}))
            for badge in ({}, NAME, BADGE)
        )
        self.assertEqual([named - bare, colored - bare], [1, 1])
        tier = customer.tianyuan_tier_id.sudo()
        [read] = customer.web_read({'tianyuan_tier_id': BADGE})
        self.assertEqual(read['tianyuan_tier_id'], {'id': tier.id, 'display_name': tier.name, 'color': tier.color})

    def test_the_numbers_of_many_customers_take_one_query_each(self):
        names = {
            'tianyuan_visit_count', 'tianyuan_contract_count', 'tianyuan_collection_count', 'tianyuan_borrow_out_count',
            'tianyuan_document_count', 'tianyuan_document_gap_count', 'tianyuan_insight_count',
            'tianyuan_has_bad_debt', 'tianyuan_policy_id', 'tianyuan_can_assess_prospect',
            'tianyuan_class_override_note',
        }
        customers = self.customers[1:40].with_user(self.rating_manager)
        customers.fetch(['commercial_partner_id', 'user_id'])
        customers.read(names)    # warm up
        for name in names:
            customers.invalidate_recordset(names, flush=False)
            with self.subTest(name), self.assertQueryCount(1):
                customers.read([name], load='')

    def test_what_is_found_is_what_there_is(self):
        owing, other = self.customers[:2].with_user(self.rating_manager)
        self.assertTrue(owing.tianyuan_has_bad_debt)
        self.assertIn("Losses", owing.tianyuan_class_override_note)
        self.assertTrue(owing.tianyuan_can_assess_prospect)
        self.assertFalse(other.tianyuan_has_bad_debt)
        self.assertFalse(other.tianyuan_class_override_note)
        self.invoice(self.customers[1], '2024-04-10', 1000)
        self.env.invalidate_all()
        self.assertFalse(other.tianyuan_can_assess_prospect)
        self.assertTrue(owing.tianyuan_can_assess_prospect)

    def test_the_names_in_the_archive_are_shown(self):
        customer = self.customers[0]
        contacts = self.env['res.partner'].sudo().create([
            {'name': "Wang", 'parent_id': customer.id, 'phone': "139 0000 0000"},
            {'name': "Li", 'parent_id': customer.id},
        ])
        customer.sudo().write({
            'tianyuan_primary_contact_id': contacts[0].id, 'tianyuan_secondary_contact_id': contacts[1].id,
        })
        other = self.env['product.template'].sudo().create({
            'name': "Of another company", 'company_id': self.env['res.company'].sudo().create({'name': "Other"}).id,
        })
        customer.sudo().tianyuan_purchased_variety_ids += other
        for user in (self.sales_user, self.archive_specialist, self.rating_manager):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                shown = customer.with_user(user)
                self.assertEqual(shown.tianyuan_archive_specialist_id.display_name, self.archive_specialist.name)
                self.assertEqual(sorted(shown.tianyuan_purchased_variety_ids.mapped('name')), ["Peroxide", "Resin"])
                self.assertEqual(sorted(shown.tianyuan_downstream_market_ids.mapped('name')), ["Paint", "Paper"])
                self.assertEqual(shown.tianyuan_primary_contact_id.name, "Wang")
                self.assertEqual(shown.tianyuan_secondary_contact_id.name, "Li")

    def test_the_archive_is_entered_on_the_customers_page(self):
        with Form(self.customers[0].with_user(self.archive_specialist)) as form:
            form.tianyuan_purchased_variety_ids.clear()
            form.tianyuan_main_products = "Ink"
        self.assertFalse(self.customers[0].tianyuan_purchased_variety_ids)
        self.assertEqual(self.customers[0].tianyuan_main_products, "Ink")

    def test_an_unsaved_customer_has_nothing_yet(self):
        new = self.env['res.partner'].with_user(self.rating_manager).new({'name': "New", 'is_company': True})
        self.assertEqual((new.tianyuan_document_count, new.tianyuan_borrow_out_count), (0, 0))
        self.assertFalse(new.tianyuan_has_bad_debt)

    def test_stock_fields_are_read_without_the_archive(self):
        customer = self.customers[0].with_user(self.rating_manager)
        self.env.invalidate_all()
        self.assertTrue(customer.city is not None)
        cached = {name for name, field in customer._fields.items() if name.startswith('tianyuan_')
                  and field.store and customer.id in field._get_cache(customer.env)}
        self.assertFalse(cached)
