"""What the tests of an archive's end share: a closed archive with a paper that needn't be kept any longer."""
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..document.common import DocumentCommon

BEFORE = '2010-06-30'    # long enough ago for ten years to have run out


@tagged('post_install', '-at_install')
class RetentionCommon(DocumentCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({'tianyuan_archive_retention': 'after_relation', 'tianyuan_archive_retention_years': 10})

    @classmethod
    def close(cls, day=BEFORE, partner=None):
        """Close the customer's archive as of a day."""
        partner = (partner or cls.customer).sudo()
        partner.tianyuan_archive_state = 'closed'
        partner.tianyuan_archive_closed_on = day
        return partner

    @classmethod
    def old(cls, raw=b'%PDF-1.4\n%%EOF old\n', **values):
        """A paper of a closed archive, whose retention has run out."""
        paper = cls.file(cls.other, raw=raw, **values)
        cls.close(partner=paper.partner_id)
        return paper

    @classmethod
    def draft(cls, *papers):
        """A destruction of papers, drafted by the specialist."""
        documents = cls.Document.browse([paper.id for paper in papers])
        return documents.env['tianyuan.archive.destruction']._draft(documents)

    @classmethod
    def destroyed(cls, *papers):
        """A destruction that the specialist proposed and carried out, and the manager approved."""
        destruction = cls.draft(*papers)
        destruction.action_propose()
        destruction.with_user(cls.rating_manager).action_approve()
        destruction.action_destroy()
        return destruction

    @classmethod
    def log(cls, *actions):
        return cls.env['tianyuan.archive.access.log'].sudo().search([
            ('company_id', '=', cls.company.id), ('action', 'in', actions),
        ], order='id')

    def refused(self, message, work, *args, error=UserError, **values):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            work(*args, **values)
        self.assertIn(message, str(caught.exception))
