from odoo import api, models

from ...engine.moves import DEAL_MOVE_TYPES
from ...tools import dealings

MOVES_KEY = 'tianyuan_customer_rating.posted'


class AccountMove(models.Model):
    """Notes in the customers' archives what they buy, when an invoice is posted (design §7).

    Posting only collects the invoices that tell the archive something new; all invoices of a transaction are handled
    together before its commit, like the chatter's tracking values.
    """

    _inherit = 'account.move'

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted.filtered(lambda move: move._tianyuan_has_new_dealings())._tianyuan_remember_dealings()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._tianyuan_remember_dealings()
        return result

    def _tianyuan_has_new_dealings(self):
        """Return whether the posted invoice has a first deal or product that the customer's archive lacks."""
        if self.move_type not in DEAL_MOVE_TYPES or not self.commercial_partner_id:
            return False
        move = self.sudo()
        first_deal = move.commercial_partner_id.tianyuan_first_deal_date
        if not first_deal or move.invoice_date < first_deal:
            return True
        noted = move.commercial_partner_id.tianyuan_noted_product_ids or ()
        return any(
            line.display_type == 'product' and line.price_subtotal > 0 and not line.is_downpayment
            for line in move.line_ids if line.product_id and line.product_id.id not in noted
        )

    def _tianyuan_remember_dealings(self):
        ids = [move.id for move in self if move.move_type in DEAL_MOVE_TYPES]
        if not ids:
            return
        precommit = self.env.cr.precommit
        if MOVES_KEY not in precommit.data:
            precommit.data[MOVES_KEY] = set()
            precommit.add(self.env['account.move'].sudo()._tianyuan_note_dealings)
        precommit.data[MOVES_KEY].update(ids)

    @api.model
    def _tianyuan_note_dealings(self):
        """Store first deal dates and newly bought varieties from the invoices that this transaction posted or reset."""
        move_ids = list(self.env.cr.precommit.data.pop(MOVES_KEY, ()))
        if not move_ids:
            return
        self.env.flush_all()
        Partner = self.env['res.partner']
        first_deals = self.env.execute_query(dealings.note_first_deals(move_ids))
        Partner.browse(partner_id for partner_id, in first_deals).invalidate_recordset(
            ['tianyuan_first_deal_date'], flush=False,
        )
        varieties = {}
        for partner_id, product_id in self.env.execute_query(dealings.note_varieties(move_ids)):
            varieties.setdefault(Partner.browse(partner_id), []).append(product_id)
        noted = self.env.execute_query(dealings.note_products(move_ids))
        Partner.browse(partner_id for partner_id, in noted).invalidate_recordset(
            ['tianyuan_noted_product_ids'], flush=False,
        )
        if varieties:
            Partner.concat(*varieties)._tianyuan_log_new_varieties(varieties)
