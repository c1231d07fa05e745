from . import (
    base_import_import,
    res_partner,
)
