"""Applying policies: what the preview says, what is written, and that orders then follow (design §9)."""
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PolicyCommon


@tagged('post_install', '-at_install')
class TestApplyPolicies(PolicyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classify(cls.customer, 'key', 'AAA')
        cls.classify(cls.other_customer, 'ordinary', 'B')
        cls.key_policy = cls.policy(
            name="Key", pricelist_id=cls.key_prices.id, payment_term_id=cls.term_60.id,
            credit_limit_kind='fixed', credit_limit=500_000, supply_priority='high',
            quality_terms="<p>Grade A</p>", service_terms="<p>In two days</p>",
        )

    def ours(self, customer):
        return customer.with_company(self.company).sudo()

    # -- preview ----------------------------------------------------------------------------------

    def test_the_preview_says_what_changes_and_changes_nothing(self):
        self.ours(self.customer).property_payment_term_id = self.two_instalments
        wizard = self.preview()
        prices = self.ours(self.customer).property_product_pricelist.display_name
        self.assertEqual(self.changes(wizard), {
            ("Customer", 'pricelist'): (prices, self.key_prices.display_name),
            ("Customer", 'payment_term'): ("Half after 30 days, half after 60", "60 days"),
            ("Customer", 'credit_limit'): ("¥\xa00.00", "¥\xa0500,000.00"),
            ("Customer", 'supply_priority'): ("", "High"),
        })
        self.assertEqual((wizard.looked_at_count, wizard.no_policy_count), (2, 1))
        self.assertEqual((wizard.customer_count, wizard.change_count), (1, 4))
        self.assertEqual(self.ours(self.customer).property_payment_term_id, self.two_instalments)
        self.assertFalse(self.ours(self.customer).tianyuan_supply_priority)

    def test_only_differences_are_shown(self):
        self.ours(self.customer).write({
            'property_payment_term_id': self.term_60.id, 'credit_limit': 500_000,
            'specific_property_product_pricelist': self.key_prices.id,
        })
        self.assertEqual(set(self.changes(self.preview())), {("Customer", 'supply_priority')})

    def test_what_the_policy_leaves_open_stays(self):
        self.policy('ordinary', supply_priority='low')
        self.ours(self.other_customer).write({'property_payment_term_id': self.term_60.id, 'credit_limit': 7})
        self.apply(self.other_customer)
        other = self.ours(self.other_customer)
        self.assertEqual(other.tianyuan_supply_priority, 'low')
        self.assertEqual((other.property_payment_term_id, other.credit_limit), (self.term_60, 7))

    def test_a_limit_follows_from_monthly_purchases(self):
        """1,200,000 − 120,000 in twelve months are 90,000 a month; × 1.5 = 135,000."""
        self.policy('ordinary', credit_limit_kind='purchases', credit_limit_factor=1.5)
        self.invoice(self.other_customer, '2024-01-10', 1_200_000)
        self.invoice(self.other_customer, '2024-02-10', 120_000, kind='out_refund')
        with freeze_time('2024-07-10 04:00:00'):
            self.apply(self.other_customer)
        self.assertEqual(self.ours(self.other_customer).credit_limit, 135_000)
        self.assertTrue(self.ours(self.other_customer).use_partner_credit_limit)

    def test_who_bought_nothing_keeps_the_limit(self):
        """A limit of 0 would be none at all."""
        self.policy('ordinary', credit_limit_kind='purchases', credit_limit_factor=1.5)
        self.ours(self.other_customer).credit_limit = 50_000
        self.assertFalse(self.preview(self.other_customer).line_ids)
        self.invoice(self.other_customer, '2024-02-10', 120_000, kind='out_refund')
        with freeze_time('2024-07-10 04:00:00'):
            self.assertFalse(self.preview(self.other_customer).line_ids)

    def test_more_credit_is_not_chosen_for_whom_something_speaks_against(self):
        """A higher limit and other payment terms, but neither the price list nor a first limit."""
        self.classify(self.other_customer, 'key', 'AAA')
        third = self.new_customer("Third", user_id=self.sales_user.id)
        fourth = self.new_customer("Fourth", user_id=self.sales_user.id)
        self.classify(third + fourth, 'key', 'AAA')
        for customer in (self.customer, self.other_customer, third, fourth):
            self.ours(customer).write({'credit_limit': 1000, 'property_payment_term_id': self.two_instalments.id})
        self.ours(third).credit_limit = 0
        self.env['tianyuan.bad.debt'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-01-01', 'amount': 10,
        })
        self.env['tianyuan.customer.hold'].with_user(self.rating_manager).with_company(self.company).create({
            'partner_id': self.customer.id, 'date_to': '2099-12-31', 'reason': "Inspection",
        })
        self.invoice(self.other_customer, '2024-01-01', 10)
        self.invoice(third, '2024-01-01', 10)
        wizard = self.preview()
        marked = {
            (line.partner_id.name, line.condition): line.concern for line in wizard.line_ids if line.concern
        }
        self.assertEqual(marked, {
            ("Customer", 'credit_limit'): "On Hold and Bad Debt",
            ("Customer", 'payment_term'): "On Hold and Bad Debt",
            (self.other_customer.name, 'credit_limit'): "Overdue",
            (self.other_customer.name, 'payment_term'): "Overdue",
            ("Third", 'payment_term'): "Overdue",
        })
        self.assertEqual(
            {(line.partner_id.name, line.condition) for line in wizard.line_ids if not line.selected}, set(marked))
        self.assertIn("3 customers would get more credit", wizard.notice)
        chosen = wizard.line_ids.filtered(
            lambda line: line.partner_id == self.customer and line.condition == 'credit_limit')
        chosen.action_select()
        wizard.action_preview()
        self.assertEqual(len(wizard.line_ids.filtered(lambda line: not line.selected)), 4, "what was chosen stays")
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.ours(self.customer).credit_limit, 500_000)
        self.assertEqual(self.ours(self.other_customer).credit_limit, 1000)
        self.assertEqual(self.ours(third).credit_limit, 500_000, "none before: that is no more credit")
        self.assertEqual(self.ours(third).property_payment_term_id, self.two_instalments)
        self.assertEqual(self.ours(fourth).property_payment_term_id, self.term_60)

    def test_archived_price_lists_and_terms_are_left_out(self):
        self.key_prices.active = False
        self.term_60.active = False
        wizard = self.preview()
        self.assertEqual(
            {condition for _name, condition in self.changes(wizard)}, {'credit_limit', 'supply_priority'})
        self.assertIn(
            "An archived price list or payment term is left out. Choose another one in: Key.", wizard.notice)

    def test_switching_price_lists_off_leaves_them_out(self):
        """Odoo archives them all then."""
        self.env['res.config.settings'].create({'group_product_pricelist': False}).execute()
        self.assertNotIn(("Customer", 'pricelist'), self.changes(self.preview()))

    def test_the_preview_warns_of_what_is_switched_off(self):
        self.company.account_use_credit_limit = False
        self.assertIn("Sales credit limits are switched off", self.preview().notice)
        self.company.account_use_credit_limit = True
        self.assertFalse(self.preview().notice)

    # -- for whom ---------------------------------------------------------------------------------

    def test_the_first_time_everyone_with_a_class_is_looked_at_then_those_who_changed(self):
        self.assertEqual(self.preview(scope='changed').looked_at_count, 2)
        with freeze_time('2024-07-01 04:00:00'):
            self.apply(scope='all')
        self.assertEqual(self.preview(scope='changed').looked_at_count, 2)    # classified later than that
        self.key_policy.supply_priority = 'low'
        self.apply(scope='changed')
        with freeze_time('2999-01-01 04:00:00'):    # the history's rows are of the transaction's beginning
            self.key_policy.supply_priority = 'high'
            self.apply(scope='all')
        self.assertEqual(self.preview(scope='changed').looked_at_count, 0)

    def test_applying_to_selected_customers_doesnt_make_the_others_unchanged(self):
        with freeze_time('2999-01-01 04:00:00'):
            self.apply(self.customer)
        self.assertEqual(self.preview(scope='changed').looked_at_count, 2)

    def test_of_a_selected_contact_the_company_counts(self):
        contact = self.new_contact(self.customer)
        action = contact.with_user(self.rating_manager).with_company(self.company).action_tianyuan_apply_policies()
        self.assertEqual(self.wizards.browse(action['res_id']).line_ids.partner_id, self.customer)

    def test_archived_customers_and_those_of_another_company_are_left_alone(self):
        other = self.env['res.company'].create({'name': "Other"})
        theirs, archived = self.new_customer("Theirs", company_id=other.id), self.new_customer("Archived")
        self.classify(theirs + archived)
        archived.active = False
        self.assertEqual(self.preview().line_ids.partner_id, self.customer)

    def test_the_list_of_customers_offers_it_to_managers(self):
        action = self.env.ref('tianyuan_customer_policy.res_partner_action_apply_policies')
        for user, offered in ((self.rating_manager, True), (self.sales_user, False), (self.finance_assessor, False)):
            bindings = self.env['ir.actions.actions'].with_user(user).get_bindings('res.partner').get('action', ())
            self.assertEqual(action.id in [binding['id'] for binding in bindings], offered, user.login)

    # -- apply ------------------------------------------------------------------------------------

    def test_new_orders_follow(self):
        """Price list, payment terms and credit warning, without anything else done."""
        self.company.account_use_credit_limit = True
        before = self.new_order(self.customer)
        self.assertNotEqual(before.pricelist_id, self.key_prices)
        self.apply()
        order = self.new_order(self.customer, 500_000)
        self.assertEqual((order.pricelist_id, order.payment_term_id), (self.key_prices, self.term_60))
        self.assertFalse(order.partner_credit_warning)
        order = self.new_order(self.customer, 500_001)
        self.assertIn("reached its credit limit", order.partner_credit_warning)
        self.assertIn("500,000", order.partner_credit_warning)
        self.assertEqual(order.tianyuan_supply_priority, 'high')
        self.assertIn("Grade A", order.tianyuan_quality_terms)
        self.assertIn("In two days", order.tianyuan_service_terms)
        self.assertNotEqual(self.new_order(self.other_customer).pricelist_id, self.key_prices)

    def test_contacts_order_on_their_companys_conditions(self):
        contact = self.new_contact(self.customer)
        self.apply()
        order = self.new_order(contact)
        self.assertEqual((order.pricelist_id, order.payment_term_id), (self.key_prices, self.term_60))
        self.assertIn("Grade A", order.tianyuan_quality_terms)

    def test_what_was_applied_is_on_record(self):
        with freeze_time('2024-07-10 04:00:00'):
            application = self.apply()
        self.assertEqual((application.company_id, application.user_id), (self.company, self.rating_manager))
        self.assertEqual(str(application.date), '2024-07-10 04:00:00')
        self.assertEqual((application.scope, application.customer_count, application.change_count), ('all', 1, 4))
        self.assertEqual(
            [(line.partner_id, line.condition, line.new_value) for line in application.line_ids if line.condition != 'credit_limit'],
            [(self.customer, 'pricelist', self.key_prices.display_name), (self.customer, 'payment_term', "60 days"),
             (self.customer, 'supply_priority', "High")],
        )
        self.assertEqual(application.line_ids.policy_id, self.key_policy)
        self.assertFalse(self.preview().line_ids)

    def test_the_customer_gets_a_note_without_what_not_everyone_may_read(self):
        self.apply()
        note = self.customer.message_ids[0]
        self.assertIn("60 days", note.body)
        self.assertIn("Credit Limit", note.body)
        self.assertNotIn("500", note.body)
        self.assertNotIn("High", note.body)
        self.assertEqual((note.subtype_id, note.author_id), (self.env.ref('mail.mt_note'), self.rating_manager.partner_id))

    def test_what_is_left_out_isnt_applied(self):
        wizard = self.preview()
        lines = wizard.line_ids.filtered(lambda line: line.condition in ('pricelist', 'credit_limit'))
        lines.action_leave_out()
        self.assertEqual((wizard.customer_count, wizard.change_count), (1, 2))
        wizard.action_apply()
        customer = self.ours(self.customer)
        self.assertEqual((customer.property_payment_term_id, customer.tianyuan_supply_priority), (self.term_60, 'high'))
        self.assertFalse(customer.specific_property_product_pricelist)
        self.assertEqual(customer.credit_limit, 0)

    def test_for_other_customers_the_preview_is_made_anew(self):
        wizard = self.preview()
        wizard.write({'scope': 'selected', 'partner_ids': [Command.set(self.other_customer.ids)]})
        self.assertFalse(wizard.line_ids)
        self.assertIs(wizard.action_apply(), True)
        self.assertEqual((wizard.is_previewed, wizard.looked_at_count, wizard.change_count), (True, 1, 0))
        self.assertFalse(self.env['tianyuan.policy.application'].search([]))

    def test_nothing_chosen_is_refused(self):
        wizard = self.preview()
        wizard.line_ids.action_leave_out()
        with self.assertRaisesRegex(UserError, "There is nothing to apply: choose at least one change."):
            wizard.action_apply()

    def test_previewing_again_keeps_what_was_left_out(self):
        wizard = self.preview()
        wizard.line_ids.filtered(lambda line: line.condition == 'credit_limit').action_leave_out()
        wizard.action_preview()
        self.assertEqual(
            wizard.line_ids.filtered(lambda line: not line.selected).mapped('condition'), ['credit_limit'])
        self.assertEqual(wizard.change_count, 3)

    def test_other_companies_values_stay(self):
        other = self.setup_other_company(name="Other")['company']
        theirs = self.customer.with_company(other).sudo()
        theirs.write({'property_payment_term_id': self.two_instalments.id, 'credit_limit': 9})
        their_prices = theirs.property_product_pricelist
        self.apply()
        self.env.invalidate_all()
        theirs = self.customer.with_company(other).sudo()
        self.assertEqual((theirs.property_payment_term_id, theirs.credit_limit), (self.two_instalments, 9))
        self.assertEqual(theirs.property_product_pricelist, their_prices)
        self.assertFalse(theirs.specific_property_product_pricelist)
        self.assertFalse(theirs.tianyuan_supply_priority)

    # -- changed since the preview ----------------------------------------------------------------

    def assertStale(self, wizard, change, count=1):
        change()
        self.assertIs(wizard.action_apply(), True)
        self.assertIn("Nothing was applied", wizard.notice)
        self.assertIn(f"{count} of the chosen changes", wizard.notice)
        self.assertFalse(self.env['tianyuan.policy.application'].search([]))

    def test_a_customer_changed_since_isnt_overwritten(self):
        wizard = self.preview()
        self.assertStale(wizard, lambda: self.ours(self.customer).write({
            'property_payment_term_id': self.two_instalments.id,
        }))
        self.assertEqual(self.ours(self.customer).property_payment_term_id, self.two_instalments)
        self.assertFalse(self.ours(self.customer).tianyuan_supply_priority)
        self.assertEqual(self.changes(wizard)["Customer", 'payment_term'], ("Half after 30 days, half after 60", "60 days"))
        self.assertTrue(wizard.action_apply()['res_id'])    # now seen
        self.assertEqual(self.ours(self.customer).property_payment_term_id, self.term_60)

    def test_a_policy_changed_since_isnt_applied_unseen(self):
        wizard = self.preview()
        self.assertStale(wizard, lambda: self.key_policy.write({'credit_limit': 600_000}))
        self.assertIn("600,000", self.changes(wizard)["Customer", 'credit_limit'][1])

    def test_a_class_changed_since_isnt_missed(self):
        wizard = self.preview()
        self.assertStale(wizard, lambda: self.classify(self.customer, 'ordinary'), 4)
        self.assertFalse(wizard.line_ids)

    def test_what_was_left_out_may_have_changed(self):
        wizard = self.preview()
        wizard.line_ids.filtered(lambda line: line.condition == 'credit_limit').action_leave_out()
        self.ours(self.customer).credit_limit = 1
        self.assertTrue(wizard.action_apply()['res_id'])
        self.assertEqual(self.ours(self.customer).credit_limit, 1)

    # -- refusals ---------------------------------------------------------------------------------

    def test_without_policies_there_is_nothing_to_preview(self):
        self.policies.search([]).unlink()
        with self.assertRaisesRegex(UserError, "has no policies yet. Add them under Configuration, Customer Policies."):
            self.preview()

    def test_somebody_must_be_selected(self):
        with self.assertRaisesRegex(UserError, "Choose the customers to whom to apply the policies."):
            self.preview(scope='selected')

    def test_only_managers_apply(self):
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.wizards.with_user(user).create({'scope': 'all'})
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).action_tianyuan_apply_policies()
                with self.assertRaises(AccessError):
                    self.preview().with_user(user).action_apply()

    def test_nobody_applies_what_another_has_opened(self):
        wizard = self.preview()
        colleague = self.new_role_user('manager', 'another_manager')
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_apply()
        with self.assertRaises(AccessError):
            wizard.line_ids.with_user(colleague).action_leave_out()

    def test_a_company_one_doesnt_work_in_is_refused(self):
        other = self.env['res.company'].create({'name': "Other"})
        with self.assertRaises(AccessError):
            self.preview(company_id=other.id)
        wizard = self.preview()
        with self.assertRaises(AccessError):
            wizard.company_id = other

    def test_what_changes_isnt_written_by_hand(self):
        wizard = self.preview()
        line = wizard.line_ids[0]
        for values in ({'new_value': "Free"}, {'new_key': '1'}, {'partner_id': self.other_customer.id}):
            with self.subTest(values=values), self.assertRaisesRegex(AccessError, "Choose which changes to apply"):
                line.write(values)
        with self.assertRaises(AccessError):
            wizard.line_ids.create({
                'apply_id': wizard.id, 'company_id': self.company.id, 'partner_id': self.other_customer.id,
                'policy_id': self.key_policy.id, 'condition': 'credit_limit',
            })

    def test_no_default_says_who_applied_and_when(self):
        wizard = self.preview(self.customer).with_context(
            default_user_id=self.sales_user.id, default_date='2020-01-01 00:00:00', default_application_id=False,
        )
        application = self.env['tianyuan.policy.application'].browse(wizard.action_apply()['res_id']).sudo()
        self.assertEqual(application.user_id, self.rating_manager)
        self.assertNotEqual(application.date.year, 2020)

    def test_the_record_is_append_only(self):
        application = self.apply()
        for record in (application, application.line_ids[0]):
            with self.subTest(record=record._name):
                with self.assertRaises(AccessError):
                    record.write({'company_id': self.company.id})
                with self.assertRaises(AccessError):
                    record.unlink()
                with self.assertRaisesRegex(UserError, "append-only"):
                    record.sudo().write({'company_id': self.company.id})
                with self.assertRaisesRegex(UserError, "append-only"):
                    record.sudo().unlink()
        with self.assertRaises(AccessError):
            application.create({'company_id': self.company.id, 'scope': 'all'})

    def test_the_supply_priority_isnt_written_by_hand(self):
        for user in (self.rating_manager, self.archive_specialist, self.sales_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.customer.with_user(user).tianyuan_supply_priority = 'high'
        with self.assertRaisesRegex(AccessError, "change the policy and apply it"):
            self.env['res.partner'].with_user(self.rating_manager).create({
                'name': "New", 'tianyuan_supply_priority': 'high',
            })

    # -- many -------------------------------------------------------------------------------------

    def test_many_customers_take_hardly_more_queries_than_few(self):
        self.policy('ordinary', pricelist_id=self.base_prices.id, payment_term_id=self.term_60.id,
                    credit_limit_kind='purchases', credit_limit_factor=2, supply_priority='normal')

        def world(number):
            customers = self.env['res.partner'].create([
                {'name': f"C {number} {index}", 'is_company': True, 'child_ids': [Command.create({'name': "Contact"})]}
                for index in range(number)
            ])
            self.classify(customers, 'ordinary')
            return customers

        counts = {}
        for number in (10, 90):
            customers = world(number)
            wizard = self.wizards.create({
                'scope': 'selected', 'company_id': self.company.id, 'partner_ids': [Command.set(customers.ids)],
            })
            counts[number] = (self.queries(wizard.action_preview), self.queries(wizard.action_apply))
            self.assertEqual(set(self.ours(customers).mapped('tianyuan_supply_priority')), {'normal'})
            self.assertEqual(self.ours(customers.child_ids).property_payment_term_id, self.term_60)
        for few, many in zip(counts[10], counts[90], strict=True):
            self.assertLessEqual(many, few + 6, counts)

    def test_no_indicator_is_made_from_what_a_policy_has_changed(self):
        offered = dict(self.env['tianyuan.rating.indicator']._selection_own_models())
        self.assertIn('sale.order', offered)
        self.assertNotIn('tianyuan.policy.application.line', offered)
