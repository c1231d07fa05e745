from . import test_archive_end
from . import test_check_once
from . import test_destruction
from . import test_hold
from . import test_retention
