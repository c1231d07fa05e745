from . import tianyuan_rating_outcome
