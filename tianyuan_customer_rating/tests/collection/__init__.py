from . import test_archive_collection
from . import test_archive_collection_access
from . import test_archive_collection_report
from . import test_archive_duplicates
