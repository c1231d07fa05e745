from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

MODULE = 'tianyuan_customer_rating'
# who is asked for what: one activity type and one group each
GROUPS = {
    'sales': f'{MODULE}.group_sales_user',
    'finance': f'{MODULE}.group_finance_assessor',
    'unassigned': f'{MODULE}.group_manager',    # sales lines that no salesperson can assess
}
REMINDER = 'reminder'
TYPES = {kind: f'{MODULE}.mail_activity_type_{kind}' for kind in (*GROUPS, REMINDER)}
REMIND_AFTER_DAYS = 7


class TianyuanRatingRun(models.Model):
    """Tells the two sides that sheets wait for them, and chases who is late (design §6).

    Salespeople can't read runs, so a person's activity stands on the first of the sheets that wait for them;
    its activity type says what is asked. Each run asks by itself, and so do, taken together, a company's sheets
    that were made by hand: they are the run that is empty. A reminder is for all that is late for a person in
    a company.
    """

    _inherit = 'tianyuan.rating.run'

    assessment_due_on = fields.Date(string="Assessments Due On", readonly=True, copy=False)

    def action_retry(self):
        """Rate again who could not be rated, and tell those who had nothing to assess before.

        :raise AccessError: the user is no manager
        """
        result = super().action_retry()
        self.sudo()._plan_assessments()
        return result

    def _finish(self):
        super()._finish()
        for run in self:
            run.assessment_due_on = run._assessment_due_on(run.company_id)
        self._plan_assessments()

    @api.model
    def _cron_chase_assessments(self):
        """Remind everyone who is late, at most once a week; close what nothing waits for any more."""
        companies = self.env['res.company'].sudo().search([])
        self.sudo()._close_assessments(companies)
        self.sudo()._remind(companies)

    @api.model
    def _assessment_due_on(self, company):
        """The day until which what is asked today is to be assessed."""
        return company._tianyuan_today() + timedelta(days=company.tianyuan_rating_assessment_days)

    @api.model
    def _waiting(self, companies, late=False):
        """What waits for whom.

        People who can't open the sheets (no role, or another company) are left out.

        :param late: only what waits beyond its day
        :return: dict of (company, run, side, user) → (number of sheets, the first sheet's id)
        """
        Rating = self.env['tianyuan.rating'].sudo()
        sheets = Domain([('state', '=', 'assessing'), ('company_id', 'in', companies.ids)]) & (
            Domain('run_id', '=', False) | Domain('run_id.state', '=', 'done')
        )
        if late:
            sheets &= Domain.OR(self._overdue(company) for company in companies)
        people = {side: self._people(side) for side in GROUPS}
        waiting = {}
        for company, run, salesperson, count, first in Rating._read_group(
            sheets & Domain('sales_done', '=', False),
            ['company_id', 'run_id', 'user_id'], ['__count', 'id:min'],
        ):
            side, users = self._sales_assessors(company, run, salesperson, people)
            for user in users:
                known_count, known_first = waiting.get((company, run, side, user), (0, first))
                waiting[company, run, side, user] = (known_count + count, min(known_first, first))
        for company, run, count, first in Rating._read_group(
            sheets & Domain('finance_done', '=', False), ['company_id', 'run_id'], ['__count', 'id:min'],
        ):
            for user in people['finance']:
                if company in user.company_ids:
                    waiting[company, run, 'finance', user] = (count, first)
        return waiting

    @api.model
    def _people(self, side):
        return self.env.ref(GROUPS[side]).sudo().all_user_ids.filtered('active')

    @api.model
    def _overdue(self, company):
        return Domain([('company_id', '=', company.id), ('assessment_due_on', '<', company._tianyuan_today())])

    @api.model
    def _sales_assessors(self, company, run, salesperson, people):
        """Who is asked for the sales lines of a salesperson's customers.

        The salesperson, else the leader of their team; where neither has the role, or there is none, the
        manager who started the run, else all managers: they can give the customer a salesperson.

        :return: the side that is asked, and its users
        """
        for user in (salesperson, salesperson.sale_team_id.user_id):
            if user in people['sales'] and company in user.company_ids:
                return 'sales', user
        managers = people['unassigned'].filtered(lambda manager: company in manager.company_ids)
        return 'unassigned', managers & run.create_uid or managers

    @api.model
    def _late(self, companies):
        """What waits beyond its day.

        :return: dict of (company, user) → (number of sheets, the first sheet's id, the sides asked)
        """
        late = {}
        for (company, _run, side, user), (count, first) in self._waiting(companies, late=True).items():
            known_count, known_first, sides = late.get((company, user), (0, first, []))
            late[company, user] = (known_count + count, min(known_first, first), sides + [side])
        return late

    def _plan_assessments(self):
        """One activity for each person and side that has sheets of a run to assess, unless there was one."""
        asked = {
            activity: key for activity, key in self._asked(
                self.with_context(active_test=False)._activities(*GROUPS),
            ).items() if key[1] in self
        }
        # ignore activities finished before this run was created: they belong to earlier sheets
        known = {
            key for activity, key in asked.items()
            if activity.active or activity.create_date >= key[1].create_date
        }
        self._ask(self.company_id, self, known, notify=True)

    @api.model
    def _plan_assessments_by_hand(self, companies):
        """The same for sheets made by hand, unless there still is one: what was done is asked for anew.

        No e-mails are sent: whoever computes sheets shouldn't wait for them to go out.
        """
        self._ask(companies, [self.browse()], set(self._asked(self._activities(*GROUPS)).values()))

    @api.model
    def _ask(self, companies, runs, known, notify=False):
        for (company, run, side, user), (count, first) in self._waiting(companies).items():
            if run in runs and (company, run, side, user) not in known:
                due = run.assessment_due_on or self._assessment_due_on(company)
                self._plan(side, user, first, due, [side], count, notify)

    @api.model
    def _close_assessments(self, companies):
        """Mark done what asks people for sheets when none waits for them any more."""
        asked = {
            activity: key for activity, key in self._asked(self._activities(*GROUPS)).items() if key[0] in companies
        }
        waiting = self._waiting(companies) if asked else {}
        done = [activity.id for activity, key in asked.items() if key not in waiting]
        reminders = {
            activity: key for activity, key in self._reminded(self._activities(REMINDER)).items()
            if key[0] in companies
        }
        late = self._late(companies) if reminders else {}
        done += [activity.id for activity, key in reminders.items() if key not in late]
        # archived instead of `activity_feedback`: a message on the sheet for each person would only be noise
        self.env['mail.activity'].sudo().browse(done).action_archive()

    @api.model
    def _remind(self, companies):
        recent, outdated = set(), self.env['mail.activity'].sudo()
        for activity, key in self._reminded(self.with_context(active_test=False)._activities(REMINDER)).items():
            if fields.Date.to_date(activity.create_date) > fields.Date.today() - timedelta(days=REMIND_AFTER_DAYS):
                recent.add(key)
            elif activity.active:
                outdated += activity
        outdated.unlink()    # the new one counts anew
        for (company, user), (count, first, sides) in self._late(companies).items():
            if (company, user) not in recent:
                self._plan(REMINDER, user, first, company._tianyuan_today(), sides, count, notify=True)

    @api.model
    def _plan(self, kind, user, sheet_id, deadline, sides, count, notify):
        """Plan one person's activity on the first of the sheets that wait for them."""
        self.env['tianyuan.rating'].browse(sheet_id)._tianyuan_schedule(
            TYPES[kind], lambda _sheet: user, summary=lambda sheet: self._summary(sheet.env, kind, count),
            note=lambda sheet: self._note(sheet.env, sides), deadline=lambda _sheet: deadline, notify=notify,
        )

    @api.model
    def _summary(self, env, kind, count):
        if kind == REMINDER:
            return env._("Overdue: %s ratings wait for your assessment", count)
        if kind == 'unassigned':
            return env._("%s ratings have no salesperson who can assess them", count)
        return env._("%s ratings wait for your assessment", count)

    @api.model
    def _note(self, env, sides):
        """The way to the list(s) to fill in."""
        names = {'sales': env._("Sales Assessments"), 'finance': env._("Finance Assessments")}
        hint = env._(
            "Give the customers a salesperson in the group Sales User; where there is none, assess them yourself.",
        )
        return Markup('<p>{}</p>').format(hint) * ('unassigned' in sides) + Markup('').join(
            Markup('<p><a href="/odoo/action-{}.tianyuan_rating_line_action_{}">{}</a></p>').format(
                MODULE, side, names[side],
            ) for side in sorted({'sales' if side == 'unassigned' else side for side in sides})
        )

    def _activities(self, *kinds):
        return self.env['tianyuan.rating']._tianyuan_activities(*(TYPES[kind] for kind in kinds))

    def _asked(self, activities):
        """dict of activity → (company, run, side, user)"""
        sides = {self.env.ref(TYPES[side], raise_if_not_found=False): side for side in GROUPS}
        sheets = self.env['tianyuan.rating'].sudo().browse(activities.mapped('res_id'))
        asking = {sheet.id: (sheet.company_id, sheet.run_id) for sheet in sheets.exists()}
        return {
            activity: (*asking[activity.res_id], sides[activity.activity_type_id], activity.user_id)
            for activity in activities if activity.res_id in asking
        }

    def _reminded(self, activities):
        """dict of reminder → (company, user)"""
        sheets = self.env['tianyuan.rating'].sudo().browse(activities.mapped('res_id'))
        companies = {sheet.id: sheet.company_id for sheet in sheets.exists()}
        return {
            activity: (companies[activity.res_id], activity.user_id)
            for activity in activities if activity.res_id in companies
        }
