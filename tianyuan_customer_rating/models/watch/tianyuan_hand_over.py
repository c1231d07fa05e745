from odoo import models
from odoo.fields import Domain

from .tianyuan_watch_item import OPEN_STATES


class TianyuanHandOver(models.Model):
    """Warnings that a salesperson owns go to who takes the customer over."""

    _inherit = 'tianyuan.hand.over'    # pylint: disable=consider-merging-classes-inherited

    def _kinds(self, customers):
        return {**super()._kinds(customers), 'warnings': {
            'name': self.env._("Early Warnings"), 'model': 'tianyuan.watch.item', 'field': 'user_id',
            'domain': self._of_takers() & Domain([
                ('partner_id', 'in', customers.ids), ('state', 'in', OPEN_STATES),
            ]),
            'action': 'tianyuan_customer_rating.tianyuan_watch_item_action',
        }}
