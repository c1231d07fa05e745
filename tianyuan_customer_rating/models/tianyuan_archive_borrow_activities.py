from datetime import timedelta

from odoo import api, fields, models

from .tianyuan_roles import SPECIALIST, managers_of

MODULE = 'tianyuan_customer_rating'
DECIDE, RETURN = f'{MODULE}.mail_activity_type_borrow_decide', f'{MODULE}.mail_activity_type_borrow_return'


class TianyuanArchiveBorrow(models.Model):
    """Tells the specialist of requests and the borrower of decisions, and chases what is overdue."""

    _inherit = 'tianyuan.archive.borrow'

    @api.model
    def _cron_chase(self):
        """Remind borrower and specialist of what is overdue, each time the company's number of days has passed."""
        today, late = fields.Date.context_today(self), self.browse()
        for borrow in self.search([('is_overdue', '=', True)]):
            every = timedelta(days=borrow.company_id.tianyuan_borrow_chase_days)
            if borrow.chased_on and borrow.chased_on + every > today:
                continue
            late += borrow
        late.activity_unlink([RETURN])    # the new one counts anew
        late._tianyuan_schedule(
            RETURN, lambda borrow: borrow.borrower_id | borrow._specialist(),
            summary=lambda borrow: borrow.env._(
                "Overdue: %(number)s, archive of %(customer)s",
                number=borrow.name, customer=borrow.partner_id.display_name,
            ),
            notify=True,
        )
        late.chased_on = today

    def _ask_for_decision(self):
        self._tianyuan_schedule(
            DECIDE, lambda borrow: borrow._deciders(),
            summary=lambda borrow: borrow.env._(
                "%(borrower)s asks for the archive of %(customer)s",
                borrower=borrow.borrower_id.name, customer=borrow.partner_id.display_name,
            ),
            notify=True,
        )

    def _specialist(self):
        """The customer's archive specialist, if they can see the company's borrowings."""
        return self.partner_id._tianyuan_specialist_in(self.company_id).filtered(
            lambda user: user.has_group(SPECIALIST),
        )

    def _deciders(self):
        """Who is asked: the customer's specialist; without one, or on their own request, the managers."""
        return self._specialist() - self.borrower_id or managers_of(self.company_id) - self.borrower_id

    def _close_activities(self):
        self.sudo().activity_feedback([DECIDE, RETURN])

    def _tell_borrower(self, text):
        """Post what happened, and notify the borrower in their language unless they did it themselves."""
        for borrow in self:
            if borrow.borrower_id != self.env.user:
                worded = borrow.sudo().with_context(lang=borrow.borrower_id.lang)
                worded.message_post(
                    body=text(worded), partner_ids=borrow.borrower_id.partner_id.ids,
                    author_id=self.env.user.partner_id.id,
                )
