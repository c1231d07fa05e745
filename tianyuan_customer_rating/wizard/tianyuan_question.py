from odoo import api, fields, models
from odoo.exceptions import AccessError


class TianyuanQuestion(models.TransientModel):
    """Asks before a step that can't be taken back or goes against a warning, and then takes the step."""

    _name = 'tianyuan.question'
    _description = "Question before a Step"
    _inherit = ['tianyuan.plain.text.mixin']

    res_model = fields.Char(string="Model", required=True)
    res_ids = fields.Json(string="Records", required=True)
    method = fields.Char(required=True)
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
        """Return the methods that the dialog may call; addons with more methods extend it with ``super()``.

        The records' model has a method ``_tianyuan_question_details``, which takes the name of the step and returns the
        text that names the warnings. It is read with the user's rights.

        :return: dict of (model, method) → texts of the dialog: ``title`` of its button, and ``text``, the question
        """
        return {('res.partner', 'action_tianyuan_file_incomplete'): {
            'title': self.env._("File Anyway"),
            'text': self.env._("These are still missing. What is missing is noted in the chatter if you file now."),
        }}

    def action_apply(self):
        """Take the step; the records themselves check the user's rights.

        :raise AccessError: the dialog isn't for this method
        """
        self.ensure_one()
        if (self.res_model, self.method) not in self._methods():
            raise AccessError(self.env._("This step can't be taken here."))
        getattr(self._records(), self.method)()
        return {'type': 'ir.actions.act_window_close'}

    def _records(self):
        return self.env[self.res_model].browse(self.res_ids)

    @api.model
    def _ask(self, records, method, name):
        """Return the action that opens the dialog.

        :param records: the records of the step
        :param str method: a method of :meth:`_methods`
        :param str name: title of the dialog
        """
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': self._name,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'default_res_model': records._name, 'default_res_ids': records.ids, 'default_method': method,
            },
        }
