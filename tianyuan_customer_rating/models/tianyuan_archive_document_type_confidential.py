from odoo import models


class TianyuanArchiveDocumentType(models.Model):
    """Whether new papers of a type are confidential; a change is in the log of each company with such papers."""

    _inherit = 'tianyuan.archive.document.type'

    def write(self, vals):
        changed = self.filtered(
            lambda kind: 'confidential' in vals and kind.confidential != bool(vals['confidential']))
        result = super().write(vals)
        documents = self.env['tianyuan.archive.document']
        action = 'type_protected' if vals.get('confidential') else 'type_released'
        for kind in changed:
            for company in kind._companies().sorted('id'):
                self.env['tianyuan.archive.access.log']._append(action, documents, company=company, name=kind.name)
        return result

    def _companies(self):
        """Whose papers the type is for: its own company's; otherwise where one is at work, and who has such papers."""
        if self.company_id:
            return self.company_id
        # sudo: papers of companies that the user may not see count as well
        groups = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False)._read_group(
            [('type_id', '=', self.id)], ['company_id'])
        return self.env.company.browse([company.id for [company] in groups]) | self.env.company
