from . import (
    base_partner_merge,
    tianyuan_question,
    tianyuan_reason,
)
