from odoo import fields, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers keeps their ratings: one sheet per quarter, and the last confirmed one counts."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._tianyuan_cancel_doubles(src_partners + dst_partner, dst_partner)
        self._tianyuan_end_double_overrides(src_partners + dst_partner, dst_partner)
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()

    def _update_values(self, src_partners, dst_partner):
        # The right to merge was checked by the wizard; the archive moves whole, outcomes are restored below.
        partners = (dst_partner + src_partners).sudo()
        number = next(filter(None, partners.mapped('tianyuan_archive_number')), False)
        states = partners.mapped('tianyuan_archive_state')
        state = next((state for state in states if state not in (False, 'none')), 'none')
        first_deal = min(filter(None, partners.mapped('tianyuan_first_deal_date')), default=False)
        src_partners.sudo().write({'tianyuan_archive_number': False})
        src_partners.flush_recordset()
        super()._update_values(src_partners.sudo(), dst_partner.sudo())
        dst_partner.sudo().write({
            'tianyuan_archive_number': number, 'tianyuan_archive_state': state, 'tianyuan_first_deal_date': first_deal,
        })
        self.env['tianyuan.rating'].sudo()._restore_merged(dst_partner)

    def _tianyuan_cancel_doubles(self, partners, dst_partner):
        """Of several sheets of one quarter keep a confirmed one, else the most advanced, else the destination's."""
        order = ['confirmed', 'ready', 'assessing', 'draft']
        sheets = self.env['tianyuan.rating'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '!=', 'cancelled'),
        ])
        doubles = sheets.browse()
        for group in sheets.grouped(lambda sheet: (sheet.company_id, sheet.kind, sheet.date_from)).values():
            ranked = group.sorted(lambda sheet: (order.index(sheet.state), sheet.partner_id != dst_partner))
            doubles += ranked[1:]
        doubles.write({'state': 'cancelled'})
        doubles.flush_recordset()

    def _tianyuan_end_double_overrides(self, partners, dst_partner):
        """Of several running overrides in one company keep the destination's, else the newest."""
        running = self.env['tianyuan.class.override'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '=', 'active'),
        ])
        doubles = running.browse()
        for group in running.grouped('company_id').values():
            doubles += group.sorted(lambda override: (override.partner_id != dst_partner, -override.id))[1:]
        doubles.write({'state': 'ended', 'ended_on': fields.Date.context_today(self)})
        doubles.flush_recordset()
