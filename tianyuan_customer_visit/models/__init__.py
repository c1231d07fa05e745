from . import (
    mail_activity,
    product_template,
    res_company,
    res_config_settings,
    res_partner,
    res_users,
    tianyuan_class_history,
    tianyuan_hand_over,
    tianyuan_visit,
    tianyuan_visit_finding,
    tianyuan_visit_kinds,
    tianyuan_workbench,
)
