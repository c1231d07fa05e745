from . import (
    account_move,
    res_partner,
    res_partner_completeness,
    tianyuan_archive_number,
    tianyuan_archive_requirement,
    tianyuan_downstream_market,
)
