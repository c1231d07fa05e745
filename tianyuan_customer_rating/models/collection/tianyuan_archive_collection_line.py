from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.collection_items import ITEM_BY_KEY, customer_values


class TianyuanArchiveCollectionLine(models.Model):
    """A proposed value beside the customer's current one, with the decision; created by submitting the form."""

    _name = 'tianyuan.archive.collection.line'
    _description = "Collection Form Line"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'collection_id, sequence, id'
    _rec_name = 'key'

    collection_id = fields.Many2one(
        'tianyuan.archive.collection', string="Collection Form", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    sequence = fields.Integer(readonly=True)
    key = fields.Char(string="Field Key", required=True, readonly=True)
    # Plain values (tools/collection_items.py), which are formatted in the reader's language when displayed.
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    state = fields.Selection(
        [('pending', "Pending"), ('accepted', "Accepted"), ('rejected', "Rejected")],
        string="Decision", required=True, readonly=True, default='pending',
    )
    reason = fields.Text(readonly=True)
    reviewed_by_id = fields.Many2one('res.users', readonly=True)
    label = fields.Char(string="Field", compute='_compute_texts')
    old_text = fields.Text(string="Current Value", compute='_compute_texts', help="When the form was submitted.")
    new_text = fields.Text(string="Proposed Value", compute='_compute_texts')
    now_text = fields.Text(string="Changed Meanwhile To", compute='_compute_now')
    decision_text = fields.Char(string="Decision and Reason", compute='_compute_texts', export_string_translation=False)
    changed_meanwhile = fields.Boolean(
        compute='_compute_now', help="The customer's value has changed since the form was submitted.",
    )
    can_accept = fields.Boolean(compute='_compute_can_decide', export_string_translation=False)
    can_reject = fields.Boolean(compute='_compute_can_decide', export_string_translation=False)

    _one_per_item = models.Constraint('UNIQUE(collection_id, key)', "A form has one line for each field.")

    @api.depends('key', 'old_value', 'new_value', 'state', 'reason')
    @api.depends_context('lang')
    def _compute_texts(self):
        Collection = self.env['tianyuan.archive.collection']
        states = dict(self._fields['state']._description_selection(self.env))
        for line in self:
            item = ITEM_BY_KEY[line.key]
            line.label = Collection._item_label(item)
            line.old_text = Collection._item_text(item, line.old_value)
            line.new_text = Collection._item_text(item, line.new_value) or self.env._("(empty)")
            line.decision_text = ': '.join(filter(None, (states[line.state], line.reason)))

    @api.depends('key', 'old_value', 'state', 'collection_id.partner_id')
    @api.depends_context('lang')
    def _compute_now(self):
        Collection = self.env['tianyuan.archive.collection']
        for line in self:
            item, customer = ITEM_BY_KEY[line.key], line.collection_id.sudo().partner_id
            now = customer_values(item, customer)
            line.changed_meanwhile = bool(customer) and line.state == 'pending' and now != line.old_value
            line.now_text = line.changed_meanwhile and (Collection._item_text(item, now) or self.env._("(empty)"))

    @api.depends('state', 'key', 'collection_id.can_review', 'collection_id.partner_id')
    @api.depends_context('uid')
    def _compute_can_decide(self):
        for line in self:
            form = line.collection_id
            pending = form.can_review and line.state == 'pending'
            # A prospect has no customer to write to yet, and a customer needs a name.
            line.can_accept = pending and bool(form.partner_id)
            line.can_reject = pending and (bool(form.partner_id) or line.key != 'customer_name')

    def action_accept(self):
        """Write these proposals to the customer with the user's rights.

        :raise AccessError: the user keeps no archives
        :raise UserError: a line has been decided already, or its form is about a prospect without a customer
        """
        for form, lines in self.grouped('collection_id').items():
            form._check_review()
            lines._check_pending()
            if not form.partner_id:
                raise UserError(self.env._("Create the customer from the whole form; reject what is wrong first."))
            form._accept(lines)
        return True

    def action_reject(self, reason=None):
        """Reject these proposals.

        :param str reason: shown to the proposer
        :raise AccessError: the user keeps no archives
        :raise UserError: no reason is given, a line has been decided already, or it is the name of a prospect
        """
        for form, lines in self.grouped('collection_id').items():
            form._check_review()
            lines._check_pending()
            if not form.partner_id and 'customer_name' in lines.mapped('key'):
                raise UserError(self.env._("A customer needs a name: reject the whole form instead."))
            form._reject(lines, reason)
        return True

    def action_ask_reject(self):
        """Open the dialog that asks for the reason.

        :raise AccessError: the user keeps no archives
        :raise UserError: the line has been decided already, or its form isn't submitted
        """
        self.ensure_one()
        self.collection_id._check_review()
        self._check_pending()
        return self.env['tianyuan.reason']._ask(self, 'action_reject')

    def _check_pending(self):
        for line in self:
            if line.state != 'pending':
                raise UserError(self.env._("%s is decided already.", line.label))
