from . import (
    mail_activity,
    res_partner,
    res_users,
    tianyuan_archive_borrow,
    tianyuan_hand_over,
    tianyuan_hand_over_kind,
    tianyuan_hand_over_line,
    tianyuan_rating,
    tianyuan_rating_run,
    tianyuan_workbench,
)
