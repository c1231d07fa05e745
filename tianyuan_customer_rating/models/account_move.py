from odoo import api, fields, models


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'tianyuan.partner.badge.mixin']

    # Without it a salesperson who may read a paid invoice can't open it: counting its payments asks for
    # the right to read them.
    payment_count = fields.Integer(compute_sudo=True)

    # One customer's purchases and obligations without a walk through all invoices; the stock partner
    # form's totals gain from it too.
    _tianyuan_commercial_partner_idx = models.Index('(commercial_partner_id, invoice_date)')

    def _tianyuan_has_badge(self):
        return bool(self.partner_id) and self.is_sale_document(include_receipts=True)

    @api.depends(
        'state', 'amount_total_signed', 'invoice_date', 'invoice_line_ids.product_id', 'invoice_line_ids.sale_line_ids',
    )
    def _compute_tianyuan_warning(self):
        """A draft that is no order's warns as a quotation would."""
        drafts = self.filtered(
            lambda move: move.state == 'draft' and move.move_type in ('out_invoice', 'out_receipt') and move.partner_id
            and not move.invoice_line_ids.sale_line_ids,
        )
        super(AccountMove, self - drafts)._compute_tianyuan_warning()
        found = drafts._tianyuan_matters(('warn', 'approve'))
        for move in drafts:
            move.tianyuan_warning = move._tianyuan_name_matters(found.get(move, {})) or False

    def _tianyuan_adds(self, _customer):
        return self.amount_total_signed

    def _tianyuan_day(self):
        return self.invoice_date or (self.company_id or self.env.company).sudo()._tianyuan_today()

    def _tianyuan_products(self):
        return self.invoice_line_ids.product_id

    def _tianyuan_word_limit(self, _payer=None, **amounts):
        return self.env._("Over the credit limit of %(limit)s: %(total)s including this invoice.", **amounts)

    def _post(self, soft=True):
        """Record what is posted on a bad-debt account."""
        posted = super()._post(soft)
        posted._tianyuan_sync_bad_debt()
        return posted

    def button_draft(self):
        """An entry taken back is no bad debt any more."""
        result = super().button_draft()
        self._tianyuan_sync_bad_debt()
        return result

    def _tianyuan_sync_bad_debt(self):
        for company, moves in self.grouped('company_id').items():
            account_ids = company._tianyuan_bad_debt_account_ids()
            if not account_ids:
                continue
            charged = moves.filtered(
                lambda move, account_ids=account_ids: not set(account_ids).isdisjoint(move.line_ids.account_id.ids),
            )
            # of a write-off often only the receivable has a partner
            partners = charged.line_ids.partner_id.commercial_partner_id
            if partners:
                self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company, partners)
