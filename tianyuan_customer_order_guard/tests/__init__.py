from . import test_order_approval
from . import test_order_changes
from . import test_order_delegation
from . import test_order_guard
from . import test_order_matters
from . import test_order_online
from . import test_order_workbench
from . import test_translations
