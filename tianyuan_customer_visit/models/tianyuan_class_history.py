from odoo import api, models


class TianyuanClassHistory(models.Model):
    """Start or stop cultivating customers when their class changes, whatever changed it (policy 8.3)."""

    _inherit = 'tianyuan.class.history'

    @api.model
    def _class_changed(self, vals_list):
        super()._class_changed(vals_list)
        turned = {}
        for vals in vals_list:
            old, new = vals.get('old_class') or False, vals.get('new_class') or False
            if old != new and 'potential' in (old, new):
                turned.setdefault(vals['company_id'], []).append(vals['partner_id'])
        for company_id, partner_ids in turned.items():
            partners = self.env['res.partner'].browse(dict.fromkeys(partner_ids))
            partners._tianyuan_cultivate(self.env['res.company'].browse(company_id))
