from odoo import api, fields, models

ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_archive_review'


class ResPartner(models.Model):
    """Archives are gone through every few months; who keeps them is told when it is time (design §7)."""

    _inherit = 'res.partner'

    @api.model
    def _cron_tianyuan_review(self):
        """Mark the filed archives whose review is due, and ask their specialists for it."""
        today = fields.Date.context_today(self)
        due = self.sudo().search([
            ('tianyuan_archive_state', '=', 'filed'), ('tianyuan_archive_review_due_on', '<=', today),
        ])
        for ids in self.env['ir.cron']._tianyuan_batches(due.ids):
            self.sudo().browse(ids)._tianyuan_ask_for_review()

    def _tianyuan_ask_for_review(self):
        """Set archives to be reviewed; one open activity each, for the specialist."""
        # thousands may be due on one day: one note each in a batch instead of tracking them one by one
        self.with_context(tracking_disable=True).write({'tianyuan_archive_state': 'review_due'})
        for lang, partners in self.grouped(lambda partner: partner.tianyuan_archive_specialist_id.lang).items():
            worded = self.with_context(lang=lang or self.env.company.partner_id.lang)
            note = worded.env._("The archive is due for review.")
            partners._message_log_batch(bodies=dict.fromkeys(partners.ids, note))
        asked = set(self._tianyuan_review_activities().mapped('res_id'))
        self.filtered(lambda partner: partner.id not in asked)._tianyuan_schedule(
            ACTIVITY_TYPE, lambda partner: partner._tianyuan_specialist_in(partner.company_id),
            deadline=lambda partner: partner.tianyuan_archive_review_due_on,
        )

    def _tianyuan_follow_reviews(self):
        """Keep the activities in step: done once reviewed, with whoever keeps the archive now."""
        activities = self._tianyuan_review_activities()
        if not activities:
            return
        archives = {partner.id: partner for partner in self.sudo()}
        done = activities.filtered(
            lambda activity: archives[activity.res_id].tianyuan_archive_state != 'review_due',
        )
        # archived instead of `activity_feedback`, which would post a message: the chatter tells of the review itself
        done.action_archive()
        for activity in activities - done:
            specialist = archives[activity.res_id].tianyuan_archive_specialist_id
            if specialist and activity.user_id != specialist:
                activity.with_context(mail_activity_quick_update=True).user_id = specialist

    def _tianyuan_review_activities(self):
        return self.sudo().activity_search([ACTIVITY_TYPE], only_automated=False)
