from odoo import api, models


class AccountMove(models.Model):
    """Draft invoices without an order show the same warnings as a quotation (design §9)."""

    _inherit = 'account.move'

    @api.depends(
        'state', 'amount_total_signed', 'invoice_date', 'invoice_line_ids.product_id', 'invoice_line_ids.sale_line_ids',
    )
    def _compute_tianyuan_warning(self):
        """Compute the warnings of drafts without an order as those of a quotation."""
        drafts = self.filtered(
            lambda move: move.state == 'draft' and move.move_type in ('out_invoice', 'out_receipt') and move.partner_id
            and not move.invoice_line_ids.sale_line_ids,
        )
        super(AccountMove, self - drafts)._compute_tianyuan_warning()
        found = drafts._tianyuan_matters(('warn', 'approve'))
        for move in drafts:
            move.tianyuan_warning = move._tianyuan_matters_text(found.get(move, {})) or False

    def _tianyuan_added_amount(self, _customer):
        return self.amount_total_signed

    def _tianyuan_licence_day(self):
        return self.invoice_date or (self.company_id or self.env.company).sudo()._tianyuan_today()

    def _tianyuan_products(self):
        return self.invoice_line_ids.product_id

    def _tianyuan_word_limit(self, _payer=None, **amounts):
        return self.env._("Over the credit limit of %(limit)s: %(total)s including this invoice.", **amounts)
