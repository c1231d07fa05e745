from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _tianyuan_customer_models(self):
        return [*super()._tianyuan_customer_models(), 'tianyuan.visit', 'tianyuan.visit.finding']

    def _tianyuan_before_merge(self, src_partners, dst_partner):
        self._tianyuan_drop_automatic_visits(src_partners)
        super()._tianyuan_before_merge(src_partners, dst_partner)

    def _tianyuan_before_joining(self, customer):
        self._tianyuan_drop_automatic_visits(customer)
        super()._tianyuan_before_joining(customer)

    def _tianyuan_drop_automatic_visits(self, customers):
        """Delete the automatic next visits of customers that go.

        The database allows one automatic visit per customer. The scheduled action plans a visit again where none is
        left.
        """
        self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', customers.ids), ('state', '=', 'planned'), ('is_auto', '=', True),
        ]).unlink()
