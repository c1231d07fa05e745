from odoo import api, fields, models

from ..engine.rescore import NO_LEVEL, full_marks_reach, level_reach, tier_reach


class TianyuanSchemeComparisonLevel(models.TransientModel):
    """How many of the compared sheets a level, a tier or a demand for full marks of a scheme has applied to."""

    _name = 'tianyuan.scheme.comparison.level'
    _description = "Level Reached in a Comparison"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'comparison_id, is_draft desc, sequence, id'

    comparison_id = fields.Many2one(
        'tianyuan.scheme.comparison', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    sequence = fields.Integer(readonly=True)
    scheme_id = fields.Many2one('tianyuan.rating.scheme', required=True, readonly=True, ondelete='cascade')
    is_draft = fields.Boolean(string="Of the Draft", readonly=True)
    kind = fields.Selection(
        [('level', "Level"), ('none', "No level reached"), ('tier', "Tier"), ('full_marks', "Full marks")],
        string="What Is Reached", required=True, readonly=True,
    )
    indicator_id = fields.Many2one('tianyuan.rating.indicator', readonly=True, ondelete='cascade')
    tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True, ondelete='cascade')
    name = fields.Char(string="Level or Tier", readonly=True)
    bound = fields.Float(readonly=True, digits=(16, 4), aggregator=None)
    has_bound = fields.Boolean(readonly=True, export_string_translation=False)
    points = fields.Float(readonly=True, digits=(5, 2), aggregator=None)
    has_points = fields.Boolean(compute='_compute_has_points', export_string_translation=False)
    sheet_count = fields.Integer(string="Sheets", readonly=True)
    base_count = fields.Integer(
        string="Out Of", readonly=True, aggregator=None,
        help="Sheets for which it could have been. Where a person gave the points, or nothing was stored, no level "
             "could be reached.",
    )
    share = fields.Float(string="Share (%)", readonly=True, digits=(5, 1), aggregator=None)
    reach = fields.Selection(
        [('nobody', "Nobody"), ('some', "Some"), ('everybody', "Everybody"), ('unknown', "Can't be told")],
        string="Reached By", required=True, readonly=True,
    )

    @api.depends('kind')
    def _compute_has_points(self):
        for level in self:
            level.has_points = level.kind == 'level'

    @api.model
    def _values(self, scheme, spec, results, is_draft):
        """Return the values of one record per level, tier and demand for full marks of a scheme.

        :param scheme: ``tianyuan.rating.scheme``
        :param spec: its :class:`~odoo.addons.tianyuan_customer_rating.models.rating.tianyuan_rating_scheme.SchemeSpec`
        :param results: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Rescored`, what the scheme
            gave or would have given
        :param bool is_draft: the scheme is the one compared with the sheets
        :return: list of values
        """
        levels = {level.id: level for level in scheme.line_ids.level_ids}
        result = []
        for (indicator, key), reach in level_reach(spec, results).items():
            if key is NO_LEVEL:
                if reach.count:
                    result.append({
                        'kind': 'none', 'indicator_id': indicator, 'name': self.env._("No level"),
                        **self._reach_values(reach),
                    })
                continue
            result.append({
                'kind': 'level', 'indicator_id': indicator, 'name': levels[key].name, 'bound': levels[key].bound,
                'has_bound': spec.lines[indicator].source != 'level', 'points': levels[key].points,
                **self._reach_values(reach),
            })
        tiers = scheme.threshold_ids.tier_id
        result += [
            {'kind': 'tier', 'tier_id': tier, 'name': tiers.browse(tier).name, **self._reach_values(reach)}
            for tier, reach in tier_reach(spec, results).items()
        ]
        result += [{
            'kind': 'full_marks', 'tier_id': tier, 'indicator_id': indicator,
            'name': self.env._("Full marks for %s", tiers.browse(tier).name), **self._reach_values(reach),
        } for (tier, indicator), reach in full_marks_reach(spec, results).items()]
        return [
            {'scheme_id': scheme.id, 'is_draft': is_draft, 'sequence': place, **values}
            for place, values in enumerate(result, start=1)
        ]

    @api.model
    def _reach_values(self, reach):
        return {
            'sheet_count': reach.count,
            'base_count': reach.base,
            'share': 100 * reach.count / reach.base if reach.base else 0.0,
            'reach': reach.verdict,
        }
