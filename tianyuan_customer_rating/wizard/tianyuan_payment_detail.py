from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang

from ..engine.metrics import compute_metrics
from ..engine.payments import details_and_credits

PAYMENT_METRICS = ('on_time_rate', 'days_beyond_terms')


class TianyuanPaymentDetail(models.TransientModel):
    """One row behind a sheet's payment metrics, read from the current books (design §4).

    A row is an obligation (due, paid on time, paid late, still open), an unmatched credit with the obligation it was
    applied to, or a note that the books have changed since the sheet was confirmed.
    """

    _name = 'tianyuan.payment.detail'
    _description = "Payment Behind a Rating"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'sequence, deadline, id'

    rating_id = fields.Many2one('tianyuan.rating', readonly=True)
    currency_id = fields.Many2one(related='rating_id.currency_id')
    sequence = fields.Integer(readonly=True, export_string_translation=False)
    kind = fields.Selection(
        [('obligation', "Due"), ('credit', "Unmatched Credit"), ('changed', "Books Changed")],
        string="Item", readonly=True,
    )
    move_name = fields.Text(string="Invoice", readonly=True)    # the note about changes has several lines
    move_id = fields.Many2one('account.move', readonly=True, export_string_translation=False)
    move_line_id = fields.Many2one('account.move.line', readonly=True, export_string_translation=False)
    due = fields.Date(string="Due Date", readonly=True)
    deadline = fields.Date(readonly=True)
    amount = fields.Monetary(string="Amount Counted", readonly=True)
    on_time = fields.Monetary(string="Paid on Time", readonly=True)
    late = fields.Monetary(string="Paid Late", readonly=True)
    unpaid = fields.Monetary(string="Still Open", readonly=True)
    days_late = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    applied = fields.Monetary(string="Credit Applied", readonly=True)
    applied_to = fields.Char(readonly=True)

    @api.model
    def _open(self, rating):
        """Open the payment details of one sheet.

        The caller has checked access to the sheet; opening an invoice applies the user's own record rules.

        :param rating: ``tianyuan.rating``, read access already checked
        :return: action
        """
        sheet = rating.sudo()
        scheme = sheet.scheme_id
        obligations, credits = details_and_credits(
            sheet.company_id, sheet.quarter, sheet.partner_id.id, scheme.grace_days, scheme.apply_unmatched_credits,
        )
        lines = {line.id: line for line in self.env['account.move.line'].sudo().browse([
            *(row['line_id'] for row in obligations),
            *(item_id for row in credits for item_id in (row.credit, row.obligation)),
        ])}

        def row_of(line_id, sequence, kind, **values):
            move = lines[line_id].move_id
            return {
                'rating_id': rating.id, 'sequence': sequence, 'kind': kind, 'move_line_id': line_id,
                'move_id': move.id, 'move_name': move.name, **values,
            }

        details = self.sudo().create([
            *self._note_of_changes(sheet),
            *(row_of(row['line_id'], 1, 'obligation', **{
                name: row[name] for name in ('due', 'deadline', 'amount', 'on_time', 'late', 'unpaid', 'days_late')
            }) for row in obligations),
            *(row_of(
                row.credit, 2, 'credit', due=row.day, applied=row.amount,
                applied_to=lines[row.obligation].move_id.name,
            ) for row in credits),
        ])
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Payments of %s", rating.name),
            'res_model': self._name,
            'view_mode': 'list',
            'domain': [('id', 'in', details.ids)],
        }

    @api.model
    def _note_of_changes(self, sheet):
        """Return a row that compares the metrics of the confirmed sheet with the current books, if they differ.

        :param sheet: ``tianyuan.rating`` with the rights to read everything
        :return: list of values, empty if nothing differs
        """
        if sheet.state != 'confirmed' or sheet.origin == 'imported':
            return []
        scheme = sheet.scheme_id
        now = compute_metrics(
            self.env(su=True), sheet.company_id, sheet.quarter, sheet.partner_id.ids, scheme.grace_days,
            scheme.volume_basis, scheme.apply_unmatched_credits,
        )[sheet.partner_id.id]
        changes = []
        for line in sheet.line_ids:
            metric = line.indicator_id.metric
            if line.source != 'computed' or metric not in PAYMENT_METRICS:
                continue
            then = line.metric_value if line.has_value else None
            if then != now[metric]:
                changes.append(self.env._(
                    "%(indicator)s: %(then)s then, %(now)s now", indicator=line.indicator_id.name,
                    then=self._in_words(then), now=self._in_words(now[metric]),
                ))
        return [{
            'rating_id': sheet.id,
            'sequence': 0,
            'kind': 'changed',
            'move_name': self.env._(
                "The books have changed since %(day)s. %(changes)s. The confirmed rating stays as it is.",
                day=format_date(self.env, sheet.computed_on or sheet.confirmed_on), changes="; ".join(changes),
            ),
        }] if changes else []

    def _in_words(self, value):
        return self.env._("no data") if value is None else formatLang(self.env, value, digits=2)

    def action_open_move(self):
        """Open the invoice."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'account.move',
            'res_id': self.move_id.id,
            'view_mode': 'form',
        }
