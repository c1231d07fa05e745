from . import (
    account_move,
    payment_transaction,
    product_licence,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_line,
    tianyuan_approval_delegation,
    tianyuan_customer_hold,
    tianyuan_licence_sale,
    tianyuan_partner_badge_mixin,
)
