from . import (
    mail_mail,
    res_partner,
    tianyuan_market_insight,
    tianyuan_market_insight_share_log,
)
