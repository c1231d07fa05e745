"""Before a rating is confirmed the customer's archive should be filled (policy 档案 3, design §6)."""
import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ..archive.common import pdf
from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestArchiveCheck(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the papers an archive needs have a test of their own
        cls.env['tianyuan.archive.document.type'].search([]).required = False
        cls.market = cls.env['tianyuan.downstream.market'].sudo().create({'name': "Paint"})
        cls.fill(cls.customer)
        cls.fill(cls.other_customer, tianyuan_legal_representative=False, street=False)

    @classmethod
    def fill(cls, customer, **values):
        contact = cls.new_contact(customer)
        contact.phone = "13800000000"
        customer.sudo().write({
            'street': "1 Bund",
            'tianyuan_registered_capital': 1_000_000,
            'tianyuan_cooperation_start_date': '2020-01-01',
            'tianyuan_business_nature': 'manufacturer',
            'tianyuan_legal_representative': "Wang",
            'tianyuan_purchased_variety_ids': [Command.set(cls.service_product.product_tmpl_id.ids)],
            'tianyuan_main_products': "Coatings",
            'tianyuan_downstream_market_ids': [Command.set(cls.market.ids)],
            'tianyuan_primary_contact_id': contact.id,
            **values,
        })

    @staticmethod
    def shown(sheet):
        sheet.invalidate_recordset(['archive_missing'])
        return sheet.archive_missing

    def test_a_complete_archive_lacks_nothing(self):
        self.assertEqual(self.customer._tianyuan_archive_missing(), {self.customer: []})
        self.assertFalse(self.computed_sheet().archive_missing)

    def test_what_is_missing_is_named_for_many_customers_at_once(self):
        self.assertEqual((self.customer + self.other_customer)._tianyuan_archive_missing(), {
            self.customer: [], self.other_customer: ["Street", "Legal Representative"],
        })

    def test_the_licence_and_the_representatives_id_belong_to_it(self):
        types = self.env.ref('tianyuan_customer_rating.document_type_business_licence') + self.env.ref(
            'tianyuan_customer_rating.document_type_legal_representative_id')
        types.required = True
        sheet = self.ready_sheet()
        self.assertEqual(self.shown(sheet), "Business Licence and Legal Representative's ID Copy")
        self.company.tianyuan_rating_archive_check = 'block'
        with self.assertRaisesRegex(UserError, "Business Licence"):
            sheet.action_confirm()
        for kind in types:
            self.env['tianyuan.archive.document'].sudo().create({
                'name': kind.name, 'partner_id': self.customer.id, 'type_id': kind.id, 'company_id': self.company.id,
                'file_name': 'paper.pdf', 'upload': base64.b64encode(pdf("Paper")),
            })
        sheet.invalidate_recordset()
        sheet.action_confirm()
        self.assertEqual(sheet.state, 'confirmed')

    def test_by_default_a_gap_is_shown_and_hinders_nobody(self):
        self.assertEqual(self.company.tianyuan_rating_archive_check, 'warn')
        sheet = self.ready_sheet(self.other_customer)
        self.assertEqual(self.shown(sheet), "Street and Legal Representative")
        with Form(sheet.with_user(self.rating_manager)) as form:
            self.assertEqual(form.archive_missing, "Street and Legal Representative")
        sheet.action_confirm()
        self.assertEqual(sheet.state, 'confirmed')
        self.assertFalse(self.shown(sheet), "what is confirmed asks for nothing any more")

    def test_what_was_missing_at_the_confirmation_stays_in_the_chatter(self):
        sheets = self.ready_sheet() + self.ready_sheet(self.other_customer)
        sheets.action_confirm()
        complete, incomplete = (
            [html2plaintext(body) for body in sheet.message_ids.mapped('body') if "archive" in body] for sheet in sheets
        )
        self.assertEqual((complete, incomplete), ([], [
            "Confirmed although the customer's archive wasn't complete. Missing: Street and Legal Representative"]))

    def test_nothing_is_noted_where_the_company_ignores_gaps(self):
        self.company.tianyuan_rating_archive_check = 'ignore'
        sheet = self.ready_sheet(self.other_customer)
        sheet.action_confirm()
        self.assertFalse([body for body in sheet.message_ids.mapped('body') if "archive" in body])

    def test_a_gap_that_is_filled_is_no_longer_shown(self):
        sheet = self.computed_sheet(self.other_customer)
        self.fill(self.other_customer)
        self.assertFalse(self.shown(sheet))

    def test_ignored_gaps_are_neither_shown_nor_in_the_way(self):
        self.company.tianyuan_rating_archive_check = 'ignore'
        sheet = self.ready_sheet(self.other_customer)
        self.assertFalse(self.shown(sheet))
        sheet.action_confirm()
        self.assertEqual(sheet.state, 'confirmed')

    def test_with_block_an_incomplete_archive_refuses_confirmation_and_says_what_is_missing(self):
        self.company.tianyuan_rating_archive_check = 'block'
        sheets = self.ready_sheet() + self.ready_sheet(self.other_customer)
        with self.assertRaisesRegex(UserError, r"2024 Q2 Other customer: Street and Legal Representative") as refused:
            sheets.action_confirm()
        self.assertNotIn("2024 Q2 Customer:", str(refused.exception))
        self.assertEqual(sheets.mapped('state'), ['ready', 'ready'])
        self.assertFalse(self.other_customer.tianyuan_tier_id)
        self.fill(self.other_customer)
        sheets.action_confirm()
        self.assertEqual(sheets.mapped('state'), ['confirmed', 'confirmed'])

    def test_blocked_for_everyone_also_past_the_screens(self):
        self.company.tianyuan_rating_archive_check = 'block'
        sheet = self.ready_sheet(self.other_customer)
        with self.assertRaises(UserError):
            sheet.sudo().action_confirm()
        with self.assertRaises(AccessError):    # and who may not confirm learns nothing else
            sheet.with_user(self.sales_user).action_confirm()

    def test_a_sheet_that_is_not_ready_is_refused_for_that(self):
        self.company.tianyuan_rating_archive_check = 'block'
        with self.assertRaisesRegex(UserError, "isn't ready"):
            self.computed_sheet(self.other_customer).action_confirm()

    def test_the_refusal_of_many_sheets_fits_the_screen(self):
        self.company.tianyuan_rating_archive_check = 'block'
        customers = self.env['res.partner'].browse().concat(*(self.new_customer(f"Buyer {n}") for n in range(23)))
        sheets = self.new_sheet(customers[0]).concat(*(self.new_sheet(customer) for customer in customers[1:]))
        sheets.sudo().write({'state': 'ready'})
        with self.assertRaisesRegex(UserError, "… and 3 more"):
            sheets.action_confirm()

    def test_all_roles_see_what_is_missing(self):
        sheet = self.computed_sheet(self.other_customer)
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                self.assertEqual(sheet.with_user(user).archive_missing, "Street and Legal Representative")

    def test_what_is_missing_is_listed_as_the_user_s_language_does(self):
        self.env['res.lang']._activate_lang('zh_CN')
        sheet = self.computed_sheet(self.other_customer).with_context(lang='zh_CN')
        self.assertRegex(self.shown(sheet), "^[^,、]+和[^,、]+$")

    def test_each_company_decides_for_itself(self):
        strict = self.setup_other_company()['company']
        strict.tianyuan_rating_archive_check = 'block'
        manager = self.new_role_user(
            'manager', login='manager_of_both', company_ids=[Command.set((self.company + strict).ids)])
        here, there = (
            self.new_sheet(self.other_customer, company_id=company.id) if company == self.company else
            self.env['tianyuan.rating'].sudo().create({
                'partner_id': self.other_customer.id, 'company_id': company.id,
                'date_from': '2024-04-01', 'date_to': '2024-06-30',
            }) for company in (self.company, strict)
        )
        (here + there).sudo().write({'state': 'ready'})
        both = (here + there).with_user(manager).with_context(allowed_company_ids=(self.company + strict).ids)
        self.assertEqual([bool(sheet.archive_missing) for sheet in both], [True, True])
        with self.assertRaises(UserError):
            both[1].action_confirm()
        both[0].action_confirm()
        self.assertEqual(both.mapped('state'), ['confirmed', 'ready'])

    def test_the_archives_of_many_sheets_take_the_queries_of_a_few(self):
        customers = self.env['res.partner'].browse().concat(*(self.new_customer(f"Buyer {n}") for n in range(60)))
        sheets = self.env['tianyuan.rating'].create([
            {'partner_id': customer.id, 'company_id': self.company.id,
             'date_from': '2024-04-01', 'date_to': '2024-06-30'} for customer in customers
        ])

        def queries(records):
            return self.queries(lambda: records.browse(records.ids).mapped('archive_missing'))

        queries(sheets[:1])    # warm up
        few, many = queries(sheets[:5]), queries(sheets[5:])
        self.assertLessEqual(many, few)
        self.assertLessEqual(few, 8)
