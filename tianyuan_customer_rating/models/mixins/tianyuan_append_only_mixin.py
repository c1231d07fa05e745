from odoo import api, models
from odoo.exceptions import UserError


class TianyuanAppendOnlyMixin(models.AbstractModel):
    """Rows that are added and then stay: nobody changes or deletes them, the superuser included.

    A write of nothing, or on no row, changes nothing and isn't refused: Odoo and other addons make such calls.
    """

    _name = 'tianyuan.append.only.mixin'
    _description = "Append-Only Rows"

    @api.model
    def _append_only_message(self):
        """What somebody is told who changes or deletes a row."""
        raise NotImplementedError

    def write(self, vals):
        if not self or not vals:
            return True
        self.check_access('write')
        raise UserError(self._append_only_message())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._append_only_message())
