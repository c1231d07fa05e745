from . import test_outcome
from . import test_proof
from . import test_validation
