from odoo import api, fields, models

from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """What of the customer's archive is out."""

    _inherit = 'res.partner'

    tianyuan_borrow_out_count = fields.Integer(
        string="Archive Out", compute='_compute_tianyuan_borrow_out_count', groups=ROLES,
        help="Running borrowings of this archive that you may see.",
    )

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_borrow_out_count(self):
        counts = dict(self.env['tianyuan.archive.borrow']._read_group(
            [('partner_id', 'in', self.commercial_partner_id._origin.ids), ('state', '=', 'out')],
            ['partner_id'], ['__count'],
        ))
        for partner in self:
            partner.tianyuan_borrow_out_count = counts.get(partner.commercial_partner_id._origin, 0)

    def action_tianyuan_borrows(self):
        """Open the borrowings of the customer's archive."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_archive_borrow_action'),
            'domain': [('partner_id', '=', customer.id)],
            'context': {'default_partner_id': customer.id},
        }
