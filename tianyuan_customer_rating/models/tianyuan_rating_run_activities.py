from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

MODULE = 'tianyuan_customer_rating'
GROUPS = {'sales': f'{MODULE}.group_sales_user', 'finance': f'{MODULE}.group_finance_assessor'}
REMINDER = 'reminder'
REMIND_AFTER_DAYS = 7


class TianyuanRatingRun(models.Model):
    """Tells the two sides that sheets wait for them, and chases who is late (design §6).

    Salespeople can't read runs, so a person's activity stands on the first of their own sheets; its
    activity type says which side is asked. A reminder is for all that is late for a person in a company.
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
            run.assessment_due_on = run._today() + timedelta(days=run.company_id.tianyuan_rating_assessment_days)
        self._plan_assessments()

    @api.model
    def _cron_chase_assessments(self):
        """Remind everyone who is late, at most once a week; close what nothing waits for any more."""
        runs = self.sudo().search([('state', '=', 'done'), ('assessment_due_on', '!=', False)])
        runs._close_assessments()
        runs._remind()

    def _today(self):
        return fields.Date.context_today(self.with_context(
            tz=self.company_id.partner_id.tz or self.env.context.get('tz'),
        ))

    def _waiting(self):
        """What waits for whom.

        People who can't open the sheets (no role, or another company) are left out.

        :return: dict of (run, side, user) → (number of sheets, the first sheet's id)
        """
        Rating = self.env['tianyuan.rating'].sudo()
        people = {side: self.env.ref(group).sudo().all_user_ids for side, group in GROUPS.items()}
        runs = Domain([('run_id', 'in', self.ids), ('state', '=', 'assessing')])
        groups = [
            (run, 'sales', user, count, first) for run, user, count, first in Rating._read_group(
                runs & Domain('sales_done', '=', False) & Domain('user_id', 'in', people['sales'].ids),
                ['run_id', 'user_id'], ['__count', 'id:min'],
            )
        ]
        groups += [
            (run, 'finance', user, count, first) for run, count, first in Rating._read_group(
                runs & Domain('finance_done', '=', False), ['run_id'], ['__count', 'id:min'],
            ) for user in people['finance']
        ]
        return {
            (run, side, user): (count, first) for run, side, user, count, first in groups
            if run.company_id in user.company_ids
        }

    def _late(self):
        """What waits beyond its day.

        :return: dict of (company, user) → (number of sheets, the first sheet's id, the sides asked)
        """
        late = {}
        overdue = self.filtered(lambda run: run.assessment_due_on and run.assessment_due_on < run._today())
        for (run, side, user), (count, first) in overdue._waiting().items():
            known_count, known_first, sides = late.get((run.company_id, user), (0, first, []))
            late[run.company_id, user] = (known_count + count, min(known_first, first), sides + [side])
        return late

    def _plan_assessments(self):
        """One activity for each person and side that has sheets of a run to assess, unless there was one."""
        types = self._activity_types()
        known = set(self._asked(self.with_context(active_test=False)._activities(*GROUPS)).values())
        vals_list = []
        for (run, side, user), (count, first) in self._waiting().items():
            if side in types and (run, side, user) not in known:
                run = run.with_context(lang=user.lang)
                vals_list.append(run._activity_vals(
                    types[side], user, first, run.assessment_due_on or run._today(), [side],
                    run.env._("%s ratings wait for your assessment", count),
                ))
        self.env['mail.activity'].sudo().create(vals_list)

    def _close_assessments(self):
        """Mark done what asks people for sheets when none waits for them any more."""
        if not self:
            return
        asked = self._asked(self._activities(*GROUPS))
        waiting = self._waiting() if asked else {}
        done = [activity.id for activity, key in asked.items() if key[0] in self and key not in waiting]
        reminders = self._reminded(self._activities(REMINDER))
        if reminders:
            late = self.search([('company_id', 'in', self.company_id.ids), ('state', '=', 'done')])._late()
            done += [
                activity.id for activity, (company, user) in reminders.items()
                if company in self.company_id and (company, user) not in late
            ]
        # archived is what Odoo calls done; a message on the sheet for each person would only be noise
        self.env['mail.activity'].sudo().browse(done).action_archive()

    def _remind(self):
        types = self._activity_types()
        if REMINDER not in types:
            return
        recent, outdated = set(), self.env['mail.activity'].sudo()
        for activity, key in self._reminded(self.with_context(active_test=False)._activities(REMINDER)).items():
            if fields.Date.to_date(activity.create_date) > fields.Date.today() - timedelta(days=REMIND_AFTER_DAYS):
                recent.add(key)
            elif activity.active:
                outdated += activity
        outdated.unlink()    # the new one counts anew
        vals_list = []
        for (company, user), (count, first, sides) in self._late().items():
            if (company, user) not in recent:
                runs = self.with_context(lang=user.lang)
                vals_list.append(runs._activity_vals(
                    types[REMINDER], user, first, fields.Date.today(), sides,
                    runs.env._("Overdue: %s ratings wait for your assessment", count),
                ))
        self.env['mail.activity'].sudo().create(vals_list)

    def _activity_vals(self, activity_type, user, sheet_id, deadline, sides, summary):
        """Values of an activity, worded in the context's language, with a way to the list(s) to fill in."""
        names = {'sales': self.env._("Sales Assessments"), 'finance': self.env._("Finance Assessments")}
        return {
            'activity_type_id': activity_type.id,
            'user_id': user.id,
            'res_model_id': self.env['ir.model']._get_id('tianyuan.rating'),
            'res_id': sheet_id,
            'date_deadline': deadline,
            'automated': True,
            'summary': summary,
            'note': Markup('').join(
                Markup('<p><a href="/odoo/action-{}.tianyuan_rating_line_action_{}">{}</a></p>').format(
                    MODULE, side, names[side],
                ) for side in sorted(set(sides))
            ),
        }

    @api.model
    def _activity_types(self):
        """The activity types by what they ask; one that an administrator deleted isn't used."""
        types = {
            kind: self.env.ref(f'{MODULE}.mail_activity_type_{kind}', raise_if_not_found=False)
            for kind in (*GROUPS, REMINDER)
        }
        return {kind: found for kind, found in types.items() if found}

    def _activities(self, *kinds):
        types = self._activity_types()
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', 'tianyuan.rating'),
            ('activity_type_id', 'in', [types[kind].id for kind in kinds if kind in types]),
        ])

    def _asked(self, activities):
        """dict of activity → (run, side, user)"""
        sides = {found: kind for kind, found in self._activity_types().items()}
        sheets = self.env['tianyuan.rating'].sudo().browse(activities.mapped('res_id'))
        runs = {sheet.id: sheet.run_id for sheet in sheets.exists()}
        return {
            activity: (runs[activity.res_id], sides[activity.activity_type_id], activity.user_id)
            for activity in activities if activity.res_id in runs
        }

    def _reminded(self, activities):
        """dict of reminder → (company, user)"""
        sheets = self.env['tianyuan.rating'].sudo().browse(activities.mapped('res_id'))
        companies = {sheet.id: sheet.company_id for sheet in sheets.exists()}
        return {
            activity: (companies[activity.res_id], activity.user_id)
            for activity in activities if activity.res_id in companies
        }
