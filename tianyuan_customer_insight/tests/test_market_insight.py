from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import InsightCommon


@tagged('post_install', '-at_install')
class TestMarketInsight(InsightCommon):
    """Who writes market insight, and whose files go with it (policy 6.3, design §10)."""

    def as_user(self, user):
        return self.insight.with_user(user)

    def test_everyone_with_a_role_reads(self):
        for user in (self.colleague, self.archive_specialist, self.finance_assessor, self.rating_manager):
            self.assertEqual(self.as_user(user).name, "Prices of titanium dioxide")

    def test_a_draft_is_changed_by_its_author_and_managers(self):
        self.as_user(self.sales_user).name = "Prices"
        self.as_user(self.rating_manager).name = "Prices rise"
        for user in (self.colleague, self.archive_specialist, self.finance_assessor):
            with self.assertRaises(AccessError):
                self.as_user(user).name = "Otherwise"

    def test_specialists_collect_and_finance_does_not(self):
        insights = self.env['tianyuan.market.insight']
        insights.with_user(self.archive_specialist).create({'name': "A new law", 'topic': 'policy'}).source = "Gazette"
        with self.assertRaises(AccessError):
            insights.with_user(self.finance_assessor).create({'name': "A new law"})

    def test_a_salesperson_writes_in_nobody_elses_name(self):
        with self.assertRaises(AccessError):
            self.as_user(self.sales_user).user_id = self.colleague
        with self.assertRaises(AccessError):
            self.insight.with_user(self.sales_user).create({'name': "A law", 'user_id': self.colleague.id})

    def test_that_it_was_shared_cannot_be_written(self):
        with self.assertRaisesRegex(AccessError, "can't be written: share it"):
            self.as_user(self.rating_manager).state = 'shared'
        with self.assertRaises(AccessError):
            self.insight.with_user(self.rating_manager).create({'name': "A law", 'shared_on': '2024-01-01'})
        made = self.insight.with_user(self.rating_manager).with_context(default_state='shared').create({'name': "A law"})
        self.assertEqual(made.state, 'draft')

    def test_another_company_sees_nothing(self):
        theirs = self.setup_other_company()['company']
        stranger = self.new_role_user(
            'manager', 'tianyuan_stranger', company_id=theirs.id, company_ids=[(6, 0, theirs.ids)],
        )
        self.assertFalse(self.env['tianyuan.market.insight'].with_user(stranger).search([('id', '=', self.insight.id)]))
        with self.assertRaises(AccessError):
            self.as_user(stranger).action_share()
        with self.assertRaises(AccessError):
            self.as_user(self.rating_manager).company_id = theirs

    def test_what_was_shared_is_kept_as_it_was(self):
        self.send()
        with self.assertRaises(AccessError):
            self.as_user(self.sales_user).content = "<p>They fall.</p>"
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.as_user(self.rating_manager).unlink()

    def test_archived_and_restored(self):
        own = self.as_user(self.sales_user)
        own.action_retire()
        self.assertEqual(own.state, 'archived')
        with self.assertRaisesRegex(UserError, "is archived: restore it"):
            own.action_share()
        with self.assertRaises(AccessError):
            self.as_user(self.colleague).action_restore()
        own.action_restore()
        self.assertEqual(own.state, 'draft')
        self.send()
        with self.assertRaises(AccessError):
            own.action_retire()
        self.as_user(self.rating_manager).action_retire()
        with self.assertRaises(AccessError):
            own.action_restore()
        self.as_user(self.rating_manager).action_restore()
        self.assertEqual(own.state, 'shared')

    def test_a_copy_is_the_copiers_own_draft(self):
        self.send()
        copy = self.as_user(self.colleague).copy()
        self.assertEqual((copy.name, copy.state, copy.user_id), ("Prices of titanium dioxide (copy)", 'draft', self.colleague))
        self.assertFalse(copy.shared_on)

    # -- attachments -------------------------------------------------------------------------------

    def upload(self, user, **values):
        return self.env['ir.attachment'].with_user(user).create({'name': "Prices.txt", 'raw': b'100', **values})

    def test_an_uploaded_file_becomes_the_insights_own(self):
        file = self.upload(self.sales_user, res_model='tianyuan.market.insight', res_id=0)
        self.as_user(self.sales_user).attachment_ids = file
        self.assertEqual((file.res_model, file.res_id), ('tianyuan.market.insight', self.insight.id))
        self.assertEqual(file.with_user(self.finance_assessor).raw, b'100')
        # and stays so when the form is saved again
        self.as_user(self.rating_manager).attachment_ids = [(6, 0, file.ids)]
        self.assertEqual(self.send().attachment_ids, file)

    def refuse(self, file, message="Attach only files that were uploaded for this insight"):
        with self.assertRaisesRegex(AccessError, message):
            self.as_user(self.sales_user).attachment_ids = [(6, 0, file.ids)]
        with self.assertRaises(AccessError):
            self.insight.with_user(self.sales_user).create({'name': "A law", 'attachment_ids': [(4, file.id)]})

    def test_an_archives_paper_cannot_be_attached(self):
        paper = self.env['tianyuan.archive.document'].with_user(self.archive_specialist).create({
            'name': "Licence", 'partner_id': self.customer.id, 'file_name': 'licence.pdf', 'upload': 'JVBERi0xLjQK',
            'type_id': self.env['tianyuan.archive.document.type'].sudo().create({
                'name': "Licence", 'confidential': True,
            }).id,
        })
        file = self.env['tianyuan.archive.file'].sudo().search([('document_id', '=', paper.id)])
        self.refuse(self.env['ir.attachment'].sudo().search([
            ('res_model', '=', file._name), ('res_id', '=', file.id), ('res_field', '=', 'content'),
        ]), "not allowed to access")

    def test_nor_another_records_or_persons_file(self):
        self.refuse(self.upload(self.env.user, res_model='res.partner', res_id=self.customer.id))
        self.refuse(self.upload(self.colleague), "not allowed to access")
        self.refuse(self.upload(self.sales_user, type='url', url='https://elsewhere.example/x', raw=False))
