from . import tianyuan_payment_detail, tianyuan_rating_reopen
