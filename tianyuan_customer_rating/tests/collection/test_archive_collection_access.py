"""Who may do what with collection forms (design §10), past the screens: what the tables of
``tests/test_access_matrix.py`` can't say."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CollectionCommon

OPERATIONS = ('create', 'read', 'write', 'unlink')


@tagged('post_install', '-at_install')
class TestArchiveCollectionAccess(CollectionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.new_role_user('sales_user', login='team_leader')
        cls.env['crm.team'].create({
            'name': "North", 'user_id': cls.leader.id, 'company_id': cls.company.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.stranger = cls.new_role_user('sales_user', login='other_salesperson')

    def allowed(self, record, user):
        self.env.invalidate_all()
        return ''.join(operation[0] for operation in OPERATIONS if record.with_user(user).has_access(operation))

    def test_sales_propose_for_their_own_customers(self):
        self.assertTrue(self.new_form(user=self.leader))
        foreign = self.new_customer("Foreign", user_id=self.stranger.id)
        for action in (
            lambda: self.new_form(foreign),
            lambda: self.new_form(False, customer_name="X").write({'partner_id': foreign.id}),
            lambda: foreign.with_user(self.sales_user).action_tianyuan_propose(),
        ):
            with self.assertRaises(AccessError):
                action()
        self.assertFalse(foreign.with_user(self.sales_user).tianyuan_can_propose)
        self.assertTrue(self.customer.with_user(self.sales_user).tianyuan_can_propose)
        for user in (self.archive_specialist, self.rating_manager):
            self.assertTrue(self.new_form(foreign, user=user))
        with self.assertRaises(AccessError):
            self.new_form(user=self.finance_assessor)
        plain = new_test_user(self.env, 'plain', groups='base.group_user', company_id=self.company.id,
                              company_ids=[Command.set(self.company.ids)])
        with self.assertRaises(AccessError):
            self.new_form(user=plain)

    def test_the_proposer_changes_a_draft_only(self):
        form = self.new_form()
        with self.assertRaisesRegex(AccessError, "who filled it in, can do this"):
            form.with_user(self.archive_specialist).action_submit()
        form.street = "9 Harbour Road"
        form.action_submit()
        with self.assertRaisesRegex(UserError, "Take it back to change it"):
            form.street = "X"
        with self.assertRaisesRegex(UserError, "Only a draft"):
            form.unlink()
        self.new_form().unlink()

    def test_only_specialists_and_managers_decide_on_prospects(self):
        form, prospect = self.submitted(), self.submitted(False, customer_name="海潮化工")
        for user in (self.sales_user, self.leader, self.stranger, self.finance_assessor):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    prospect.with_user(user).action_accept()
                with self.assertRaises(AccessError):
                    self.env['tianyuan.archive.collection.duplicate'].with_user(user).create({'collection_id': prospect.id})
        self.assertEqual(prospect.state, 'submitted')
        self.reviewed(form, self.rating_manager).action_accept()
        self.assertEqual((form.state, form.reviewed_by_id), ('accepted', self.rating_manager))

    def test_a_draft_is_not_reviewed(self):
        form = self.new_form(street="X").with_user(self.archive_specialist)
        for action in (form.action_accept, lambda: form.action_reject("No")):
            with self.assertRaisesRegex(UserError, "isn't waiting for a review"):
                action()

    def test_state_and_decisions_are_neither_entered_nor_preset(self):
        values = {
            'state': 'accepted', 'user_id': self.stranger.id, 'reviewed_by_id': self.sales_user.id,
            'reviewed_on': '2020-01-01', 'submitted_on': '2020-01-01', 'reject_reason': "X", 'is_prospect': True,
            'prefilled': {}, 'line_ids': [Command.create({'key': 'city'})],
        }
        form = self.new_form()
        for name, value in values.items():
            with self.subTest(name):
                with self.assertRaisesRegex(AccessError, "can't be entered"):
                    self.new_form(**{name: value})
                with self.assertRaisesRegex(AccessError, "can't be entered"):
                    form.write({name: value})
        Forms = self.forms.with_user(self.sales_user).with_context(**{f'default_{name}': value for name, value in values.items()})
        form = Forms.create({'partner_id': self.customer.id, 'company_id': self.company.id})
        self.assertEqual(
            (form.state, form.user_id, form.reviewed_by_id.id, form.reviewed_on, form.is_prospect, form.line_ids.ids),
            ('draft', self.sales_user, False, False, False, []))
        self.assertEqual(form.prefilled['city'], ["Qingdao"])
        line = self.submitted().line_ids[0]
        for user in (self.sales_user, self.archive_specialist, self.rating_manager):
            for write in (
                lambda line: line.write({'state': 'accepted'}), lambda line: line.write({'new_value': ["X"]}),
                lambda line: line.unlink(),
                lambda line: line.create({'collection_id': line.collection_id.id, 'key': 'city'}),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    write(line.with_user(user))

    def test_the_archive_itself_stays_closed_to_sales(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.sales_user).write({'tianyuan_main_products': "Paint"})

    def test_each_company_reviews_its_own_forms(self):
        elsewhere = self.setup_other_company()['company']
        foreign_specialist = self.new_role_user(
            'archive_specialist', login='foreign_specialist', company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)])
        form = self.submitted()
        self.assertEqual(self.allowed(form, foreign_specialist), '')
        self.assertEqual(self.allowed(form.line_ids[0], foreign_specialist), '')
        with self.assertRaises(AccessError):
            form.with_user(foreign_specialist).action_accept()
        with self.assertRaises(AccessError):
            self.new_form(company_id=elsewhere.id)
        foreign = self.new_customer("Foreign", company_id=elsewhere.id)
        with self.assertRaises(UserError):
            self.new_form(foreign, user=self.archive_specialist)

        self.archive_specialist.sudo().company_ids += elsewhere
        form = self.forms.with_user(self.archive_specialist).with_company(elsewhere).create(
            {'customer_name': "海潮化工"})
        self.assertEqual(form.company_id, elsewhere)
        form.action_submit()
        self.assertEqual(form.activity_ids.user_id.company_ids & elsewhere, elsewhere)
