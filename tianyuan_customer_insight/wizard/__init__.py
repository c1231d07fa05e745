from . import (
    base_partner_merge,
    tianyuan_market_insight_share,
    tianyuan_market_insight_share_line,
)
