from odoo import api, models


class TianyuanRatingIndicator(models.Model):
    """An indicator for customers' satisfaction, from the questionnaires they answered (policy 10.2.2)."""

    _inherit = 'tianyuan.rating.indicator'

    @api.model
    def _own_presets(self):
        return super()._own_presets() | {
            'satisfaction': {
                'name': self.env._("Satisfaction (0 to 100)"),
                'metric': 'own_records',
                'own_model': 'survey.user_input',
                'own_partner_path': 'tianyuan_customer_id',
                'own_measure': 'average',
                'own_measure_field': 'tianyuan_satisfaction',
                'own_domain': "[('state', '=', 'done'), ('tianyuan_is_scored', '=', True)]",
                'own_date_field': 'end_datetime',
                'own_period': 'year',
            },
        }
