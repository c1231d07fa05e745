from odoo import api, models

from ...tools.roles import FINANCE, SALES

MODULE = 'tianyuan_customer_rating'
TYPES = {f'{MODULE}.mail_activity_type_{side}': side for side in ('sales', 'finance', 'unassigned', 'reminder')}


class MailActivity(models.Model):
    """An activity that asks for many sheets opens the list of their lines, not the one sheet that carries it."""

    _inherit = 'mail.activity'

    def action_open_document(self):
        """Open the list of lines that the activity asks for, or the record of any other activity."""
        return self._tianyuan_list_action() or super().action_open_document()

    @api.model
    def tianyuan_open_assessments(self):
        """Open the work that the user's open activities on ratings ask for.

        :return: an action, or False if one of these activities asks for something else
        """
        return self.search([
            ('user_id', '=', self.env.uid), ('res_model', '=', 'tianyuan.rating'),
        ])._tianyuan_list_action()

    def _tianyuan_list_action(self):
        """Return the action of the list that all these activities ask for.

        :return: the action of the workbench if the activities ask for several lists; False if one of them isn't about
            assessments
        """
        sides = {self.env.ref(xmlid, raise_if_not_found=False): side for xmlid, side in TYPES.items()}
        asked = {sides.get(activity.activity_type_id) for activity in self}
        if not asked or None in asked:
            return False
        if 'reminder' in asked:    # A reminder is about all sides that the user is late with.
            asked.remove('reminder')
            asked |= {side for side, group in (('sales', SALES), ('finance', FINANCE)) if self.env.user.has_group(group)}
        actions = self.env['ir.actions.actions']
        if len(asked) != 1:
            return actions._for_xml_id(f'{MODULE}.tianyuan_rating_dashboard_action')
        if asked == {'unassigned'}:
            action = actions._for_xml_id(f'{MODULE}.tianyuan_rating_line_action_sales')
            return {**action, 'context': {'search_default_by_hand': 1, 'search_default_no_salesperson': 1}}
        return actions._for_xml_id(f'{MODULE}.tianyuan_rating_line_action_{asked.pop()}')
