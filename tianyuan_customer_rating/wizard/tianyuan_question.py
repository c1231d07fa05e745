from odoo import api, fields, models


class TianyuanQuestion(models.TransientModel):
    """Asks before a step that can't be taken back or goes against a warning, and then takes the step."""

    _name = 'tianyuan.question'
    _description = "Question before a Step"
    _inherit = ['tianyuan.step.dialog.mixin']

    title = fields.Char(compute='_compute_words')
    text = fields.Text(string="Question", compute='_compute_words')
    details = fields.Text(string="Warnings", compute='_compute_words')

    @api.depends('res_model', 'res_ids', 'method')
    @api.depends_context('lang', 'uid')
    def _compute_words(self):
        methods = self._methods()
        for dialog in self:
            words = methods.get((dialog.res_model, dialog.method), {})
            dialog.title = words.get('title')
            dialog.text = words.get('text')
            dialog.details = bool(words) and dialog._records()._tianyuan_question_details(dialog.method)

    @api.model
    def _methods(self):
        """Return the methods before which the dialog asks.

        The records' model has a method ``_tianyuan_question_details``, which takes the name of the step and returns the
        text that names the warnings. It is read with the user's rights.

        :return: dict of (model, method) → texts of the dialog: ``title`` of its button, and ``text``, the question
        """
        methods = {**super()._methods(), ('res.partner', 'action_tianyuan_file_incomplete'): {
            'title': self.env._("File Anyway"),
            'text': self.env._("These are still missing. What is missing is noted in the chatter if you file now."),
        }}
        methods['tianyuan.archive.destruction', 'action_destroy'] = {
            'title': self.env._("Destroy for Good"),
            'text': self.env._("The files of these documents can't be brought back afterwards."),
        }
        # Assigned, because Odoo's term export takes a tuple after a translated term for a term.
        methods['tianyuan.hand.over', 'action_hand_over'] = {
            'title': self.env._("Hand Over"),
            'text': self.env._(
                "The customers get their new salesperson, and what is open goes with them. What is past keeps who did "
                "it.",
            ),
        }
        return methods

    def action_apply(self):
        """Take the step; the records themselves check the user's rights.

        :raise AccessError: the dialog isn't for this method
        """
        self._step()()
        return {'type': 'ir.actions.act_window_close'}
