from . import tianyuan_archive_upload
