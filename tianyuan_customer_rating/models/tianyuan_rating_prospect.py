from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..engine import purchases
from ..engine.periods import Quarter
from ..engine.sheets import SheetWriter
from .tianyuan_roles import MANAGER, SALES


class TianyuanRating(models.Model):
    """Prospect sheets: companies that have bought nothing yet, rated by what is expected of them (policy 8.1)."""

    _inherit = 'tianyuan.rating'

    can_estimate = fields.Boolean(compute='_compute_can_estimate', export_string_translation=False)

    @api.depends('kind', 'state', 'sales_done')
    @api.depends_context('uid')
    def _compute_can_estimate(self):
        for sheet in self:
            sheet.can_estimate = sheet.kind == 'prospect' and sheet._is_open_for_sales() and (
                sheet._user_may_assess('sales')
            )

    def write(self, vals):
        """Besides what users may write on any sheet, sales estimate a prospect's yearly purchases.

        :raise AccessError: the user isn't responsible for the sales side
        :raise UserError: the sheet isn't being assessed or sales have submitted; the amount is negative
        """
        if self.env.su or 'annual_purchase' not in vals or any(sheet.kind != 'prospect' for sheet in self):
            return super().write(vals)
        self._check_estimate(vals['annual_purchase'])
        # who may estimate, and when, has just been checked
        sheets = self.sudo()
        sheets.write({'annual_purchase': vals['annual_purchase']})
        sheets._message_log_batch({
            sheet.id: self.env._("Expected yearly purchases: %s", formatLang(
                self.env, sheet.annual_purchase, currency_obj=sheet.currency_id,
            )) for sheet in sheets
        })
        rest = {name: value for name, value in vals.items() if name != 'annual_purchase'}
        return super().write(rest) if rest else True

    @api.model
    def _open_prospect(self, partner):
        """Make the prospect sheet of the running quarter, or take the one there is, and open it.

        :param partner: commercial ``res.partner``
        :return: action
        :raise AccessError: neither the customer's salesperson (or their team's leader) nor a manager asks
        :raise UserError: the customer has business with the company, or can't be rated
        """
        self._check_may_open_prospect(partner)
        company = self.env.company
        self._check_no_business(company, partner)
        quarter = Quarter.containing(fields.Date.context_today(self))
        sheet = self.sudo().search([
            ('partner_id', '=', partner.id), ('company_id', '=', company.id), ('kind', '=', 'prospect'),
            ('date_from', '=', quarter.date_from), ('state', 'not in', ('draft', 'cancelled')),
        ]) or self._make_prospect(company, quarter, partner)
        return {
            'type': 'ir.actions.act_window',
            'name': sheet.name,
            'res_model': self._name,
            'res_id': sheet.id,
            'view_mode': 'form',
        }

    @api.model
    def _make_prospect(self, company, quarter, partner):
        writer = SheetWriter(self.env(su=True), company, quarter)
        problem = writer.problem(partner.sudo())
        if problem:
            raise UserError(problem)
        return writer.rate(partner.sudo(), kind='prospect')

    @api.model
    def _check_may_open_prospect(self, partner):
        partner.check_access('read')
        user = self.env.user
        if not user.has_group(MANAGER) and not (user.has_group(SALES) and partner._tianyuan_is_own()):
            raise AccessError(self.env._(
                "%s: only the customer's salesperson, their team's leader and managers can assess a prospect.",
                partner.name,
            ))

    @api.model
    def _check_no_business(self, company, partner):
        if partner.sudo().company_id not in (company, company.browse()):
            raise UserError(self.env._(
                "%(customer)s belongs to another company than %(company)s.",
                customer=partner.name, company=company.name,
            ))
        if purchases.partners_with_business(company, partner.ids):
            raise UserError(self.env._(
                "%(customer)s has an invoice or a confirmed order with %(company)s already and is no prospect: "
                "customers with business are rated every quarter.",
                customer=partner.name, company=company.name,
            ))

    def _check_estimate(self, amount):
        self.check_access('write')
        for sheet in self:
            if not sheet._user_may_assess('sales'):
                raise AccessError(self.env._(
                    "%s: only the customer's salesperson or their team's leader can estimate the yearly purchases.",
                    sheet.name,
                ))
            if not sheet._is_open_for_sales():
                raise UserError(self.env._(
                    "%s: the yearly purchases can't be changed, as sales have submitted or the sheet is not being "
                    "assessed. Ask a manager to reopen it.", sheet.name,
                ))
        if amount < 0:
            raise UserError(self.env._("The yearly purchases can't be negative."))

    def _is_open_for_sales(self):
        return self.state == 'assessing' and not self.sales_done
