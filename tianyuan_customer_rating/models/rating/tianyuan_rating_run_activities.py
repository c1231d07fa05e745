from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.roles import managers_of

MODULE = 'tianyuan_customer_rating'
# One activity type and one group for each kind of request.
GROUPS = {
    'sales': f'{MODULE}.group_sales_user',
    'finance': f'{MODULE}.group_finance_assessor',
    'unassigned': f'{MODULE}.group_manager',    # for sales lines that no salesperson can assess
}
REMINDER = 'reminder'
NO_ASSESSOR = 'no_assessor'    # words for managers where nobody has the role
TYPES = {kind: f'{MODULE}.mail_activity_type_{kind}' for kind in (*GROUPS, REMINDER)}
REMIND_AFTER_DAYS = 7


class TianyuanRatingRun(models.Model):
    """Asks the two sides to assess the sheets of a run, and reminds those who are late (design §6).

    Salespeople can't read runs, so the activity is on the first of the user's open sheets, and its type tells what to
    do. Each run has its own activities; sheets created by hand share one set per company, with the empty run as key. A
    reminder is for everything that a user is late with in a company.
    """

    _inherit = 'tianyuan.rating.run'

    assessment_due_on = fields.Date(string="Assessments Due On", readonly=True, copy=False)

    def action_retry(self):
        """Rate the failed customers again, and ask users to assess them who have no activity of this run yet.

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
        """Remind everyone who is late, at most once a week, and close activities without open sheets."""
        companies = self.env['res.company'].sudo().search([])
        self.sudo()._close_assessments(companies)
        self.sudo()._remind(companies)

    @api.model
    def _assessment_due_on(self, company):
        """Return the due date of assessments that are requested today."""
        return company._tianyuan_today() + timedelta(days=company.tianyuan_rating_assessment_days)

    @api.model
    def _open_assessments(self, companies, late=False):
        """Return which users have sheets to assess.

        Users who can't open the sheets (no role, or another company) are left out.

        :param late: only sheets that are overdue
        :return: dict of (company, run, side, user) → (number of sheets, id of the first sheet)
        """
        Rating = self.env['tianyuan.rating'].sudo()
        sheets = Domain([('state', '=', 'assessing'), ('company_id', 'in', companies.ids)]) & (
            Domain('run_id', '=', False) | Domain('run_id.state', '=', 'done')
        )
        if late:
            sheets &= Domain.OR(self._overdue_domain(company) for company in companies)
        people = {side: self._assessors(side) for side in GROUPS}
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
            assessors = people['finance'].filtered(lambda user, company=company: company in user.company_ids)
            # Where the last assessor has left, the managers are told: they can give somebody the role.
            for user in assessors or managers_of(company):
                waiting[company, run, 'finance', user] = (count, first)
        return waiting

    @api.model
    def _assessors(self, side):
        return self.env.ref(GROUPS[side]).sudo().all_user_ids.filtered('active')

    @api.model
    def _overdue_domain(self, company):
        return Domain([('company_id', '=', company.id), ('assessment_due_on', '<', company._tianyuan_today())])

    @api.model
    def _sales_assessors(self, company, run, salesperson, people):
        """Return who is asked for the sales lines of a salesperson's customers.

        It is the salesperson, else the leader of their team. If neither has the role, or there is no salesperson, it is
        the manager who started the run, else all managers: they can set the customer's salesperson.

        :return: the side that is asked, and its users
        """
        for user in (salesperson, salesperson.sale_team_id.user_id):
            if user in people['sales'] and company in user.company_ids:
                return 'sales', user
        managers = people['unassigned'].filtered(lambda manager: company in manager.company_ids)
        return 'unassigned', managers & run.create_uid or managers

    @api.model
    def _overdue_assessments(self, companies):
        """Return which users have overdue sheets.

        :return: dict of (company, user) → (number of sheets, id of the first sheet, sides)
        """
        late = {}
        for (company, _run, side, user), (count, first) in self._open_assessments(companies, late=True).items():
            known_count, known_first, sides = late.get((company, user), (0, first, []))
            late[company, user] = (known_count + count, min(known_first, first), sides + [side])
        return late

    def _plan_assessments(self):
        """Plan one activity for each user and side with sheets of this run to assess, unless there already was one."""
        asked = {
            activity: key for activity, key in self._assessment_keys(
                self.with_context(active_test=False)._activities(*GROUPS),
            ).items() if key[1] in self
        }
        # Ignore activities finished before this run was created: they belong to earlier sheets.
        known = {
            key for activity, key in asked.items()
            if activity.active or activity.create_date >= key[1].create_date
        }
        self._ask(self.company_id, self, known, notify=True)

    @api.model
    def _plan_assessments_by_hand(self, companies):
        """Plan activities for sheets created by hand, unless one is open; after a finished one a new one is planned.

        No e-mails are sent, since the user who computes the sheets would have to wait for them.
        """
        self._ask(companies, [self.browse()], set(self._assessment_keys(self._activities(*GROUPS)).values()))

    @api.model
    def _ask(self, companies, runs, known, notify=False):
        for (company, run, side, user), (count, first) in self._open_assessments(companies).items():
            if run in runs and (company, run, side, user) not in known:
                due = run.assessment_due_on or self._assessment_due_on(company)
                self._plan(side, user, first, due, [side], count, notify)

    @api.model
    def _close_assessments(self, companies):
        """Close activities and reminders of users who have nothing (overdue) left to assess."""
        asked = {
            activity: key for activity, key in self._assessment_keys(self._activities(*GROUPS)).items()
            if key[0] in companies
        }
        waiting = self._open_assessments(companies) if asked else {}
        done = [activity.id for activity, key in asked.items() if key not in waiting]
        reminders = {
            activity: key for activity, key in self._reminder_keys(self._activities(REMINDER)).items()
            if key[0] in companies
        }
        late = self._overdue_assessments(companies) if reminders else {}
        done += [activity.id for activity, key in reminders.items() if key not in late]
        # Archive instead of `activity_feedback`, which would post a message on the sheet for each user.
        self.env['mail.activity'].sudo().browse(done).action_archive()

    @api.model
    def _remind(self, companies):
        recent, outdated = set(), self.env['mail.activity'].sudo()
        for activity, key in self._reminder_keys(self.with_context(active_test=False)._activities(REMINDER)).items():
            if fields.Date.to_date(activity.create_date) > fields.Date.today() - timedelta(days=REMIND_AFTER_DAYS):
                recent.add(key)
            elif activity.active:
                outdated += activity
        outdated.unlink()    # replaced by new reminders below
        for (company, user), (count, first, sides) in self._overdue_assessments(companies).items():
            if (company, user) not in recent:
                self._plan(REMINDER, user, first, company._tianyuan_today(), sides, count, notify=True)

    @api.model
    def _plan(self, kind, user, sheet_id, deadline, sides, count, notify):
        """Plan one user's activity on the first of their open sheets."""
        self.env['tianyuan.rating'].browse(sheet_id)._tianyuan_schedule(
            TYPES[kind], lambda _sheet: user, summary=lambda sheet: self._summary(
                sheet.env, NO_ASSESSOR if kind == 'finance' and not user.has_group(GROUPS['finance']) else kind, count,
            ),
            note=lambda sheet: self._note(sheet.env, sides), deadline=lambda _sheet: deadline, notify=notify,
        )

    @api.model
    def _summary(self, env, kind, count):
        if kind == REMINDER:
            return env._("Overdue: %s ratings wait for your assessment", count)
        if kind == NO_ASSESSOR:
            return env._("%s ratings have no finance assessor: give somebody the role", count)
        if kind == 'unassigned':
            return env._("%s ratings have no salesperson who can assess them", count)
        return env._("%s ratings wait for your assessment", count)

    @api.model
    def _note(self, env, sides):
        """Return the note with links to the lists to fill in."""
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

    def _assessment_keys(self, activities):
        """Return dict of activity → (company, run, side, user)."""
        sides = {self.env.ref(TYPES[side], raise_if_not_found=False): side for side in GROUPS}
        sheets = self.env['tianyuan.rating'].sudo().browse(activities.mapped('res_id'))
        asking = {sheet.id: (sheet.company_id, sheet.run_id) for sheet in sheets.exists()}
        return {
            activity: (*asking[activity.res_id], sides[activity.activity_type_id], activity.user_id)
            for activity in activities if activity.res_id in asking
        }

    def _reminder_keys(self, activities):
        """Return dict of reminder → (company, user)."""
        sheets = self.env['tianyuan.rating'].sudo().browse(activities.mapped('res_id'))
        companies = {sheet.id: sheet.company_id for sheet in sheets.exists()}
        return {
            activity: (companies[activity.res_id], activity.user_id)
            for activity in activities if activity.res_id in companies
        }
