from odoo import api, fields, models
from odoo.exceptions import AccessError


class TianyuanStepDialogMixin(models.AbstractModel):
    """A dialog that asks for something before records take a step, one of the methods that it may call."""

    _name = 'tianyuan.step.dialog.mixin'
    _description = "Dialog before a Step"
    _inherit = ['tianyuan.plain.text.mixin']

    res_model = fields.Char(string="Model", required=True)
    res_ids = fields.Json(string="Records", required=True)
    method = fields.Char(required=True)

    @api.model
    def _methods(self):
        """Return the methods that the dialog may call; addons with more methods extend it with ``super()``.

        :return: dict of (model, method) → dict of the dialog's texts; ``title`` is that of its button
        """
        return {}

    def _step(self):
        """Return the step to take, a bound method; the records themselves check the user's rights.

        :raise AccessError: the dialog isn't for this method
        """
        self.ensure_one()
        if (self.res_model, self.method) not in self._methods():
            raise AccessError(self.env._("This step can't be taken here."))
        return getattr(self._records(), self.method)

    def _records(self):
        return self.env[self.res_model].browse(self.res_ids)

    @api.model
    def _ask(self, records, method, name=None):
        """Return the action that opens the dialog.

        :param records: the records of the step
        :param str method: a method of :meth:`_methods`
        :param str name: title of the dialog, by default that of its button
        """
        return {
            'type': 'ir.actions.act_window',
            'name': name or self._methods()[records._name, method]['title'],
            'res_model': self._name,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'default_res_model': records._name, 'default_res_ids': records.ids, 'default_method': method,
            },
        }
