from . import test_cultivation
from . import test_demo_visits
from . import test_translations
from . import test_visit
from . import test_visit_finding
from . import test_visit_plan
from . import test_visit_report
from . import test_visit_workbench
