from . import (
    test_demo_insights,
    test_insight_unsubscribe,
    test_market_insight,
    test_market_insight_share,
    test_translations,
)
