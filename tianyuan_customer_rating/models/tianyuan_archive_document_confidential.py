from odoo import models


class TianyuanArchiveDocument(models.Model):
    """Whether a paper is confidential decides who opens it: each change of that is in the access log."""

    _inherit = 'tianyuan.archive.document'

    def write(self, vals):
        if not {'confidential', 'type_id'} & vals.keys():
            return super().write(vals)
        before = {document: document.confidential for document in self}
        result = super().write(vals)
        changed = self.filtered(lambda document: document.confidential != before[document])
        # always in one order: two who change papers of two companies don't wait for each other
        groups = changed.grouped(lambda document: (document.company_id.id, document.confidential))
        for (_company, confidential), documents in sorted(groups.items()):
            self.env['tianyuan.archive.access.log']._append('protected' if confidential else 'released', documents)
        return result
