from . import (
    mail_activity,
    tianyuan_workbench,
)
