from contextlib import contextmanager

from odoo import api, models, modules
from odoo.tools import split_every

BATCH_SIZE = 500


class IrCron(models.Model):
    """Batch processing for the addon's scheduled actions."""

    _inherit = 'ir.cron'

    @api.model
    def _tianyuan_batches(self, ids, size=None):
        """Yield batches of ids, and commit after each.

        No more batches are yielded when the scheduler's time is up. The caller must find the remaining ids itself when
        the scheduler calls again.

        :param list ids: of the records to process
        :param int size: size of a batch
        """
        for _key, batch in self._tianyuan_batches_by([(None, ids)], size):
            yield batch

    @api.model
    def _tianyuan_batches_by(self, groups, size=None):
        """Yield batches of groups of ids, for instance one group per company; no batch mixes two groups.

        :param list groups: pairs of key and ids
        :return: pairs of key and batch
        """
        remaining = sum(len(ids) for _key, ids in groups)
        for key, ids in groups:
            for batch in split_every(size or BATCH_SIZE, ids):
                yield key, batch
                remaining -= len(batch)
                if not self._tianyuan_checkpoint(len(batch), remaining):
                    return

    @api.model
    def _tianyuan_checkpoint(self, processed, remaining):
        """Commit what was done; during tests, only flush it.

        :param int processed: number of records in the last batch
        :param int remaining: number of records that are left
        :return: the seconds that the scheduler still grants
        """
        if modules.module.current_test:
            self.env.flush_all()
            return float('inf')
        return self._commit_progress(processed, remaining=remaining)

    @contextmanager
    def _tianyuan_apart(self):
        """Undo work that fails, so that the scheduled action can go on with other work, also after a database error.

        What the work has committed by itself stays. During tests, where nothing is committed, all of it is undone.
        """
        if modules.module.current_test:
            with self.env.cr.savepoint():
                yield
            return
        try:
            yield
        except Exception:
            self.env.cr.rollback()
            raise
