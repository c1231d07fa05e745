from . import (
    tianyuan_rating,
    tianyuan_rating_import,
    tianyuan_rating_import_problem,
    tianyuan_rating_line,
)
