from . import (
    test_course,
    test_watch_access,
    test_watch_alarms,
    test_watch_budget,
    test_watch_digest,
    test_watch_reasons,
    test_watch_rounds,
    test_watch_rules,
    test_watch_screens,
    test_watch_year,
)
