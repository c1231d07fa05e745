from . import (
    test_customer_policy,
    test_customer_policy_apply,
    test_translations,
)
