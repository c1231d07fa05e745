from odoo import api, models, modules
from odoo.tools import split_every

BATCH_SIZE = 500


class IrCron(models.Model):
    """How the addon's scheduled actions work through much in batches."""

    _inherit = 'ir.cron'

    @api.model
    def _tianyuan_batches(self, ids, size=None):
        """Batches of ids, each made permanent once it is worked off.

        No further batch comes once the scheduler's time is up. Whoever works the ids off must find what is left by
        themselves when the scheduler calls again.

        :param list ids: of the records to work off
        :param int size: of a batch
        """
        for _key, batch in self._tianyuan_batches_by([(None, ids)], size):
            yield batch

    @api.model
    def _tianyuan_batches_by(self, groups, size=None):
        """The like for groups of ids, such as a company's: none of the batches mixes two of them.

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
        """Make what was done permanent; while testing, only write it.

        :param int processed: how much the last batch was
        :param int remaining: how much is left
        :return: the seconds the scheduler still grants
        """
        if modules.module.current_test:
            self.env.flush_all()
            return float('inf')
        return self._commit_progress(processed, remaining=remaining)
