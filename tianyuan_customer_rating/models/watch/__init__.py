from . import (
    res_company,
    res_config_settings,
    res_partner,
    tianyuan_hand_over,
    tianyuan_watch_course,
    tianyuan_watch_digest,
    tianyuan_watch_item,
    tianyuan_workbench,
)
