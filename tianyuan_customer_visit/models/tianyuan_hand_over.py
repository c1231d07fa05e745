from odoo import models
from odoo.fields import Domain


class TianyuanHandOver(models.Model):
    """Visits and findings move with the customers; a visit that was made keeps who made it."""

    _inherit = 'tianyuan.hand.over'

    def _kinds(self, customers):
        kinds = super()._kinds(customers)
        theirs = Domain('partner_id', 'in', customers.ids) & self._of_takers()
        return {
            **kinds,
            'visits': {
                'name': self.env._("Planned Visits"), 'model': 'tianyuan.visit', 'field': 'user_id',
                'domain': theirs & Domain('state', '=', 'planned'),
                'action': 'tianyuan_customer_visit.tianyuan_visit_action',
            },
            'reports': {
                'name': self.env._("Visits to Report"), 'model': 'tianyuan.visit',
                'domain': theirs & Domain('state', '=', 'done'),
                'action': 'tianyuan_customer_visit.tianyuan_visit_action',
                'happens': self.env._("asked of the receiver if the colleague has left"),
            },
            'findings': {
                'name': self.env._("Findings to Follow Up"), 'model': 'tianyuan.visit.finding', 'field': 'user_id',
                'domain': theirs & Domain('state', '=', 'open'),
                'action': 'tianyuan_customer_visit.tianyuan_visit_finding_action',
            },
        }
