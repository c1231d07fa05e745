from . import (
    res_company,
    res_config_settings,
    tianyuan_channel_suggestion,
    tianyuan_setup,
)
