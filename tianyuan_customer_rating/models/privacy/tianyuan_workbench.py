from odoo import api, models
from odoo.fields import Domain

MODULE = 'tianyuan_customer_rating'


class TianyuanWorkbench(models.AbstractModel):
    """Profiles without a legal basis wait for the specialist, requests to erase a person for the manager."""

    _inherit = 'tianyuan.workbench'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        if role == 'specialist':
            cards.append(self._card(
                'profiles', self.env._("Contact Profiles without Legal Basis"), 'fa-balance-scale',
                f'{MODULE}.tianyuan_contact_profile_action', Domain('legal_basis', '=', False), warning=True,
                rare=True,
            ))
        if role == 'manager':
            cards.append(self._card(
                'erasures', self.env._("Persons to Erase"), 'fa-eraser',
                f'{MODULE}.tianyuan_personal_erasure_action', Domain('state', '=', 'asked'), rare=True,
            ))
        return cards
