from odoo import fields, models


class MailActivity(models.Model):
    """Remembers which activities cultivate a potential customer, and for which company.

    Activities that cultivate a potential customer take their visits along.
    """

    _inherit = 'mail.activity'

    # Done activities are kept archived: the last one says what is next, and when. Nobody writes this, nor
    # presets it: Odoo refuses a default for a field the user has no access to.
    tianyuan_cultivation_company_id = fields.Many2one(
        'res.company', string="Cultivated for", readonly=True, copy=False, index='btree_not_null',
        ondelete='cascade', groups=fields.NO_ACCESS,
    )

    def write(self, vals):
        result = super().write(vals)
        if {'date_deadline', 'user_id', 'activity_type_id'} & vals.keys():
            cultivating = self.sudo().filtered('tianyuan_cultivation_company_id')
            if cultivating:
                self.env['tianyuan.visit'].sudo()._follow_activities(cultivating)
        return result

    def _tianyuan_raised(self):
        return super()._tianyuan_raised() | self.filtered(
            lambda activity: activity.automated and activity.tianyuan_cultivation_company_id,
        )

    def _action_done(self, feedback=False, attachment_ids=None):
        cultivating = self.sudo().filtered('tianyuan_cultivation_company_id')
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if cultivating:
            self.env['tianyuan.visit'].sudo()._done_with(cultivating, feedback)
        return result
