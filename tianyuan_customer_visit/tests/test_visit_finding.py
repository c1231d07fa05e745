"""Findings of visits are followed up, and what concerns a product's quality reaches the product (policy 6.4, 10.2)."""
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import VisitCommon


@tagged('post_install', '-at_install', 'smoke')
class TestVisitFinding(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env['product.template'].create({'name': "Resin 11"})

    def finding(self, reported=True, **values):
        visit = self.fill(self.done_visit(), {'finding_type': 'suggestion', 'description': "Deliver earlier", **values})
        if reported:
            visit.action_report()
        return visit.finding_ids

    # -- followed up ----------------------------------------------------------------------------------

    def test_what_it_is_about(self):
        finding = self.finding()
        self.assertRegex(finding.name, r'^FK/2024/\d{4}$')
        self.assertEqual(
            (finding.partner_id, finding.company_id, finding.date, finding.state),
            (self.customer, self.company, date(2024, 3, 4), 'open'),
        )

    def test_whoever_follows_it_up_has_one_activity(self):
        finding = self.finding(user_id=self.colleague.id, date_due='2024-03-20')
        summary = "Improvement Suggestion of Customer"
        self.assertEqual(self.activities_of(finding), [(summary, self.colleague)])
        self.assertEqual(finding.sudo().activity_ids.date_deadline, date(2024, 3, 20))
        finding.date_due = '2024-03-25'
        self.assertEqual(finding.sudo().activity_ids.mapped('date_deadline'), [date(2024, 3, 25)])
        finding.user_id = self.sales_user
        self.assertEqual(self.activities_of(finding), [(summary, self.sales_user)])
        finding.result = "Agreed"
        finding.action_done()
        self.assertFalse(self.activities_of(finding))
        finding.action_reopen()
        self.assertEqual(self.activities_of(finding), [(summary, self.sales_user)])

    def test_the_activity_is_in_their_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.env['ir.module.module']._load_module_terms(['tianyuan_customer_rating'], ['zh_CN'], overwrite=True)
        self.colleague.sudo().lang = 'zh_CN'
        finding = self.finding(user_id=self.colleague.id)
        chinese = self.env['tianyuan.visit.finding'].with_context(lang='zh_CN')
        label = dict(chinese._fields['finding_type']._description_selection(chinese.env))['suggestion']
        self.assertEqual(self.activities_of(finding), [(
            chinese.env._("%(type)s of %(customer)s", type=label, customer="Customer"), self.colleague)])

    def test_closing_one_takes_a_result(self):
        finding = self.finding()
        for step in ('action_done', 'action_drop'):
            with self.assertRaisesRegex(UserError, "enter the result first"):
                getattr(finding, step)()
        finding.result = "Two days earlier from April on"
        finding.action_done()
        self.assertEqual((finding.state, finding.closed_on), ('done', date(2024, 3, 4)))
        with self.assertRaisesRegex(UserError, "isn't possible"):
            finding.action_drop()
        finding.action_reopen()
        self.assertEqual((finding.state, finding.closed_on), ('open', False))
        finding.action_drop()
        self.assertEqual(finding.state, 'dropped')

    def test_the_lists_of_suggestions_and_demands_show_what_is_open(self):
        open_one, closed, demand = self.finding(), self.finding(result="Done"), self.finding(finding_type='demand')
        closed.action_done()
        for name, expected in (('suggestion', open_one), ('demand', demand)):
            action = self.env.ref(f'tianyuan_customer_visit.tianyuan_visit_finding_action_{name}')
            self.assertIn("'search_default_open': 1", action.context)
            found = self.env['tianyuan.visit.finding'].with_user(self.sales_user).search([
                *eval(action.domain), ('state', '=', 'open'), ('partner_id', '=', self.customer.id),
            ])
            self.assertEqual(found, expected)

    def test_late_ones_are_chased_once_until_they_get_another_date(self):
        late = self.finding(user_id=self.colleague.id, date_due='2024-03-10')
        nobodys = self.finding(date_due='2024-03-10')

        def chase(day):
            with freeze_time(f'{day} 04:00:00'):
                self.env['tianyuan.visit.finding']._cron_chase()
                return [
                    [activity for activity in self.activities_of(finding) if activity[0] == "The follow-up is late"]
                    for finding in (late, nobodys)
                ]
        self.assertEqual(chase('2024-03-10'), [[], []])
        mine, theirs = [("The follow-up is late", self.sales_user)], [("The follow-up is late", self.colleague)]
        self.assertEqual(chase('2024-03-11'), [theirs, mine])
        self.assertEqual(chase('2024-03-20'), [theirs, mine])
        with freeze_time('2024-03-20 04:00:00'):
            late.date_due = '2024-03-25'
        self.assertEqual(chase('2024-03-25'), [[], mine])
        self.assertEqual(chase('2024-03-26'), [theirs, mine])
        nobodys.result = "Too late"
        nobodys.action_drop()
        self.assertEqual(chase('2024-04-26'), [theirs, []])

    # -- quality --------------------------------------------------------------------------------------

    def test_quality_feedback_is_about_a_product(self):
        with self.assertRaisesRegex(ValidationError, "Choose the product"):
            self.finding(is_quality=True)

    def test_quality_feedback_reaches_the_product_when_it_is_reported(self):
        quality = self.new_role_user('sales_user', login='quality', notification_type='inbox')
        self.company.tianyuan_quality_user_id = quality
        finding = self.finding(
            reported=False, finding_type='evaluation', description="Cracks < in winter", is_quality=True,
            product_id=self.product.id,
        )
        notes = self.product.message_ids
        finding.visit_id.action_report()
        [note] = self.product.message_ids - notes
        self.assertIn(f"Quality feedback {finding.name}: Cracks &lt; in winter", note.body)
        self.assertNotIn("Customer", note.body)
        self.assertEqual(note.author_id, self.sales_user.partner_id)
        self.assertEqual(note.notified_partner_ids, quality.partner_id)
        # once, also when the report is handed in again
        finding.visit_id.with_user(self.rating_manager).action_reopen()
        finding.visit_id.action_report()
        self.assertEqual(self.product.message_ids - notes, note)

    def test_without_anybody_chosen_it_is_noted_only(self):
        notes = self.product.message_ids
        self.finding(is_quality=True, product_id=self.product.id)
        [note] = self.product.message_ids - notes
        self.assertFalse(note.notified_partner_ids)

    def test_what_is_no_quality_feedback_stays_away_from_the_product(self):
        notes = self.product.message_ids
        self.finding(product_id=self.product.id)
        self.assertEqual(self.product.message_ids, notes)

    def test_the_product_counts_what_the_user_may_read(self):
        finding = self.finding(is_quality=True, product_id=self.product.id)
        self.finding(product_id=self.product.id)
        for user, count in (
            (self.sales_user, 1), (self.colleague, 0), (self.archive_specialist, 1), (self.finance_assessor, 1),
            (self.rating_manager, 1),
        ):
            product = self.product.with_user(user)
            self.assertEqual(product.tianyuan_quality_feedback_count, count, user.login)
            found = self.env['tianyuan.visit.finding'].with_user(user).search(
                product.action_tianyuan_quality_feedback()['domain'])
            self.assertEqual(found.sudo(), finding.sudo() if count else finding.browse().sudo())

    # -- who may --------------------------------------------------------------------------------------

    def test_who_follows_it_up_sees_it_and_closes_it_but_doesn_t_change_it(self):
        finding = self.finding(reported=False, user_id=self.colleague.id)
        theirs = finding.with_user(self.colleague)
        self.assertEqual(theirs.description, "Deliver earlier")
        for values in ({'description': "Nothing"}, {'finding_type': 'demand'}, {'product_id': self.product.id}):
            with self.assertRaisesRegex(AccessError, "your own customers' visits only"):
                theirs.write(values)
        with self.assertRaises(AccessError):
            theirs.unlink()
        theirs.result = "Two days earlier"
        theirs.action_done()
        self.assertEqual(finding.state, 'done')
        with self.assertRaises(AccessError):
            finding.visit_id.with_user(self.colleague).read(['summary'])

    def test_nobody_finds_something_at_a_colleague_s_visit(self):
        visit = self.done_visit()
        values = {'visit_id': visit.id, 'description': "x", 'user_id': self.colleague.id}
        findings = self.env['tianyuan.visit.finding'].with_company(self.company)
        for user in (self.colleague, self.archive_specialist, self.finance_assessor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                findings.with_user(user).create(values)
        own = self.fill(
            self.new_visit(self.other_customer, self.colleague), {'user_id': self.colleague.id}).finding_ids
        with self.assertRaises(AccessError):
            own.with_user(self.colleague).visit_id = visit
        for user in (self.sales_user, self.leader, self.rating_manager):
            self.assertTrue(findings.with_user(user).create(values))

    def test_only_sales_and_managers_follow_up(self):
        for user in (self.archive_specialist, self.finance_assessor):
            with self.assertRaisesRegex(ValidationError, "can't work on findings"):
                self.finding(user_id=user.id)
        self.assertTrue(self.finding(user_id=self.rating_manager.id))

    def test_readers_only_read(self):
        finding = self.finding()
        for user in (self.archive_specialist, self.finance_assessor):
            self.assertEqual(finding.with_user(user).description, "Deliver earlier")
            with self.assertRaises(AccessError):
                finding.with_user(user).write({'result': "x"})
            with self.assertRaises(AccessError):
                finding.with_user(user).action_done()
        self.assertFalse(self.env['tianyuan.visit.finding'].with_user(self.colleague).search([('id', '=', finding.id)]))

    def test_another_company_s_are_not_seen(self):
        elsewhere = self.setup_other_company()['company']
        visit = self.env['tianyuan.visit'].sudo().create({
            'partner_id': self.customer.id, 'company_id': elsewhere.id,
            'finding_ids': [Command.create({'description': "Far away", 'user_id': self.sales_user.id})],
        })
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            self.assertFalse(self.env['tianyuan.visit.finding'].with_user(user).search(
                [('id', 'in', visit.finding_ids.ids)]))

    def test_what_follows_by_itself_is_written_by_nobody(self):
        finding = self.finding(reported=False)
        for values in (
            {'state': 'done'}, {'name': "FK/1"}, {'chased': True}, {'told_product': True}, {'closed_on': '2024-01-01'},
        ):
            for user in (self.sales_user, self.rating_manager):
                with self.subTest(user=user.login, **values), self.assertRaises(AccessError):
                    finding.with_user(user).write(values)
