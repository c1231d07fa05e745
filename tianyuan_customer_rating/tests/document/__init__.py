from . import test_archive_document
from . import test_archive_document_gap
from . import test_archive_document_upload
