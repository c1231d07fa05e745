from . import tianyuan_rating_dashboard
