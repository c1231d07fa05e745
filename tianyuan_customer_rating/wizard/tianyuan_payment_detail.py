from odoo import api, fields, models

from ..engine.payments import payment_details


class TianyuanPaymentDetail(models.TransientModel):
    """One obligation behind a sheet's payment metrics: what was due, paid on time, paid late, still open."""

    _name = 'tianyuan.payment.detail'
    _description = "Payment Behind a Rating"
    _order = 'deadline, id'

    rating_id = fields.Many2one('tianyuan.rating', readonly=True)
    currency_id = fields.Many2one(related='rating_id.currency_id')
    move_name = fields.Char(string="Invoice", readonly=True)
    move_id = fields.Many2one('account.move', readonly=True, export_string_translation=False)
    move_line_id = fields.Many2one('account.move.line', readonly=True, export_string_translation=False)
    due = fields.Date(string="Due Date", readonly=True)
    deadline = fields.Date(readonly=True)
    amount = fields.Monetary(string="Amount Counted", readonly=True)
    on_time = fields.Monetary(string="Paid on Time", readonly=True)
    late = fields.Monetary(string="Paid Late", readonly=True)
    unpaid = fields.Monetary(string="Still Open", readonly=True)
    days_late = fields.Float(readonly=True, digits=(16, 2), aggregator=None)

    @api.model
    def _open(self, rating):
        """Show the obligations of one sheet.

        The rows are those of a sheet the caller may read; the invoice itself opens by its own rules.

        :param rating: ``tianyuan.rating``, read access already checked
        :return: action
        """
        sheet = rating.sudo()
        rows = payment_details(
            sheet.company_id, sheet.quarter, sheet.partner_id.id,
            sheet.scheme_id.grace_days,
        )
        moves = {
            line.id: line.move_id
            for line in self.env['account.move.line'].sudo().browse([row['line_id'] for row in rows])
        }
        details = self.sudo().create([{
            'rating_id': rating.id,
            'move_line_id': row['line_id'],
            'move_id': moves[row['line_id']].id,
            'move_name': moves[row['line_id']].name,
            **{name: row[name] for name in ('due', 'deadline', 'amount', 'on_time', 'late', 'unpaid', 'days_late')},
        } for row in rows])
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Payments of %s", rating.name),
            'res_model': self._name,
            'view_mode': 'list',
            'domain': [('id', 'in', details.ids)],
        }

    def action_open_move(self):
        """Open the invoice."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'account.move',
            'res_id': self.move_id.id,
            'view_mode': 'form',
        }
