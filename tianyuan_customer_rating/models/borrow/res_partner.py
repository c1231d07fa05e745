from odoo import api, fields, models

from ...tools.roles import ROLES


class ResPartner(models.Model):
    """The borrowings of a customer's archive."""

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_borrow_out_count = fields.Integer(
        string="Archive Out", compute='_compute_tianyuan_borrow_out_count', groups=ROLES,
        help="Running borrowings of this archive that you may see.",
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_borrow_out_count(self):
        counts = self._tianyuan_count_records('tianyuan.archive.borrow', [('state', '=', 'out')])
        for partner in self:
            partner.tianyuan_borrow_out_count = counts[partner]

    def action_tianyuan_borrow(self):
        """Open the form of a new borrowing of the customer's archive.

        :return: action
        :raise AccessError: the user may not read the customer, or has no role
        """
        self.ensure_one()
        self.check_access('read')
        self.env['tianyuan.archive.borrow'].check_access('create')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Borrow Documents"),
            'res_model': 'tianyuan.archive.borrow',
            'view_mode': 'form',
            'context': {'default_partner_id': self.commercial_partner_id.id},
        }

    def action_tianyuan_borrows(self):
        """Open the borrowings of the customer's archive.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records(
            'tianyuan.archive.borrow', 'tianyuan_customer_rating.tianyuan_archive_borrow_action',
        )
