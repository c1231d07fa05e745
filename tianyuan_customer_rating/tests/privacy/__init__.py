from . import (
    test_access_redaction,
    test_personal_data,
    test_personal_erasure,
)
