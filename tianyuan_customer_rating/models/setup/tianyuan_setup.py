from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

from ...engine.periods import Quarter
from ...engine.population import population
from ...engine.sheets import UNCONFIRMED_STATES
from ...tools.roles import FINANCE, MANAGER, SALES, SPECIALIST, check_manager

ROLES = (SALES, SPECIALIST, FINANCE, MANAGER)
ADMINISTRATOR = 'base.group_system'


class TianyuanSetup(models.AbstractModel):
    """The checklist of a company that starts from nothing, up to its first confirmed quarter.

    Its steps tick themselves: each looks at the data, with a few queries whose number doesn't depend on the number of
    customers. It is for managers and administrators. Others add steps with :meth:`_steps`.
    """

    _name = 'tianyuan.setup'
    _description = "Set-Up Checklist"

    @api.model
    def checklist(self):
        """Return the checklist of the user's current company.

        Each step is a dict of ``key``, ``title``, ``note``, ``done``, ``count`` (what is left), ``button`` (its text),
        ``action`` (an action to open, or False), ``method`` (a method of this model to call instead, or False) and
        ``progress`` (of the running run, or False). A button is there only if the user may use it.

        :return: dict that JSON can carry; ``finished`` if a quarter is confirmed or the checklist was dismissed
        :raise AccessError: the user is neither manager nor administrator
        """
        self._check_may_see()
        company = self._company()
        if company.tianyuan_setup_dismissed or self._has_confirmed_quarter(company):
            return {'finished': True, 'steps': []}
        quarter = Quarter.last_complete(company._tianyuan_today())
        steps = sorted(self._steps(company, quarter), key=lambda step: step.pop('sequence'))
        return {'finished': False, 'company': company.name, 'quarter': quarter.name, 'steps': steps}

    def action_dismiss(self):
        """Hide the checklist of the user's current company for good.

        :raise AccessError: the user is neither manager nor administrator
        """
        self._check_may_see()
        self._company().tianyuan_setup_dismissed = True
        return True

    def action_set_channels(self):
        """Open the customers without a channel.

        :raise AccessError: the user is no manager
        """
        self._check_manager()
        return self.env['tianyuan.channel.suggestion']._open(self._company())

    def action_choose_accounts(self):
        """Open the bad-debt and bill accounts.

        :raise AccessError: the user is no administrator
        """
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only an administrator can choose the accounts."))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Bad-Debt and Bill Accounts"),
            'res_model': 'res.company',
            'res_id': self._company().id,
            'views': [(self.env.ref('tianyuan_customer_rating.res_company_view_form_accounts').id, 'form')],
            'target': 'new',
        }

    def action_look_at_schemes(self):
        """Open the rating schemes, and note that they were looked at.

        :raise AccessError: the user is no manager
        """
        self._check_manager()
        self._company().tianyuan_schemes_seen = True
        return self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_scheme_action')

    def action_try(self):
        """Compute the last quarter on trial, and show what would come out.

        :raise AccessError: the user is no manager
        """
        self._check_manager()
        return self.env['tianyuan.rating.trial']._open(self._company())

    def action_start_run(self):
        """Start the run of the last quarter; if it has sheets or a run already, open the run to decide.

        :return: action of the run, or False if a new run was started
        :raise AccessError: the user is no manager
        """
        self._check_manager()
        company = self._company()
        quarter = Quarter.last_complete(company._tianyuan_today())
        Run = self.env['tianyuan.rating.run']
        run = Run.search([('company_id', '=', company.id), ('date_from', '=', quarter.date_from)], limit=1)
        is_new = not run
        if is_new:
            run = Run.create({
                'company_id': company.id, 'date_from': quarter.date_from, 'date_to': quarter.date_to,
            })
        if run.state == 'draft' and not run.has_sheets:
            run.action_start()
            return False
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.rating.run',
            'res_id': run.id,
            'views': [(False, 'form')],
        }

    def action_confirm_sheets(self):
        """Open the sheets of the last quarter that aren't confirmed, those to confirm first.

        :raise AccessError: the user is no manager
        """
        self._check_manager()
        company = self._company()
        quarter = Quarter.last_complete(company._tianyuan_today())
        action = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_action')
        return {
            **action,
            'domain': [*self._quarter_domain(company, quarter), ('state', 'in', UNCONFIRMED_STATES)],
            'context': {},
        }

    # -- steps --------------------------------------------------------------------------------------------------

    @api.model
    def _steps(self, company, quarter):
        """Return the steps of the checklist; addons add theirs to the result of ``super()``.

        Rights were checked: what is read as superuser must be of this company only.

        :param company: ``res.company`` without a parent, as superuser
        :param quarter: the last quarter that has ended
        :return: list of dicts, see :meth:`_step`
        """
        customers, without_channel = self._customer_counts(company, quarter)
        states = dict(self.env['tianyuan.rating'].sudo()._read_group(
            self._quarter_domain(company, quarter), ['state'], ['__count'],
        ))
        return [
            self._roles_step(company),
            self._channels_step(customers, without_channel),
            self._accounts_step(company),
            self._schemes_step(company),
            self._trial_step(company, quarter, customers),
            self._run_step(company, quarter, customers, states),
            self._confirm_step(quarter, states),
        ]

    @api.model
    def _step(
        self, key, sequence, title, note, done, *, count=0, button='', action=False, method=False, progress=False,
    ):
        """Return a step; ``action`` and ``method`` only if the user may use them.

        :param int sequence: the core's steps have 10, 20 and so on
        """
        return {
            'key': key, 'sequence': sequence, 'title': title, 'note': note, 'done': bool(done), 'count': count,
            'button': button, 'action': action, 'method': method, 'progress': progress,
        }

    @api.model
    def _roles_step(self, company):
        """Return the step of the roles; those that the administrator was given by the installation don't count."""
        administrator = self.env.ref('base.user_admin', raise_if_not_found=False)
        open_roles = []
        for role in ROLES:
            group = self.env.ref(role).sudo()
            if not any(
                user.active and not user.share and user != administrator and company in user.company_ids
                for user in group.all_user_ids
            ):
                open_roles.append(group.name)
        may = self.env.user.has_group('base.group_erp_manager')
        return self._step(
            'roles', 10, self.env._("Give people their roles"),
            self.env._("Nobody besides the administrator has: %s", ", ".join(open_roles)) if open_roles
            else self.env._("Each role is held by somebody."),
            not open_roles, count=len(open_roles),
            button=self.env._("Users"), action='base.action_res_users' if may else False,
        )

    @api.model
    def _channels_step(self, customers, without_channel):
        if not customers:
            note = self.env._("No customer has an invoice in the last four quarters.")
        elif without_channel:
            note = self.env._("%s customers without a channel", without_channel)
        else:
            note = self.env._("Each of %s customers is a distributor or a direct customer.", customers)
        return self._step(
            'channels', 20, self.env._("Set the channels of your customers"), note,
            customers and not without_channel, count=without_channel, button=self.env._("Set Channels"),
            method=self._is_manager() and without_channel and 'action_set_channels',
        )

    @api.model
    def _accounts_step(self, company):
        bad_debts, bills = len(company.tianyuan_bad_debt_account_ids), len(company.tianyuan_bill_account_ids)
        done = company.tianyuan_accounts_chosen or (bad_debts and bills)
        if done and not (bad_debts or bills):
            note = self.env._("The company has none.")
        elif done:
            note = self.env._("%(bad_debts)s for bad debts, %(bills)s for bills", bad_debts=bad_debts, bills=bills)
        else:
            note = self.env._("Where bad debts and bills are booked; an administrator says so, also if there are none.")
        return self._step(
            'accounts', 30, self.env._("Choose the bad-debt and bill accounts"), note, done,
            button=self.env._("Choose Accounts"),
            method=self.env.user.has_group(ADMINISTRATOR) and 'action_choose_accounts',
        )

    @api.model
    def _schemes_step(self, company):
        return self._step(
            'schemes', 40, self.env._("Look at the rating schemes"),
            self.env._("The nine indicators, their points and the tiers of both channels"),
            company.tianyuan_schemes_seen, button=self.env._("Look at Schemes"),
            method=self._is_manager() and 'action_look_at_schemes',
        )

    @api.model
    def _trial_step(self, company, quarter, customers):
        if company.tianyuan_trial_on:
            note = self.env._("Last on trial on %s", format_date(self.env, company.tianyuan_trial_on))
        else:
            note = self.env._("What %s would give: nothing counts, nothing is stored.", quarter.name)
        return self._step(
            'trial', 50, self.env._("Compute the last quarter on trial"), note, company.tianyuan_trial_on,
            button=self.env._("Try"), method=self._is_manager() and bool(customers) and 'action_try',
        )

    @api.model
    def _run_step(self, company, quarter, customers, states):
        run = self.env['tianyuan.rating.run'].sudo().search([
            ('company_id', '=', company.id), ('date_from', '=', quarter.date_from), ('state', '!=', 'cancelled'),
        ], limit=1)
        errors = run.error_count
        progress = run.state == 'running' and {
            'id': run.id, 'percent': round(run.progress), 'done': run.done_count, 'total': run.total_count,
            'problem': run.problem or '',
        }
        if progress:
            note = self.env._("%(done)s of %(total)s sheets made", done=run.done_count, total=run.total_count)
        elif run.state == 'done' and errors:
            note = self.env._(
                "%(done)s sheets made, %(errors)s customers not rated", done=run.done_count, errors=errors,
            )
        elif states:
            note = self.env._("%s sheets made", sum(states.values()))
        else:
            note = self.env._("%(quarter)s: %(count)s customers", quarter=quarter.name, count=customers)
        done = bool(states) and run.state != 'running'
        method = self._is_manager() and bool(customers) and not progress and not done and 'action_start_run'
        action = self._is_manager() and run and (progress or errors) and {
            'type': 'ir.actions.act_window', 'res_model': 'tianyuan.rating.run', 'res_id': run.id,
            'views': [(False, 'form')],
        }
        return self._step(
            'run', 60, self.env._("Start the first run"), note, done, count=errors,
            button=self.env._("Open Run") if action else self.env._("Start Run"), action=action or False, method=method,
            progress=progress or False,
        )

    @api.model
    def _confirm_step(self, quarter, states):
        ready = states.get('ready', 0)
        waiting = sum(count for state, count in states.items() if state in UNCONFIRMED_STATES) - ready
        if not states:
            note = self.env._("Sales and finance assess, a manager confirms: then tiers count.")
        else:
            note = self.env._(
                "%(waiting)s sheets wait for sales or finance, %(ready)s for confirmation",
                waiting=waiting, ready=ready,
            )
        return self._step(
            'confirm', 70, self.env._("Confirm the first quarter"), note, False, count=waiting + ready,
            button=self.env._("Sheets to Confirm"),
            method=self._is_manager() and bool(states) and 'action_confirm_sheets',
        )

    # -- reading ------------------------------------------------------------------------------------------------

    @api.model
    def _is_manager(self):
        return self.env.user.has_group(MANAGER)

    @api.model
    def _check_manager(self):
        check_manager(self.env['tianyuan.rating.run'], 'create')

    @api.model
    def _check_may_see(self):
        if not self.env.su and not (self._is_manager() or self.env.user.has_group(ADMINISTRATOR)):
            raise AccessError(self.env._("Only managers and administrators set up the ratings."))

    @api.model
    def _company(self):
        # sudo: settings, which the steps read and tick; every public method has checked the role.
        return self.env.company.sudo().root_id

    @api.model
    def _quarter_domain(self, company, quarter):
        return [
            ('company_id', '=', company.id), ('kind', '=', 'quarterly'), ('date_from', '=', quarter.date_from),
            ('state', '!=', 'cancelled'),
        ]

    @api.model
    def _customer_counts(self, company, quarter):
        """Return how many customers a run would rate, and how many of them have no channel."""
        [counts] = self.env.execute_query(SQL(
            """
            SELECT COUNT(*), COUNT(*) FILTER (WHERE p.tianyuan_channel IS NULL)
              FROM res_partner p WHERE p.id IN (%s)
            """, population(self.env, company, quarter),
        ))
        return counts

    @api.model
    def _has_confirmed_quarter(self, company):
        """Return whether a run's quarter has confirmed and no open sheets, or several quarters have confirmed ones.

        Imported sheets don't count. A company that has rated for long isn't led again because of a few sheets that
        nobody ever confirmed.
        """
        self.env['tianyuan.rating'].flush_model(['company_id', 'kind', 'date_from', 'state', 'origin'])
        self.env['tianyuan.rating.run'].flush_model(['company_id', 'date_from', 'state'])
        sheets = SQL(
            "SELECT FROM tianyuan_rating r WHERE r.company_id = %s AND r.kind = 'quarterly' AND r.origin = 'computed'"
            " AND r.date_from = q.date_from", company.id,
        )
        [[confirmed]] = self.env.execute_query(SQL(
            """
            SELECT EXISTS (
                SELECT FROM tianyuan_rating_run q
                 WHERE q.company_id = %(company)s AND q.state = 'done'
                   AND EXISTS (%(sheets)s AND r.state = 'confirmed')
                   AND NOT EXISTS (%(sheets)s AND r.state IN %(open)s)
            ) OR (
                SELECT MIN(date_from) < MAX(date_from) FROM tianyuan_rating
                 WHERE company_id = %(company)s AND kind = 'quarterly' AND state = 'confirmed'
                   AND origin = 'computed'
            )
            """, company=company.id, sheets=sheets, open=UNCONFIRMED_STATES,
        ))
        return bool(confirmed)
