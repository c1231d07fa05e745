from . import (
    test_cultivation,
    test_demo_visits,
    test_translations,
    test_visit,
    test_visit_finding,
    test_visit_plan,
    test_visit_report,
)
