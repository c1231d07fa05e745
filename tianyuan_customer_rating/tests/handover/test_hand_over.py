"""Handing customers over: first the list of what hangs on them, then all of it in one go, and a record of it."""
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import HandOverCommon

MODULE = 'tianyuan_customer_rating'


@tagged('post_install', '-at_install')
class TestHandOver(HandOverCommon):

    def counts(self, hand_over):
        return {kind.key: kind.count for kind in hand_over.kind_ids}

    def moved(self, hand_over):
        return {kind.key: kind.moved for kind in hand_over.kind_ids}

    # -- the list ----------------------------------------------------------------------------------

    def test_the_page_lists_what_hangs_on_the_customers(self):
        self.form()
        self.form(partner_id=False, customer_name="A prospect")
        self.computed_sheet()
        self.customer.tianyuan_archive_specialist_id = self.sales_user
        counts = self.counts(self.hand_over())
        self.assertEqual(
            {key: counts[key] for key in ('customers', 'sheets', 'forms', 'borrows', 'archives')},
            {'customers': 2, 'sheets': 1, 'forms': 2, 'borrows': 0, 'archives': 1},
        )

    def test_each_count_opens_its_list(self):
        form = self.form()
        hand_over = self.hand_over()
        for kind in hand_over.kind_ids:
            with self.subTest(kind.key):
                action = kind.action_open()
                self.assertEqual(
                    self.env[action['res_model']].with_user(self.rating_manager).search_count(action['domain']), kind.count)
        forms = hand_over.kind_ids.filtered(lambda kind: kind.key == 'forms').action_open()
        self.assertEqual(self.env['tianyuan.archive.collection'].search(forms['domain']), form.with_env(self.env))

    def test_the_question_says_how_much_moves_and_to_whom(self):
        self.form()
        hand_over = self.hand_over()
        hand_over.action_ask_hand_over()
        details = hand_over._tianyuan_question_details('action_hand_over')
        self.assertIn(self.colleague.name, details)
        self.assertIn("Customers: 2", details)
        self.assertIn("Collection Forms in Draft: 1", details)

    # -- moving ------------------------------------------------------------------------------------

    def test_all_goes_to_one_colleague(self):
        form, sheet = self.form(), self.computed_sheet()
        contact = self.new_contact(self.customer)
        contact.user_id = self.sales_user
        hand_over = self.hand_over()
        hand_over.action_hand_over()
        self.assertEqual((self.customer + self.other_customer + contact).user_id, self.colleague)
        self.assertEqual(form.user_id, self.colleague)
        self.assertEqual(sheet.user_id, self.colleague)
        self.assertIn(self.colleague, self.asked(sheet))
        self.assertEqual((hand_over.state, hand_over.asked_by_id), ('done', self.rating_manager))
        moved = self.moved(hand_over)
        self.assertEqual((moved['customers'], moved['forms'], moved['sheets']), (2, 1, 1))
        self.assertEqual(
            {(line.partner_id, line.to_user_id, line.state) for line in hand_over.line_ids.sudo()},
            {(customer.sudo(), self.colleague.sudo(), 'moved') for customer in self.customer + self.other_customer},
        )

    def test_it_is_in_each_customers_chatter_and_the_receiver_gets_one_message(self):
        self.company.partner_id.lang = 'en_US'    # the notes are in the company's language
        messages = self.env['mail.message'].sudo()
        hand_over = self.hand_over()
        before = messages.search([], order='id desc', limit=1).id
        hand_over.action_hand_over()
        new = messages.search([('id', '>', before)])
        for customer in self.customer + self.other_customer:
            [note] = [message for message in new if (message.model, message.res_id) == ('res.partner', customer.id)]
            self.assertIn(f"Handed over from {self.sales_user.name} to {self.colleague.name}", note.body)
            self.assertIn(hand_over.name, note.body)
        told = new.filtered(lambda message: self.colleague.partner_id in message.partner_ids)
        self.assertEqual(len(told), 1)
        self.assertIn("2 customers", told.body)

    def test_confirmed_ratings_and_submitted_forms_stay_as_they_are(self):
        sheet = self.ready_sheet()
        sheet.action_confirm()
        who = (sheet.create_uid, sheet.state, sheet.score, sheet.tier_id)
        form = self.form(city="Jinan")
        form.with_user(self.sales_user).action_submit()
        self.hand_over().action_hand_over()
        self.assertEqual((sheet.create_uid, sheet.state, sheet.score, sheet.tier_id), who)
        self.assertEqual(form.user_id, self.sales_user)

    def test_a_colleague_who_stays_keeps_nothing_and_one_who_left_leaves_what_the_leader_did_meanwhile(self):
        form = self.form()
        self.sales_user.action_archive()
        self.assertEqual(form.user_id, self.leader)
        hand_over = self.hand_overs()
        hand_over.to_user_id = self.colleague
        hand_over.with_user(self.rating_manager).action_hand_over()
        self.assertEqual((form.user_id, self.customer.user_id), (self.colleague, self.colleague))
        self.assertFalse(self.asked(hand_over), "what was asked for is done")

    def test_chosen_customers_only(self):
        action = self.customer.with_user(self.rating_manager).with_company(self.company).action_tianyuan_hand_over()
        hand_over = self.env['tianyuan.hand.over'].with_user(self.rating_manager).browse(action['res_id'])
        self.assertEqual((hand_over.scope, hand_over.from_user_id, hand_over.customer_count), ('chosen', self.sales_user, 1))
        hand_over.to_user_id = self.colleague
        hand_over.action_hand_over()
        self.assertEqual((self.customer.user_id, self.other_customer.user_id), (self.colleague, self.sales_user))

    def test_a_filter_chooses_the_customers(self):
        hand_over = self.hand_over(scope='filter', filter_domain="[('name', '=', 'Other customer')]")
        self.assertEqual(hand_over.customer_count, 1)
        hand_over.action_hand_over()
        self.assertEqual((self.customer.user_id, self.other_customer.user_id), (self.sales_user, self.colleague))
        for wrong in ("[('nothing', '=', 1)]", "__import__('os')", "5"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.hand_over(scope='filter', filter_domain=wrong)

    def test_the_members_of_a_team_get_them_in_turn(self):
        third = self.new_customer("Third", user_id=self.sales_user.id)
        second = self.new_role_user('sales_user', login='hand_over_second')
        team = self.env['crm.team'].create({
            'name': "Receivers", 'company_id': self.company.id,
            'member_ids': [Command.set((self.colleague + second).ids)],
        })
        self.hand_over(receiver='team', to_team_id=team.id, to_user_id=False).action_hand_over()
        got = (self.customer + self.other_customer + third).mapped(lambda customer: customer.user_id.login)
        self.assertEqual(sorted(got), ['hand_over_colleague', 'hand_over_colleague', 'hand_over_second'])

    def test_each_customer_can_get_somebody_else(self):
        hand_over = self.hand_over(receiver='each', to_user_id=False)
        hand_over.action_list_customers()
        lines = {line.partner_id.id: line for line in hand_over.line_ids}
        lines[self.customer.id].to_user_id = self.colleague
        with self.assertRaisesRegex(UserError, "Other customer"):
            hand_over.action_ask_hand_over()
        lines[self.other_customer.id].to_user_id = self.leader
        hand_over.action_hand_over()
        self.assertEqual((self.customer.user_id, self.other_customer.user_id), (self.colleague, self.leader))

    def test_archives_go_to_another_specialist(self):
        self.customer.write({
            'tianyuan_archive_state': 'collecting', 'tianyuan_archive_specialist_id': self.archive_specialist.id,
        })
        second = self.new_role_user('archive_specialist', login='hand_over_specialist')
        hand_over = self.hand_over(
            from_user_id=self.archive_specialist.id, to_user_id=False, to_specialist_id=second.id,
        )
        hand_over.action_hand_over()
        self.assertEqual((self.customer.tianyuan_archive_specialist_id, self.customer.user_id), (second, self.sales_user))
        self.assertEqual(self.moved(hand_over)['archives'], 1)

    def test_a_customer_who_got_somebody_else_meanwhile_is_left_out(self):
        hand_over = self.hand_over()
        with patch.object(type(hand_over), '_work', lambda _self, _lines: None), \
                patch.object(type(hand_over), '_finish', lambda _self: None):
            hand_over.action_hand_over()
        self.customer.user_id = self.leader
        self.env['tianyuan.hand.over']._cron_process()
        self.assertEqual((self.customer.user_id, self.other_customer.user_id), (self.leader, self.colleague))
        self.assertEqual(
            {line.partner_id.id: line.state for line in hand_over.line_ids.sudo()},
            {self.customer.id: 'skipped', self.other_customer.id: 'moved'},
        )
        self.assertEqual(hand_over.state, 'done')

    def test_many_are_handed_over_by_the_scheduler(self):
        with patch(f'odoo.addons.{MODULE}.models.handover.tianyuan_hand_over.AT_ONCE', 1):
            hand_over = self.hand_over()
            hand_over.action_hand_over()
            self.assertEqual((hand_over.state, self.customer.user_id), ('running', self.sales_user))
            self.env['tianyuan.hand.over']._cron_process()
        self.assertEqual((hand_over.state, hand_over.progress), ('done', 100))
        self.assertEqual((self.customer + self.other_customer).user_id, self.colleague)

    def test_customers_take_the_same_queries_however_many(self):
        few, many = [], []
        for number in range(40):
            customer = self.new_customer(f"Many {number}", user_id=self.sales_user.id)
            self.form(partner_id=customer.id)
            (many if number else few).append(customer.id)
        counted = []
        for ids in (few, many):
            hand_over = self.hand_over(scope='chosen', partner_ids=[Command.set(ids)])
            counted.append(self.queries(hand_over.action_hand_over))
        self.assertLessEqual(counted[1], counted[0] + 40, counted)

    def test_a_leader_who_stood_in_keeps_own_prospects(self):
        elsewhere = self.setup_other_company()['company']
        own = self.form(self.leader, partner_id=False, customer_name="The leader's")
        taken = self.form(partner_id=False, customer_name="The leaver's")
        foreign = self.form(partner_id=False, customer_name="Elsewhere")
        foreign.company_id = elsewhere
        self.sales_user.action_archive()
        (taken + foreign).user_id = self.leader
        hand_over = self.hand_over()
        self.assertEqual(self.counts(hand_over)['forms'], 1)
        hand_over.action_hand_over()
        self.assertEqual((own + foreign).user_id, self.leader)
        self.assertEqual(taken.user_id, self.colleague)

    def test_work_for_a_shared_customer_in_another_company_stays(self):
        elsewhere = self.setup_other_company()['company']
        self.sales_user.company_ids = [Command.link(elsewhere.id)]
        here, there = self.form(), self.form(company_id=elsewhere.id)
        hand_over = self.hand_over()
        self.assertEqual(self.counts(hand_over)['forms'], 1)
        hand_over.action_hand_over()
        self.assertEqual((here.user_id, there.user_id), (self.colleague, self.sales_user))

    def test_a_filter_that_a_reader_may_not_use_shows_nothing_and_is_refused(self):
        hand_over = self.hand_over(self.env.user, scope='filter', filter_domain="[('credit_limit', '=', 0)]")
        mine = hand_over.with_user(self.leader)
        mine.invalidate_recordset()
        self.assertEqual((mine.customer_count, set(self.counts(mine).values())), (0, {0}))
        self.sales_user.action_archive()
        [row] = self.cards(self.leader)['orphans_sales']['rows']
        self.assertEqual(row['title'], self.sales_user.name)
        with self.assertRaises(AccessError):
            mine.action_hand_over()

    def begun(self, **values):
        """A hand-over that the scheduler carries out."""
        with patch(f'odoo.addons.{MODULE}.models.handover.tianyuan_hand_over.AT_ONCE', 0):
            hand_over = self.hand_over(**values)
            hand_over.action_hand_over()
        self.assertEqual(hand_over.state, 'running')
        return hand_over

    def states(self, hand_over):
        return {line.partner_id.id: line.state for line in hand_over.line_ids.sudo()}

    def test_a_customer_that_fails_in_the_background_is_left_out_with_the_reason(self):
        hand_over = self.begun()
        move = type(hand_over)._move

        def fail(record, customers, receiver):
            if self.customer in customers:
                raise ValueError("Broken record")
            return move(record, customers, receiver)

        with patch.object(type(hand_over), '_move', fail):
            self.env['tianyuan.hand.over']._cron_process()
        self.assertEqual(self.states(hand_over), {self.customer.id: 'skipped', self.other_customer.id: 'moved'})
        self.assertEqual((self.customer.user_id, self.other_customer.user_id), (self.sales_user, self.colleague))
        self.assertEqual(hand_over.state, 'done')
        self.assertIn("Broken record", "".join(hand_over.sudo().message_ids.mapped('body')))

    def test_a_receiver_who_left_meanwhile_gets_nothing(self):
        hand_over = self.begun()
        self.colleague.group_ids = [Command.set(self.env.ref(f'{MODULE}.group_finance_assessor').ids)]
        self.env['tianyuan.hand.over']._cron_process()
        self.assertEqual(set(self.states(hand_over).values()), {'skipped'})
        self.assertEqual((self.customer.user_id, hand_over.state), (self.sales_user, 'done'))
        self.assertIn(self.colleague.name, "".join(hand_over.sudo().message_ids.mapped('body')))

    def test_archives_stay_if_who_gets_them_left_meanwhile(self):
        self.customer.write({
            'tianyuan_archive_state': 'collecting', 'tianyuan_archive_specialist_id': self.sales_user.id,
        })
        second = self.new_role_user('archive_specialist', login='hand_over_specialist')
        hand_over = self.begun(to_specialist_id=second.id)
        second.action_archive()
        self.env['tianyuan.hand.over']._cron_process()
        self.assertEqual((hand_over.state, self.customer.user_id), ('done', self.colleague))
        self.assertEqual(self.customer.tianyuan_archive_specialist_id, self.sales_user)
        self.assertIn(second.name, "".join(hand_over.sudo().message_ids.mapped('body')))

    def test_customers_without_a_channel_go_along_if_they_have_an_archive_or_are_chosen(self):
        begun = self.new_customer("Begun", channel=False, user_id=self.sales_user.id)
        begun.tianyuan_archive_state = 'collecting'
        plain = self.new_customer("Plain", channel=False, user_id=self.sales_user.id)
        self.assertEqual(self.hand_over().customer_count, 3)
        chosen = self.hand_over(scope='chosen', partner_ids=[Command.set(plain.ids)])
        chosen.action_hand_over()
        self.assertEqual(plain.user_id, self.colleague)

    def test_who_is_left_out_at_the_beginning_is_named(self):
        elsewhere = self.setup_other_company()['company']
        self.rating_manager.company_ids = [Command.link(elsewhere.id)]
        theirs = self.new_customer("Theirs", user_id=self.sales_user.id, company_id=elsewhere.id)
        customers = (self.customer + theirs).with_user(self.rating_manager).with_context(
            allowed_company_ids=(self.company + elsewhere).ids)
        action = customers.action_tianyuan_hand_over()
        self.assertEqual(action['tag'], 'display_notification')
        self.assertIn("Theirs", action['params']['message'])
        self.assertEqual(action['params']['next']['res_model'], 'tianyuan.hand.over')

    def test_customers_of_a_branch_go_along(self):
        branch = self.env['res.company'].create({'name': "Branch", 'parent_id': self.company.id})
        self.rating_manager.company_ids = [Command.link(branch.id)]
        theirs = self.new_customer("The branch's", user_id=self.sales_user.id, company_id=branch.id)
        hand_over = self.hand_over().with_context(allowed_company_ids=(self.company + branch).ids)
        hand_over.action_hand_over()
        self.assertEqual(theirs.user_id, self.colleague)
        theirs.user_id = False
        orphans = self.env['res.partner'].with_company(self.company)._tianyuan_orphaned_domain()
        self.assertIn(theirs, self.env['res.partner'].sudo().search(orphans))

    # -- steps and rights --------------------------------------------------------------------------

    def test_it_stays_on_record(self):
        hand_over = self.hand_over()
        hand_over.action_hand_over()
        for change in (
            lambda: hand_over.write({'to_user_id': self.leader.id}), lambda: hand_over.unlink(),
            lambda: hand_over.line_ids[0].write({'to_user_id': self.leader.id}), lambda: hand_over.action_hand_over(),
            lambda: hand_over.action_cancel(),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertRegex(hand_over.name, r'^JJ/\d{4}/\d{4}$')

    def test_a_draft_can_be_cancelled(self):
        self.sales_user.action_archive()
        hand_over = self.hand_overs()
        hand_over.with_user(self.leader).action_cancel()
        self.assertEqual((hand_over.state, len(self.asked(hand_over))), ('cancelled', 0))

    def test_who_gets_customers_has_a_role_there(self):
        for user in (self.finance_assessor, self.archive_specialist):
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "can't take them over"):
                self.hand_over(to_user_id=user.id).action_hand_over()
        with self.assertRaisesRegex(UserError, "Choose who gets"):
            self.hand_over(to_user_id=False).action_hand_over()
        with self.assertRaises(ValidationError):
            self.hand_over(to_user_id=self.sales_user.id)

    def test_managers_specialists_and_the_teams_leader_may(self):
        for user in (self.rating_manager, self.archive_specialist, self.leader):
            with self.subTest(user.login):
                (self.customer + self.other_customer).user_id = self.sales_user
                self.customer.tianyuan_archive_state = 'collecting'
                self.hand_over(user).action_hand_over()
                self.assertEqual(self.customer.user_id, self.colleague)

    def test_salespeople_and_finance_may_not(self):
        for user in (self.sales_user, self.colleague, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.hand_over(user, to_user_id=self.leader.id)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.customer.with_user(user).with_company(self.company).action_tianyuan_hand_over()

    def test_a_leader_cant_turn_a_draft_to_another_teams_salesperson(self):
        hand_over = self.hand_over(self.leader)
        with self.assertRaises(AccessError):
            hand_over.write({'from_user_id': self.colleague.id, 'to_user_id': self.leader.id})

    def test_a_leader_doesnt_hand_archives_over(self):
        specialist = self.new_role_user('archive_specialist', login='hand_over_specialist')
        hand_over = self.hand_over(self.leader, to_specialist_id=specialist.id)
        with self.assertRaises(AccessError):
            hand_over.action_hand_over()

    def test_the_receiver_reads_what_was_taken_over_and_no_draft(self):
        hand_over = self.hand_over()
        self.assertFalse(hand_over.with_user(self.colleague).has_access('read'))
        hand_over.action_hand_over()
        mine = hand_over.with_user(self.colleague)
        self.assertEqual(len(mine.line_ids), 2)
        self.assertFalse(mine.has_access('write'))

    def test_another_company_sees_and_moves_nothing(self):
        elsewhere = self.setup_other_company()['company']
        self.customer.company_id = self.company
        theirs = self.new_customer("Theirs", user_id=self.sales_user.id, company_id=elsewhere.id)
        self.sales_user.company_ids = [Command.link(elsewhere.id)]
        manager = self.new_role_user(
            'manager', login='hand_over_elsewhere', company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)],
        )
        hand_over = self.hand_over()
        self.assertFalse(
            hand_over.with_user(manager).with_context(allowed_company_ids=elsewhere.ids).has_access('read'),
        )
        hand_over.action_hand_over()
        self.assertEqual((self.customer.user_id, theirs.user_id), (self.colleague, self.sales_user))

    def test_fields_that_steps_set_cant_be_written(self):
        hand_over = self.hand_over()
        for values in ({'state': 'done'}, {'asked_by_id': self.leader.id}, {'done_on': '2024-01-01'}):
            with self.subTest(values), self.assertRaises(AccessError):
                hand_over.write(values)
        hand_over.action_list_customers()
        with self.assertRaises(AccessError):
            hand_over.line_ids[0].partner_id = self.other_customer
