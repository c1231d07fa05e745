from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.archive.res_partner import BEGUN_STATES


class TianyuanGroupJoining(models.TransientModel):
    """Asks what happens to archive, tier and number of a customer that becomes a contact of its group."""

    _name = 'tianyuan.group.joining'
    _description = "A Customer Becomes a Contact of Its Group"
    _inherit = ['tianyuan.plain.text.mixin']

    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    group_id = fields.Many2one(
        'res.partner', required=True, ondelete='cascade',
        domain="[('is_company', '=', True), ('id', '!=', partner_id)]",
    )
    choice = fields.Selection(
        [
            ('take_over', "The group takes the archive over"),
            ('own', "It belongs to the group, and stays a customer of its own"),
        ],
        string="What Happens", required=True, default='take_over',
    )
    outcome = fields.Text(string="This Means", compute='_compute_outcome')

    @api.depends('partner_id', 'group_id', 'choice')
    @api.depends_context('lang')
    def _compute_outcome(self):
        for joining in self:
            customer, group = joining.partner_id.sudo(), joining.group_id.sudo()
            number = customer.tianyuan_archive_number
            if joining.choice == 'own':
                lines = [
                    self.env._("The archive is closed; documents, profiles and number stay with it."),
                    self.env._("It is rated on its own, as before."),
                ]
            else:
                lines = [
                    self.env._("Documents, borrowings, collection forms and profiles go to the group."),
                    number and not group.tianyuan_archive_number and self.env._(
                        "The number %s becomes the group's.", number),
                    number and group.tianyuan_archive_number and self.env._(
                        "The number %s still finds the group.", number),
                    self.env._("Tier and class end. Confirmed ratings stay with the contact, and the group's list of "
                               "ratings shows them too."),
                    self.env._("Open rating sheets are cancelled: the group's sheets count what it buys."),
                ]
            joining.outcome = "\n".join(filter(None, lines))

    def action_apply(self):
        """Make the customer a contact, or a company, of the group.

        :raise AccessError: the user may not hand over the customer or the group
        :raise UserError: the group is the customer itself or one of its contacts
        """
        self.ensure_one()
        customer, group = self.partner_id, self.group_id
        customer._tianyuan_check_joining()
        group.check_access('write')
        (customer + group)._tianyuan_check_merge()
        if group.commercial_partner_id != group or customer in (group + group.parent_id):
            raise UserError(self.env._("Choose the company that %s belongs to.", customer.display_name))
        # sudo: access has been checked, and the archives of both may have parts that the user doesn't read.
        customer, group = customer.sudo(), group.sudo()
        if self.choice == 'own':
            body = self._close_archive(customer, group)
        else:
            body = self._take_over(customer, group)
        (customer + group)._message_log_batch(bodies=dict.fromkeys((customer + group).ids, body))
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    def _close_archive(self, customer, group):
        values = {'parent_id': group.id}
        if customer.tianyuan_archive_state in BEGUN_STATES:
            values.update(tianyuan_archive_state='closed', tianyuan_archive_review_due_on=False)
        customer.write({**values, 'is_company': True})
        return self.env._(
            "%(customer)s belongs to %(group)s from now on and stays a customer of its own. Its archive was closed.",
            customer=customer.name, group=group.name,
        )

    def _take_over(self, customer, group):
        ratings = self.env['tianyuan.rating'].sudo().search(
            [('partner_id', '=', customer.id), ('state', '=', 'confirmed')], order='date_from')
        lines = [
            self.env._(
                "%(customer)s has become a contact of %(group)s, which has taken over its archive.",
                customer=customer.name, group=group.name,
            ),
            customer.tianyuan_archive_number and self.env._("Archive number: %s", customer.tianyuan_archive_number),
            customer.vat and self.env._("Tax ID: %s", customer.vat),
            ratings and self.env._("Confirmed ratings, which stay with the contact: %s", "; ".join(
                f"{format_date(self.env, sheet.date_from)} {sheet.tier_id.name or '–'} {sheet.score:.2f}"
                for sheet in ratings
            )),
        ]
        self.env['base.partner.merge.automatic.wizard'].sudo()._tianyuan_join_group(customer, group)
        return " ".join(filter(None, lines))
