from odoo import models
from odoo.exceptions import UserError


class TianyuanRatingLine(models.Model):
    """The points of an imported sheet stay as the file gave them."""

    _inherit = 'tianyuan.rating.line'    # pylint: disable=consider-merging-classes-inherited

    def action_open_source(self):
        """Open the documents behind the number; behind imported points there are none.

        :return: an action; the user's record rules apply
        :raise UserError: the line is imported
        """
        if self.origin == 'imported':
            raise UserError(self.env._("These points were imported: no documents stand behind them."))
        return super().action_open_source()

    def _check_not_confirmed(self):
        self.rating_id.filtered(lambda sheet: sheet.state == 'confirmed')._check_not_imported()
        return super()._check_not_confirmed()

    def _explain(self):
        if self.origin == 'imported':
            return self.env._("Imported: given before this system was used.")
        return super()._explain()
