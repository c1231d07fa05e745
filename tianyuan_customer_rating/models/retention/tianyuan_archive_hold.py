from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.roles import check_manager


class TianyuanArchiveHold(models.Model):
    """A legal hold: what it covers is neither destroyed nor deleted until a manager lifts it.

    It covers chosen documents of a customer, or else all the customer's documents, those added later too. Setting and
    lifting it are in the access log and in the customer's chatter.
    """

    _name = 'tianyuan.archive.hold'
    _description = "Legal Hold"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.customer.mixin', 'tianyuan.plain.text.mixin']
    _order = 'state, id desc'
    _rec_name = 'reason'
    _check_company_auto = True

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
        help="Without chosen documents, the hold covers those of this company and its branches.",
    )
    document_ids = fields.Many2many(
        'tianyuan.archive.document', string="Documents", context={'active_test': False},
        domain="[('partner_id', '=', partner_id), ('destroyed_on', '=', False), ('active', 'in', (True, False))]",
        help="Empty: all documents of the customer, those added later too.",
    )
    reason = fields.Char(required=True)
    state = fields.Selection(
        [('active', "In Force"), ('lifted', "Lifted")], string="Status", required=True, readonly=True, copy=False,
        default='active', index=True,
    )
    user_id = fields.Many2one(
        'res.users', string="Set By", required=True, readonly=True, copy=False, default=lambda self: self.env.user,
    )
    date_from = fields.Date(
        string="Since", required=True, readonly=True, copy=False, default=fields.Date.context_today,
    )
    lifted_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    lifted_on = fields.Date(readonly=True, copy=False)
    lift_reason = fields.Char(string="Lifted Because", readonly=True, copy=False)

    @api.constrains('partner_id', 'document_ids')
    def _check_documents(self):
        for hold in self.sudo():
            if hold.document_ids.partner_id - hold.partner_id:
                raise ValidationError(self.env._("A legal hold covers documents of one customer."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Legal holds are kept. Lift this one if it isn't needed any more."))

    def _tianyuan_protected_fields(self):
        """A new hold takes what it covers and why; afterwards nothing is written but by lifting it."""
        if not self:
            return self._fields.keys() - {'partner_id', 'company_id', 'document_ids', 'reason'}
        return set(self._fields)

    def _tianyuan_protected_message(self, names):
        return self.env._("A legal hold stays as it was set, until it is lifted.")

    @api.model_create_multi
    def create(self, vals_list):
        check_manager(self, 'create')
        holds = super().create(vals_list)
        # A hold covers chosen documents whatever their company, so nobody holds documents they don't see.
        holds._chosen().with_env(self.env).check_access('read')
        holds.document_ids.invalidate_model(['on_hold'], flush=False)
        for hold in holds:
            hold._log('held', hold.reason)
            hold._post(self.env._("Legal hold: %s", hold.reason))
        return holds

    def action_lift(self, reason=None):
        """Lift holds that are in force.

        :param str reason: why it isn't needed any more
        :raise AccessError: the user is no manager
        :raise UserError: a hold is lifted already, or no reason is given
        """
        check_manager(self, 'write')
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why the legal hold is lifted."))
        if any(hold.state != 'active' for hold in self):
            raise UserError(self.env._("This legal hold is lifted already."))
        # sudo: only this step writes these fields; the user is a manager.
        self.sudo().write({
            'state': 'lifted', 'lifted_by_id': self.env.uid, 'lifted_on': fields.Date.context_today(self),
            'lift_reason': reason,
        })
        self.document_ids.invalidate_model(['on_hold'], flush=False)
        for hold in self:
            hold._log('hold_lifted', reason)
            hold._post(self.env._("Legal hold lifted: %s", reason))
        return True

    def action_ask_lift(self):
        """Open the dialog that asks why the hold is lifted."""
        check_manager(self)
        return self.env['tianyuan.reason']._ask(self, 'action_lift')

    def _chosen(self):
        """Return the chosen documents, those too that the user doesn't see."""
        # What a user reads lacks documents of other companies, and stays in the cache, for the superuser too.
        self.invalidate_recordset(['document_ids'], flush=False)
        return self.sudo().document_ids

    def _covered_domain(self):
        """Return the domain of documents that the hold, read as superuser, covers."""
        self.ensure_one()
        if self.document_ids:
            return Domain('id', 'in', self.document_ids.ids)
        return Domain('company_id', 'child_of', self.company_id.id) & Domain('partner_id', '=', self.partner_id.id)

    def _log(self, action, reason):
        chosen = self._chosen()
        # Sort by company, so that two transactions lock the logs of two companies in the same order and can't deadlock.
        for company, documents in sorted(chosen.grouped('company_id').items(), key=lambda group: group[0].id):
            self.env['tianyuan.archive.access.log']._append(action, documents, company=company)
        if not chosen:
            self.env['tianyuan.archive.access.log']._append(
                action, chosen, partner=self.partner_id, company=self.company_id, name=reason,
            )

    def _post(self, body):
        # sudo: managers may not write every customer.
        self.partner_id.sudo()._message_log_batch({self.partner_id.id: body})
