"""Which entries are what customers buy."""

# a customer's deals: what was invoiced or sold over the counter
DEAL_MOVE_TYPES = ('out_invoice', 'out_receipt')
# their purchases: deals less what they gave back
PURCHASE_MOVE_TYPES = (*DEAL_MOVE_TYPES, 'out_refund')
