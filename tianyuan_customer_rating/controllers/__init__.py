from . import (
    tianyuan_archive_document,
    tianyuan_archive_upload,
    tianyuan_insight_unsubscribe,
    tianyuan_rating_dashboard,
)
