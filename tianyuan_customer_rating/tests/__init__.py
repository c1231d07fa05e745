from . import test_metrics_oracle
from . import test_metrics_payments
from . import test_metrics_purchases
from . import test_query_budget
from . import test_scoring
from . import test_rating_workflow
