"""What the access log tells besides openings of papers: confidentiality that changes, and personal profiles."""
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..archive.common import ArchiveCommon
from ..profile.common import ProfileCommon


@tagged('post_install', '-at_install')
class TestConfidentialityLog(ArchiveCommon):

    def rows(self):
        return [(row.action, row.user_id, row.document_name) for row in self.log()]

    def test_a_paper_that_is_not_confidential_any_more(self):
        paper = self.document.with_user(self.archive_specialist)
        with Form(paper) as form:
            form.confidential = False
        with Form(paper) as form:
            form.confidential = False
            form.note = "Public by now"
        paper.confidential = True
        self.assertEqual(self.rows(), [
            ('released', self.archive_specialist, "营业执照"), ('protected', self.archive_specialist, "营业执照"),
        ])
        self.assertEqual(self.env['tianyuan.archive.access.log'].sudo()._verify(self.company), (2, None))

    def test_a_paper_that_becomes_another_type(self):
        """With the type goes its confidentiality."""
        self.document.with_user(self.archive_specialist).type_id = self.env['tianyuan.archive.document.type'].sudo().create({
            'name': "Brochure"})
        self.assertFalse(self.document.confidential)
        self.assertEqual(self.rows(), [('released', self.archive_specialist, "营业执照")])

    def test_a_types_confidentiality_is_in_the_log_of_who_has_such_papers(self):
        other = self.setup_other_company()['company']
        kind = self.confidential_type
        self.env['tianyuan.archive.document'].sudo().create({
            'name': "Elsewhere", 'partner_id': self.customer.id, 'type_id': kind.id, 'company_id': other.id})
        everywhere = self.new_role_user('archive_specialist', 'specialist_everywhere')
        everywhere.company_ids |= self.env['res.company'].search([('parent_id', '=', False)])
        kind.with_user(everywhere).confidential = False
        kind.with_user(everywhere).sequence = 7
        self.assertEqual(self.rows(), [('type_released', everywhere, "Licence")])
        self.assertEqual(self.log(other).mapped('action'), ['type_released'])
        self.assertTrue(self.document.confidential, "papers keep their own")
        kind.confidential = True
        self.assertEqual(self.log()[-1].action, 'type_protected')

    def test_a_change_that_is_refused_is_not_noted(self):
        with self.assertRaises(AccessError):
            self.document.with_user(self.sales_user).confidential = False
        self.assertEqual(self.rows(), [])

    def test_many_papers_cost_no_more_queries(self):
        def cost(count):
            papers = self.env['tianyuan.archive.document'].with_user(self.archive_specialist).browse([
                self.new_document(f"P{number}", self.secret, f'{count}-{number}.pdf').id for number in range(count)])
            papers.confidential = False    # whatever is asked once is known by now
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            papers.confidential = True
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertLessEqual(cost(8), cost(1) + 1)


@tagged('post_install', '-at_install')
class TestProfileLog(ProfileCommon):

    def rows(self, profile=None):
        return self.env['tianyuan.archive.access.log'].sudo().search([
            ('action', '=', 'profile'), ('company_id', '=', self.company.id),
            ('partner_id', '=', (profile or self.profile).partner_id.id)], order='number')

    def test_opening_one_leaves_one_row(self):
        profile = self.profile.with_user(self.sales_user)
        profile.web_read({'partner_id': {}, 'birthday': {}, 'hobbies': {}, 'taboos': {}, 'note': {}})
        row, = self.rows()
        self.assertEqual((row.user_id, row.partner_name, row.company_id), (self.sales_user, "Wang Fang", self.company))
        profile.read(['family'])
        profile.read()
        self.assertEqual(len(self.rows()), 3)
        self.assertEqual(self.env['tianyuan.archive.access.log'].sudo()._verify(self.company), (3, None))

    def test_what_one_saves_is_not_opened_again(self):
        profile = self.profile.with_user(self.archive_specialist)
        everything = {'hobbies': {}, 'taboos': {}}
        profile.web_save({'hobbies': "Chess"}, everything)
        self.assertEqual(len(self.rows()), 1, "a remote call that reads it by saving nothing is an opening")
        profile.web_save({'hobbies': "Go"}, everything)
        self.assertEqual(len(self.rows()), 1)
        other = self.new_profile(self.other_contact, hobbies="Skiing")
        profile.web_save({'hobbies': "Chess"}, everything, next_id=other.id)
        self.assertEqual((len(self.rows()), len(self.rows(other))), (1, 1))

    def test_exported_and_printed_is_opened(self):
        self.sales_user.group_ids += self.env.ref('base.group_allow_export')
        self.profile.with_user(self.sales_user).export_data(['partner_id', 'taboos'])
        self.assertEqual(len(self.rows()), 1)
        report = self.env['report.tianyuan_customer_rating.report_tianyuan_contact_profile'].with_user(self.sales_user)
        report._get_report_values(self.profile.ids)
        self.assertEqual(len(self.rows()), 2)

    def test_who_reads_many_leaves_a_row_for_each(self):
        other = self.new_profile(self.other_contact, hobbies="Skiing")
        self.profile.browse().with_user(self.archive_specialist).search_read([('id', 'in', (self.profile + other).ids)], ['hobbies'])
        self.assertEqual((len(self.rows()), len(self.rows(other))), (1, 1))

    def test_a_list_and_the_system_open_none(self):
        profile = self.profile.with_user(self.sales_user)
        profile.browse().web_search_read([('id', '=', profile.id)], {
            'partner_id': {}, 'birthday': {}, 'next_birthday': {}, 'native_place': {}, 'education': {}, 'contact_way': {}})
        profile.sudo().read(['hobbies'])
        self.env['tianyuan.contact.profile']._cron_remind_of_birthdays()
        with self.assertRaises(AccessError):
            self.profile.with_user(self.other_salesperson).read(['hobbies'])
        self.assertFalse(self.rows())
