"""Five dialogs that asked for a reason have become one.

Odoo removes their models by itself, but neither the tables of models it no longer knows nor the external ids of their
record rules, which it never updates.
"""

RULES = [
    'tianyuan_archive_borrow_refuse_rule_own', 'tianyuan_archive_collection_reject_rule_own',
    'tianyuan_contract_cancel_rule_own', 'tianyuan_order_refuse_rule_own', 'tianyuan_rating_reopen_rule_own',
]


def migrate(cr, _version):
    cr.execute("""
        DROP TABLE IF EXISTS
            tianyuan_archive_borrow_tianyuan_archive_borrow_refuse_rel, tianyuan_archive_borrow_refuse,
            tianyuan_archive_collection_reject,
            tianyuan_contract_tianyuan_contract_cancel_rel, tianyuan_contract_cancel,
            sale_order_tianyuan_order_refuse_rel, tianyuan_order_refuse,
            tianyuan_rating_tianyuan_rating_reopen_rel, tianyuan_rating_reopen
    """)
    cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'tianyuan_customer_rating' AND model = 'ir.rule' AND name = ANY(%s)",
        [RULES],
    )
