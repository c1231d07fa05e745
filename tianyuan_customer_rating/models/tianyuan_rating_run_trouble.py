import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(minutes=1)


class TianyuanRatingRun(models.Model):
    """Goes on by itself after the database's own trouble: a full disk, a lock held too long, a conflict.

    What was committed stays, so the batch at work is all that is done again. With the connection itself gone,
    nothing can be noted; the scheduler then finds its job not done and takes it up when the database is back.
    """

    _inherit = 'tianyuan.rating.run'

    @api.model
    def _cron_process(self):
        try:
            return super()._cron_process()
        except OperationalError as trouble:
            self.env.cr.rollback()
            _logger.warning("Rating runs go on in %s, behind what is done: %s", TRY_AGAIN_AFTER, trouble)
            self.env.ref('tianyuan_customer_rating.ir_cron_process_runs').sudo()._trigger(
                fields.Datetime.now() + TRY_AGAIN_AFTER,
            )
            return None
