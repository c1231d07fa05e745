from markupsafe import Markup

from odoo import api, models

# what decides whether a customer's papers are all there
PRESENCE_FIELDS = {'partner_id', 'company_id', 'type_id', 'active', 'valid_until', 'valid_from', 'upload'}


class TianyuanArchiveDocument(models.Model):
    """Tells the customer's history, and what depends on it, that papers came or went (policy 档案 2)."""

    _inherit = 'tianyuan.archive.document'

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        replacing = documents.filtered('supersedes_id')
        replacing._log(self.env._("Document replaced: %s"))
        (documents - replacing)._log(self.env._("Document added: %s"))
        documents._changed()
        return documents

    def write(self, vals):
        if not PRESENCE_FIELDS & vals.keys():
            return super().write(vals)
        before = self.partner_id
        moved = self.filtered(lambda document: document.partner_id.id != vals.get('partner_id', document.partner_id.id))
        switched = self.filtered(lambda document: document.active != vals.get('active', document.active))
        moved._log(self.env._("Document moved to another customer: %s"))
        result = super().write(vals)
        moved._log(self.env._("Document moved here: %s"))
        if not self.env.context.get('tianyuan_superseding'):
            switched._log(
                self.env._("Document put back: %s") if vals.get('active') else self.env._("Document set aside: %s"),
            )
        (before - self.partner_id)._tianyuan_documents_changed()
        self._changed()
        return result

    def unlink(self):
        partners = self.partner_id
        self.check_access('unlink')
        self._log(self.env._("Document deleted: %s"))
        result = super().unlink()
        partners._tianyuan_documents_changed()
        return result

    def _supersede(self):
        # the line that a paper was replaced says it already
        super(TianyuanArchiveDocument, self.with_context(tianyuan_superseding=True))._supersede()

    def _changed(self):
        """These papers came or were altered; what depends on that extends this."""
        self.partner_id._tianyuan_documents_changed()

    def _log(self, template):
        """One note on each customer about all of its papers; a confidential one's name isn't told.

        :param str template: with one ``%s`` for the papers
        """
        bodies = {}
        for partner, documents in self.sudo().grouped('partner_id').items():
            lines = [template % document._log_label() for document in documents]
            bodies[partner.id] = Markup('<br/>').join(lines)
        if bodies:
            # the user's right to write the documents is what counts, not one on the customer
            self.env['res.partner'].sudo().browse(bodies)._message_log_batch(bodies)

    def _log_label(self):
        return self.type_id.name if self.confidential else f"{self.type_id.name} – {self.name}"
