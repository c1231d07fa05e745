# Mixins must be imported before the mixins and models that inherit them.
from . import (  # isort: skip
    tianyuan_plain_text_mixin,
    tianyuan_append_only_mixin,
    tianyuan_grouping_mixin,
    tianyuan_activity_mixin,
    tianyuan_customer_mixin,
    tianyuan_protected_mixin,
    tianyuan_quarter_mixin,
    tianyuan_shared_mixin,
    tianyuan_decision_mixin,
    tianyuan_partner_badge_mixin,
    tianyuan_scheme_movement_mixin,
    tianyuan_scheme_part_mixin,
    tianyuan_step_mixin,
    tianyuan_step_dialog_mixin,
)
from . import (
    ir_cron,
    mail_activity,
    mail_message,
    mail_tracking_value,
    res_users,
)
