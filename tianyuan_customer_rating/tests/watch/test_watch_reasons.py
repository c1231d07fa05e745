"""What each reason is found by, in the books and the archive; each just below its limit and just above it."""
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError

from ..document.common import DocumentCommon
from ..rating.bookkeeping import BookkeepingCommon
from .common import WatchCommon


class TestWatchReasons(WatchCommon, BookkeepingCommon):

    def test_days_of_grace_are_given_first(self):
        """A scheme with five days of grace: due on 10 May, deadline 15 May, overdue for more than 3 days on 19 May."""
        scheme = self.env['tianyuan.rating.scheme'].sudo()._applicable(self.company, date(2024, 5, 1))['distributor']
        scheme.grace_days = 5
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-05-10')
        self.look('2024-05-18')
        self.assertEqual(self.on_list(), {})
        self.look('2024-05-19')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000)})

    def test_what_is_written_off_or_in_a_bill_is_not_overdue(self):
        self.company.tianyuan_bill_account_ids = self.bills
        self.company.tianyuan_bill_payment = 'cashed'
        invoice = self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        bill = self.book('2024-04-20', (self.bills, self.customer, 1000), (self.receivable_account, self.customer, -1000))
        self.match(invoice, bill)
        self.invoice(self.other_customer, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-29')
        self.assertEqual(self.on_list(), {})
        self.assertEqual(self.on_list(self.other_customer), {'overdue': ('open', 1000)})

    def test_the_company_may_ask_for_a_larger_amount(self):
        self.company.tianyuan_watch_overdue_amount = 1000
        invoice = self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-29')
        self.assertEqual(self.on_list(), {})
        self.invoice(self.customer, '2024-04-12', 1, due='2024-04-12')
        self.look('2024-04-29')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1001)})
        self.assertEqual(self.items().due_on, invoice.invoice_date_due)

    def test_a_customer_who_cannot_be_rated_is_watched_all_the_same(self):
        self.customer.tianyuan_channel = False
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-29')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000)})
        self.assertFalse(self.course())

    def test_purchases_have_fallen_by_more_than_thirty_percent(self):
        """1,000 from 1 April to 20 May 2023; 700 in the same days of 2024 are 30 % less, 699.99 a little more."""
        self.buy(self.customer, '2023-04-20', 1000)
        self.buy(self.customer, '2023-05-21', 5000)       # after the same days
        for customer, amount in ((self.customer, 700), (self.other_customer, 699.99)):
            self.buy(customer, '2024-04-02', amount)
        self.buy(self.other_customer, '2023-04-01', 1000)
        self.look('2024-05-20')
        self.assertEqual(self.on_list(), {})
        [(reason, (state, value))] = self.on_list(self.other_customer).items()
        self.assertEqual((reason, state, value), ('purchases_down', 'open', 30))     # 30.001
        self.assertEqual(
            self.items(self.other_customer).description, "Bought 30% less than in the same time of last year")

    def test_bad_debt_is_new_if_it_is_dated_after_the_last_rated_quarter(self):
        old = self.invoice(self.customer, '2024-01-10', 300)
        self.lose(old, '2024-03-31', 300)
        self.confirmed_sheet(day='2024-03-31')
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {})
        new = self.invoice(self.customer, '2024-04-05', 500, due='2024-07-05')
        self.lose(new, '2024-04-21', 500)
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {}, "the books of the next day are not of today")
        self.look('2024-04-21')
        self.assertEqual(self.on_list(), {'bad_debt': ('open', 500)})
        item = self.items()
        self.assertEqual((item.due_on, item.user_id), (date(2024, 4, 21), self.leader))
        # 200 of it are recovered; nothing is said about that
        self.recover('2024-04-25', 500, self.customer)    # 300 for the old debt first, 200 for the new one
        self.look('2024-04-25')
        self.assertEqual(self.on_list(), {'bad_debt': ('open', 300)})
        self.recover('2024-04-28', 300, self.customer)
        self.look('2024-04-28')
        self.assertEqual(self.items().mapped('state'), ['cleared'])

    def test_bad_debt_takes_every_tier(self):
        """From day 30 on; no points are missing, so the text names the bad debt."""
        self.confirmed_sheet(day='2024-03-31')
        self.lose(self.invoice(self.customer, '2024-04-05', 500, due='2024-07-05'), '2024-04-21', 500)
        self.look('2024-05-10')
        item = self.items(reason='tier_down')
        self.assertEqual(item.description, "On course for no tier instead of AAA, because of bad debt")
        self.assertFalse(self.course().next_tier_id)

    def test_a_bill_that_comes_back(self):
        self.company.tianyuan_bill_account_ids = self.bills
        invoice = self.invoice(self.customer, '2024-02-10', 1000, due='2024-05-10')
        bill = self.book('2024-03-05', (self.bills, self.customer, 1000), (self.receivable_account, self.customer, -1000))
        self.match(invoice, bill)
        self.look('2024-04-10')
        self.assertEqual(self.on_list(), {})
        # 400 of it are paid by the bank, 600 come back: the customer owes them again, as of 10 May.
        returned = self.book(
            '2024-04-20', (self.bank, None, 400), (self.receivable_account, self.customer, 600),
            (self.bills, self.customer, -1000))
        self.match(bill, returned, account=self.bills)
        self.look('2024-04-19')
        self.assertEqual(self.on_list(), {})
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {'bill_dishonoured': ('open', 600)})
        self.assertEqual((self.items().due_on, self.items().user_id), (date(2024, 4, 20), self.leader))
        with freeze_time('2024-04-20'):
            action = self.items().action_open_source()
        self.assertEqual(self.env['account.move'].search(action['domain']), returned)
        # in the next quarter it is owed all the same, and overdue
        self.look('2024-07-01')
        self.assertEqual(self.on_list(), {
            'bill_dishonoured': ('open', 600), 'overdue': ('open', 600), 'days_late': ('open', 52),
        })

    def test_the_credit_limit_is_used_by_more_than_ninety_percent(self):
        """A limit of 1,000: 900 are owed (not yet due), then 0.01 more. An order counts as Odoo counts it."""
        self.customer.credit_limit = 1000
        self.invoice(self.customer, '2024-04-10', 900, due='2024-07-10')
        self.company.account_use_credit_limit = False
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {})
        self.company.account_use_credit_limit = True
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {})
        self.invoice(self.customer, '2024-04-10', 1, due='2024-07-10')
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {'credit_used': ('open', 90.1)})
        self.company.tianyuan_watch_credit_percent = 0
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {})

    def test_two_companies_know_nothing_of_each_other(self):
        """The customer owes 1,000 in one company, due on 10 April, and 70 in the other, due on 1 May."""
        other = self.setup_other_company()['company']
        other.tianyuan_watch_overdue_amount = 0
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.invoice(self.customer, '2024-04-10', 70, due='2024-05-01', company=other)
        other.tianyuan_watch_overdue_days = 20
        for day, in_other in (('2024-05-21', {}), ('2024-05-22', {'overdue': ('open', 70)})):
            self.look(day)
            self.look(day, other)
            # 41 and 42 days after 10 April
            days = int(day[-2:]) + 20
            self.assertEqual(self.on_list(), {'overdue': ('open', 1000), 'days_late': ('open', days)})
            self.assertEqual(self.on_list(company=other), in_other)
        self.assertEqual((self.company.tianyuan_watched_on, other.tianyuan_watched_on), (date(2024, 5, 22),) * 2)
        # switched off in one, the other goes on
        self.company.tianyuan_watch = False
        self.look('2024-05-23')
        self.assertEqual((self.on_list(), self.on_list(company=other)), ({}, {'overdue': ('open', 70)}))

    def test_an_error_in_one_company_does_not_stop_the_others(self):
        other = self.setup_other_company()['company']
        other.tianyuan_watch_overdue_amount = 0
        self.invoice(self.customer, '2024-04-10', 70, due='2024-04-10', company=other)
        broken = self.company
        self.env['res.company'].sudo().search([('parent_id', '=', False)]).tianyuan_watch = False
        (broken + other).tianyuan_watch = True
        watch = type(self.Item)._watch_company

        def fail(items, company, today=None):
            if company == broken:
                items.env.cr.execute("SELECT 1 / 0")    # after which PostgreSQL refuses all else
            return watch(items, company, today)

        self.patch(type(self.Item), '_watch_company', fail)
        with self.assertLogs('odoo.addons.tianyuan_customer_rating', level='ERROR'), freeze_time('2024-05-20'):
            self.Item._cron_watch()
        self.assertEqual(
            self.on_list(company=other, day='2024-05-20'), {'overdue': ('open', 70), 'days_late': ('open', 40)})
        self.assertEqual((broken.tianyuan_watched_on, other.tianyuan_watched_on), (date(2023, 12, 31), date(2024, 5, 20)))

    def test_former_customers_have_no_warnings(self):
        self.confirmed_sheet(day='2024-03-31')
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-20')
        self.assertTrue(self.on_list() and self.course())
        self.customer.action_archive()
        self.look('2024-04-21')
        self.assertEqual(self.on_list(), {})
        self.assertFalse(self.course())

    def test_an_owner_is_found_as_soon_as_there_is_one(self):
        self.customer.user_id = False
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-20')
        item = self.items()
        self.assertFalse(item.user_id or item.activity_ids)
        self.customer.user_id = self.sales_user
        self.look('2024-04-21')
        self.assertEqual((item.user_id, self.asked(item)), (self.sales_user, self.sales_user))
        # and the next salesperson instead
        self.customer.user_id = self.leader
        self.look('2024-04-22')
        self.assertEqual((item.user_id, self.asked(item)), (self.leader, self.leader))

    def test_one_customer_with_impossible_numbers_does_not_stop_the_others(self):
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.invoice(self.other_customer, '2024-04-10', 1000, due='2024-04-10')
        bad, record = self.other_customer, type(self.Item)._watch

        def fail(items, watcher, partners):
            if bad in partners:
                raise ValueError("A number out of range")
            return record(items, watcher, partners)

        self.patch(type(self.Item), '_watch', fail)
        with self.assertLogs('odoo.addons.tianyuan_customer_rating', level='WARNING'):
            self.look('2024-04-20')
        self.assertEqual((self.on_list(), self.on_list(bad)), ({'overdue': ('open', 1000)}, {}))

    def test_merged_customers_have_one_warning_for_each_reason(self):
        self.confirmed_sheet(day='2024-03-31')
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.invoice(self.other_customer, '2024-03-10', 500, due='2024-03-10')
        self.look('2024-04-20')
        self.assertEqual(self.on_list(self.other_customer), {'overdue': ('open', 500), 'days_late': ('open', 41)})
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.customer + self.other_customer).ids, self.customer, extra_checks=False)
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000), 'days_late': ('open', 41)})
        self.look('2024-04-21')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1500), 'days_late': ('open', 42)})
        self.assertEqual(len(self.course()), 1)

    def test_a_person_merged_into_a_customers_contact_leaves_the_warnings_to_the_customer(self):
        contact = self.new_contact(self.customer)
        for partner in (self.customer, self.other_customer):
            self.invoice(partner, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-20')
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((contact + self.other_customer).ids, contact, extra_checks=False)
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000)})
        self.assertFalse(self.Item.search([('partner_id', '=', contact.id), ('state', '!=', 'cleared')]))

    def test_what_is_behind_it_is_opened(self):
        self.buy(self.customer, '2023-04-15', 9000)
        late = self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.invoice(self.customer, '2024-04-11', 1000, due='2024-07-10')
        self.look('2024-05-20')
        opened = {}
        with freeze_time('2024-05-20'):
            for item in self.items():
                action = item.with_user(self.rating_manager).action_open_source()
                opened[item.reason] = self.env[action['res_model']].search(action.get('domain', []))
        self.assertEqual((opened['overdue'], opened['days_late']), (late, late))
        self.assertEqual(sorted(opened['purchases_down'].mapped('amount_total')), [1000, 1000, 9000])


class TestWatchPapers(WatchCommon, DocumentCommon):

    def test_required_papers_that_expire_within_thirty_days(self):
        """On 20 May, 19 June is 30 days ahead. The permit isn't required."""
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-07-10')
        self.file(self.permit, valid_from='2024-01-01', valid_until='2024-05-21')
        paper = self.file(valid_from='2024-01-01', valid_until='2024-06-20')
        self.look('2024-05-20')
        self.assertEqual(self.on_list(), {})
        self.look('2024-05-21')
        self.assertEqual(self.on_list(), {'document': ('open', 0)})
        item = self.items()
        self.assertEqual((item.document_id.id, item.due_on), (paper.id, date(2024, 6, 20)))
        self.assertEqual(item.user_id, self.archive_specialist)
        self.assertFalse(item.activity_ids, "the archive reminds its specialist")
        self.assertEqual(item.description, "Licence expires on 06/20/2024")
        # on its last day it is valid; the day after it is worse
        self.look('2024-06-20')
        self.assertEqual(item.value, 0)
        self.look('2024-06-21')
        self.assertEqual((item.value, item.worsened_on), (1, date(2024, 6, 21)))
        self.assertEqual(item.description, "Licence expired on 06/20/2024")
        # a second one
        self.file(self.id_copy, valid_from='2024-01-01', valid_until='2024-06-23')
        self.look('2024-06-24')
        self.assertEqual((item.value, item.description), (2, "Licence expired on 06/20/2024, and 1 more"))
        # renewed
        self.file(valid_from='2024-01-01', valid_until='2029-06-20')
        self.look('2024-06-25')
        self.assertEqual((item.value, item.due_on), (1, date(2024, 6, 23)))
        self.file(self.id_copy)
        self.look('2024-06-26')
        self.assertEqual(item.state, 'cleared')

    def test_where_the_archive_reminds_nobody_the_watch_asks(self):
        """Without a specialist of the customer's it is the company's; told again the day after the last one."""
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-07-10')
        self.file(valid_from='2024-01-01', valid_until='2024-06-20')
        self.customer.sudo().tianyuan_archive_specialist_id = False
        self.look('2024-06-20')
        item, asked = self.items(), self.items().activity_ids
        self.assertTrue(item.user_id)
        self.assertEqual(asked.user_id, item.user_id)
        self.look('2024-06-21')
        self.assertEqual(len(item.activity_ids), 1)
        self.assertNotEqual(item.activity_ids, asked)

    def test_a_deleted_paper_leaves_its_warning_until_the_next_night(self):
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-07-10')
        paper = self.file(valid_from='2024-01-01', valid_until='2024-06-20')
        self.look('2024-06-20')
        item = self.items().sudo(False).with_user(self.rating_manager)
        self.assertTrue(item.may_open)
        paper.unlink()
        self.env.invalidate_all()
        self.assertEqual((item.state, item.description), ('open', "Paper expires on 06/20/2024"))
        self.assertFalse(item.may_open)
        with self.assertRaisesRegex(UserError, "has been deleted"):
            item.action_open_source()
        self.look('2024-06-21')
        self.assertEqual(item.state, 'cleared')

    def test_a_closed_archive_needs_no_papers(self):
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-07-10')
        self.file(valid_from='2024-01-01', valid_until='2024-05-21')
        self.customer.sudo().tianyuan_archive_state = 'closed'
        self.look('2024-05-20')
        self.assertEqual(self.on_list(), {})

    def test_limit_zero_switches_it_off(self):
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-07-10')
        self.file(valid_from='2024-01-01', valid_until='2024-05-21')
        self.company.tianyuan_watch_paper_days = 0
        self.look('2024-05-20')
        self.assertEqual(self.on_list(), {})
