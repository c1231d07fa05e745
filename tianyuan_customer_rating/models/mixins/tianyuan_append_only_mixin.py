from odoo import api, models
from odoo.exceptions import UserError


class TianyuanAppendOnlyMixin(models.AbstractModel):
    """Rows that nobody may change or delete after creation, not even the superuser.

    Writing no values, or to no rows, is allowed: Odoo and other addons make such calls.
    """

    _name = 'tianyuan.append.only.mixin'
    _description = "Append-Only Rows"

    @api.model
    def _append_only_message(self):
        """Return the error message for changing or deleting a row."""
        raise NotImplementedError

    def write(self, vals):
        if not self or not vals:
            return True
        self.check_access('write')
        raise UserError(self._append_only_message())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._append_only_message())
