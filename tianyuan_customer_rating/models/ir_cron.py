from odoo import api, models, modules


class IrCron(models.Model):
    """How the addon's scheduled actions work through much in batches."""

    _inherit = 'ir.cron'

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
