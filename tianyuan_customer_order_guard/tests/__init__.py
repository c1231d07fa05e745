from . import (
    test_order_approval,
    test_order_changes,
    test_order_delegation,
    test_order_guard,
    test_order_matters,
    test_order_online,
    test_translations,
)
