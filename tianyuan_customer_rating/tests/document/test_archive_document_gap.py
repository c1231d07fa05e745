"""Missing and expired papers, the list of them, and the reminders before it comes to that (design §7)."""
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ...models.mixins import ir_cron
from .common import DocumentCommon

TODAY = '2024-06-15 04:00:00'


@tagged('post_install', '-at_install')
class TestMissingDocuments(DocumentCommon):

    def gaps(self, user=None, **context):
        """{(customer, type): problem} as a user sees it."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env['tianyuan.archive.document.gap'].with_user(user or self.archive_specialist).with_context(**context)
        found = rows.search([('partner_id', 'in', (self.customer + self.other_customer).ids)])
        self.assertEqual(len(set(found.ids)), len(found))
        return {(row.partner_id, row.type_id): row.problem for row in found}

    @freeze_time(TODAY)
    def test_required_types_without_a_valid_paper(self):
        def missing(*partners):
            return self.env['tianyuan.archive.document']._missing_types(self.env['res.partner'].concat(*partners))
        both = self.licence + self.id_copy
        self.assertEqual(missing(self.customer, self.other_customer), {self.customer: both, self.other_customer: both})
        licence = self.file()
        self.assertEqual(missing(self.customer), {self.customer: self.id_copy})
        self.assertEqual(missing(self.new_contact(self.customer)).popitem()[1], self.id_copy)
        licence.valid_until = '2024-06-15'
        self.assertEqual(missing(self.customer), {self.customer: self.id_copy}, "the last day is a valid one")
        licence.write({'valid_from': '2024-01-01', 'valid_until': '2024-06-14'})
        self.assertEqual(missing(self.customer), {self.customer: both})
        licence.valid_until = False
        licence.active = False
        self.assertEqual(missing(self.customer), {self.customer: both})
        self.Document.create({'name': "Empty", 'partner_id': self.customer.id, 'type_id': self.licence.id})
        self.assertEqual(missing(self.customer), {self.customer: both}, "a record without a file is no paper")

    def test_types_of_a_channel_or_of_another_company(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        direct = self.new_customer("Direct", channel='direct')
        self.id_copy.channel = 'direct'
        self.licence.company_id = elsewhere
        missing = self.env['tianyuan.archive.document']._missing_types
        empty = self.licence.browse()
        self.assertEqual(missing(self.customer + direct), {self.customer: empty, direct: self.id_copy})
        self.assertEqual(missing(self.customer, elsewhere), {self.customer: self.licence})
        self.file(self.id_copy, partner=direct)
        self.assertEqual(missing(direct), {direct: empty})
        self.assertEqual(missing(direct, elsewhere), {direct: self.licence + self.id_copy}, "each company keeps its own")

    def test_the_list_and_the_archives_ask_for_the_same(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        Type = self.env['tianyuan.archive.document.type'].sudo()
        Type.create([
            {'name': f"{channel} {company.name}", 'channel': channel, 'company_id': company.id, 'required': required}
            for channel in (False, 'distributor', 'direct') for required in (True, False)
            for company in (self.company, elsewhere, elsewhere.browse())
        ])
        self.other_customer.tianyuan_channel = False
        for channel in ('distributor', 'direct'):
            self.customer.tianyuan_channel = channel
            asked = self.env['tianyuan.archive.document']._missing_types(self.customer + self.other_customer)
            self.assertGreater(len(asked[self.customer]), len(asked[self.other_customer]))
            self.assertEqual(set(self.gaps()), {(partner, kind) for partner, types in asked.items() for kind in types})

    def test_as_many_queries_for_many_customers_as_for_one(self):
        many = self.env['res.partner'].concat(*(self.new_customer(f"C{i}") for i in range(30)))
        missing = self.env['tianyuan.archive.document']._missing_types
        missing(many)
        self.assertEqual(self.queries(lambda: missing(many)), self.queries(lambda: missing(many[0])))

    @freeze_time(TODAY)
    def test_the_list_of_missing_and_expired_papers(self):
        Gap = self.env['tianyuan.archive.document.gap']
        self.other_customer.tianyuan_archive_state = 'none'
        self.assertEqual(self.gaps(), {
            (self.customer, self.licence): 'missing', (self.customer, self.id_copy): 'missing',
        }, "customers without an archive don't count")
        self.file()
        self.file(self.id_copy, valid_from='2023-01-01', valid_until='2024-06-14')
        permit = self.file(self.permit, valid_from='2024-01-01', valid_until='2024-07-15')
        self.assertEqual(self.gaps(), {
            (self.customer, self.id_copy): 'expired', (self.customer, self.permit): 'expiring',
        })
        row = Gap.with_user(self.archive_specialist).search([('document_id', '=', permit.id)])
        self.assertEqual((row.valid_until, row.specialist_id, row.user_id),
                         (date(2024, 7, 15), self.archive_specialist, self.sales_user))
        self.assertEqual(row.action_open()['res_id'], permit.id)
        self.file(self.permit, valid_until='2026-01-01')
        self.assertEqual(self.gaps(), {(self.customer, self.id_copy): 'expired'}, "a renewed paper is no gap")
        self.customer.tianyuan_archive_state = 'closed'
        self.assertEqual(self.gaps(), {})

    def test_a_missing_row_leads_to_where_it_can_be_added(self):
        row = self.env['tianyuan.archive.document.gap'].with_user(self.archive_specialist).search(
            [('partner_id', '=', self.customer.id)], limit=1)
        self.assertEqual(row.action_open()['context'], {'default_partner_id': self.customer.id})

    def test_one_sees_own_customers_gaps(self):
        stranger = self.new_role_user('sales_user', login='tianyuan_stranger')
        self.assertFalse(self.gaps(stranger))
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            self.assertEqual(len(self.gaps(user)), 4)
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        self.file(partner=self.customer)
        both = self.new_role_user(
            'archive_specialist', login='tianyuan_both', company_ids=[Command.set((self.company + elsewhere).ids)])
        self.assertIn((self.customer, self.licence), self.gaps(both, allowed_company_ids=elsewhere.ids))
        self.assertNotIn((self.customer, self.licence), self.gaps(both, allowed_company_ids=self.company.ids))
        self.customer.company_id = self.company
        self.assertNotIn((self.customer, self.licence), self.gaps(both, allowed_company_ids=elsewhere.ids))

    @freeze_time(TODAY)
    def test_the_customer_shows_how_many(self):
        self.file()
        self.file(self.permit, valid_from='2024-01-01', valid_until='2024-06-01')
        customer = self.customer.with_user(self.sales_user)
        self.assertEqual((customer.tianyuan_document_count, customer.tianyuan_document_gap_count), (2, 2))
        self.assertEqual(self.customer.action_tianyuan_documents()['domain'], [('partner_id', '=', self.customer.id)])


@tagged('post_install', '-at_install')
class TestReminders(DocumentCommon):

    def remind(self, day):
        with freeze_time(f'{day} 04:00:00'):
            self.env.invalidate_all()
            self.env['tianyuan.archive.document']._cron_remind()

    def asked(self, partner=None):
        self.env.flush_all()
        return self.env['mail.activity'].search([
            ('res_model', '=', 'res.partner'), ('res_id', 'in', (partner or self.customer).ids),
            ('activity_type_id', '=', self.env.ref('tianyuan_customer_rating.mail_activity_type_document').id),
        ], order='id')

    def permit_until(self, day, **values):
        return self.file(self.permit, valid_from='2024-01-01', valid_until=day, **values)

    def test_before_and_after_it_expires_one_activity(self):
        permit = self.permit_until('2024-06-30')
        self.remind('2024-05-30')
        self.assertFalse(self.asked())
        self.remind('2024-05-31')
        activity = self.asked()
        self.assertEqual(activity.user_id, self.archive_specialist)
        self.assertEqual(activity.summary, "Permit expires on 2024-06-30: ask for a new one")
        self.assertEqual(activity.date_deadline, date(2024, 6, 30))
        self.remind('2024-06-10')
        self.assertEqual(self.asked(), activity, "asked once")
        self.remind('2024-07-01')
        self.assertEqual(self.asked(), activity)
        self.assertEqual(activity.summary, "Permit expired on 2024-06-30: ask for a new one")
        self.remind('2024-07-02')
        self.assertEqual(self.asked(), activity)
        self.assertEqual(permit.reminded, 'expired')

    def test_done_is_done_until_it_has_expired(self):
        self.permit_until('2024-06-30')
        self.remind('2024-06-10')
        self.asked().action_done()
        self.remind('2024-06-11')
        self.assertFalse(self.asked())
        self.remind('2024-07-01')
        self.assertEqual(len(self.asked()), 1)

    def test_a_renewed_paper_closes_it(self):
        self.permit_until('2024-06-30')
        self.remind('2024-06-10')
        self.assertEqual(len(self.asked()), 1)
        with freeze_time('2024-06-12 04:00:00'):
            self.permit_until('2026-06-30')
            self.assertFalse(self.asked())
        self.remind('2024-07-01')
        self.assertFalse(self.asked(), "nobody is asked for what has been renewed")

    def test_setting_aside_deleting_or_correcting_closes_it(self):
        for close in (
            lambda document: document.action_archive(),
            lambda document: document.unlink(),
            lambda document: document.write({'valid_until': '2027-01-01'}),
            lambda document: document.write({'partner_id': self.other_customer.id}) and document.action_archive(),
        ):
            document = self.permit_until('2024-06-30')
            self.remind('2024-06-10')
            self.assertEqual(len(self.asked()), 1)
            with freeze_time('2024-06-12 04:00:00'):
                close(document)
                self.assertFalse(self.asked())
            self.Document.search([('partner_id', 'in', (self.customer + self.other_customer).ids)]).unlink()

    def test_corrected_dates_are_reminded_of_again(self):
        document = self.permit_until('2024-06-30')
        self.remind('2024-06-10')
        with freeze_time('2024-06-12 04:00:00'):
            document.valid_until = '2024-12-31'
        self.remind('2024-12-10')
        self.assertEqual(self.asked().date_deadline, date(2024, 12, 31))

    def test_each_customer_and_paper_for_itself_in_batches(self):
        documents = self.permit_until('2024-06-30') + self.permit_until('2024-06-20', partner=self.other_customer)
        documents += self.file(self.licence, valid_from='2024-01-01', valid_until='2024-06-25')
        with patch.object(ir_cron, 'BATCH_SIZE', 2):
            self.remind('2024-06-10')
        self.assertEqual(len(self.asked(self.customer + self.other_customer)), 3)
        self.assertEqual(set(documents.mapped('reminded')), {'expiring'})

    def test_without_a_specialist_nobody_is_asked(self):
        self.customer.tianyuan_archive_specialist_id = False
        self.permit_until('2024-06-30')
        self.remind('2024-06-10')
        self.assertFalse(self.asked())
        successor = self.new_role_user('archive_specialist', login='tianyuan_successor')
        self.customer.tianyuan_archive_specialist_id = successor
        self.remind('2024-06-11')
        self.assertEqual(self.asked().user_id, successor)
        self.customer.tianyuan_archive_specialist_id = self.archive_specialist
        self.remind('2024-06-12')
        self.assertEqual(self.asked().user_id, self.archive_specialist)

    def test_a_specialist_of_another_company_is_not_asked(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        foreigner = self.new_role_user('archive_specialist', login='tianyuan_foreigner', company_id=elsewhere.id,
                                       company_ids=[Command.set(elsewhere.ids)])
        self.customer.tianyuan_archive_specialist_id = foreigner
        self.permit_until('2024-06-30')
        self.remind('2024-06-10')
        self.assertEqual(self.asked().user_id, self.archive_specialist)    # the company's own specialist

    def test_queries_do_not_grow_with_every_paper(self):
        for i in range(3):
            self.permit_until('2024-06-30', partner=self.new_customer(f"A{i}", tianyuan_archive_specialist_id=self.archive_specialist.id))
        few = self.queries(lambda: self.remind('2024-06-10'))
        for i in range(30):
            self.permit_until('2024-06-30', partner=self.new_customer(f"B{i}", tianyuan_archive_specialist_id=self.archive_specialist.id))
        many = self.queries(lambda: self.remind('2024-06-10'))
        self.assertLess(many, few + 5, f"{few} queries for 3, {many} for 30")
