from odoo import fields, models


class MailActivity(models.Model):
    """Link from an activity to the company for which it cultivates a potential customer (policy 8.3).

    The visit of a cultivation activity is updated and completed together with the activity.
    """

    _inherit = 'mail.activity'

    # Completed activities stay archived, and the kind and day of the last one determine the next one. NO_ACCESS also
    # keeps users from presetting the field, because Odoo refuses defaults for fields without access.
    tianyuan_cultivation_company_id = fields.Many2one(
        'res.company', string="Cultivated for", readonly=True, copy=False, index='btree_not_null',
        ondelete='cascade', groups=fields.NO_ACCESS,
    )

    def write(self, vals):
        result = super().write(vals)
        if {'date_deadline', 'user_id', 'activity_type_id'} & vals.keys():
            cultivating = self.sudo().filtered('tianyuan_cultivation_company_id')
            if cultivating:
                self.env['tianyuan.visit'].sudo()._update_from_activities(cultivating)
        return result

    def _tianyuan_raised(self):
        return super()._tianyuan_raised() | self.filtered(
            lambda activity: activity.automated and activity.tianyuan_cultivation_company_id,
        )

    def _action_done(self, feedback=False, attachment_ids=None):
        cultivating = self.sudo().filtered('tianyuan_cultivation_company_id')
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if cultivating:
            self.env['tianyuan.visit'].sudo()._complete_from_activities(cultivating, feedback)
        return result
