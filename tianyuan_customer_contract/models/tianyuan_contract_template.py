from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .tianyuan_contract import TYPES

# The content that legal approves: changing one of these fields withdraws the approval.
APPROVED_FIELDS = ('contract_type', 'company_id', 'quality', 'settlement', 'rights', 'disputes', 'body')
# Only the system sets these fields.
SYSTEM_FIELDS = {'version', 'approved_by_id', 'approved_on'}


class TianyuanContractTemplate(models.Model):
    """A standard contract text, to be used after legal has approved it (policy 9.2, design §8).

    Its clauses are plain text in the language of the contract, without placeholders.
    """

    _name = 'tianyuan.contract.template'
    _description = "Contract Template"
    _inherit = ['tianyuan.protected.mixin', 'mail.thread', 'tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'contract_type, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True, default=lambda self: self._default_shared_company(), tracking=True,
        help="Empty: for all companies.",
    )
    contract_type = fields.Selection(TYPES, required=True, default='sale', tracking=True)
    quality = fields.Text(string="Quality Terms")
    settlement = fields.Text(string="Settlement Terms", help="Added to the payment terms of the orders.")
    rights = fields.Text(string="Rights and Obligations")
    disputes = fields.Text(string="Settlement of Disputes")
    body = fields.Html(string="Standard Clauses", help="Printed after the terms.")
    version = fields.Integer(readonly=True, copy=False, default=1, aggregator=None, tracking=True)
    approved_by_id = fields.Many2one('res.users', readonly=True, copy=False, tracking=True)
    approved_on = fields.Datetime(readonly=True, copy=False, index='btree_not_null')
    can_approve = fields.Boolean(compute='_compute_can_approve', export_string_translation=False)

    @api.depends('company_id')
    @api.depends_context('uid')
    def _compute_can_approve(self):
        for template in self:
            template.can_approve = template._companies()._tianyuan_is_legal_reviewer()

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | SYSTEM_FIELDS

    def _tianyuan_protected_message(self, names):
        return self.env._("Versions and approvals can't be written.")

    def write(self, vals):
        """Make a new version without approval when approved content changes."""
        before = {template: template._approved_content() for template in self}
        result = super().write(vals)
        changed = self.filtered(lambda template: template._approved_content() != before[template])
        for template in changed.sudo():
            template.write({'version': template.version + 1, 'approved_by_id': False, 'approved_on': False})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        contracts = self.env['tianyuan.contract'].sudo()
        used = [template for [template] in contracts._read_group([('template_id', 'in', self.ids)], ['template_id'])]
        if used:
            raise UserError(self.env._(
                "There are contracts of these templates, so they can't be deleted. Archive them instead: %s",
                self.browse(template.id for template in used).mapped('name'),
            ))

    def action_approve(self):
        """Approve the texts as they are (policy 9.2).

        :raise AccessError: the user isn't a legal reviewer
        :raise UserError: a template is approved already
        """
        self._check_reviewer()
        for template in self:
            if template.approved_on:
                raise UserError(self.env._("%s is approved already.", template.name))
        self.sudo().write({'approved_by_id': self.env.uid, 'approved_on': fields.Datetime.now()})
        return True

    def action_withdraw(self):
        """Withdraw the approval, so that no contract with these texts can be signed.

        :raise AccessError: the user isn't a legal reviewer
        """
        self._check_reviewer()
        self.sudo().write({'approved_by_id': False, 'approved_on': False})
        return True

    def _companies(self):
        """Return the companies that can use the template, as superuser."""
        return self.sudo().company_id or self.env['res.company'].sudo().search([])

    def _check_reviewer(self):
        self.check_access('read')
        for template in self:
            if not self.env.su and not template.can_approve:
                raise AccessError(self.env._(
                    "Only legal reviewers can approve %s: managers, unless the settings of the companies it is for "
                    "name others.", template.name,
                ))

    def _approved_content(self):
        return tuple(self[name] for name in APPROVED_FIELDS)
