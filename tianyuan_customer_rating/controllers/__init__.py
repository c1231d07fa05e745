from . import (
    tianyuan_archive_document,
    tianyuan_archive_upload,
    tianyuan_personal_data,
    tianyuan_rating_dashboard,
    tianyuan_rating_proof,
    tianyuan_scheme_comparison,
)
