from . import (
    test_earlier_check,
    test_earlier_import,
    test_earlier_many,
    test_earlier_reading,
    test_earlier_removal,
)
