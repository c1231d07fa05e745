"""Confirming sheets: one path for one sheet and for thousands, at once or by the scheduler (policy 客户评价)."""
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...engine.outcome import write_outcome
from ...models.rating import tianyuan_rating, tianyuan_rating_confirmation
from .sheets import FULL_MARKS, SheetCommon

# tests go without messages otherwise
LIVE = {'tracking_disable': False, 'mail_notrack': False}
LAST_DAY, BEFORE = '2024-06-30', '2024-03-31'
CRON_LOGGER = 'odoo.addons.tianyuan_customer_rating.models.rating.tianyuan_rating_confirmation'


class ConfirmingCommon(SheetCommon):

    def ready_sheets(self, count, company=None, **points):
        """Ready sheets of many new customers, made without going through the steps of each."""
        company = company or self.company
        customers = self.env['res.partner'].create([
            {'name': f"Buyer {number}", 'is_company': True, 'tianyuan_channel': 'distributor'}
            for number in range(count)
        ])
        sheets = self.env['tianyuan.rating'].sudo().create([{
            'partner_id': customer.id, 'company_id': company.id,
            'date_from': self.quarter.date_from, 'date_to': self.quarter.date_to,
        } for customer in customers])
        sheets.with_company(company).action_compute()
        points = {**FULL_MARKS, **points}
        for indicator, lines in sheets.line_ids.grouped('indicator_id').items():
            lines.write({'points': points[indicator.code], 'origin': 'assessed'})
        sheets.write({'sales_done': True, 'finance_done': True, 'state': 'ready'})
        self.forget_what_was_tracked()
        return sheets.with_env(self.env)

    @classmethod
    def forget_what_was_tracked(cls):
        """As if what went before had been another request."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def confirm(self, sheets, user=None):
        result = sheets.with_user(user or self.rating_manager).with_context(**LIVE).action_confirm()
        self.forget_what_was_tracked()
        return result

    def hooked(self):
        """Note what the hook is called with."""
        calls = []
        original = self.registry['tianyuan.rating']._after_confirm

        def note(sheets):
            calls.append((sheets, sheets.env.user, sheets.env.su, set(sheets.mapped('state'))))
            return original(sheets)

        return calls, patch.object(self.registry['tianyuan.rating'], '_after_confirm', note)


@tagged('post_install', '-at_install')
class TestConfirming(ConfirmingCommon):

    def outcome(self, sheet):
        """What a sheet says, in the words of a table."""
        sheet.invalidate_recordset()
        return (
            sheet.score, sheet.tier_id.name, sheet.customer_class, sheet.is_major_account, sheet.has_bad_debt,
            sheet.score_change, sheet.tier_change, sheet.previous_tier_id.name,
        )

    def of_customer(self, customer, company=None):
        customer = customer.with_company(company or self.company)
        customer.invalidate_recordset()
        return (
            customer.tianyuan_tier_id.name, customer.tianyuan_score, customer.tianyuan_customer_class,
            customer.tianyuan_is_major_account,
        )

    def test_one_sheet(self):
        sheet = self.ready_sheet(loyalty=12.5)
        self.assertIs(self.confirm(sheet), True)
        self.assertEqual(self.outcome(sheet), (97.5, 'AAA', 'key', False, False, 0, 'new', False))
        self.assertEqual((sheet.state, sheet.confirmed_by_id), ('confirmed', self.rating_manager))
        self.assertLess(abs((fields.Datetime.now() - sheet.confirmed_on).total_seconds()), 60)
        self.assertEqual(sheet.write_uid, self.rating_manager)
        self.assertEqual(self.of_customer(self.customer), ('AAA', 97.5, 'key', False))
        self.assertEqual(self.history(), [(False, 'AAA', False, 'key')])
        row = self.env['tianyuan.class.history'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual((row.rating_id, row.user_id, row.reason),
                         (sheet, self.rating_manager, "Rating of 2024 Q2 confirmed"))

    def test_three_sheets_that_rise_fall_and_stay(self):
        rises, falls, stays = customers = self.env['res.partner'].browse().concat(
            *(self.new_customer(name) for name in ("Rises", "Falls", "Stays")))
        customers.user_id = self.sales_user
        before = [self.confirmed_sheet(customer, day=BEFORE, **points) for customer, points in (
            (rises, {'loyalty': 4}), (falls, {}), (stays, {}),
        )]
        sheets = self.env['tianyuan.rating'].browse().concat(*(
            self.ready_sheet(customer, day=LAST_DAY, **points) for customer, points in (
                (rises, {}), (falls, {'loyalty': 0, 'credit_performance': 0}), (stays, {'loyalty': 12.25}),
            )))
        self.confirm(sheets)
        self.assertEqual([self.outcome(sheet) for sheet in sheets], [
            (100, 'AAA', 'key', False, False, 11, 'up', 'AA'),          # 89 before, which is AA
            (65, 'B', 'ordinary', False, False, -35, 'down', 'AAA'),
            (97.25, 'AAA', 'key', False, False, -2.75, 'same', 'AAA'),
        ])
        self.assertEqual(list(sheets.previous_rating_id), before)
        self.assertEqual([self.of_customer(customer) for customer in customers], [
            ('AAA', 100, 'key', False), ('B', 65, 'ordinary', False), ('AAA', 97.25, 'key', False),
        ])
        self.assertEqual([self.history(customer)[1:] for customer in customers], [
            [('AA', 'AAA', 'ordinary', 'key')], [('AAA', 'B', 'key', 'ordinary')], [],
        ])
        activities = self.env['mail.activity'].search([
            ('res_model', '=', 'tianyuan.rating'), ('res_id', 'in', sheets.ids), ('user_id', '=', self.sales_user.id),
        ], order='res_id')
        self.assertEqual([(activity.res_id, activity.summary) for activity in activities], [
            (sheets[0].id, "Customer promoted"), (sheets[1].id, "Customer demoted"),
        ])

    def test_facts_that_came_after_the_sheet_was_computed_are_shown_before_they_count(self):
        debtor, reopened, overridden = customers = self.env['res.partner'].browse().concat(
            *(self.new_customer(name) for name in ("Debtor", "Reopened before", "Overridden")))
        customers.user_id = self.sales_user
        last = self.confirmed_sheet(reopened, day=BEFORE)
        self.confirmed_sheet(overridden, day=BEFORE)
        sheets = self.env['tianyuan.rating'].browse().concat(*(self.ready_sheet(customer) for customer in customers))
        self.assertEqual(sheets[1].previous_rating_id, last)
        self.env['tianyuan.bad.debt'].create({
            'partner_id': debtor.id, 'company_id': self.company.id, 'amount': 10, 'date': '2024-05-01',
        })
        last.with_user(self.rating_manager).action_reopen("Wrong")
        self.env['tianyuan.class.override'].with_user(self.rating_manager).create({
            'partner_id': overridden.id, 'company_id': self.company.id, 'customer_class': 'ordinary',
            'date_to': '2099-12-31', 'reason': "For now",
        })
        self.forget_what_was_tracked()
        self.confirm(sheets)
        # the debtor has bad debt now
        self.assertEqual(sheets.mapped('state'), ['ready', 'confirmed', 'confirmed'])
        self.confirm(sheets[0])
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})
        self.assertEqual([self.outcome(sheet) for sheet in sheets], [
            (100, False, 'ordinary', False, True, 0, 'new', False),
            (100, 'AAA', 'key', False, False, 0, 'new', False),
            (100, 'AAA', 'key', False, False, 0, 'same', 'AAA'),
        ])
        self.assertFalse(sheets[1].previous_rating_id)
        self.assertEqual([self.of_customer(customer) for customer in customers], [
            (False, 100, 'ordinary', False), ('AAA', 100, 'key', False), ('AAA', 100, 'ordinary', False),
        ])

    def test_full_marks_and_yearly_purchases_count(self):
        """A direct customer above 84 without full marks in credit performance is AA; a distributor is a major account
        from 50 million on."""
        direct = self.new_customer("Direct", tianyuan_channel='direct')
        large, small = self.new_customer("Large"), self.new_customer("Small")
        (direct + large + small).user_id = self.sales_user
        self.invoice(large, '2023-02-01', 50_000_000)
        self.invoice(small, '2023-02-01', 49_999_999.99)
        sheets = self.env['tianyuan.rating'].browse().concat(
            self.ready_sheet(direct, credit_performance=19.5), self.ready_sheet(large), self.ready_sheet(small))
        self.confirm(sheets)
        self.assertEqual([self.outcome(sheet)[:4] for sheet in sheets], [
            (99.5, 'AA', 'key', False), (100, 'AAA', 'key', True), (100, 'AAA', 'key', False),
        ])
        self.assertEqual([self.of_customer(customer)[3] for customer in direct + large + small], [False, True, False])

    def test_a_prospect_that_has_bought_since_is_potential_no_more(self):
        sheets = self.env['tianyuan.rating'].browse().concat(*(
            self.ready_sheet(customer, kind='prospect') for customer in (self.customer, self.other_customer)))
        self.invoice(self.customer, '2024-07-01', 100)
        self.confirm(sheets)
        self.assertEqual(sheets.mapped('customer_class'), ['key', 'potential'])
        self.assertEqual(self.of_customer(self.customer)[2], 'key')
        self.assertEqual(self.of_customer(self.other_customer)[2], 'potential')

    def test_thresholds_changed_since_count(self):
        sheet = self.ready_sheet(loyalty=0)
        self.assertEqual(sheet.tier_id.name, 'AA')
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_rating_threshold SET min_score = min_score - 7 WHERE scheme_id = %s", sheet.scheme_id.id))
        self.env.invalidate_all()
        self.confirm(sheet)
        self.assertEqual(self.outcome(sheet)[:3], (85, 'AAA', 'key'))

    def test_what_another_company_says_of_the_customer_stays(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        write_outcome(self.env, elsewhere, {self.customer.id: (self.tier('B').id, 61.5, 'ordinary', False)})
        self.confirm(self.ready_sheet())
        self.assertEqual(self.of_customer(self.customer, elsewhere), ('B', 61.5, 'ordinary', False))

    def test_computed_fields_hold_what_they_would_compute(self):
        self.confirmed_sheet(day=BEFORE, loyalty=3)
        sheets = self.ready_sheet() + self.ready_sheet(self.other_customer, loyalty=1, credit_performance=0)
        self.confirm(sheets)
        sheets = sheets.sudo()
        names = [name for name, field in sheets._fields.items() if field.store and field.compute]
        self.assertIn('previous_tier_id', names)
        stored = sheets.read(names)
        for name in names:
            self.env.add_to_compute(sheets._fields[name], sheets)
        sheets._recompute_recordset(names)
        self.assertEqual(sheets.read(names), stored)

    def test_what_was_cached_is_read_anew(self):
        sheet = self.ready_sheet()
        customer = self.customer.with_company(self.company)
        self.assertEqual((sheet.state, sheet.confirmed_by_id.id, customer.tianyuan_tier_id.name),
                         ('ready', False, False))
        sheet.with_user(self.rating_manager).action_confirm()
        self.assertEqual((sheet.state, sheet.confirmed_by_id, customer.tianyuan_tier_id.name),
                         ('confirmed', self.rating_manager, 'AAA'))

    def test_no_message_is_posted(self):
        """The history and who confirmed it when are the record; reopening says so in a message, with the reason.

        What was confirmed in spite of a warning is noted: see the tests of the archive check.
        """
        self.company.tianyuan_rating_archive_check = 'ignore'
        sheets = self.ready_sheets(2)
        known = sheets.message_ids
        self.confirm(sheets)
        self.assertEqual(sheets.message_ids, known)
        self.assertEqual(sheets.confirmed_by_id, self.rating_manager)
        self.assertTrue(all(sheets.mapped('confirmed_on')))
        sheets.with_user(self.rating_manager).with_context(**LIVE).action_reopen("Wrong")
        self.forget_what_was_tracked()
        for sheet in sheets:
            self.assertIn("Reopened: Wrong", "".join(map(str, (sheet.message_ids - known).mapped('body'))))
            self.assertTrue((sheet.message_ids - known).tracking_value_ids)

    def test_nothing_is_confirmed_when_one_is_not_ready(self):
        sheets = self.ready_sheets(3)
        sheets[-1].sudo().write({'state': 'assessing'})
        with self.assertRaisesRegex(UserError, "isn't ready"):
            sheets.with_user(self.rating_manager).action_confirm()
        with self.assertRaises(AccessError):
            sheets[:2].with_user(self.sales_user).action_confirm()
        with self.assertRaises(AccessError):
            sheets[:2].with_user(self.finance_assessor).action_confirm()
        self.assertEqual(sheets.mapped('state'), ['ready', 'ready', 'assessing'])

    def test_the_hook_is_called_once_with_the_confirmed_sheets(self):
        for count in (1, 3):
            sheets = self.ready_sheets(count)
            calls, noted = self.hooked()
            with noted:
                self.confirm(sheets)
            self.assertEqual(calls, [(sheets, self.rating_manager, False, {'confirmed'})])

    def test_two_quarters_of_a_customer_are_one_batch_and_the_later_counts(self):
        self.confirmed_sheet(day='2023-12-31')
        older = self.ready_sheet(day=BEFORE, loyalty=4)
        newer = self.ready_sheet(day=LAST_DAY, loyalty=0, credit_performance=0)
        self.forget_what_was_tracked()
        calls, noted = self.hooked()
        with noted:
            self.confirm(newer + older)
        self.assertEqual([call[0] for call in calls], [newer + older])
        self.assertEqual((newer.previous_rating_id, newer.previous_tier_id.name, newer.score_change),
                         (older, 'AA', -24))
        self.assertEqual(self.of_customer(self.customer), ('B', 65, 'ordinary', False))
        self.assertEqual(self.history()[1:], [('AAA', 'AA', 'key', 'ordinary'), ('AA', 'B', 'ordinary', 'ordinary')])

    def test_two_hundred_sheets_take_the_queries_of_one_hundred(self):
        few, many = self.ready_sheets(100), self.ready_sheets(200)
        (few + many).partner_id.user_id = self.sales_user
        self.confirm(self.ready_sheets(1))    # warm up
        counts = []
        for sheets in (few, many):
            self.env.invalidate_all()
            counts.append(self.queries(sheets.with_user(self.rating_manager).action_confirm))
        self.assertLessEqual(counts[1], counts[0])
        self.assertEqual(set(many.mapped('state')), {'confirmed'})


@tagged('post_install', '-at_install')
class TestConfirmingMany(ConfirmingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Confirmation = cls.env['tianyuan.rating.confirmation']
        cls.cron = cls.env.ref('tianyuan_customer_rating.ir_cron_confirm_ratings')

    def enqueue(self, sheets, user=None):
        """Confirm sheets as if they were too many to wait for.

        :return: the new confirmation
        """
        known = self.Confirmation.search([])
        with patch.object(tianyuan_rating, 'CONFIRMED_AT_ONCE', 1):
            self.confirm(sheets, user)
        return self.Confirmation.search([]) - known

    def process(self, batch_size=1_000, batches=None):
        """Let the scheduler work, as it does as administrator.

        :param batches: its time is up behind so many
        """
        done = []

        def checkpoint(cron, processed, remaining):
            cron.env.flush_all()
            done.append(processed)
            return 0 if batches and len(done) >= batches else float('inf')

        with patch.object(tianyuan_rating_confirmation, 'BATCH_SIZE', batch_size), \
                patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', checkpoint):
            self.Confirmation._cron_process()
        self.forget_what_was_tracked()
        self.env.invalidate_all()
        return done

    def counts(self, confirmation):
        confirmation.invalidate_recordset()
        return (confirmation.state, confirmation.total_count, confirmation.done_count, confirmation.error_count,
                round(confirmation.progress))

    def test_more_than_five_hundred_are_confirmed_by_the_scheduler_as_who_asked(self):
        self.company.tianyuan_rating_archive_check = 'ignore'    # warnings would be noted
        sheets = self.ready_sheets(501, loyalty=14)
        messages = sheets.message_ids
        triggers = self.env['ir.cron.trigger'].search_count([('cron_id', '=', self.cron.id)])
        answer = self.confirm(sheets)
        self.assertEqual((answer['type'], answer['tag']), ('ir.actions.client', 'display_notification'))
        self.assertEqual(answer['params']['message'], "501 ratings are being confirmed; you can go on working.")
        self.assertEqual(
            self.env['ir.cron.trigger'].search_count([('cron_id', '=', self.cron.id)]), triggers + 1)
        confirmation = self.Confirmation.search([])
        self.assertEqual(set(sheets.mapped('state')), {'ready'})
        self.assertEqual(self.counts(confirmation), ('running', 501, 0, 0, 0))
        self.assertEqual((confirmation.user_id, confirmation.company_id, confirmation.name),
                         (self.rating_manager, self.company, "2024 Q2"))

        calls, noted = self.hooked()
        with noted:
            self.process(batch_size=200)
        self.assertEqual(self.counts(confirmation), ('done', 501, 501, 0, 100))
        self.assertEqual([len(call[0]) for call in calls], [200, 200, 101])
        self.assertEqual({call[1:3] for call in calls}, {(self.rating_manager, False)})
        self.assertEqual(self.env['tianyuan.rating'].union(*(call[0] for call in calls)).with_env(self.env), sheets)
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})
        self.assertEqual(sheets.confirmed_by_id, self.rating_manager)
        self.assertEqual(sheets.message_ids, messages)
        self.assertEqual(
            {(s.score, s.tier_id.name, s.customer_class, s.is_major_account, s.tier_change) for s in sheets},
            {(99, 'AAA', 'key', False, 'new')})
        history = self.env['tianyuan.class.history'].search([('rating_id', 'in', sheets.ids)])
        self.assertEqual(len(history), 501)
        self.assertEqual(history.user_id, self.rating_manager)
        self.assertEqual(history.partner_id, sheets.partner_id)
        self.assertEqual(
            {(row.new_tier_id.name, row.new_class, row.reason) for row in history},
            {('AAA', 'key', "Rating of 2024 Q2 confirmed")})
        customers = sheets.partner_id.with_company(self.company)
        self.assertEqual(
            {(c.tianyuan_tier_id.name, c.tianyuan_score, c.tianyuan_customer_class, c.tianyuan_is_major_account)
             for c in customers}, {('AAA', 99, 'key', False)})

    def test_five_hundred_are_confirmed_at_once(self):
        sheets = self.ready_sheets(2)
        with patch.object(tianyuan_rating, 'CONFIRMED_AT_ONCE', 2):
            self.assertIs(self.confirm(sheets), True)
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})
        self.assertEqual(tianyuan_rating.CONFIRMED_AT_ONCE, 500)

    def test_it_says_so_in_the_users_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        sheets = self.ready_sheets(2)
        with patch.object(tianyuan_rating, 'CONFIRMED_AT_ONCE', 1):
            answer = sheets.with_user(self.rating_manager).with_context(lang='zh_CN').action_confirm()
        self.assertRegex(answer['params']['message'], r"[\u4e00-\u9fff]")

    def test_an_interrupted_confirmation_goes_on_with_what_is_left(self):
        sheets = self.ready_sheets(5)
        confirmation = self.enqueue(sheets)
        self.assertEqual(self.process(batch_size=2, batches=1), [2])
        self.assertEqual(self.counts(confirmation), ('running', 5, 2, 0, 40))
        first = sheets.filtered(lambda sheet: sheet.state == 'confirmed')
        self.assertEqual(len(first), 2)
        confirmed_on = first.mapped('confirmed_on')
        calls, noted = self.hooked()
        with noted:
            self.process(batch_size=2)
        self.assertEqual(self.counts(confirmation), ('done', 5, 5, 0, 100))
        self.assertEqual([len(call[0]) for call in calls], [2, 1])
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})
        self.assertEqual(first.mapped('confirmed_on'), confirmed_on)
        self.assertEqual(len(self.env['tianyuan.class.history'].search([('rating_id', 'in', sheets.ids)])), 5)

    def test_a_batch_that_is_lost_half_way_is_done_again(self):
        sheets = self.ready_sheets(4)
        confirmation = self.enqueue(sheets)
        self.process(batch_size=2, batches=1)
        crash = patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', side_effect=KeyboardInterrupt)
        with self.assertRaises(KeyboardInterrupt), self.cr.savepoint(), crash, \
                patch.object(tianyuan_rating_confirmation, 'BATCH_SIZE', 1):
            self.Confirmation._cron_process()
        self.env.invalidate_all()
        self.assertEqual(self.counts(confirmation), ('running', 4, 2, 0, 50))
        self.process()
        self.assertEqual(self.counts(confirmation), ('done', 4, 4, 0, 100))
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})

    @mute_logger(CRON_LOGGER)
    def test_after_the_databases_own_trouble_the_scheduler_tries_again(self):
        self.enqueue(self.ready_sheets(2))
        triggers = self.env['ir.cron.trigger'].search([('cron_id', '=', self.cron.id)])
        with patch.object(self.registry['tianyuan.rating'], '_confirm', side_effect=SerializationFailure), \
                patch.object(self.cr, 'rollback'):
            self.Confirmation._cron_process()
        again = self.env['ir.cron.trigger'].search([('cron_id', '=', self.cron.id)]) - triggers
        self.assertGreater(again.call_at, fields.Datetime.now())

    def test_a_sheet_that_cannot_be_confirmed_is_listed_and_the_others_are_confirmed(self):
        sheets = self.ready_sheets(4)
        self.env['tianyuan.archive.requirement'].search([]).unlink()
        confirmation = self.enqueue(sheets)
        sheets[0].with_user(self.rating_manager).action_cancel()
        original = self.registry['tianyuan.rating']._confirm

        def fail(records):
            if sheets[2] in records:
                raise UserError("Nobody knows why")
            return original(records)

        with patch.object(self.registry['tianyuan.rating'], '_confirm', fail):
            self.process()
        self.assertEqual(self.counts(confirmation), ('done', 4, 2, 2, 100))
        self.assertEqual(sheets.mapped('state'), ['cancelled', 'confirmed', 'ready', 'confirmed'])
        messages = {error.rating_id: error.message for error in confirmation.error_ids}
        self.assertEqual(messages.keys(), {sheets[0], sheets[2]})
        self.assertRegex(messages[sheets[0]], "isn't ready")
        self.assertEqual(messages[sheets[2]], "Nobody knows why")
        # and when what hindered it is gone, it can be confirmed again
        self.confirm(sheets[2])
        self.assertEqual(sheets[2].state, 'confirmed')

    def test_a_sheet_that_who_asked_may_not_see_any_more_is_listed(self):
        sheets = self.ready_sheets(3)
        confirmation = self.enqueue(sheets)
        self.env['ir.rule'].create({
            'name': "Not that one", 'model_id': self.env['ir.model']._get_id('tianyuan.rating'),
            'domain_force': [('id', '!=', sheets[0].id)],
        })
        with mute_logger(CRON_LOGGER):
            self.process()
        self.assertEqual(self.counts(confirmation), ('done', 3, 2, 1, 100))
        self.assertEqual(confirmation.error_ids.rating_id, sheets[0])
        self.assertEqual(sheets.sudo().mapped('state'), ['ready', 'confirmed', 'confirmed'])

    def test_an_incomplete_archive_is_listed_where_the_company_blocks_it(self):
        self.company.tianyuan_rating_archive_check = 'block'
        sheets = self.ready_sheets(3)
        gap = {sheets[1].partner_id: ["Street", "Legal Representative"]}
        with patch.object(self.registry['res.partner'], '_tianyuan_archive_missing', lambda partners: {
            partner: gap.get(partner, []) for partner in partners
        }):
            confirmation = self.enqueue(sheets)
            self.process()
        self.assertEqual(self.counts(confirmation), ('done', 3, 2, 1, 100))
        self.assertEqual(sheets.mapped('state'), ['confirmed', 'ready', 'confirmed'])
        self.assertEqual(confirmation.error_ids.message,
                         "The customer's archive isn't complete. Missing: Street and Legal Representative")

    def test_whoever_is_no_manager_any_more_confirms_nothing(self):
        manager = self.new_role_user('manager', login='for_a_while')
        sheets = self.ready_sheets(3)
        confirmation = self.enqueue(sheets, manager)
        self.process(batch_size=1, batches=1)
        manager.group_ids = [Command.unlink(self.env.ref('tianyuan_customer_rating.group_manager').id)]
        self.process(batch_size=1)
        self.assertEqual(self.counts(confirmation)[:4], ('stopped', 3, 1, 0))
        self.assertEqual(confirmation.stop_reason, f"{manager.name} is no manager of {self.company.name} any more.")
        self.assertEqual(sorted(sheets.mapped('state')), ['confirmed', 'ready', 'ready'])
        self.confirm(sheets.filtered(lambda sheet: sheet.state == 'ready'))
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})

    def test_whoever_has_left_confirms_nothing(self):
        manager = self.new_role_user('manager', login='leaves')
        sheets = self.ready_sheets(2)
        confirmation = self.enqueue(sheets, manager)
        manager.active = False
        self.process()
        self.assertEqual(confirmation.state, 'stopped')
        self.assertEqual(set(sheets.mapped('state')), {'ready'})

    def test_a_manager_stops_it(self):
        sheets = self.ready_sheets(3)
        confirmation = self.enqueue(sheets)
        self.process(batch_size=1, batches=1)
        with self.assertRaises(AccessError):
            confirmation.with_user(self.finance_assessor).action_stop()
        confirmation.with_user(self.rating_manager).action_stop()
        self.process()
        self.assertEqual(self.counts(confirmation)[:3], ('stopped', 3, 1))
        self.assertEqual(confirmation.stop_reason, f"{self.rating_manager.name} stopped it.")
        self.assertEqual(sorted(sheets.mapped('state')), ['confirmed', 'ready', 'ready'])

    def test_sheets_that_wait_are_not_queued_twice(self):
        sheets = self.ready_sheets(4)
        first = self.enqueue(sheets[:2])
        second = self.enqueue(sheets)
        self.assertFalse(self.enqueue(sheets), "all of them wait already")
        self.assertEqual((first.total_count, second.total_count), (2, 2))
        self.process(batches=1)
        self.assertEqual((self.counts(first)[2], self.counts(second)[2]), (2, 0))
        self.assertFalse(self.enqueue(sheets[2:]))
        self.process()
        self.assertEqual((self.counts(first), self.counts(second)), (('done', 2, 2, 0, 100), ('done', 2, 2, 0, 100)))

    def test_a_sheet_that_somebody_confirms_by_hand_meanwhile_is_no_trouble(self):
        sheets = self.ready_sheets(3)
        confirmation = self.enqueue(sheets)
        other = self.new_role_user('manager', login='another_manager')
        self.confirm(sheets[1], other)
        calls, noted = self.hooked()
        with noted:
            self.process()
        self.assertEqual(self.counts(confirmation), ('done', 3, 3, 0, 100))
        self.assertEqual([call[0] for call in calls], [sheets[0] + sheets[2]])
        self.assertEqual(sheets[1].confirmed_by_id, other)

    def test_the_oldest_quarter_is_confirmed_first(self):
        newer = self.ready_sheet(day=LAST_DAY)
        older = self.ready_sheet(day=BEFORE, loyalty=4)
        confirmation = self.enqueue(newer + older)
        self.assertEqual(confirmation.name, "2024 Q1, 2024 Q2")
        self.process(batch_size=1)
        self.assertEqual((newer.previous_rating_id, newer.tier_change), (older, 'up'))

    def test_each_company_has_its_own_and_other_managers_see_nothing_of_it(self):
        other = self.setup_other_company()['company']
        both = self.new_role_user(
            'manager', login='manager_of_both', company_ids=[Command.set((self.company + other).ids)])
        stranger = self.new_role_user(
            'manager', login='manager_elsewhere', company_id=other.id, company_ids=[Command.set(other.ids)])
        sheets = self.ready_sheets(2) + self.ready_sheets(2, other)
        sheets[0].sudo().state = 'assessing'
        with self.assertRaises(UserError):    # nothing waits when one isn't ready
            self.enqueue(sheets.with_context(allowed_company_ids=(self.company + other).ids), both)
        sheets[0].sudo().state = 'ready'
        confirmations = self.enqueue(sheets.with_context(allowed_company_ids=(self.company + other).ids), both)
        self.assertEqual(confirmations.company_id, self.company + other)
        ours = confirmations.filtered(lambda confirmation: confirmation.company_id == self.company)
        self.env['tianyuan.rating.confirmation.error'].sudo().create({
            'confirmation_id': ours.id, 'rating_id': sheets[0].id, 'message': "Made up",
        })
        theirs = self.Confirmation.with_user(stranger)
        self.assertEqual(theirs.search([]).sudo(), confirmations - ours)
        with self.assertRaises(AccessError):
            ours.with_user(stranger).read(['progress'])
        with self.assertRaises(AccessError):
            ours.with_user(stranger).action_stop()
        self.assertFalse(self.env['tianyuan.rating.confirmation.error'].with_user(stranger).search([]))
        self.process()
        self.assertEqual(set(confirmations.mapped('state')), {'done'})
        self.assertEqual(set(sheets.mapped('state')), {'confirmed'})
        self.assertEqual(sheets.confirmed_by_id, both)

    def test_managers_read_and_nobody_writes_by_hand(self):
        confirmation = self.enqueue(self.ready_sheets(2))
        self.assertEqual(confirmation.with_user(self.rating_manager).read(['progress'])[0]['progress'], 0)
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                confirmation.with_user(user).read(['progress'])
        as_manager = confirmation.with_user(self.rating_manager)
        for change in (
            lambda: as_manager.write({'state': 'done'}),
            as_manager.unlink,
            lambda: as_manager.create({'name': "2024 Q2", 'company_id': self.company.id, 'user_id': self.env.uid}),
            lambda: as_manager.read(['queue']),
        ):
            with self.assertRaises(AccessError):
                change()
