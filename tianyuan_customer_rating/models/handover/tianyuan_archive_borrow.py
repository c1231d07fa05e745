from odoo import api, models

from ..borrow.tianyuan_archive_borrow import RETURN_TYPE


class TianyuanArchiveBorrow(models.Model):
    """Papers that somebody still holds who has left are asked back."""

    _inherit = 'tianyuan.archive.borrow'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _tianyuan_ask_for_papers(self):
        """Ask the specialist, or a manager, to have the papers returned; once each."""
        held = self.search([('state', '=', 'out'), ('mode', '=', 'borrow')])
        left = held.filtered(lambda borrow: not borrow.borrower_id._tianyuan_working_in(borrow.company_id))
        asked = set(left.activity_search([RETURN_TYPE]).mapped('res_id'))
        left.filtered(lambda borrow: borrow.id not in asked)._tianyuan_schedule(
            RETURN_TYPE, lambda borrow: borrow._returners(),
            summary=lambda borrow: borrow.env._(
                "%(borrower)s has left: have %(number)s returned, archive of %(customer)s",
                borrower=borrow.borrower_id.name, number=borrow.name, customer=borrow.partner_id.display_name,
            ),
            notify=True,
        )
