"""Where people meet the early warnings: the workbench, the customer, and what is proposed for its class (policy 6.5,
7.2, 7.3)."""
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .watched import WarningCommon

LIMITS = ('bad_debt', 'bill', 'tier', 'days_late', 'purchases_down')


@tagged('post_install', '-at_install')
class TestWatchWorkbench(WarningCommon):

    def listed(self, card, user):
        """What the list shows that the card's number opens."""
        return self.env[card['model']].with_user(user).with_context(
            allowed_company_ids=self.company.ids,
        ).search(card['domain'])

    def test_each_role_has_the_warnings_that_are_its_business(self):
        self.item(self.alpha, 'overdue', 5000)
        self.item(self.alpha, 'document')
        self.item(self.alpha, 'purchases_down', 20)
        self.item(self.beta, 'bad_debt', 100)
        self.item(self.gamma, 'overdue', 70)
        self.item(self.beta, 'tier_up')
        self.acknowledged(self.item(self.beta, 'overdue', 9), self.sales_user)
        self.item(self.beta, 'days_late', 40, state='cleared', cleared_on='2024-05-07')
        # Open warnings: Alpha's three and Beta's bad debt are the sales user's, Gamma's is the colleague's.
        expected = [
            (self.sales_user, 'watch_own', 4), (self.sales_user, 'watch_good', 1), (self.leader, 'watch_own', 4),
            (self.colleague, 'watch_own', 1), (self.archive_specialist, 'watch_papers', 1),
            # Money: Alpha's and Gamma's overdue amounts, and Beta's bad debt.
            (self.finance_assessor, 'watch_money', 3),
            # Of key customers: Alpha's three and Gamma's one.
            (self.rating_manager, 'watch_key', 4),
        ]
        for user, key, count in expected:
            with self.subTest(key, user=user.login):
                card = self.cards(user)[key]
                self.assertEqual(card['value'], count)
                self.assertEqual(len(self.listed(card, user)), count)
                self.assertEqual(len(card['rows']), count)
        self.assertNotIn('watch_good', self.cards(self.colleague))

    def test_a_salesperson_who_is_also_assessor_has_only_own_customers_on_the_sales_card(self):
        self.sales_user.sudo().group_ids = [Command.link(self.env.ref('tianyuan_customer_rating.group_finance_assessor').id)]
        self.item(self.gamma, 'overdue', 70)
        cards = self.cards(self.sales_user)
        self.assertEqual((cards['watch_own']['value'], cards['watch_money']['value']), (0, 1))

    def test_a_row_says_what_is_the_matter_and_can_be_acknowledged(self):
        item = self.item(self.alpha, 'overdue', 30000)
        [row] = self.cards(self.sales_user)['watch_own']['rows']
        self.assertEqual((row['id'], row['model'], row['title']), (item.id, 'tianyuan.watch.item', "Alpha"))
        self.assertEqual(row['note'], item.description)
        self.assertIn("30,000.00", row['right'])
        self.assertEqual([button['method'] for button in row['buttons']], ['action_ask_acknowledge'])
        self.acknowledged(item, self.sales_user)
        self.assertEqual(self.cards(self.sales_user)['watch_own']['value'], 0)

    def test_the_newest_comes_first(self):
        self.item(self.alpha, 'overdue', 1, day='2024-05-01')
        self.item(self.alpha, 'days_late', 40, day='2024-05-03')
        self.item(self.alpha, 'purchases_down', 30, day='2024-04-20', worsened_on='2024-05-05')
        rows = self.cards(self.sales_user)['watch_own']['rows']
        self.assertEqual([row['right'].replace("\xa0", " ") for row in rows][:2], ["30 %", "40 days"])

    @freeze_time('2024-05-15')
    def test_an_ordinary_customer_on_course_for_key_is_good_news(self):
        # Direct customers of tier AA are key customers, distributors of tier AA aren't (policy 6.1).
        self.course(self.beta, 'AA', 'AAA', 3, 'up')
        other = self.new_customer("Delta", user_id=self.sales_user.id)
        self.classify(other, 'ordinary', 'A')
        self.course(other, 'AA', 'AAA', 5, 'up')
        self.course(self.alpha, 'AAA')    # is key already
        for user, key in ((self.sales_user, 'promising_own'), (self.rating_manager, 'promising')):
            card = self.cards(user)[key]
            with self.subTest(key):
                self.assertEqual([row['title'] for row in card['rows']], ["Beta"])
                self.assertEqual(card['rows'][0]['right'], "A → AA")
                self.assertEqual(card['value'], len(self.listed(card, user)))
                with freeze_time('2024-07-01'):
                    self.assertNotIn(key, self.cards(user))
        self.assertNotIn('promising_own', self.cards(self.colleague))

    @freeze_time('2024-06-30')
    def test_customers_have_their_course_in_the_table(self):
        self.course(self.alpha, 'AA', 'AAA', 3, 'down')
        rows = self.cards(self.sales_user)['customers']['table']['rows']
        cells = {row['name']: row['cells']['course'] for row in rows}
        self.assertEqual(cells['Alpha'], {'name': 'AA', 'color': self.tier('AA').color, 'direction': 'down'})
        self.assertFalse(cells['Beta'])
        with freeze_time('2024-07-01'):    # the course is that of the quarter that is over
            rows = self.cards(self.sales_user)['customers']['table']['rows']
        self.assertFalse(any(row['cells']['course'] for row in rows))

    def test_another_company_has_its_own_warnings(self):
        other = self.setup_other_company()['company']
        (self.sales_user + self.rating_manager).sudo().company_ids = [Command.link(other.id)]
        self.item(self.alpha, 'overdue', 5, company=other)
        self.assertEqual(self.cards(self.sales_user)['watch_own']['value'], 0)
        self.assertEqual(self.cards(self.sales_user, company=other)['watch_own']['value'], 1)
        # The class is per company too: in the other one Alpha has none.
        self.assertEqual(self.cards(self.rating_manager, company=other)['watch_key']['value'], 0)

    def test_more_warnings_take_no_more_queries(self):
        for user in (self.sales_user, self.rating_manager):
            self.item(self.new_customer("First", user_id=self.sales_user.id), 'overdue', 1)
            workbench = self.env['tianyuan.workbench'].with_user(user)
            self.queries(workbench.get_data)
            few = self.queries(workbench.get_data)
            for number in range(4):
                customer = self.new_customer(f"More {number}", user_id=self.sales_user.id)
                self.classify(customer, 'key', 'AAA')
                self.item(customer, 'bad_debt', 1)
                self.course(customer, 'AA', 'AAA', 3)
            with self.subTest(user=user.login):
                # The first key customer adds the kinds of queries that the card of overrides has.
                many = self.queries(workbench.get_data)
                for number in range(4):
                    customer = self.new_customer(f"Still More {number}", user_id=self.sales_user.id)
                    self.classify(customer, 'key', 'AAA')
                    self.item(customer, 'bad_debt', 1)
                self.assertLessEqual(self.queries(workbench.get_data), many)
                self.assertLess(many - few, 12)


@tagged('post_install', '-at_install')
class TestWatchedCustomer(WarningCommon):

    def test_the_form_has_what_is_open_and_acknowledged_but_nothing_cleared(self):
        overdue = self.item(self.alpha, 'overdue', 10)
        seen = self.item(self.alpha, 'days_late', 40)
        self.acknowledged(seen, self.sales_user)
        self.item(self.alpha, 'purchases_down', 30, state='cleared', cleared_on='2024-05-07')
        contact = self.new_contact(self.alpha)
        for user in (self.sales_user, self.leader, self.finance_assessor, self.rating_manager):
            with self.subTest(user=user.login):
                customer = self.seen(self.alpha, user)
                self.assertEqual(customer.tianyuan_open_watch_ids.ids, (overdue + seen).ids)
                self.assertEqual(customer.tianyuan_warning_count, 1)
        self.assertEqual(self.seen(contact, self.sales_user).tianyuan_warning_count, 1)
        self.assertFalse(self.seen(self.alpha, self.archive_specialist).tianyuan_open_watch_ids, "about money")

    def test_salespeople_see_nothing_of_a_colleagues_customer_and_nobody_without_a_role(self):
        self.item(self.alpha, 'overdue', 10)
        self.course(self.alpha, 'AA', 'AAA', 3)
        customer = self.seen(self.alpha, self.colleague)
        self.assertFalse(customer.tianyuan_open_watch_ids)
        self.assertFalse(customer.tianyuan_course_note)
        self.assertEqual(customer.tianyuan_warning_count, 0)
        nobody = new_test_user(
            self.env, 'tianyuan_nobody', groups='base.group_user,base.group_partner_manager',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        names = ['tianyuan_open_watch_ids', 'tianyuan_warning_count', 'tianyuan_course_note']
        for_managers = ['tianyuan_warnings', 'tianyuan_override_proposed']
        for user, refused in ((nobody, names + for_managers), (self.sales_user, for_managers)):
            for name in refused:
                with self.subTest(name, user=user.login), self.assertRaises(AccessError):
                    self.seen(self.alpha, user).read([name])
        with self.assertRaises(AccessError):
            self.seen(self.alpha, nobody).search([('tianyuan_warning_count', '>', 0)])
        arch = self.seen(self.alpha, nobody).get_view(view_type='form')['arch']
        self.assertNotIn('tianyuan_open_watch_ids', arch)

    def test_customers_on_the_watch_list_are_found(self):
        self.item(self.alpha, 'overdue', 10)
        self.item(self.alpha, 'days_late', 40)
        self.item(self.gamma, 'overdue', 10)
        self.item(self.beta, 'tier_up')
        cases = [
            (self.rating_manager, [('tianyuan_warning_count', '>', 0)], {"Alpha", "Gamma"}),
            (self.rating_manager, [('tianyuan_warning_count', '>=', 2)], {"Alpha"}),
            (self.rating_manager, [('tianyuan_warning_count', '=', 1)], {"Gamma"}),
            (self.rating_manager, [('tianyuan_warning_count', '=', 0)], {"Beta"}),
            (self.rating_manager, [('tianyuan_warning_count', '!=', 2)], {"Beta", "Gamma"}),
            (self.rating_manager, [('tianyuan_warning_count', '<', 2)], {"Beta", "Gamma"}),
            (self.sales_user, [('tianyuan_warning_count', '>', 0)], {"Alpha"}),
            (self.colleague, [('tianyuan_warning_count', '>', 0)], {"Gamma"}),
        ]
        ours = self.alpha + self.beta + self.gamma
        for user, domain, names in cases:
            with self.subTest(domain=domain, user=user.login):
                found = self.seen(ours, user).search([*domain, ('id', 'in', ours.ids)])
                self.assertEqual(set(found.mapped('name')), names)

    @freeze_time('2024-05-15')
    def test_the_course_names_what_is_missing_and_what_is_to_be_paid(self):
        self.company.sudo().tianyuan_watched_on = '2024-05-14'
        self.course(self.alpha, 'AA', 'AAA', 3, 'down')
        # To be paid in the quarter: 10,000 and what is left of 25,000, 20,000. Not: overdue, paid, next quarter's.
        self.invoice(self.alpha, '2024-05-01', 10000, due='2024-05-20')
        self.pay(self.invoice(self.alpha, '2024-05-02', 25000, due='2024-06-20'), '2024-05-10', 5000)
        self.invoice(self.alpha, '2024-04-01', 7, due='2024-05-10')
        self.pay(self.invoice(self.alpha, '2024-05-03', 400, due='2024-06-01'), '2024-05-10', 400)
        self.invoice(self.alpha, '2024-05-04', 9000, due='2024-07-01')
        note = self.seen(self.alpha, self.sales_user).tianyuan_course_note.replace("\xa0", "")
        self.assertIn("On course for AA, 3 points short of AAA · 2 invoices due by 06/20/2024 (", note)
        self.assertIn("30,000.00", note)
        self.assertIn(" · as of 05/14/2024", note)

    @freeze_time('2024-05-15')
    def test_other_courses(self):
        self.company.sudo().tianyuan_watched_on = False
        cases = [
            (('AAA', None, 0), "On course for AAA"),
            ((None, 'C', 2.5), "On course for no tier, 2.5 points short of C"),
            ((None, None, 0), "On course for no tier"),
            # With bad debt no points are missing, yet there is a next tier.
            ((None, 'C', 0), "On course for no tier"),
        ]
        for (tier, following, points), text in cases:
            course = self.course(self.beta, tier, following, points)
            with self.subTest(text):
                self.env.invalidate_all()
                self.assertEqual(self.seen(self.beta, self.sales_user).tianyuan_course_note, text)
            course.unlink()

    @freeze_time('2024-07-02')
    def test_a_course_of_the_quarter_before_is_none(self):
        self.course(self.alpha, 'AA', 'AAA', 3, 'down')
        self.assertFalse(self.seen(self.alpha, self.sales_user).tianyuan_course_note)

    def test_many_customers_take_no_more_queries_than_one(self):
        customers = self.env['res.partner']
        for number in range(6):
            customer = self.new_customer(f"Customer {number}", user_id=self.sales_user.id)
            self.classify(customer, 'key', 'AAA')
            self.item(customer, 'overdue', number)
            self.item(customer, 'bad_debt', number)
            self.course(customer, 'AA', 'AAA', 3)
            customers += customer
        names = ['tianyuan_warning_count', 'tianyuan_course_note', 'tianyuan_override_proposed', 'tianyuan_warnings']
        with freeze_time('2024-05-15'):
            _first, one, many = (
                self.queries(lambda some=some: self.seen(some, self.rating_manager).read(names))
                for some in (customers[:1], customers[:1], customers)
            )
        self.assertEqual(many, one)


@tagged('post_install', '-at_install')
class TestOverrideProposal(WarningCommon):

    def proposed(self, user=None):
        ours = self.alpha + self.beta + self.gamma
        self.env.invalidate_all()
        customers = self.seen(ours, user or self.rating_manager)
        found = customers.search([('tianyuan_override_proposed', '=', True), ('id', 'in', ours.ids)])
        self.assertEqual(customers.filtered('tianyuan_override_proposed'), found)
        self.assertEqual(
            customers.search([('tianyuan_override_proposed', '=', False), ('id', 'in', ours.ids)]), customers - found,
        )
        return set(found.mapped('name'))

    def only(self, **limits):
        self.company.sudo().write({f'tianyuan_propose_{name}': limits.get(name, False) for name in LIMITS})

    @freeze_time('2024-05-15')
    def test_which_warnings_are_serious_is_chosen_by_the_company(self):
        cases = [
            ({'bad_debt': True}, 'bad_debt', 1, True), ({}, 'bad_debt', 1, False),
            ({'bill': True}, 'bill_dishonoured', 1, True), ({}, 'bill_dishonoured', 1, False),
            ({'days_late': 60}, 'days_late', 60, True), ({'days_late': 60}, 'days_late', 59, False),
            ({}, 'days_late', 500, False),
            ({'purchases_down': 50}, 'purchases_down', 50, True), ({'purchases_down': 50}, 'purchases_down', 49, False),
            ({'bad_debt': True, 'bill': True, 'days_late': 1, 'purchases_down': 1}, 'overdue', 1e9, False),
        ]
        for limits, reason, value, serious in cases:
            with self.subTest(reason, value=value, limits=limits):
                self.only(**limits)
                due = date(2024, 5, 15) - timedelta(days=value) if reason == 'days_late' else False
                items = [self.item(customer, reason, value, due_on=due) for customer in (self.alpha, self.beta)]
                # Beta is an ordinary customer already.
                self.assertEqual(self.proposed(), {"Alpha"} if serious else set())
                for item in items:
                    item.unlink()

    @freeze_time('2024-05-15')
    def test_a_lost_tier_is_serious_if_the_next_one_is_no_key_customers(self):
        # A distributor of tier AA is ordinary, a direct customer of tier AA is key (policy 6.1).
        self.only(tier=True)
        self.classify(self.beta, 'key', 'AAA')
        for customer in (self.alpha, self.beta):
            self.item(customer, 'tier_down', 3, tier_id=self.tier('AA').id)
        self.assertEqual(self.proposed(), {"Alpha"})
        self.only()
        self.assertEqual(self.proposed(), set())

    @freeze_time('2024-05-15')
    def test_no_tier_at_all_is_no_key_customers(self):
        self.only(tier=True)
        self.item(self.alpha, 'tier_down', 3)
        self.assertEqual(self.proposed(), {"Alpha"})

    def test_a_manager_who_acknowledges_has_decided_but_nobody_else(self):
        item = self.item(self.alpha, 'bad_debt', 10)
        self.acknowledged(item, self.sales_user)
        self.assertEqual(self.proposed(), {"Alpha"})
        self.acknowledged(item, self.rating_manager)
        self.assertEqual(self.proposed(), set())
        item.sudo().state = 'cleared'
        self.assertEqual(self.proposed(), set())

    @freeze_time('2024-05-15')
    def test_the_manager_gets_the_reasons_and_decides(self):
        first, second = self.item(self.alpha, 'bad_debt', 10), self.item(self.alpha, 'bill_dishonoured', 20)
        self.item(self.alpha, 'overdue', 5)
        card = self.cards(self.rating_manager)['override_proposed']
        self.assertEqual(card['value'], 1)
        [row] = card['rows']
        self.assertEqual(row['title'], "Alpha")
        customer = self.seen(self.alpha, self.rating_manager)
        action = getattr(customer, row['buttons'][0]['method'])()
        form = Form(self.env['tianyuan.class.override'].with_user(self.rating_manager).with_context(
            **action['context'], allowed_company_ids=self.company.ids,
        ), view=action['views'][0][0])
        self.assertEqual(form.customer_class, 'ordinary')
        self.assertEqual(form.date_to, date(2024, 9, 30))
        self.assertEqual(set(form.reason.split("; ")), {first.description, second.description})
        self.assertEqual(self.alpha.with_company(self.company).tianyuan_customer_class, 'key')
        override = form.save()
        self.assertEqual((override.partner_id, override.state), (self.alpha, 'active'))
        self.assertEqual(self.alpha.with_company(self.company).tianyuan_customer_class, 'ordinary')
        self.assertNotIn('override_proposed', self.cards(self.rating_manager))

    def test_without_serious_warnings_the_form_has_no_reason(self):
        self.item(self.alpha, 'overdue', 5)
        context = self.seen(self.alpha, self.rating_manager).action_tianyuan_override_class()['context']
        self.assertEqual(context, {'default_partner_id': self.alpha.id, 'default_customer_class': 'ordinary'})

    def test_only_managers_decide(self):
        self.item(self.alpha, 'bad_debt', 10)
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env['tianyuan.class.override'].with_user(user).create({
                    'partner_id': self.alpha.id, 'company_id': self.company.id, 'customer_class': 'ordinary',
                    'date_to': '2999-01-01', 'reason': "Bad debt",
                })

    def test_another_companys_warnings_propose_nothing_here(self):
        other = self.setup_other_company()['company']
        self.rating_manager.sudo().company_ids = [Command.link(other.id)]
        self.item(self.alpha, 'bad_debt', 10, company=other)
        self.assertEqual(self.proposed(), set())
        self.classify(self.alpha, 'key', 'AAA', company=other)
        found = self.seen(self.alpha, self.rating_manager, company=other)
        self.assertTrue(found.tianyuan_override_proposed)
