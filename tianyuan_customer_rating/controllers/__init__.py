from . import archive_document, tianyuan_rating_dashboard
