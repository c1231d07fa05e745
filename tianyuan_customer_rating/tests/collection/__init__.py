from . import test_archive_collection
from . import test_archive_collection_access
from . import test_archive_collection_report
from . import test_archive_duplicates
from . import test_duplicate_banner
from . import test_duplicate_import
from . import test_duplicate_measures
from . import test_tax_ids
