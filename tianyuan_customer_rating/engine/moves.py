"""Types of journal entries that count as customers' purchases."""

# Deals are invoices and sales receipts.
DEAL_MOVE_TYPES = ('out_invoice', 'out_receipt')
# Purchases are deals less refunds.
PURCHASE_MOVE_TYPES = (*DEAL_MOVE_TYPES, 'out_refund')
