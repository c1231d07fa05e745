from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.tianyuan_customer_rating.tools.roles import check_manager


class TianyuanCustomerHold(models.Model):
    """A customer on hold: until a given day, orders of the customer need approval or show a warning (design §9)."""

    _name = 'tianyuan.customer.hold'
    _description = "Customer on Hold"
    _inherit = ['tianyuan.decision.mixin', 'tianyuan.plain.text.mixin']
    _order = 'date_to desc, id desc'
    _rec_name = 'partner_id'
    _check_company_auto = True

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company.root_id,
        help="A hold of a company counts in its branches, too.",
    )
    date_to = fields.Date(help="The last day of the hold.")
    ended_on = fields.Date(help="The day on which a manager ended the hold before its time.")
    is_running = fields.Boolean(string="Running", compute='_compute_is_running', search='_search_is_running')
    ended_by_id = fields.Many2one('res.users', readonly=True)

    @api.depends('date_to', 'ended_on')
    def _compute_is_running(self):
        today = fields.Date.context_today(self)
        for hold in self:
            hold.is_running = not hold.ended_on and bool(hold.date_to) and hold.date_to >= today

    def _search_is_running(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('ended_on', '=', False) & Domain('date_to', '>=', fields.Date.context_today(self))

    def _tianyuan_protected_message(self, names):
        return self.env._("Begin, end and author of a hold can't be entered.")

    @api.constrains('date_to', 'date_from')
    def _check_date_to(self):
        for hold in self:
            if hold.date_to < hold.date_from:
                raise ValidationError(self.env._("The hold must not end before today."))

    @api.constrains('reason')
    def _check_reason(self):
        for hold in self:
            if not hold.reason.strip():
                raise ValidationError(self.env._("Say why the customer is put on hold."))

    @api.model_create_multi
    def create(self, vals_list):
        """Put customers on hold, and notify their salespeople.

        :raise AccessError: the user is no manager, or sets a field that only the system sets
        :raise UserError: a customer is on hold already
        """
        for vals in vals_list:
            if vals.get('company_id'):
                vals['company_id'] = self.env['res.company'].browse(vals['company_id']).sudo().root_id.id
        holds = super().create(vals_list)
        for company, begun in holds.grouped('company_id').items():
            twice = self.sudo()._running(company, begun.partner_id) - begun
            if twice or len(begun.partner_id) < len(begun):
                raise UserError(self.env._(
                    "Already on hold: %s. End that hold first.", (twice or begun).partner_id.mapped('display_name'),
                ))
        for hold in holds:
            hold._notify_salesperson(lambda hold: hold.env._(
                "Put on hold until %s.", format_date(hold.env, hold.date_to),
            ))
        return holds

    def copy(self, default=None):
        raise UserError(self.env._("A hold can't be duplicated: a customer is on hold once at a time."))

    def action_end(self):
        """End holds before their time.

        :raise AccessError: the user is no manager
        :raise UserError: a hold has ended already
        """
        check_manager(self)
        if not all(hold.is_running for hold in self):
            raise UserError(self.env._("This hold has ended already."))
        for hold in self.sudo():
            hold.write({'ended_on': fields.Date.context_today(hold), 'ended_by_id': self.env.uid})
            hold.with_env(self.env)._notify_salesperson(lambda hold: hold.env._("The hold has been ended."))
        return True

    @api.model
    def _running(self, company, customers=None):
        """Find the holds that are running today.

        :param company: ``res.company`` without a parent
        :param customers: commercial partners; None: all
        :return: holds
        """
        if customers is not None and not customers:
            return self.browse()
        domain = Domain('company_id', '=', company.id) & Domain('is_running', '=', True)
        if customers is not None:
            domain &= Domain('partner_id', 'in', customers.ids)
        return self.search(domain)

    def _notify_salesperson(self, text):
        """Post a note on the customer and notify the salesperson.

        The note doesn't name the reason, because only users with a role may see it.

        :param text: function of the hold in the salesperson's language → text
        """
        salesperson = self.sudo().partner_id.user_id.filtered('active') - self.env.user
        worded = self.sudo().with_context(lang=salesperson.lang or self.env.lang)
        worded.partner_id.message_post(
            body=text(worded), partner_ids=salesperson.partner_id.ids, author_id=self.env.user.partner_id.id,
            subtype_xmlid='mail.mt_note',
        )
