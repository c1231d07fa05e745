from odoo import api, fields, models

from ..tools.text import listed


class TianyuanReason(models.TransientModel):
    """Asks for the reason of a step, and then takes the step."""

    _name = 'tianyuan.reason'
    _description = "Reason of a Step"
    _inherit = ['tianyuan.step.dialog.mixin']

    reason = fields.Char(required=True)
    until = fields.Date()
    title = fields.Char(compute='_compute_words')
    hint = fields.Char(compute='_compute_words')
    explanation = fields.Char(compute='_compute_words')
    label = fields.Char(compute='_compute_words')
    until_label = fields.Char(compute='_compute_words')
    records_label = fields.Char(compute='_compute_words')
    records_named = fields.Char(compute='_compute_words')

    @api.depends('res_model', 'res_ids', 'method')
    @api.depends_context('lang', 'uid')
    def _compute_words(self):
        methods = self._methods()
        for dialog in self:
            words = methods.get((dialog.res_model, dialog.method), {})
            dialog.title = words.get('title')
            dialog.hint = words.get('hint')
            dialog.explanation = words.get('explanation')
            dialog.label = words.get('label') or self.env._("Reason")
            dialog.until_label = words.get('until')
            dialog.records_label = words.get('records')
            dialog.records_named = dialog.records_label and listed(self.env, dialog._records().mapped('display_name'))

    @api.model
    def _methods(self):
        """Return the methods that take a reason.

        :return: dict of (model, method) → texts of the dialog: ``title``, also of its button, ``hint`` in the reason's
            field, and optionally ``records``, the label of the records' names, an ``explanation``, the ``label`` of
            what is entered, by default "Reason", and ``until``, the label of a day, which is the first argument
        """
        rejection = {'title': self.env._("Reject"), 'hint': self.env._("The proposer reads it")}
        methods = super()._methods() | dict.fromkeys([
            ('tianyuan.archive.collection', 'action_reject'), ('tianyuan.archive.collection.line', 'action_reject'),
        ], rejection)
        # Assigned one by one, because Odoo's term export takes a tuple after a translated term for a term.
        methods['tianyuan.archive.borrow', 'action_refuse'] = {
            'title': self.env._("Refuse"),
            'hint': self.env._("What the borrower is told"),
            'records': self.env._("Requests"),
        }
        methods['tianyuan.archive.borrow', 'action_refuse_prolong'] = {
            'title': self.env._("Refuse More Time"),
            'hint': self.env._("What the borrower is told"),
        }
        methods['tianyuan.archive.destruction', 'action_refuse'] = {
            'title': self.env._("Refuse"),
            'hint': self.env._("What the proposer is told"),
        }
        methods['tianyuan.archive.hold', 'action_lift'] = {
            'title': self.env._("Lift the Legal Hold"),
            'hint': self.env._("Why is it not needed any more?"),
        }
        methods['tianyuan.archive.document', 'action_check'] = {
            'title': self.env._("Checked: Delete the File"),
            'label': self.env._("What Was Seen"),
            'hint': self.env._("e.g. name and photo agree with the licence, valid until 2030"),
            'records': self.env._("Documents"),
            'explanation': self.env._(
                "The file is deleted for good. What you write stays in its place; leave out the number.",
            ),
        }
        methods['tianyuan.personal.erasure', 'action_refuse'] = {
            'title': self.env._("Refuse"),
            'hint': self.env._("What the person is told"),
            'records': self.env._("Requests to Erase"),
        }
        methods['tianyuan.rating.import', 'action_remove'] = {
            'title': self.env._("Remove"),
            'hint': self.env._("Why are these ratings removed?"),
            'records': self.env._("Import"),
            'explanation': self.env._(
                "All ratings of this import are deleted, and each customer goes back to what the other confirmed "
                "ratings decide. Points that confirmed ratings have carried over stay. The import and its file are "
                "kept, with your name and reason.",
            ),
        }
        methods['tianyuan.rating', 'action_reopen'] = {
            'title': self.env._("Reopen"),
            'hint': self.env._("Why is the confirmed rating reopened?"),
            'records': self.env._("Rating"),
            'explanation': self.env._(
                "The customer goes back to the last rating confirmed before this one, and both sides can assess the "
                "sheet again.",
            ),
        }
        methods['tianyuan.watch.item', 'action_acknowledge'] = {
            'title': self.env._("Acknowledge"),
            'label': self.env._("What is done about it?"),
            'hint': self.env._("e.g. pays in two parts, the second at the end of the month"),
            'until': self.env._("Until"),
            'records': self.env._("Customers"),
            'explanation': self.env._(
                "The warning comes back after this day, and at once if it gets clearly worse.",
            ),
        }
        return methods

    def action_apply(self):
        """Take the step with the reason; the records themselves check the user's rights.

        :raise AccessError: the dialog isn't for this method
        """
        step = self._step()
        if self.until_label:
            step(self.until, self.reason)
        else:
            step(self.reason)
        return {'type': 'ir.actions.act_window_close'}
