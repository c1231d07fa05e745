from . import (
    res_company,
    res_partner,
    sale_order,
    tianyuan_customer_policy,
    tianyuan_policy_application,
    tianyuan_policy_application_line,
    tianyuan_rating_indicator,
    tianyuan_setup,
    tianyuan_shared_mixin,
)
