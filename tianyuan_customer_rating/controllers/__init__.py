from . import archive_document
