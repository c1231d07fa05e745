from odoo import fields, models

from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """What of the customer's archive is out."""

    _inherit = 'res.partner'

    tianyuan_borrow_out_count = fields.Integer(
        string="Archive Out", compute='_compute_tianyuan_summary', groups=ROLES,
        help="Running borrowings of this archive that you may see.",
    )

    def _tianyuan_summary_sources(self):
        return super()._tianyuan_summary_sources() + [('tianyuan_borrow_out_count', self._tianyuan_rows_about(
            self.env['tianyuan.archive.borrow'], [('state', '=', 'out')],
            'partner_id', self.commercial_partner_id._origin,
        ))]

    def _tianyuan_set_summary(self, found):
        super()._tianyuan_set_summary(found)
        for partner in self:
            key = ('tianyuan_borrow_out_count', partner.commercial_partner_id._origin.id)
            partner.tianyuan_borrow_out_count, _last = found.get(key, (0, None))

    def action_tianyuan_borrows(self):
        """Open the borrowings of the customer's archive.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.archive.borrow', 'tianyuan_archive_borrow_action')
