from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine import purchases
from ...tools.roles import check_manager


class TianyuanClassOverride(models.Model):
    """Dynamic management (动态管理): a manager sets a customer's class for a time (policy 6.5, 7.3).

    Ratings don't change that class, but continue to set tier, score and major account.
    """

    _name = 'tianyuan.class.override'
    _description = "Class Override"
    _inherit = ['tianyuan.decision.mixin', 'tianyuan.plain.text.mixin']
    _order = 'state, date_to desc, id desc'
    _rec_name = 'partner_id'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    customer_class = fields.Selection([('key', "Key"), ('ordinary', "Ordinary")], string="Class", required=True)
    date_to = fields.Date(help="The last day on which the customer has this class.")
    state = fields.Selection(
        [('active', "Running"), ('ended', "Ended")], required=True, readonly=True, default='active', index=True,
    )

    _one_running = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'active'",
        "An override of this customer's class is running already. End it first.",
    )

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() - {'customer_class'}

    def _tianyuan_protected_message(self, names):
        return self.env._("Begin, state and author of an override can't be entered.")

    @api.constrains('date_to')
    def _check_date_to(self):
        for override in self:
            if override.date_to <= fields.Date.context_today(override):
                raise ValidationError(self.env._("The override must end on a day that lies ahead."))

    @api.constrains('reason')
    def _check_reason(self):
        for override in self:
            if not override.reason.strip():
                raise ValidationError(self.env._("Say why the customer's class is overridden."))

    @api.model_create_multi
    def create(self, vals_list):
        """Create overrides, and change the customers' class with history.

        :raise AccessError: the user is no manager, or a protected field is given
        :raise UserError: the customer is neither key nor ordinary, or has this class already
        """
        overrides = super().create(vals_list)
        overrides._check_class()
        for company, running in overrides.grouped('company_id').items():
            self.env['res.partner'].sudo()._tianyuan_change_class(company, {
                override.partner_id: {
                    'new_class': override.customer_class,
                    'reason': self.env._(
                        "Class overridden until %(day)s: %(reason)s",
                        day=fields.Date.to_string(override.date_to), reason=override.reason,
                    ),
                } for override in running
            })
        return overrides

    def copy(self, default=None):
        raise UserError(self.env._("An override can't be duplicated: one at a time is running for a customer."))

    def action_end(self):
        """End overrides early: the class of the last confirmed rating applies again.

        :raise AccessError: the user is no manager
        :raise UserError: an override has already ended
        """
        check_manager(self)
        if any(override.state != 'active' for override in self):
            raise UserError(self.env._("This override has ended already."))
        self.sudo()._end()
        return True

    @api.model
    def _cron_end(self):
        """End the overrides whose last day has passed."""
        self.search([('state', '=', 'active'), ('date_to', '<', fields.Date.context_today(self))])._end()

    @api.model
    def _running_classes(self, company, partner_ids):
        """Return the classes of running overrides, which ratings don't change.

        :return: dict of commercial partner id → class
        """
        running = self.search([
            ('company_id', '=', company.id), ('partner_id', 'in', partner_ids), ('state', '=', 'active'),
        ])
        return {override.partner_id.id: override.customer_class for override in running}

    def _check_class(self):
        for override in self:
            partner = override.partner_id.with_company(override.company_id)
            if partner.tianyuan_customer_class not in ('key', 'ordinary'):
                raise UserError(self.env._(
                    "%s is neither a key nor an ordinary customer: confirm a rating first.", partner.display_name,
                ))
            if partner.tianyuan_customer_class == override.customer_class:
                raise UserError(self.env._("%s has this class already.", partner.display_name))

    def _end(self):
        """End overrides; each customer gets the class of the last confirmed rating, or no class without one."""
        today = fields.Date.context_today(self)
        self.write({'state': 'ended', 'ended_on': today})
        self.flush_recordset()
        for company, ended in self.grouped('company_id').items():
            ratings = self.env['tianyuan.rating'].sudo()
            last = ratings._previous(company, ended.partner_id, today, kinds=('quarterly', 'prospect'))
            potential = [
                partner_id for partner_id, rating in last.items() if rating.customer_class == 'potential'
            ]
            with_business = purchases.partners_with_business(company, potential) if potential else set()
            self.env['res.partner']._tianyuan_change_class(company, {
                override.partner_id: {
                    # A customer who has bought since the rating is no prospect any more.
                    'new_class': 'ordinary' if override.partner_id.id in with_business
                    else last.get(override.partner_id.id, ratings).customer_class,
                    'reason': self.env._("Override ended: %s", override.reason),
                    'rating_id': last.get(override.partner_id.id, ratings)._not_imported().id,
                } for override in ended
            })
