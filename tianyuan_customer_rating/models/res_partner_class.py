from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine.outcome import write_class
from .tianyuan_roles import ROLES


class ResPartner(models.Model):
    """A customer's class: what changes it besides a rating, and why a rated customer isn't deleted."""

    _inherit = 'res.partner'

    tianyuan_class_override_note = fields.Char(
        string="Class Override", compute='_compute_tianyuan_class_override_note', groups=ROLES,
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids', 'lang')
    def _compute_tianyuan_class_override_note(self):
        """Say what a running override of the class says, to users who may read the override."""
        overrides, customers = self.env['tianyuan.class.override'], self._origin.commercial_partner_id
        if customers and overrides.has_access('read'):
            overrides = overrides.search_fetch([
                ('partner_id', 'in', customers.ids), ('company_id', '=', self.env.company.id),
                ('state', '=', 'active'),
            ], ['partner_id', 'date_to', 'reason'])
        running = {override.partner_id: override for override in overrides}
        for partner in self:
            override = running.get(partner._origin.commercial_partner_id)
            partner.tianyuan_class_override_note = override and self.env._(
                "Class overridden until %(day)s (%(reason)s)",
                day=format_date(self.env, override.date_to), reason=override.reason,
            )

    @api.ondelete(at_uninstall=False)
    def _tianyuan_unlink_except_rated(self):
        for model in ('tianyuan.rating', 'tianyuan.class.history'):
            rated = self.env[model].sudo().search([('partner_id', 'in', self.ids)], limit=1).partner_id
            if rated:
                raise UserError(self.env._(
                    "%s has been rated, and ratings are kept. Archive the customer instead of deleting it.",
                    rated.display_name,
                ))

    def action_tianyuan_override_class(self):
        """Open the running override of the customer's class, or a form to make one."""
        self.ensure_one()
        customer = self.commercial_partner_id
        running = self.env['tianyuan.class.override'].search([
            ('partner_id', '=', customer.id), ('company_id', '=', self.env.company.id), ('state', '=', 'active'),
        ])
        action = {
            'type': 'ir.actions.act_window',
            'name': self.env._("Override the Class"),
            'res_model': 'tianyuan.class.override',
            'view_mode': 'form',
        }
        if running:
            return {**action, 'res_id': running.id}
        return {
            **action,
            'views': [(self.env.ref('tianyuan_customer_rating.tianyuan_class_override_view_form_new').id, 'form')],
            'target': 'new',
            'context': {
                'default_partner_id': customer.id,
                'default_customer_class': 'ordinary' if customer.tianyuan_customer_class == 'key' else 'key',
            },
        }

    @api.model
    def _tianyuan_change_class(self, company, changes):
        """Give customers another class in one company, with history; tier and score stay.

        :param company: ``res.company`` whose values are set
        :param dict changes: commercial partner → what the history says of it: ``new_class``, ``reason``,
            and ``rating_id`` where a rating gives the class. Who has that class already is left alone.
        """
        history = self.env['tianyuan.class.history'].sudo()
        rows = history._changes(company, changes)
        write_class(self.env, company, {row['partner_id']: row['new_class'] or None for row in rows})
        history.create(rows)
