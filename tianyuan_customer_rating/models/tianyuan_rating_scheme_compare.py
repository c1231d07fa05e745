from odoo import api, fields, models


class TianyuanRatingScheme(models.Model):
    """What a draft would have made of the last quarter, before it is activated."""

    _inherit = 'tianyuan.rating.scheme'

    comparison_advised = fields.Boolean(compute='_compute_comparison_advised', export_string_translation=False)

    @api.depends('state', 'channel', 'company_id')
    def _compute_comparison_advised(self):
        """Whether the draft would take over from an active scheme."""
        drafts = self.filtered(lambda scheme: scheme.state == 'draft' and scheme.channel)
        groups = self.sudo()._read_group(
            [('state', '=', 'active'), ('channel', 'in', drafts.mapped('channel'))], ['channel', 'company_id'],
        ) if drafts else []
        for scheme in self:
            # one for all companies meets each company's own
            scheme.comparison_advised = scheme in drafts and any(
                channel == scheme.channel and (company == scheme.company_id or not (company and scheme.company_id))
                for channel, company in groups
            )

    def action_compare(self):
        """Compare with the last quarter's sheets; nothing but the comparison is written.

        :return: action that shows it
        :raise AccessError: the user is neither manager nor finance assessor, or can't read the scheme
        :raise UserError: the channel has no sheets to compare with
        """
        self.ensure_one()
        return self.env['tianyuan.scheme.comparison']._open(self)
