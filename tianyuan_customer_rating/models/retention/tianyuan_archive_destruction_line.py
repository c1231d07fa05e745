from odoo import api, fields, models
from odoo.exceptions import UserError

# What the register says of a document, whatever becomes of its record.
SNAPSHOT = (
    'partner_id', 'partner_name', 'archive_number', 'type_name', 'document_name', 'valid_from', 'valid_until',
    'retained_until', 'checksum', 'file_size',
)


class TianyuanArchiveDestructionLine(models.Model):
    """A paper that is to be destroyed, and what it was (销毁清册)."""

    _name = 'tianyuan.archive.destruction.line'
    _description = "Paper to Destroy"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _order = 'destruction_id, archive_number, id'
    _rec_name = 'document_name'
    _tianyuan_access_fields = ('destruction_id',)

    destruction_id = fields.Many2one(
        'tianyuan.archive.destruction', required=True, readonly=True, index=True, ondelete='cascade',
    )
    state = fields.Selection(related='destruction_id.state', store=True)
    document_id = fields.Many2one(
        'tianyuan.archive.document', string="Paper", required=True, index=True, ondelete='restrict',
        context={'active_test': False},
        domain="[('retained_until', '<', 'today'), ('destroyed_on', '=', False), ('on_hold', '=', False),"
               " ('active', 'in', (True, False)), ('company_id', '=', parent.company_id)]",
    )
    reason = fields.Char(help="Empty: the reason of the whole destruction.")
    remark = fields.Char(readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True, index=True, ondelete='set null')
    partner_name = fields.Char(string="Customer Name", readonly=True)
    archive_number = fields.Char(readonly=True)
    type_name = fields.Char(string="Document Type", readonly=True)
    document_name = fields.Char(string="Document", readonly=True)
    valid_from = fields.Date(readonly=True)
    valid_until = fields.Date(readonly=True)
    retained_until = fields.Date(string="Kept Until", readonly=True)
    checksum = fields.Char(readonly=True, help="SHA-256 of the file.")
    file_size = fields.Integer(readonly=True, aggregator=None)

    _one_destruction = models.UniqueIndex(
        "(document_id) WHERE state IN ('draft', 'proposed', 'approved', 'destroyed')",
        "A paper is in one destruction only.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        self.destruction_id._check_may_prepare()
        self.destruction_id._note_author()

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'state', 'remark', *SNAPSHOT}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if lines:
            lines._prepared()
        return lines

    def write(self, vals):
        if self and not self.env.su:
            self.destruction_id._check_may_prepare()
        result = super().write(vals)
        if self and not self.env.su:
            self._prepared()
        return result

    def _prepared(self):
        """Check lines that were added or changed, take down what their papers are, and who had a hand in it."""
        self.destruction_id._check_may_prepare()
        for line in self:
            if line.document_id.company_id != line.destruction_id.company_id:
                raise UserError(self.env._("%s belongs to another company.", line.document_id.name))
        if not self.env.su:
            self.document_id.check_access('read')
        self._check_destructible()
        self.sudo()._take_snapshot()
        self.destruction_id._note_author()

    def _check_destructible(self):
        self.document_id._check_destructible()

    def _take_snapshot(self):
        """Take down what the papers are now. It is called as superuser, as users don't write it."""
        for line in self:
            document = line.document_id.with_context(lang=line.destruction_id.company_id.partner_id.lang)
            line.write({
                'partner_id': document.partner_id.id, 'partner_name': document.partner_id.name,
                'archive_number': document.partner_id.tianyuan_archive_number, 'type_name': document.type_id.name,
                'document_name': document.name, 'valid_from': document.valid_from, 'valid_until': document.valid_until,
                'retained_until': document.retained_until, 'checksum': document.checksum,
                'file_size': document.file_size,
            })
