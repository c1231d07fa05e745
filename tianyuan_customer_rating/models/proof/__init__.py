from . import (
    res_company,
    res_config_settings,
    tianyuan_rating_outcome,
)
