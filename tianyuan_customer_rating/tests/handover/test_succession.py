"""What is open with somebody who leaves goes to those who take over, by itself."""
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import HandOverCommon

MODULE = 'tianyuan_customer_rating'
RETURN_TYPE = f'{MODULE}.mail_activity_type_borrow_return'


@tagged('post_install', '-at_install')
class TestSuccession(HandOverCommon):

    def nightly(self):
        self.env['res.users']._cron_tianyuan_pass_on()

    def sheet_to_assess(self):
        """A sheet of the customer that the salesperson is asked to assess."""
        sheet = self.computed_sheet()
        self.env['tianyuan.rating.run'].sudo()._plan_assessments_by_hand(self.company)
        self.assertIn(self.sales_user, self.asked(sheet))
        return sheet

    # -- who takes over ----------------------------------------------------------------------------

    def test_an_archived_salesperson_stays_in_the_last_team(self):
        self.sales_user.action_archive()
        self.assertFalse(self.sales_user.crm_team_member_ids)
        self.assertEqual(self.sales_user.sale_team_id, self.team)
        self.assertTrue(self.customer.with_user(self.leader)._tianyuan_is_own())
        self.sales_user.action_unarchive()
        self.assertFalse(self.sales_user.sale_team_id)

    def test_the_customers_salesperson_works_for_it_else_the_leader_else_nobody(self):
        def responsible():
            return self.customer._tianyuan_responsible(self.company)

        self.assertEqual(responsible(), self.sales_user)
        self.sales_user.action_archive()
        self.assertEqual(responsible(), self.leader)
        self.leader.action_archive()
        self.assertFalse(responsible())

    def test_customers_keep_their_salesperson_until_they_are_handed_over(self):
        self.sales_user.action_archive()
        self.assertEqual(self.customer.user_id, self.sales_user)

    # -- ways to leave -----------------------------------------------------------------------------

    def test_the_leader_gets_what_is_open_however_one_leaves(self):
        elsewhere = self.setup_other_company()['company']
        ways = {
            'archived': lambda user: user.action_archive(),
            'written': lambda user: user.write({'active': False}),
            'role': lambda user: user.write({
                'group_ids': [Command.set(self.env.ref('base.group_user').ids)],
            }),
            'company': lambda user: user.write({
                'company_id': elsewhere.id, 'company_ids': [Command.set(elsewhere.ids)],
            }),
        }
        for way, leave in ways.items():
            with self.subTest(way), self.env.cr.savepoint() as savepoint:
                form, sheet = self.form(), self.sheet_to_assess()
                leave(self.sales_user)
                self.assertEqual(form.user_id, self.leader)
                asked = self.asked(sheet)
                self.assertIn(self.leader, asked)
                self.assertNotIn(self.sales_user, asked)
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()    # of the groups

    def test_a_new_company_or_role_passes_nothing_on(self):
        form = self.form()
        elsewhere = self.setup_other_company()['company']
        self.sales_user.write({
            'company_ids': [Command.link(elsewhere.id)],
            'group_ids': [Command.link(self.env.ref(f'{MODULE}.group_finance_assessor').id)],
        })
        self.assertEqual(form.user_id, self.sales_user)
        self.assertFalse(self.hand_overs())

    def test_who_moves_to_finance_leaves_the_customers_and_keeps_what_finance_is_asked(self):
        form, sheet = self.form(), self.sheet_to_assess()
        self.env.ref(f'{MODULE}.group_finance_assessor').user_ids = [Command.link(self.sales_user.id)]
        self.sales_user.group_ids = [Command.unlink(self.env.ref(f'{MODULE}.group_sales_user').id)]
        self.assertEqual((form.user_id, len(self.hand_overs())), (self.leader, 1))
        asked = sheet.sudo().activity_search([f'{MODULE}.mail_activity_type_sales']).user_id
        self.assertIn(self.leader, asked)
        self.assertNotIn(self.sales_user, asked)
        self.assertEqual(self.customer._tianyuan_responsible(self.company), self.leader)
        orphans = self.env['res.partner'].with_company(self.company)._tianyuan_orphaned_domain()
        self.assertIn(self.customer, self.env['res.partner'].search(orphans))
        activity = sheet.sudo().activity_schedule(
            f'{MODULE}.mail_activity_type_finance', user_id=self.sales_user.id, automated=True)
        self.nightly()
        self.assertEqual(activity.exists().user_id, self.sales_user)
        self.assertEqual(len(self.hand_overs()), 1)

    def test_a_specialist_keeps_collection_forms(self):
        form = self.form(self.archive_specialist)
        self.nightly()
        self.assertEqual(form.user_id, self.archive_specialist)

    def test_who_loses_one_of_several_companies_is_told_of_there_if_something_is_open(self):
        elsewhere, third = self.setup_other_company()['company'], self.env['res.company'].create({'name': "Third"})
        self.sales_user.company_ids = [Command.link(elsewhere.id), Command.link(third.id)]
        self.form(company_id=elsewhere.id)
        self.sales_user.company_ids = [Command.set(self.company.ids)]
        self.assertEqual(self.hand_overs().company_id, elsewhere)

    def test_somebody_elses_leaving_isnt_stopped_by_a_destruction(self):
        """Its papers are of several customers; it is asked of another specialist, and approval of another manager."""
        destruction = self.env['tianyuan.archive.destruction'].sudo().create({'company_id': self.company.id})
        second = self.new_role_user('archive_specialist', login='hand_over_specialist')
        manager = self.new_role_user('manager', login='hand_over_manager')
        others = self.env.ref(f'{MODULE}.group_manager').sudo().all_user_ids - self.rating_manager - manager
        destruction.author_ids = others
        propose, approve = (f'{MODULE}.mail_activity_type_{kind}' for kind in ('retention', 'destruction'))
        destruction._tianyuan_schedule(propose, lambda _record: self.archive_specialist)
        destruction._tianyuan_schedule(approve, lambda _record: self.rating_manager)
        self.sales_user.action_archive()
        self.hand_overs().to_user_id = self.colleague
        self.hand_overs().with_user(self.rating_manager).action_hand_over()
        self.assertEqual(self.asked(destruction), self.archive_specialist + self.rating_manager)
        self.archive_specialist.action_archive()
        self.rating_manager.action_archive()
        self.assertEqual(destruction.activity_search([approve]).user_id, manager)
        self.assertIn(destruction.activity_search([propose]).user_id, destruction._specialists())
        self.assertIn(second, destruction._specialists())

    def test_records_of_no_customer_are_asked_of_the_managers(self):
        mixin = self.env['tianyuan.activity.mixin'].new({})
        self.assertFalse(mixin._tianyuan_customer())
        heirs = mixin.with_company(self.company)._tianyuan_heirs(None)[mixin]
        self.assertIn(self.rating_manager, heirs)
        for name, model in self.env.items():
            if hasattr(model, '_tianyuan_customer') and not model._abstract:
                with self.subTest(name):
                    self.assertEqual(model.new({})._tianyuan_customer()._name, 'res.partner')

    def test_a_deleted_user_leaves_the_work_to_the_leader(self):
        leaver = self.new_role_user('sales_user', login='hand_over_deleted')
        self.team.member_ids = [Command.link(leaver.id)]
        customer = self.new_customer("Left behind", user_id=leaver.id)
        form = self.form(leaver, partner_id=customer.id)
        self.env.flush_all()
        leaver.sudo().unlink()
        self.assertEqual(form.user_id, self.leader)
        self.assertFalse(self.env['mail.activity'].sudo().search([
            ('res_model', '=', 'tianyuan.hand.over'), ('user_id', '=', self.leader.id),
        ]))

    def test_a_user_whose_customers_were_handed_over_is_archived_instead_of_deleted(self):
        leaver = self.new_role_user('sales_user', login='hand_over_deleted')
        self.new_customer("Left behind", user_id=leaver.id)
        hand_over = self.hand_over(from_user_id=leaver.id)
        hand_over.action_hand_over()
        with self.assertRaisesRegex(UserError, "Archive the user instead"):
            leaver.sudo().unlink()
        self.assertEqual(hand_over.exists().from_user_id, leaver)

    def test_the_nightly_action_mends_what_left_by_sql(self):
        form, sheet = self.form(), self.sheet_to_assess()
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE res_users SET active = FALSE WHERE id = %s", self.sales_user.id))
        self.env.invalidate_all()
        self.nightly()
        self.assertEqual(form.user_id, self.leader)
        self.assertIn(self.leader, self.asked(sheet))
        self.assertNotIn(self.sales_user, self.asked(sheet))
        self.assertEqual(len(self.hand_overs()), 1)

    def test_the_nightly_action_takes_nothing_from_those_who_work(self):
        form, sheet = self.form(), self.sheet_to_assess()
        before = self.asked(sheet)
        self.nightly()
        self.assertEqual((form.user_id, self.asked(sheet)), (self.sales_user, before))
        self.assertFalse(self.hand_overs())

    # -- what is asked -----------------------------------------------------------------------------

    def test_an_archive_due_for_review_is_asked_of_another_specialist_else_of_a_manager(self):
        second = self.new_role_user('archive_specialist', login='hand_over_specialist')
        self.customer.write({
            'tianyuan_archive_state': 'filed', 'tianyuan_archive_specialist_id': self.archive_specialist.id,
            'company_id': self.company.id, 'tianyuan_archive_review_due_on': '2024-01-01',
        })
        self.customer._tianyuan_ask_for_review()
        self.assertEqual(self.customer._tianyuan_review_activities().user_id, self.archive_specialist)
        self.archive_specialist.action_archive()
        self.assertEqual(self.customer._tianyuan_review_activities().user_id, second)
        second.action_archive()
        self.assertTrue(self.customer._tianyuan_review_activities().user_id.has_group(f'{MODULE}.group_manager'))

    def test_managers_are_told_when_the_last_finance_assessor_leaves(self):
        sheet = self.sheet_to_assess()
        self.assertIn(self.finance_assessor, self.asked(sheet))
        second = self.new_role_user('finance_assessor', login='hand_over_finance')
        self.finance_assessor.action_archive()
        self.assertIn(second, self.asked(sheet))
        self.assertNotIn(self.finance_assessor, self.asked(sheet))
        second.action_archive()
        self.env.flush_all()
        told = sheet.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.rating_manager)
        self.assertEqual(told.mapped('summary'), ["1 ratings have no finance assessor: give somebody the role"])

    def test_a_birthday_the_leaver_was_told_of_is_told_the_leader(self):
        contact = self.new_contact(self.customer, "Born in March")
        profile = self.env['tianyuan.contact.profile'].sudo().create({
            'partner_id': contact.id, 'company_id': self.company.id, 'birthday': '1980-03-06',
            'birthday_reminder': True,
        })
        self.company.tianyuan_birthday_reminder_days = 7
        with freeze_time('2024-03-04 04:00:00'):
            self.env['tianyuan.contact.profile']._cron_remind_of_birthdays()
            self.assertEqual(self.asked(profile), self.sales_user)
            self.sales_user.action_archive()
        self.assertEqual(self.asked(profile), self.leader)

    def test_papers_that_the_leaver_holds_are_asked_back_once(self):
        """The archive specialist is asked, else a manager: a team leader doesn't see others' borrowings."""
        self.customer.tianyuan_archive_specialist_id = self.archive_specialist
        borrow = self.env['tianyuan.archive.borrow'].sudo().create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'scope': 'archive', 'mode': 'borrow',
            'purpose': "Contract", 'date_due': '2999-12-31', 'borrower_id': self.sales_user.id,
        })
        borrow.state = 'out'
        self.sales_user.action_archive()
        self.assertEqual(self.asked(borrow), self.archive_specialist)
        self.assertIn("has left: have", borrow.activity_ids.summary)
        self.assertEqual(borrow.borrower_id, self.sales_user)    # who holds the papers isn't rewritten
        self.nightly()
        self.assertEqual(len(borrow.activity_ids), 1)

    def test_what_nobody_can_take_over_waits_and_goes_to_the_next_salesperson(self):
        self.leader.action_archive()
        profile = self.env['tianyuan.contact.profile'].sudo().create({
            'partner_id': self.new_contact(self.customer).id, 'company_id': self.company.id,
        })
        birthday = f'{MODULE}.mail_activity_type_birthday'
        profile._tianyuan_schedule(birthday, lambda _profile: self.sales_user)
        self.sales_user.action_archive()
        self.assertEqual(len(profile.activity_ids), 1, "Odoo would have deleted it")
        self.assertFalse(profile.activity_ids.user_id)
        self.customer.sudo().user_id = self.colleague
        self.nightly()
        self.assertEqual(profile.activity_ids.user_id, self.colleague)

    # -- who is told -------------------------------------------------------------------------------

    def test_the_leader_is_told_once_with_what_is_open(self):
        self.form()
        self.sales_user.action_archive()
        hand_over = self.hand_overs()
        self.assertEqual((hand_over.state, hand_over.company_id), ('draft', self.company))
        self.assertEqual(self.asked(hand_over), self.leader)
        self.assertIn("Customers: 2", hand_over.activity_ids.note)
        self.assertIn("Collection Forms in Draft: 1", hand_over.activity_ids.note)
        self.nightly()
        self.assertEqual(len(self.hand_overs().activity_ids), 1)

    def test_managers_are_told_where_there_is_no_leader(self):
        self.team.user_id = False
        self.sales_user.action_archive()
        self.assertIn(self.rating_manager, self.asked(self.hand_overs()))
        self.assertNotIn(self.leader, self.asked(self.hand_overs()))

    def test_who_had_no_customers_leaves_nothing_to_hand_over(self):
        self.colleague.action_archive()
        self.assertFalse(self.env['tianyuan.hand.over'].search_count([('from_user_id', '=', self.colleague.id)]))

    def test_the_card_shows_their_customers_to_manager_and_leader(self):
        self.assertNotIn('orphans_sales', self.cards(self.leader), "left out while there are none")
        before = self.cards(self.rating_manager).get('orphans_manager', {'value': 0})['value']
        self.assertNotIn('orphans_sales', self.cards(self.colleague))
        self.sales_user.action_archive()
        for user, key, count in ((self.leader, 'orphans_sales', 2), (self.rating_manager, 'orphans_manager', before + 2)):
            card = self.cards(user)[key]
            self.assertEqual(card['value'], count, user.login)
            self.assertIn(self.sales_user.name, [row['title'] for row in card['rows']])

    # -- however many ------------------------------------------------------------------------------

    def test_three_thousand_customers_take_a_few_queries_and_the_scheduler_does_the_rest(self):
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            INSERT INTO res_partner (name, complete_name, active, is_company, type, user_id, company_id,
                                     tianyuan_channel, tianyuan_archive_state, autopost_bills, create_date, write_date)
            SELECT 'Many ' || n, 'Many ' || n, TRUE, TRUE, 'contact', %(user)s, %(company)s, 'direct', 'none', 'ask',
                   now(), now()
              FROM generate_series(1, 3000) n
            """, user=self.sales_user.id, company=self.company.id,
        ))
        self.env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        self.env.cr.execute(SQL(
            """
            INSERT INTO tianyuan_archive_collection (company_id, user_id, partner_id, date, source, state,
                                                     is_prospect, customer_name, create_date, write_date)
            SELECT %(company)s, %(user)s, id, now(), 'visit', 'draft', FALSE, 'Many', now(), now()
              FROM res_partner WHERE user_id = %(user)s AND name LIKE 'Many %%'
            """, user=self.sales_user.id, company=self.company.id,
        ))
        self.env.invalidate_all()
        queries = self.queries(lambda: self.sales_user.action_archive())
        self.assertLessEqual(queries, 160)
        forms = self.env['tianyuan.archive.collection'].sudo()
        self.assertEqual(forms.search_count([('user_id', '=', self.sales_user.id)]), 3000)
        cron = self.env.ref(f'{MODULE}.ir_cron_pass_on')
        self.assertTrue(self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]))
        queries = self.queries(self.nightly)
        self.assertEqual(forms.search_count([('user_id', '=', self.leader.id)]), 3000)
        self.assertLessEqual(queries, 400)
