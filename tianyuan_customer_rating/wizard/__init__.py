from . import base_partner_merge, tianyuan_payment_detail, tianyuan_rating_reopen
