from odoo import fields, models


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'tianyuan.partner.badge.mixin']

    # As superuser: otherwise a salesperson who may read a paid invoice couldn't open its form, as counting its payments
    # needs the right to read them.
    payment_count = fields.Integer(compute_sudo=True)

    # Finds the purchases and receivables of a customer without scanning all invoices; Odoo's own totals on the partner
    # form use it too.
    _tianyuan_commercial_partner_idx = models.Index('(commercial_partner_id, invoice_date)')

    def _tianyuan_has_badge(self):
        return bool(self.partner_id) and self.is_sale_document(include_receipts=True)

    def _post(self, soft=True):
        """Record the bad debts of posted entries."""
        posted = super()._post(soft)
        posted._tianyuan_sync_bad_debt()
        return posted

    def button_draft(self):
        """Cancel the bad debts of entries that are reset to draft."""
        result = super().button_draft()
        self._tianyuan_sync_bad_debt()
        return result

    def action_tianyuan_bad_debts(self):
        """Open the bad debts that the warning is about.

        :raise AccessError: the user may not read the document, or bad debts
        """
        return self._tianyuan_open_bad_debts()

    def _tianyuan_sync_bad_debt(self):
        for company, moves in self.grouped('company_id').items():
            account_ids = company._tianyuan_bad_debt_account_ids()
            if not account_ids:
                continue
            charged = moves.filtered(
                lambda move, account_ids=account_ids: not set(account_ids).isdisjoint(move.line_ids.account_id.ids),
            )
            # In a write-off often only the receivable line has a partner.
            partners = charged.line_ids.partner_id.commercial_partner_id
            if partners:
                self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company, partners)
