from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_archive_review'
BATCH_SIZE = 1000


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
        remaining = len(due)
        for ids in split_every(BATCH_SIZE, due.ids):
            self.sudo().browse(ids)._tianyuan_ask_for_review()
            remaining -= len(ids)
            if not self.env['ir.cron']._tianyuan_checkpoint(len(ids), remaining):
                break

    def _tianyuan_ask_for_review(self):
        """Set archives to be reviewed; one open activity each, for the specialist."""
        # thousands may be due on one day: one note each in a batch instead of tracking them one by one
        self.with_context(tracking_disable=True).write({'tianyuan_archive_state': 'review_due'})
        for lang, partners in self.grouped(lambda partner: partner.tianyuan_archive_specialist_id.lang).items():
            worded = self.with_context(lang=lang or self.env.company.partner_id.lang)
            note = worded.env._("The archive is due for review.")
            partners._message_log_batch(bodies=dict.fromkeys(partners.ids, note))
        activity_type = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        if not activity_type:
            return    # an administrator deleted it
        asked = set(self._tianyuan_review_activities().mapped('res_id'))
        model_id = self.env['ir.model']._get_id('res.partner')
        # nobody wants a thousand e-mails
        self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True).create([
            {
                'activity_type_id': activity_type.id,
                'user_id': specialist.id,
                'res_model_id': model_id,
                'res_id': partner.id,
                'date_deadline': partner.tianyuan_archive_review_due_on,
                'automated': True,
            }
            for partner in self if partner.id not in asked
            for specialist in partner._tianyuan_specialist_in(partner.company_id)
        ])

    def _tianyuan_follow_reviews(self):
        """Keep the activities in step: done once reviewed, with whoever keeps the archive now."""
        activities = self._tianyuan_review_activities()
        if not activities:
            return
        archives = {partner.id: partner for partner in self.sudo()}
        done = activities.filtered(
            lambda activity: archives[activity.res_id].tianyuan_archive_state != 'review_due',
        )
        # archived is what Odoo calls done; the chatter tells of the review itself
        done.action_archive()
        for activity in activities - done:
            specialist = archives[activity.res_id].tianyuan_archive_specialist_id
            if specialist and activity.user_id != specialist:
                activity.with_context(mail_activity_quick_update=True).user_id = specialist

    def _tianyuan_review_activities(self):
        activity_type = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        return self.env['mail.activity'].sudo().search(Domain([
            ('res_model', '=', 'res.partner'), ('res_id', 'in', self.ids),
            ('activity_type_id', '=', activity_type.id),
        ]) if activity_type else Domain.FALSE)
