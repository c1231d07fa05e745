from odoo import api, models
from odoo.fields import Domain

MODULE = 'tianyuan_customer_rating'
ROWS_SHOWN = 6


class TianyuanWorkbench(models.AbstractModel):
    """Customers whose salesperson has left, for managers and for the leaders of sales teams."""

    _inherit = 'tianyuan.workbench'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        if role == 'manager' or role == 'sales' and self._leads_a_team():
            cards.append(self._orphans_card(role))
        return cards

    @api.model
    def _leads_a_team(self):
        # sudo: salespeople may not read other teams.
        return bool(self.env['crm.team'].sudo().search_count([('user_id', '=', self.env.uid)], limit=1))

    @api.model
    def _orphans_card(self, role):
        """Return the card of customers without an active salesperson; a row hands a colleague's customers over."""
        domain = self.env['res.partner']._tianyuan_orphaned_domain()
        if role == 'sales':
            domain &= Domain('user_id.sale_team_id.user_id', '=', self.env.uid)
        waiting = self.env['tianyuan.hand.over'].search(
            self._of_company() & Domain('state', '=', 'draft'), order='id desc', limit=ROWS_SHOWN,
        )
        return self._card(
            f'orphans_{role}', self.env._("Customers Without an Active Salesperson"), 'fa-user-times',
            f'{MODULE}.res_partner_action_orphans', domain, warning=True, rare=True,
            rows=[
                self._row(
                    hand_over, hand_over.from_user_id.name, hand_over.name,
                    self.env._("%s customers", hand_over.customer_count),
                ) for hand_over in waiting
            ],
        )
