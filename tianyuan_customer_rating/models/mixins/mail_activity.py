from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.roles import FINANCE, MANAGER, SALES

MODULE = 'tianyuan_customer_rating'
ASSESSMENT_TYPES = {
    f'{MODULE}.mail_activity_type_{side}': side for side in ('sales', 'finance', 'unassigned', 'reminder')
}


class MailActivity(models.Model):
    """Activities that the addon planned can only be changed or closed by their user, a manager or the addon itself.

    An activity that asks for many sheets opens the list of their lines, not the one sheet that carries it.
    """

    _inherit = 'mail.activity'    # pylint: disable=consider-merging-classes-inherited

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation not in ('write', 'unlink') or not any(self._ids) or self.env.user.has_group(MANAGER):
            return result
        others = self.sudo().filtered(lambda activity: activity.user_id != self.env.user)
        asked = (others._tianyuan_raised() if others else others).sudo(False)
        if result:
            asked -= result[0]
            return (result[0] + asked, result[1])
        return asked and (asked, lambda: AccessError(self.env._(
            "Only the person it is for, or a manager, can change or close this activity: %s",
            ", ".join(asked.sudo().mapped('display_name')),
        ))) or None

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
        sides = {self.env.ref(xmlid, raise_if_not_found=False): side for xmlid, side in ASSESSMENT_TYPES.items()}
        asked = {sides.get(activity.activity_type_id) for activity in self}
        if not asked or None in asked:
            return False
        if 'reminder' in asked:    # A reminder is about all sides that the user is late with.
            asked.remove('reminder')
            roles = {'sales': SALES, 'finance': FINANCE}
            asked |= {side for side, group in roles.items() if self.env.user.has_group(group)}
        actions = self.env['ir.actions.actions']
        if len(asked) != 1:
            return actions._for_xml_id(f'{MODULE}.tianyuan_rating_dashboard_action')
        if asked == {'unassigned'}:
            action = actions._for_xml_id(f'{MODULE}.tianyuan_rating_line_action_sales')
            return {**action, 'context': {'search_default_by_hand': 1, 'search_default_no_salesperson': 1}}
        return actions._for_xml_id(f'{MODULE}.tianyuan_rating_line_action_{asked.pop()}')

    def _tianyuan_raised(self):
        """Return those of these activities, read as superuser, that the addon planned and not a user."""
        types = self._tianyuan_kinds()
        return self.filtered(lambda activity: activity.automated and (
            activity.activity_type_id.id in types or (activity.res_model or '').startswith('tianyuan.')
        ))

    @api.model
    def _tianyuan_kinds(self):
        """Return the addons' activity types: dict of id → external id."""
        # sudo: users can't read external ids.
        return {row.res_id: row.complete_name for row in self.env['ir.model.data'].sudo().search([
            ('module', '=like', 'tianyuan_customer_%'), ('model', '=', 'mail.activity.type'),
        ])}
