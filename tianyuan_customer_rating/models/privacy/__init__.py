from . import (
    res_partner,
    tianyuan_personal_erasure,
    tianyuan_workbench,
)
