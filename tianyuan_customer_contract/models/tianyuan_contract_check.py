from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.tianyuan_customer_rating.tools.text import listed

KINDS = [
    ('personality', "Legal personality"),
    ('operation', "Right to operate"),
    ('ability', "Ability to perform"),
    ('credit', "Credit standing"),
    ('signatory', "Signatory's authority"),
]
# Writing one of these fields records the user as the checker.
RESULT_FIELDS = {'result', 'evidence', 'attachment_ids', 'document_ids'}
# Only the system sets these fields.
SYSTEM_FIELDS = {'contract_id', 'kind', 'checked_by_id', 'checked_on'}


class TianyuanContractCheck(models.Model):
    """One of the five checks of the customer that are made before a contract is signed (policy 9.1, design §8)."""

    _name = 'tianyuan.contract.check'
    _description = "Contract Check"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _order = 'contract_id, id'
    _rec_name = 'kind'

    contract_id = fields.Many2one('tianyuan.contract', required=True, readonly=True, index=True, ondelete='cascade')
    kind = fields.Selection(KINDS, string="Check", required=True, readonly=True)
    result = fields.Selection(
        [('pending', "Pending"), ('passed', "Passed"), ('failed', "Failed")], string="Check Result", required=True,
        default='pending',
    )
    evidence = fields.Text(help="What shows it, such as the papers seen.")
    attachment_ids = fields.Many2many('ir.attachment', string="Files")
    partner_id = fields.Many2one(related='contract_id.partner_id')
    company_id = fields.Many2one(related='contract_id.company_id')
    document_ids = fields.Many2many(
        'tianyuan.archive.document', string="Archive Documents", context={'active_test': False},
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id), ('active', '=', True)]",
    )
    note = fields.Char()
    checked_by_id = fields.Many2one('res.users', readonly=True)
    checked_on = fields.Datetime(readonly=True)

    _kind_unique = models.UniqueIndex('(contract_id, kind)', "A contract has one check of each kind.")

    @api.constrains('result', 'evidence')
    def _check_evidence(self):
        for check in self:
            if check.result != 'pending' and not (check.evidence or '').strip():
                raise ValidationError(self.env._(
                    "Say what shows the result of the check “%s”.", check._kind_labels(),
                ))

    @api.constrains('document_ids', 'contract_id')
    def _check_documents(self):
        for check in self.sudo():
            for document in check.document_ids:
                if (document.partner_id, document.company_id) != (check.partner_id, check.company_id):
                    raise ValidationError(self.env._("%s isn't in this customer's archive.", document.name))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | SYSTEM_FIELDS

    def _check_tianyuan_protected(self, vals):
        super()._check_tianyuan_protected(vals)
        if not self.env.su:
            self.contract_id._check_draft()

    def _tianyuan_protected_message(self, names):
        return self.env._("Check type, author and date can't be written.")

    def write(self, vals):
        """Record the user and the time when a result or its evidence is entered.

        :raise AccessError: a field is given that only the system sets
        :raise UserError: the contract is no longer a draft
        """
        result = super().write(vals)
        if RESULT_FIELDS & vals.keys():
            done = self.filtered(lambda check: check.result != 'pending')
            done.sudo().write({'checked_by_id': self.env.uid, 'checked_on': fields.Datetime.now()})
            (self - done).sudo().write({'checked_by_id': False, 'checked_on': False})
        return result

    def _kind_labels(self):
        """Return the kinds of the checks as one text in the user's language."""
        labels = dict(self._fields['kind']._description_selection(self.env))
        return listed(self.env, [labels[check.kind] for check in self])
