"""The demo's archives: a story told by the people concerned, which holds together and is told once."""
from collections import Counter

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ...demo import archives, borrows, forms, setup
from ...demo.records import ref
from ...engine.periods import Quarter

MODELS = (
    'res.partner', 'tianyuan.archive.document', 'tianyuan.archive.borrow', 'tianyuan.archive.access.log',
    'tianyuan.archive.collection', 'tianyuan.contact.profile', 'mail.activity',
)


@tagged('post_install', '-at_install')
class TestDemoArchives(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        demo = cls.env['tianyuan.demo']
        cls.today = fields.Date.context_today(demo)
        company = setup.ensure_company(demo._demo_env())
        env = demo._demo_env(company)
        setup.ensure_users(env, company)
        setup.ensure_customers(
            env, setup.ensure_terms(env, company), setup.ensure_products(env, company),
            Quarter.last_complete(cls.today),
        )
        cls.env, cls.company = env, company.with_env(env)
        archives.load(env, cls.today)
        env.flush_all()

    def customer(self, key):
        return ref(self.env, f'customer_{key}')

    def states(self, model):
        return Counter(self.env[model].search([('company_id', '=', self.company.id)]).mapped('state'))

    def test_archives_are_in_every_state(self):
        customers = self.env['res.partner'].browse(self.env['ir.model.data'].search([
            ('module', '=', 'tianyuan_demo'), ('model', '=', 'res.partner'), ('name', '=like', 'customer_%'),
        ]).mapped('res_id'))
        self.assertEqual(
            Counter(customers.mapped('tianyuan_archive_state')),
            # 40 customers of the table and one that came by a collection form
            {'filed': 31, 'review_due': 3, 'collecting': 5, 'closed': 1, 'none': 1},
        )
        numbered = customers.filtered('tianyuan_archive_number')
        self.assertEqual(len(numbered), 35)
        self.assertEqual(len(set(numbered.mapped('tianyuan_archive_number'))), 35)
        self.assertEqual(self.customer('d24').tianyuan_archive_state, 'closed')
        due = customers.filtered(lambda customer: customer.tianyuan_archive_state == 'review_due')
        self.assertEqual(due, self.customer('d12') + self.customer('d18') + self.customer('s09'))
        self.assertEqual(due.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref('tianyuan_customer_rating.mail_activity_type_archive_review'),
        ).user_id, ref(self.env, 'user_specialist'))

    def test_papers_are_missing_and_expire(self):
        self.assertEqual(self.customer('d01').tianyuan_archive_completeness, 100)
        missing = self.env['tianyuan.archive.document']._missing_types(self.customer('d14'), self.company)
        self.assertEqual(
            missing[self.customer('d14')],
            self.env.ref('tianyuan_customer_rating.document_type_legal_representative_id'),
        )
        for paper, state in (
            ('d01_licence', 'valid'), ('d08_hazardous', 'expiring'), ('d16_hazardous', 'expired'),
            ('d19_licence', 'expired'), ('s05_authorisation', 'expiring'), ('s05_hazardous', 'valid'),
        ):
            self.assertEqual(ref(self.env, f'paper_{paper}').state, state, paper)
        self.assertFalse(ref(self.env, 'paper_s05_hazardous_former').active)

    def test_papers_are_readable(self):
        with self.enter_registry_test_mode():    # the opening is noted in a transaction of its own
            content, name, mimetype = ref(self.env, 'paper_d01_licence')._open()
        self.assertTrue(content.startswith(b'%PDF-'))
        self.assertEqual((name, mimetype), ('营业执照_江苏宏彩涂料有限公司.pdf', 'application/pdf'))

    def test_borrowings_are_in_every_state(self):
        self.assertEqual(
            self.states('tianyuan.archive.borrow'),
            {'requested': 2, 'approved': 1, 'out': 2, 'returned': 2, 'refused': 1},
        )
        overdue = self.env['tianyuan.archive.borrow'].search([
            ('is_overdue', '=', True), ('company_id', '=', self.company.id),
        ])
        self.assertEqual(overdue, ref(self.env, 'borrow_overdue'))
        self.assertEqual(overdue.borrower_id.login, 'sales_li')
        self.assertEqual(
            overdue.activity_ids.user_id, ref(self.env, 'user_li') + ref(self.env, 'user_specialist'))
        self.assertEqual(ref(self.env, 'borrow_refused').refusal_reason, borrows.REFUSAL)

    def test_steps_are_taken_in_the_past_one_after_the_other(self):
        borrow = ref(self.env, 'borrow_contract')
        moments = [borrow.requested_on, borrow.decided_on, borrow.handed_out_on, borrow.closed_on]
        self.assertEqual(moments, sorted(set(moments)))
        self.assertEqual((self.today - borrow.requested_on.date()).days, 30)
        dates = self.env['tianyuan.archive.access.log'].search(
            [('company_id', '=', self.company.id)], order='number',
        ).mapped('date')
        self.assertEqual(dates, sorted(dates))
        self.assertLess(dates[-1], fields.Datetime.now())

    def test_log_is_sound_and_tells_of_copies_and_refusals(self):
        log = self.env['tianyuan.archive.access.log']
        count, problem = log._verify(self.company)
        self.assertFalse(problem)
        rows = log.search([('company_id', '=', self.company.id)])
        self.assertEqual(len(rows), count)
        self.assertEqual(rows.filtered(lambda row: row.action == 'copy').user_id, ref(self.env, 'user_zhang'))
        refused = rows.filtered(lambda row: row.action == 'refused')
        self.assertEqual(refused.document_id, ref(self.env, 'paper_d08_identity'))

    def test_forms_are_in_every_state(self):
        self.assertEqual(
            self.states('tianyuan.archive.collection'),
            {'draft': 1, 'submitted': 3, 'accepted': 2, 'partly': 1, 'rejected': 1},
        )
        for name, form in forms.FORMS.items():
            self.assertEqual(ref(self.env, f'form_{name}').user_id, ref(self.env, f'user_{form.who}'), name)
        self.assertEqual(ref(self.env, 'form_possible_duplicate').duplicate_ids, self.customer('d01'))
        self.assertEqual(self.customer('d04').phone, '0551-5550 1488')
        self.assertEqual(self.customer('d04').tianyuan_legal_representative, '汪德信')
        self.assertEqual(self.customer('new').tianyuan_primary_contact_id.name, '缪海峰')

    def test_profiles_are_of_first_contacts_and_a_birthday_is_near(self):
        profiles = self.env['tianyuan.contact.profile'].search([('company_id', '=', self.company.id)])
        self.assertEqual(len(profiles), 11)
        for profile in profiles:
            self.assertEqual(profile.partner_id, profile.customer_id.tianyuan_primary_contact_id)
        self.assertEqual(profiles.activity_ids.user_id, ref(self.env, 'user_zhang'))

    def test_loading_again_adds_nothing(self):
        def counts():
            return {model: self.env[model].with_context(active_test=False).search_count([]) for model in MODELS}

        before = counts()
        self.env['tianyuan.demo']._load_archives()
        self.assertEqual(counts(), before)
