from datetime import date

from odoo import fields, models
from odoo.fields import Domain

from ..engine import purchases
from ..engine.moves import PURCHASE_MOVE_TYPES


class TianyuanRating(models.Model):
    """Opening a sheet's numbers down to the invoices, orders and payments behind them."""

    _inherit = 'tianyuan.rating'

    def action_open_purchases(self):
        """Open the invoices (or orders) of the quarter."""
        return self._open_purchases([self.quarter])

    def action_open_annual_purchases(self):
        """Open the invoices (or orders) of the year that decides on a major account."""
        self.ensure_one()
        year = self.annual_year
        return self._open_purchases([(date(year, 1, 1), date(year, 12, 31))])

    def _open_growth(self):
        return self._open_purchases([self.quarter, self.quarter.year_before()])

    def _open_cooperation(self):
        """Open what the cooperation is counted from: the archive, or else all invoices."""
        if not self.partner_id.sudo().tianyuan_cooperation_start_date:
            return self._open_invoices([(date.min, self.date_to)])
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'res.partner',
            'res_id': self.partner_id.id,
            'view_mode': 'form',
        }

    def _open_purchases(self, periods):
        """Open the documents behind purchases.

        :param periods: pairs of first and last day
        :return: action, filtered by what the user may read
        """
        self.ensure_one()
        self.check_access('read')
        if self.sudo().scheme_id.volume_basis == 'ordered':
            return self._open_orders(periods)
        return self._open_invoices(periods)

    def _open_invoices(self, periods):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Invoices of %s", self.name),
            'res_model': 'account.move',
            'view_mode': 'list,form,pivot',
            'views': [(self.env.ref('account.view_out_invoice_tree').id, 'list'), (False, 'form'), (False, 'pivot')],
            'domain': list(Domain([
                ('company_id', 'child_of', self.company_id.id),
                ('commercial_partner_id', '=', self.partner_id.id),
                ('move_type', 'in', PURCHASE_MOVE_TYPES),
                ('state', '=', 'posted'),
            ]) & Domain.OR(
                Domain([('invoice_date', '>=', str(first)), ('invoice_date', '<=', str(last))])
                for first, last in periods
            )),
            'context': {'create': False},
        }

    def _open_orders(self, periods):
        company = self.company_id.sudo()
        bounds = [purchases.datetime_bounds(company, period) for period in periods]
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Orders of %s", self.name),
            'res_model': 'sale.order',
            'view_mode': 'list,form,pivot',
            'domain': list(Domain([
                ('company_id', 'child_of', self.company_id.id),
                ('partner_id.commercial_partner_id', '=', self.partner_id.id),
                ('state', '=', 'sale'),
            ]) & Domain.OR(
                Domain([
                    ('date_order', '>=', fields.Datetime.to_string(since)),
                    ('date_order', '<', fields.Datetime.to_string(until)),
                ]) for since, until in bounds
            )),
            'context': {'create': False},
        }

    def action_open_payments(self):
        """Open what was due in the quarter, with what was paid on time, late, or not at all."""
        self.ensure_one()
        self.check_access('read')
        return self.env['tianyuan.payment.detail']._open(self)
