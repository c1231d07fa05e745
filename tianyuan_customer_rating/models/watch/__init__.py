from . import (
    res_company,
    res_config_settings,
    tianyuan_hand_over,
    tianyuan_watch_course,
    tianyuan_watch_item,
)
