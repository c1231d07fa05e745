"""What is told, what comes back, and what an interrupted round leaves; all by hand."""
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Date

from ...models.watch import tianyuan_watch_item
from .common import WatchCommon


class TestWatchRounds(WatchCommon):

    def round(self, day, seconds=float('inf')):
        """The scheduled action of a day, to which the scheduler grants some seconds after each batch."""
        def grant(_cron, _processed, _remaining):
            self.env.flush_all()
            return seconds

        with freeze_time(day), patch.object(type(self.env['ir.cron']), '_tianyuan_checkpoint', grant):
            return self.Item._watch_company(self.company.sudo())

    def test_a_round_that_was_interrupted_begins_anew_on_another_day(self):
        """Both customers owe; the first one is looked at on the 12th, the other one before that would be on the 20th."""
        self.patch(tianyuan_watch_item, 'BATCH_SIZE', 1)
        first, second = (self.customer + self.other_customer).sorted('id')
        for customer in (first, second):
            self.invoice(customer, '2024-04-10', 1000, due='2024-04-15')
        self.assertFalse(self.round('2024-04-12', seconds=0))
        self.assertTrue(self.company.tianyuan_watch_position)
        self.assertTrue(self.round('2024-04-20'))
        self.assertEqual(self.items(first).mapped('state'), ['open'])
        self.assertEqual(self.items(second).mapped('state'), ['open'])
        self.assertEqual(self.company.tianyuan_watched_on, date(2024, 4, 20))

    def test_it_goes_on_where_it_was_on_the_same_day(self):
        self.patch(tianyuan_watch_item, 'BATCH_SIZE', 1)
        self.rated(self.customer + self.other_customer, 80)
        for customer in (self.customer, self.other_customer):
            self.invoice(customer, '2024-04-10', 1000, due='2024-04-15')
        looked, watch = [], type(self.Item)._watch

        def note(items, watcher, partners):
            looked.extend(partners.ids)
            return watch(items, watcher, partners)

        self.patch(type(self.Item), '_watch', note)
        while not self.round('2024-04-20', seconds=0):
            pass
        self.assertEqual(len(looked), len(set(looked)))
        self.assertTrue(set((self.customer + self.other_customer).ids) <= set(looked))
        self.assertTrue(self.course() and self.course(self.other_customer))

    def test_watch_now_looks_again_and_leaves_the_day_alone(self):
        self.round('2024-04-20')
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-15')
        self.round('2024-04-20')
        self.assertFalse(self.items(), "it has been looked at on this day")
        with freeze_time('2024-04-20'):
            self.Item.sudo(False).with_user(self.rating_manager).action_watch()
        self.assertEqual(self.company.tianyuan_watched_on, date(2024, 4, 20))
        self.round('2024-04-20')
        self.assertTrue(self.items())
        self.assertFalse(self.company.tianyuan_watch_asked)

    def test_courses_of_former_customers_are_deleted(self):
        """Nothing bad is told of them, so that only what they bought makes them customers: for four quarters."""
        self.rated(self.customer + self.other_customer, 80)
        self.buy(self.customer, '2024-04-10', 10)
        self.buy(self.other_customer, '2024-04-10', 10)
        self.look('2024-05-10')
        self.assertTrue(self.course() and self.course(self.other_customer))
        self.customer.action_archive()
        self.look('2024-05-11')
        self.assertEqual((len(self.course()), len(self.course(self.other_customer))), (0, 1))
        self.company.tianyuan_watch_purchases_percent = self.company.tianyuan_watch_tier = 0
        self.look('2025-04-10')    # clears that a tier might be gained
        self.look('2025-04-11')
        self.assertFalse(self.course(self.other_customer))

    def test_the_first_round_asks_nobody(self):
        self.company.tianyuan_watched_on = False
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-15')
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000)})
        self.assertFalse(self.items().activity_ids)
        self.invoice(self.other_customer, '2024-04-10', 1000, due='2024-04-16')
        self.look('2024-04-21')
        self.assertEqual(self.asked(self.items(self.other_customer)), self.sales_user)

    def test_one_activity_for_what_is_late(self):
        """1,000 due on 10 April: overdue on the 14th, more than 30 days late on 11 May. On 20 May the company counts as
        overdue only what is open for more than 60 days, but what is late stays."""
        self.invoice(self.customer, '2024-04-10', 1000, due='2024-04-10')
        self.look('2024-04-14')
        self.look('2024-05-11')
        overdue, late = self.items(reason='overdue'), self.items(reason='days_late')
        self.assertEqual((self.asked(overdue), bool(late.activity_ids)), (self.sales_user, False))
        # it has grown from 31 to 39 days: 8 more, a quarter of 31 and more than a week
        self.look('2024-05-19')
        self.assertEqual((late.worsened_on, bool(late.activity_ids)), (date(2024, 5, 19), False))
        self.company.tianyuan_watch_overdue_days = 60
        self.look('2024-05-20')
        self.assertEqual((overdue.state, self.asked(late)), ('cleared', self.sales_user))
        self.company.tianyuan_watch_overdue_days = 3
        self.look('2024-05-21')
        self.assertEqual((overdue.state, bool(late.activity_ids)), ('open', False))

    def test_good_news_asks_nobody(self):
        self.confirmed_sheet(day='2024-03-31', credit_performance=4, purchase_volume=3, days_beyond_terms=0)
        self.buy(self.customer, '2024-04-10', 9_000_000)
        self.look('2024-05-20')
        self.assertEqual((self.items().reason, bool(self.items().activity_ids)), ('tier_up', False))

    def limit_used(self):
        """A limit of 1,000 and 910 owed on 20 April, acknowledged until 30 June at 91 %; 890 owed on the 21st."""
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 1000
        invoice = self.invoice(self.customer, '2024-04-10', 910, due='2024-07-10')
        self.look('2024-04-20')
        item = self.items()
        with freeze_time('2024-04-20'):
            item.with_user(self.sales_user).action_acknowledge('2024-06-30', "Agreed")
        self.pay(invoice, '2024-04-21', 20)
        self.look('2024-04-21')
        self.assertEqual(item.state, 'cleared')
        return item

    def test_what_comes_back_soon_is_the_same_and_still_acknowledged(self):
        item = self.limit_used()
        self.invoice(self.customer, '2024-05-05', 20, due='2024-07-10')
        self.look('2024-05-05')     # 14 days
        self.assertEqual((self.items(), item.state, item.value, item.cleared_on), (item, 'acknowledged', 91, False))
        self.assertFalse(item.activity_ids)
        self.look('2024-07-01')
        self.assertEqual((item.state, self.asked(item)), ('open', self.sales_user))

    def test_what_comes_back_clearly_worse_is_told(self):
        """114 % instead of 91 %: 23 more, a quarter of 91 is 22.75."""
        item = self.limit_used()
        self.invoice(self.customer, '2024-04-22', 250, due='2024-07-10')
        self.look('2024-04-22')
        self.assertEqual((self.items(), item.state, self.asked(item)), (item, 'open', self.sales_user))
        self.assertFalse(item.acknowledged_until)

    def test_what_comes_back_later_is_new(self):
        for days, day in ((14, '2024-05-06'), (0, '2024-04-22')):
            with self.subTest(days=days), self.env.cr.savepoint() as before:
                self.company.tianyuan_watch_reopen_days = days
                item = self.limit_used()
                self.invoice(self.customer, '2024-04-22', 20, due='2024-07-10')
                self.look(day)
                again = self.items() - item
                self.assertEqual((item.state, again.state, self.asked(again)), ('cleared', 'open', self.sales_user))
                before.rollback()

    def test_another_bad_debt_is_not_the_one_that_was_acknowledged(self):
        values = {'due_on': Date.to_date('2024-05-02'), 'document_id': False}
        item = self.Item.create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': 'bad_debt', 'state': 'cleared',
            'found_on': '2024-05-01', 'due_on': '2024-05-01', 'cleared_on': '2024-05-03',
        })
        self.assertFalse(item._if_the_same(values))
        item.due_on = '2024-05-02'
        self.assertEqual(item._if_the_same(values), item)

    def test_who_has_got_better_is_told_of_when_it_gets_worse_again(self):
        """100,000 overdue, then 1,000, then 91,000."""
        invoice = self.invoice(self.customer, '2024-04-10', 100_000, due='2024-04-10')
        self.look('2024-04-20')
        item, first = self.items(), self.items().activity_ids
        self.pay(invoice, '2024-04-22', 99_000)
        self.look('2024-04-22')
        self.assertEqual((item.value, item.raised_value, item.activity_ids), (1000, 1000, first))
        self.invoice(self.customer, '2024-04-15', 90_000, due='2024-04-20')
        self.look('2024-04-26')
        self.assertEqual((item.value, item.worsened_on), (91_000, date(2024, 4, 26)))
        self.assertNotEqual(item.activity_ids, first)

    def test_what_is_to_be_handled_comes_first(self):
        def item(reason, **values):
            return self.Item.create({
                'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': reason,
                'found_on': '2024-05-01', **values,
            })

        cleared = item('overdue', state='cleared', cleared_on='2024-05-09', worsened_on='2024-05-08')
        seen = item('credit_used', state='acknowledged', worsened_on='2024-05-07')
        never_worse, worse = item('bad_debt'), item('purchases_down', worsened_on='2024-05-05')
        found_later = item('days_late', found_on='2024-05-02')
        self.assertEqual(self.Item.search([
            ('id', 'in', (cleared + seen + never_worse + worse + found_later).ids),
        ]).ids, (worse + found_later + never_worse + seen + cleared).ids)
