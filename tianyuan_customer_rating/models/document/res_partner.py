from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.roles import ARCHIVE, ROLES

ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_document'    # asks for a new document


class ResPartner(models.Model):
    """The documents of a customer's archive."""

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_archive_cabinet = fields.Char(
        string="Archive Cabinet", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
        help="Where the paper originals of this archive are.",
    )
    tianyuan_archive_box = fields.Char(
        string="Archive Box", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
        help="Where the paper originals of this archive are.",
    )
    tianyuan_document_count = fields.Integer(
        string="Archive Documents", compute='_compute_tianyuan_document_count', groups=ROLES,
    )
    tianyuan_document_gap_count = fields.Integer(
        string="Missing or Expired Documents", compute='_compute_tianyuan_document_gap_count', groups=ROLES,
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_document_count(self):
        counts = self._tianyuan_count_records('tianyuan.archive.document', [])
        for partner in self:
            partner.tianyuan_document_count = counts[partner]

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_document_gap_count(self):
        counts = self._tianyuan_count_records('tianyuan.archive.document.gap', [('problem', '!=', 'expiring')])
        for partner in self:
            partner.tianyuan_document_gap_count = counts[partner]

    def write(self, vals):
        if 'tianyuan_archive_specialist_id' not in vals:
            return super().write(vals)
        before = {partner: partner.sudo().tianyuan_archive_specialist_id for partner in self}
        result = super().write(vals)
        changed = self.filtered(lambda partner: partner.sudo().tianyuan_archive_specialist_id != before[partner])
        documents = self.env['tianyuan.archive.document'].sudo()
        documents.search([('partner_id', 'in', changed.ids)])._reassign_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_documents(self):
        documents = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False)
        kept = [partner for [partner] in documents._read_group([('partner_id', 'in', self.ids)], ['partner_id'])]
        if kept:
            raise UserError(self.env._(
                "There are documents of these customers, so they can't be deleted. Archive them instead: %s",
                self.browse(partner.id for partner in kept).mapped('display_name'),
            ))

    @api.model
    def _tianyuan_specialist_activities(self):
        return super()._tianyuan_specialist_activities() | {ACTIVITY_TYPE}

    def _tianyuan_documents_changed(self):
        """Recompute what depends on these customers' documents after documents were added, removed or expired."""
        self.sudo()._tianyuan_archive_changed()

    def action_tianyuan_documents(self):
        """Open the customer's documents, where files can be uploaded.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records(
            'tianyuan.archive.document', 'tianyuan_customer_rating.tianyuan_archive_document_action_partner',
        )
