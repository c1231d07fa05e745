from . import test_demo_insights
from . import test_insight_unsubscribe
from . import test_market_insight
from . import test_market_insight_share
from . import test_personal_data
from . import test_translations
