from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_proof_on_time_rate = fields.Float(related='company_id.tianyuan_proof_on_time_rate', readonly=False)
    tianyuan_proof_days_late = fields.Float(related='company_id.tianyuan_proof_days_late', readonly=False)
    tianyuan_proof_min_customers = fields.Integer(related='company_id.tianyuan_proof_min_customers', readonly=False)
    tianyuan_proof_min_group = fields.Integer(related='company_id.tianyuan_proof_min_group', readonly=False)
