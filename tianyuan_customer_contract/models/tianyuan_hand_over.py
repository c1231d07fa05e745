from odoo import models
from odoo.fields import Domain


class TianyuanHandOver(models.Model):
    """Running contracts and the papers to hand in move with the customers."""

    _inherit = 'tianyuan.hand.over'

    def _kinds(self, customers):
        kinds = super()._kinds(customers)
        theirs = Domain('partner_id', 'in', customers.ids) & self._of_takers()
        return {
            **kinds,
            'contracts': {
                'name': self.env._("Running Contracts"), 'model': 'tianyuan.contract', 'field': 'user_id',
                'domain': theirs & Domain('state', 'not in', ('done', 'cancelled')),
                'action': 'tianyuan_customer_contract.tianyuan_contract_action',
            },
            'papers': {
                'name': self.env._("Papers to Hand In"), 'model': 'tianyuan.contract.paper', 'field': 'user_id',
                'domain': theirs & Domain('handed_in_on', '=', False),
                'action': 'tianyuan_customer_contract.tianyuan_contract_paper_action',
            },
        }
