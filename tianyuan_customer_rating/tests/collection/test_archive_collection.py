"""The collection form (policy 附件5): proposed beside current, accepted as a whole or in part, or rejected."""
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from ...tools.collection_items import ITEMS, NAMES
from .common import CollectionCommon
from ..reasons import answer


@tagged('post_install', '-at_install')
class TestArchiveCollection(CollectionCommon):

    def message(self, record):
        return record.message_ids.sorted('id')[-1:]

    # -- filling in -----------------------------------------------------------------------------

    def test_a_form_begins_with_what_the_archive_says(self):
        market = self.env['tianyuan.downstream.market'].create({'name': "Paper"})
        self.customer.write({
            'tianyuan_registered_capital': 5000000, 'tianyuan_business_nature': 'dealer',
            'tianyuan_downstream_market_ids': [Command.set(market.ids)],
        })
        with Form(self.forms.with_user(self.sales_user).with_context(default_partner_id=self.customer.id)) as screen:
            self.assertEqual(screen.customer_name, "Customer")
            self.assertEqual(screen.city, "Qingdao")
            self.assertEqual(screen.channel, 'distributor')
            self.assertEqual(screen.registered_capital, 5000000)
            self.assertEqual(screen.registered_capital_currency_id, self.company.currency_id)
            self.assertEqual(screen.downstream_market_ids[:], market)
            self.assertEqual((screen.first_contact_name, screen.first_contact_phone), ("Chen", '13800000001'))
            screen.city = "Jinan"
        form = screen.record
        self.assertEqual((form.user_id, form.state, form.is_prospect), (self.sales_user, 'draft', False))
        form.action_submit()
        self.assertEqual(self.texts(form), {'city': ("Qingdao", "Jinan")})

    def test_only_what_the_salesperson_changed_is_proposed(self):
        form = self.new_form(main_products="Paint")
        self.customer.street = "1 New Road"    # by somebody else, after the form was begun
        form.action_submit()
        self.assertEqual(self.texts(form), {'main_products': ("Dyes", "Paint")})

    def test_what_has_arrived_in_the_archive_by_another_way_is_no_proposal(self):
        form = self.new_form(main_products="Paint", city="Jinan")
        self.customer.city = "Jinan"
        form.action_submit()
        self.assertEqual(self.texts(form), {'main_products': ("Dyes", "Paint")})

    def test_every_field_of_the_archive_can_be_proposed(self):
        product = self.env['product.template'].create({'name': "Peroxide"})
        market = self.env['tianyuan.downstream.market'].create({'name': "Paper"})
        usd = self.env.ref('base.USD')
        usd.active = True
        china = self.env.ref('base.cn')
        province = self.env['res.country.state'].search([('country_id', '=', china.id)], limit=1)
        proposed = {
            'customer_name': "Customer Ltd", 'vat': '/', 'street': "S", 'street2': "S2", 'city': "C",
            'state_id': province.id, 'zip': '266000', 'country_id': self.env.ref('base.us').id,
            'phone': '0532 1111 2222', 'email': 'a@example.com', 'website': 'http://example.com',
            'channel': 'direct', 'business_nature': 'manufacturer', 'registered_capital': 12.5,
            'registered_capital_currency_id': usd.id, 'legal_representative': "L",
            'cooperation_start_date': '2015-03-01', 'purchased_variety_ids': [Command.set(product.ids)],
            'main_products': "M", 'downstream_market_ids': [Command.set(market.ids)],
            'first_contact_name': "Chen", 'first_contact_phone': '139', 'second_contact_name': "Wang",
            'second_contact_phone': '137', 'qq': '10001', 'wechat': 'wx',
        }
        self.assertEqual(set(proposed), set(NAMES))
        form = self.submitted(**proposed)
        self.assertEqual(set(self.texts(form)), {item.key for item in ITEMS})
        self.assertEqual(self.texts(form)['registered_capital'][1], "$\N{NO-BREAK SPACE}12.50")
        self.assertEqual(self.texts(form)['channel'], ("Distributor", "Direct"))
        self.assertEqual(self.texts(form)['first_contact_name'], ("Chen 13800000001", "Chen 139"))
        self.assertEqual(self.texts(form)['cooperation_start_date'], ("", format_date(self.forms.env, '2015-03-01')))
        self.assertEqual(self.texts(form)['purchased_variety_ids'], ("", "Peroxide"))

        self.reviewed(form).action_accept()
        self.assertEqual(form.state, 'accepted')
        again = self.new_form()
        for name, value in proposed.items():
            with self.subTest(name):
                got = again[name]
                if isinstance(value, list):
                    value = value[0][2]
                    got = got.ids
                elif hasattr(got, 'ids'):
                    got = got.id
                elif name == 'cooperation_start_date':
                    got = fields.Date.to_string(got)
                self.assertEqual(got, value)

    def test_what_submitting_asks_for(self):
        for values, message in (
            ({}, "Nothing on the form differs"),
            ({'street': " 8 Harbour Road "}, "Nothing on the form differs"),
            ({'customer_name': ' '}, "Give the customer's name"),
            ({'second_contact_phone': '13900000000'}, "Second Contact: say whose number 13900000000 is"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.new_form(**values).action_submit()
        for values, message in (
            ({'cooperation_start_date': fields.Date.today() + timedelta(days=3)}, "can't begin in the future"),
            ({'date': fields.Date.today() + timedelta(days=3)}, "collected in the future"),
            ({'partner_id': self.chen.id}, "Chen is a contact: collect data about its company Customer"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self.new_form(**values)
        with self.assertRaisesRegex(UserError, "can't be duplicated"):
            self.new_form().copy()

    def test_the_customers_page_leads_to_a_new_form_or_ones_own_draft(self):
        customer = self.customer.with_user(self.sales_user)
        action = self.chen.with_user(self.sales_user).action_tianyuan_propose()
        self.assertEqual((action['res_id'], action['context']), (False, {'default_partner_id': self.customer.id}))
        draft = self.new_form()
        self.submitted()
        self.assertEqual(customer.action_tianyuan_propose()['res_id'], draft.id)
        self.assertFalse(self.customer.with_user(self.archive_specialist).action_tianyuan_propose()['res_id'])
        customer.invalidate_recordset()
        self.assertEqual(customer.tianyuan_collection_count, 2)
        found = self.forms.with_user(self.sales_user).search(customer.action_tianyuan_collections()['domain'])
        self.assertEqual(len(found), 2)

    # -- submitting -----------------------------------------------------------------------------

    def test_the_customers_specialist_is_asked_to_review(self):
        form = self.submitted()
        [activity] = form.activity_ids
        self.assertEqual((activity.user_id, activity.activity_type_id.name, activity.summary),
                         (self.archive_specialist, "Review Collection Form", "Compare with the archive: Customer"))
        self.assertIn(self.sales_user.partner_id, form.message_partner_ids)

        self.reviewed(form).action_accept()
        self.assertFalse(form.activity_ids)

    def test_without_a_specialist_another_of_the_company_is_asked(self):
        self.customer.tianyuan_archive_specialist_id = False
        self.env.ref('base.user_admin').company_ids += self.company
        self.assertEqual(self.submitted().activity_ids.user_id, self.archive_specialist)

        elsewhere = self.setup_other_company()['company']
        for user in self.env.ref('tianyuan_customer_rating.group_archive_specialist').all_user_ids:
            user.company_ids += elsewhere
            user.company_id = elsewhere
            user.company_ids = elsewhere
        self.assertFalse(self.submitted().activity_ids, "nobody could open it")

    def test_taking_back_a_form_until_its_review_has_begun(self):
        form = self.submitted()
        form.action_take_back()
        self.assertEqual((form.state, form.line_ids.ids, form.activity_ids.ids), ('draft', [], []))
        form.city = "Jinan"
        form.action_submit()
        self.assertEqual(set(self.texts(form)), {'city', 'street', 'main_products'})

        self.line(self.reviewed(form), 'city').action_accept()
        self.assertFalse(form.can_take_back)
        with self.assertRaisesRegex(UserError, "its review has begun"):
            form.action_take_back()
        with self.assertRaisesRegex(UserError, "submitted already"):
            form.action_submit()

    # -- deciding -------------------------------------------------------------------------------

    def test_accepting_writes_the_archive_as_the_specialist_and_logs_old_and_new(self):
        self.cr.precommit.run()    # what was created just now isn't tracked before
        form = self.submitted(street="9 Harbour Road", main_products="Paint", channel='direct')
        before = self.customer.message_ids
        self.reviewed(form).action_accept()
        self.assertEqual(
            (self.customer.street, self.customer.tianyuan_main_products, self.customer.tianyuan_channel),
            ("9 Harbour Road", "Paint", 'direct'))
        self.assertEqual((form.state, form.reviewed_by_id), ('accepted', self.archive_specialist))
        self.env.flush_all()
        self.cr.precommit.run()    # tracking
        self.env.invalidate_all()
        new = self.customer.message_ids - before
        self.assertEqual(new.author_id, self.archive_specialist.partner_id)
        tracked = {
            value.field_id.name: (value.old_value_char, value.new_value_char) for value in new.sudo().tracking_value_ids
        }
        self.assertEqual(tracked['tianyuan_main_products'], ("Dyes", "Paint"))
        body = next(str(message.body) for message in new if 'Accepted from' in str(message.body))
        self.assertIn("8 Harbour Road → 9 Harbour Road", body)
        self.assertIn("<li>Main Products</li>", body)
        self.assertNotIn("Paint", body, "the chatter is open to people without a role")
        self.assertIn(f'data-oe-id="{form.id}"', body)

    def test_accepting_some_and_rejecting_the_rest(self):
        form = self.submitted(street="9 Harbour Road", main_products="Paint", city="Jinan")
        review = self.reviewed(form)
        self.line(review, 'street').action_accept()
        self.assertEqual((self.customer.street, self.customer.city, form.state), ("9 Harbour Road", "Qingdao", 'submitted'))
        answer(review.env, self.line(review, 'city').action_ask_reject(), "They are still in Qingdao")
        self.assertEqual(form.state, 'submitted')
        review.action_accept()
        self.assertEqual((form.state, self.customer.city, self.customer.tianyuan_main_products),
                         ('partly', "Qingdao", "Paint"))
        self.assertEqual([(line.key, line.state) for line in form.line_ids], [
            ('street', 'accepted'), ('city', 'rejected'), ('main_products', 'accepted')])
        told = self.message(form)
        self.assertIn("Partly Accepted", str(told.body))
        self.assertIn("City: Jinan – Rejected: They are still in Qingdao", str(told.body))
        self.assertEqual(told.notified_partner_ids, self.sales_user.partner_id)

    def test_rejecting_all_with_a_reason(self):
        form = self.submitted()
        review = self.reviewed(form)
        for reason in (None, '', '  '):
            with self.subTest(reason), self.assertRaisesRegex(UserError, "Say why it is rejected"):
                review.action_reject(reason)
        answer(review.env, review.action_ask_reject(), "Out of date")
        self.assertEqual((form.state, form.reject_reason, self.customer.street),
                         ('rejected', "Out of date", "8 Harbour Road"))
        self.assertIn("Out of date", str(self.message(form).body))
        self.assertIn(self.sales_user.partner_id, self.message(form).notified_partner_ids)

    def test_what_is_decided_stays(self):
        form = self.submitted()
        review = self.reviewed(form)
        line = self.line(review, 'street')
        line.action_accept()
        with self.assertRaisesRegex(UserError, "Street is decided already"):
            line.action_reject("No")
        review.action_accept()
        for action in (review.action_accept, lambda: review.action_reject("No"), line.action_accept):
            with self.assertRaisesRegex(UserError, "isn't waiting for a review"):
                action()
        for record in (form, form.sudo()):
            with self.assertRaisesRegex(UserError, "has been reviewed can't be changed"):
                record.write({'street': "X"})
            with self.assertRaisesRegex(UserError, "Only a draft"):
                record.unlink()
        form.message_post(body="Thanks")
        self.assertEqual(form.sudo().street, "9 Harbour Road")

    def test_a_value_changed_since_submission_is_marked(self):
        form = self.submitted()
        review = self.reviewed(form)
        self.assertFalse(review.changed_meanwhile)
        self.customer.street = "10 Harbour Road"
        review = self.reviewed(form)
        line = self.line(review, 'street')
        self.assertTrue(review.changed_meanwhile)
        self.assertEqual((line.changed_meanwhile, line.old_text, line.now_text, line.new_text),
                         (True, "8 Harbour Road", "10 Harbour Road", "9 Harbour Road"))
        self.assertFalse(self.line(review, 'main_products').changed_meanwhile)
        line.action_accept()
        self.assertIn("10 Harbour Road → 9 Harbour Road", str(self.message(self.customer).body))
        self.assertFalse(self.reviewed(form).changed_meanwhile, "decided")

    def test_emptying_a_field_is_a_proposal(self):
        form = self.submitted(main_products=False, first_contact_name=False, first_contact_phone=False)
        self.assertEqual(self.texts(form), {
            'main_products': ("Dyes", "(empty)"), 'first_contact_name': ("Chen 13800000001", "(empty)")})
        self.reviewed(form).action_accept()
        self.assertFalse(self.customer.tianyuan_main_products)
        self.assertFalse(self.customer.tianyuan_primary_contact_id)
        self.assertTrue(self.chen.exists())

    def test_a_new_contact_is_created_and_the_old_one_stays(self):
        form = self.submitted(first_contact_name="Wang", first_contact_phone='13900000002')
        self.reviewed(form).action_accept()
        wang = self.customer.tianyuan_primary_contact_id
        self.assertEqual((wang.name, wang.phone, wang.parent_id), ("Wang", '13900000002', self.customer))
        self.assertEqual((self.chen.name, self.chen.phone, self.chen.parent_id),
                         ("Chen", '13800000001', self.customer))

    def test_the_same_contact_gets_the_new_number_and_a_known_one_is_taken(self):
        li = self.new_contact(self.customer, "Li")
        li.phone = '13600000006'
        form = self.submitted(first_contact_phone='13900000002', second_contact_name="Li")
        self.reviewed(form).action_accept()
        self.assertEqual(self.customer.tianyuan_primary_contact_id, self.chen)
        self.assertEqual(self.chen.phone, '13900000002')
        self.assertEqual(self.customer.tianyuan_secondary_contact_id, li)
        self.assertEqual(li.phone, '13600000006', "no number proposed")
        self.assertEqual(self.customer.child_ids, self.chen + li)

    def test_several_forms_are_accepted_at_once(self):
        forms = self.submitted(street="A") + self.submitted(city="B")
        self.reviewed(forms).action_accept()
        self.assertEqual((self.customer.street, self.customer.city), ("A", "B"))

    # -- prospects ------------------------------------------------------------------------------

    def test_a_prospect_becomes_a_customer_of_its_salesperson(self):
        form = self.submitted(
            False, customer_name="青岛海潮化工有限公司", phone='0532 7777 0001', channel='direct',
            first_contact_name="Zhao", first_contact_phone='13700000007')
        self.assertTrue(form.is_prospect)
        self.assertIn('country_id', self.texts(form), "the company's country is proposed too")
        self.reviewed(form).action_accept()
        customer = form.partner_id
        self.assertEqual(
            (customer.name, customer.is_company, customer.user_id, customer.tianyuan_archive_state,
             customer.tianyuan_archive_specialist_id, customer.tianyuan_channel, customer.create_uid),
            ("青岛海潮化工有限公司", True, self.sales_user, 'collecting', self.archive_specialist, 'direct',
             self.archive_specialist))
        self.assertEqual(customer.tianyuan_primary_contact_id.phone, '13700000007')
        self.assertEqual((form.state, form.customer_name), ('accepted', "青岛海潮化工有限公司"))
        self.assertIn(f'data-oe-id="{form.id}"', str(self.message(customer).body))

    def test_of_a_prospect_what_is_wrong_is_rejected_first(self):
        form = self.submitted(False, customer_name="海潮化工", city="Jinan", phone='0532 7777 0001')
        review = self.reviewed(form)
        with self.assertRaisesRegex(UserError, "Create the customer from the whole form"):
            self.line(review, 'phone').action_accept()
        with self.assertRaisesRegex(UserError, "A customer needs a name"):
            self.line(review, 'customer_name').action_reject("No")
        self.line(review, 'city').action_reject("They are in Yantai")
        review.action_accept()
        self.assertEqual((form.state, form.partner_id.city, form.partner_id.phone), ('partly', False, '0532 7777 0001'))

    def test_a_prospect_is_not_created_beside_a_customer_like_it_unasked(self):
        existing = self.new_customer("海潮化工股份有限公司", phone='0532 1234 5678')
        form = self.submitted(False, customer_name="海潮化工 有限公司", city="Jinan")
        self.assertEqual(form.duplicate_ids, existing)
        self.assertIn("same name", str(form.duplicate_warning))
        review = self.reviewed(form)
        action = review.action_accept()
        self.assertEqual((action['res_model'], form.state), ('tianyuan.archive.collection.duplicate', 'submitted'))
        self.assertFalse(form.partner_id)
        with self.assertRaisesRegex(UserError, "may be a customer already"):
            (review + self.reviewed(self.submitted())).action_accept()

        with Form(self.env[action['res_model']].with_user(self.archive_specialist).with_context(action['context'])) as screen:
            self.assertEqual(screen.partner_id, existing)
        screen.record.action_use()
        self.assertEqual((form.partner_id, form.state, form.is_prospect), (existing, 'submitted', True))
        self.assertEqual(form.customer_name, "海潮化工 有限公司", "what was proposed stays")
        self.assertEqual(self.texts(form)['customer_name'], ("海潮化工股份有限公司", "海潮化工 有限公司"))
        self.assertNotIn('phone', self.texts(form), "left empty: no proposal")
        self.line(self.reviewed(form), 'customer_name').action_reject("Registered otherwise")
        self.reviewed(form).action_accept()
        self.assertEqual((existing.name, existing.city, form.state), ("海潮化工股份有限公司", "Jinan", 'partly'))
        with self.assertRaisesRegex(UserError, "isn't waiting"):
            screen.record.action_create()

    def test_an_existing_customer_with_nothing_new_closes_the_form(self):
        existing = self.new_customer("海潮化工", country_id=self.company.country_id.id)
        form = self.submitted(False, customer_name="海潮化工")
        review = self.reviewed(form)
        wizard = self.env['tianyuan.archive.collection.duplicate'].with_user(self.archive_specialist).create(
            {'collection_id': review.id})
        wizard.partner_id = False
        with self.assertRaisesRegex(UserError, "Choose the existing customer"):
            wizard.action_use()
        wizard.partner_id = existing
        wizard.action_use()
        self.assertEqual((form.state, form.partner_id, form.line_ids.ids), ('accepted', existing, []))

    def test_creating_anyway_is_explicit(self):
        existing = self.new_customer("海潮化工有限公司")
        form = self.submitted(False, customer_name="海潮化工有限公司")
        wizard = self.env['tianyuan.archive.collection.duplicate'].with_user(self.archive_specialist).create(
            {'collection_id': form.id})
        wizard.action_create()
        self.assertEqual(form.state, 'accepted')
        self.assertNotEqual(form.partner_id, existing)

    def test_the_proposer_is_warned_while_filling_in(self):
        self.new_customer("海潮化工有限公司")
        with Form(self.forms.with_user(self.sales_user)) as screen:
            screen.customer_name = "海潮化工"
            self.assertIn("海潮化工有限公司</a> – same name", str(screen.duplicate_warning))
            screen.customer_name = "另一家化工厂"
            self.assertFalse(screen.duplicate_warning)

    def test_a_prospect_of_somebody_who_does_not_sell_has_no_salesperson(self):
        form = self.submitted(False, user=self.archive_specialist, customer_name="海潮化工")
        self.reviewed(form, self.rating_manager).action_accept()
        self.assertFalse(form.partner_id.user_id)
        self.assertFalse(form.partner_id.tianyuan_archive_specialist_id, "a manager accepted it")

    def test_what_the_archive_refuses_is_told_to_the_reviewer(self):
        form = self.submitted(city="Jinan")
        with self.assertRaisesRegex(AccessError, "Only archive specialists and managers"):
            form.action_accept()
        self.assertEqual(self.customer.city, "Qingdao")
