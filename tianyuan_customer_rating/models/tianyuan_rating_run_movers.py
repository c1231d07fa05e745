from odoo import api, fields, models


class TianyuanRatingRun(models.Model):
    """How many customers a run moved up and down."""

    _inherit = 'tianyuan.rating.run'

    moved_up_count = fields.Integer(string="Moved Up", compute='_compute_moved_counts')
    moved_down_count = fields.Integer(string="Moved Down", compute='_compute_moved_counts')

    @api.depends('rating_ids.tier_change', 'rating_ids.state')
    def _compute_moved_counts(self):
        counts = {
            (run, change): count for run, change, count in self.env['tianyuan.rating']._read_group([
                ('run_id', 'in', self.ids), ('state', '!=', 'cancelled'), ('tier_change', 'in', ('up', 'down')),
            ], ['run_id', 'tier_change'], ['__count'])
        }
        for run in self:
            run.moved_up_count = counts.get((run, 'up'), 0)
            run.moved_down_count = counts.get((run, 'down'), 0)

    def action_view_moved_up(self):
        """Open the sheets of the run whose customer moved up; until they are confirmed, things may still change."""
        return self._action_view_moved('up', self.env._("%s: Moved Up", self.name))

    def action_view_moved_down(self):
        """Open the sheets of the run whose customer moved down."""
        return self._action_view_moved('down', self.env._("%s: Moved Down", self.name))

    def _action_view_moved(self, change, name):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_action_movers')
        return {
            **action,
            'name': name,
            'domain': [('run_id', '=', self.id), ('state', '!=', 'cancelled'), ('tier_change', '=', change)],
            'context': {},
        }
