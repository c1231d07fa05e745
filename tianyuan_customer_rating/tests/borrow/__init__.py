from . import test_archive_access_gaps
from . import test_archive_access_log
from . import test_archive_access_seal
from . import test_archive_attack
from . import test_archive_borrow
from . import test_archive_originals
from . import test_archive_watermark
from . import test_prolongation
