from . import (
    base_partner_merge,
    tianyuan_customer_policy_apply,
    tianyuan_customer_policy_apply_line,
)
