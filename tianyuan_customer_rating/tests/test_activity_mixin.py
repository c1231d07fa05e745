"""Whom an activity reaches, in which language and how loudly; and how scheduled actions work through much."""
from unittest.mock import patch

from odoo.tests import tagged

from ..models.mixins import ir_cron
from .common import RatingCommon

REVIEW = 'tianyuan_customer_rating.mail_activity_type_archive_review'


@tagged('post_install', '-at_install')
class TestActivityMixin(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.chinese = cls.new_role_user('sales_user', login='reads_chinese', lang='zh_CN')
        cls.english = cls.new_role_user('sales_user', login='reads_english', lang='en_US')
        cls.customers = cls.env['res.partner'].create([{'name': "First"}, {'name': "Second"}])

    def schedule(self, receivers, **values):
        values = {'summary': lambda partner: f"{partner.name} {partner.env.lang}", **values}
        return self.customers._tianyuan_schedule(REVIEW, lambda partner: receivers, **values)

    def test_each_receiver_of_each_record_gets_one_in_their_language(self):
        scheduled = self.schedule(
            self.chinese + self.english, note=lambda partner: f"<p>{partner.env.lang}</p>", deadline=lambda partner: '2024-05-01')
        for partner in self.customers:
            activities = scheduled[partner]
            self.assertEqual(set(activities.mapped('res_id')), {partner.id})
            self.assertEqual(
                {activity.user_id: (activity.summary, str(activity.note), str(activity.date_deadline))
                 for activity in activities},
                {user: (f"{partner.name} {user.lang}", f"<p>{user.lang}</p>", '2024-05-01')
                 for user in self.chinese + self.english})
            self.assertTrue(all(activities.mapped('automated')))

    def test_without_words_those_of_the_activity_type(self):
        self.env.ref(REVIEW).sudo().summary = "Look at it"
        self.assertEqual(
            [activity.summary for activity in self.schedule(self.english, summary=None).values()], ["Look at it"] * 2)

    def test_not_who_is_archived_or_may_not_read_the_record(self):
        elsewhere = self.setup_other_company()['company']
        self.customers[0].company_id = elsewhere
        self.english.sudo().active = False
        scheduled = self.schedule(self.chinese + self.english)
        self.assertEqual(list(scheduled), [self.customers[1]])
        self.assertEqual(scheduled[self.customers[1]].user_id, self.chinese)

    def test_nothing_once_an_administrator_has_deleted_the_type(self):
        self.env.ref(REVIEW).sudo().unlink()
        self.assertFalse(self.schedule(self.chinese))
        self.assertFalse(self.env['res.partner']._tianyuan_activities(REVIEW))

    def test_e_mails_are_sent_if_asked_for_in_the_language_of_whom_they_reach(self):
        told = []
        with patch.object(self.registry['mail.activity'], 'action_notify', lambda activities: told.append(
            (activities.user_id, activities.env.lang, len(activities)))):
            self.schedule(self.chinese + self.english + self.env.user)
            self.assertEqual(told, [])
            self.schedule(self.chinese + self.english + self.env.user, notify=True)
        self.assertEqual(told, [(self.chinese, 'zh_CN', 2), (self.english, 'en_US', 2)])

    def test_many_take_the_queries_of_a_few(self):
        counts = []
        for number in (2, 2, 60):
            self.customers = self.env['res.partner'].create([{'name': f"Customer {n}"} for n in range(number)])
            self.env.flush_all()
            counts.append(self.queries(lambda: self.schedule(self.chinese)))
        self.assertLessEqual(counts[2], counts[1] + 2)


@tagged('post_install', '-at_install')
class TestBatches(RatingCommon):

    def worked_off(self, batches, seconds):
        """The batches worked off while the scheduler grants these seconds in turn, and what it was told."""
        told, seconds = [], iter(seconds)

        def checkpoint(_crons, processed, remaining):
            told.append((processed, remaining))
            return next(seconds)

        with patch.object(ir_cron, 'BATCH_SIZE', 2), \
                patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', checkpoint):
            return list(batches()), told

    def test_all_of_it_while_there_is_time(self):
        batches, told = self.worked_off(lambda: self.env['ir.cron']._tianyuan_batches([1, 2, 3]), [9, 9])
        self.assertEqual(batches, [(1, 2), (3,)])
        self.assertEqual(told, [(2, 1), (1, 0)])

    def test_no_further_batch_when_the_time_is_up(self):
        batches, told = self.worked_off(lambda: self.env['ir.cron']._tianyuan_batches([1, 2, 3]), [0])
        self.assertEqual((batches, told), ([(1, 2)], [(2, 1)]))

    def test_a_batch_is_of_one_group(self):
        groups = [('a', [1, 2, 3]), ('b', []), ('c', [4, 5])]
        batches, told = self.worked_off(lambda: self.env['ir.cron']._tianyuan_batches_by(groups), [9, 9, 9])
        self.assertEqual(batches, [('a', (1, 2)), ('a', (3,)), ('c', (4, 5))])
        self.assertEqual(told, [(2, 3), (1, 2), (2, 0)])
        batches, _told = self.worked_off(lambda: self.env['ir.cron']._tianyuan_batches_by(groups), [9, 0])
        self.assertEqual(batches, [('a', (1, 2)), ('a', (3,))], "nor the next group's")

    def test_what_was_cut_off_goes_on_at_the_next_call(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': 'distributor'} for number in range(3)])
        customers.sudo().write({'tianyuan_archive_state': 'filed', 'tianyuan_archive_review_due_on': '2024-01-01'})
        self.env['res.partner'].sudo().search([
            ('tianyuan_archive_state', '=', 'filed'), ('id', 'not in', customers.ids),
        ]).write({'tianyuan_archive_review_due_on': '2999-01-01'})
        for due in (2, 3):
            self.worked_off(lambda: self.env['res.partner']._cron_tianyuan_review() or (), [0])
            self.assertEqual(customers.mapped('tianyuan_archive_state').count('review_due'), due)
