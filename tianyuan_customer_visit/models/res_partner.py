from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, ROLES

from .tianyuan_visit_kinds import VISIT_KINDS

# Context for bulk planning: without followers, tracking, notes or e-mails of each visit or activity.
QUIET_CONTEXT = {
    'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'mail_activity_quick_update': True,
}
# Kinds of automatic visits, in the order in which they take turns.
ROTATION = [kind for kind, _label in VISIT_KINDS if kind != 'other']
# The activity types of cultivation take turns: 电话访问、上门拜访、寄送资料.
CULTIVATION_TYPES = (
    'mail.mail_activity_data_call',
    'tianyuan_customer_visit.mail_activity_type_visit',
    'tianyuan_customer_visit.mail_activity_type_mailing',
)
# Activity type of each kind of visit.
ACTIVITY_TYPES = {
    'phone': 'mail.mail_activity_data_call',
    'onsite': 'tianyuan_customer_visit.mail_activity_type_visit',
    'mailing': 'tianyuan_customer_visit.mail_activity_type_mailing',
}


class ResPartner(models.Model):
    """Visits to a customer, and automatic planning of the next one (policy 8.3, 10).

    A scheduled action plans the next visit of each customer with a class, at the interval of that class. An automatic
    visit is updated when the customer's class, salesperson or interval changes. A visit that somebody has changed by
    hand is no longer automatic.

    Potential customers are cultivated at regular intervals: called, visited or sent papers. Each potential customer has
    one open activity per company, assigned to the salesperson; the last completed activity determines the next one.
    Each cultivation activity has a visit, on which the salesperson reports.
    """

    _inherit = 'res.partner'

    tianyuan_visit_count = fields.Integer(
        string="Visits", compute='_compute_tianyuan_visit_count', groups=ROLES,
        help="Visits to this customer that you may see, without cancelled ones.",
    )
    tianyuan_last_visit_on = fields.Date(string="Last Visit", compute='_compute_tianyuan_visit_count', groups=ROLES)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_visit_count(self):
        visits, customers = self.env['tianyuan.visit'], self._origin.commercial_partner_id
        found = {}
        if customers and visits.has_access('read'):
            found = {customer: (count, last) for customer, count, last in visits._read_group(
                [('partner_id', 'in', customers.ids), ('state', '!=', 'cancelled')],
                ['partner_id'], ['__count', 'date_done:max'],
            )}
        for partner in self:
            customer = partner._origin.commercial_partner_id
            partner.tianyuan_visit_count, partner.tianyuan_last_visit_on = found.get(customer, (0, False))

    def write(self, vals):
        """Assign the planned visits to the customer's new salesperson.

        Visits that are assigned to somebody else than the customer's old salesperson stay as they are.
        """
        if 'user_id' not in vals:
            return super().write(vals)
        visits = self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', self.ids), ('state', '=', 'planned'),
        ]).filtered(lambda visit: visit.user_id == visit.partner_id.user_id)
        result = super().write(vals)
        user = self.env['res.users'].sudo().browse(vals['user_id'])
        visits.filtered(lambda visit: visit.company_id in user.company_ids).user_id = user
        return result

    def action_tianyuan_visits(self):
        """Open the customer's visits.

        :return: action
        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.visit', 'tianyuan_customer_visit.tianyuan_visit_action')

    def action_tianyuan_plan_visit(self):
        """Open the form of a new visit to the customer.

        :return: action
        :raise AccessError: the user may not plan visits, or not to this customer
        """
        self.ensure_one()
        self.check_access('read')
        self.env['tianyuan.visit'].check_access('create')
        if not self.env.su and not self.env.user.has_group(MANAGER) and not self._tianyuan_is_own():
            raise AccessError(self.env._("You can plan visits to your own customers only."))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Plan a Visit"),
            'res_model': 'tianyuan.visit',
            'view_mode': 'form',
            'context': {
                'default_partner_id': self.commercial_partner_id.id,
                'default_contact_ids': (self - self.commercial_partner_id).ids,
            },
        }

    @api.model
    def _cron_tianyuan_plan_visits(self):
        """Plan the next visits, and delete automatic visits that are no longer needed."""
        companies = self.env['res.company'].search([])
        todo = [(company, self._tianyuan_ids_to_visit(company)) for company in companies]
        for company, partner_ids in self.env['ir.cron']._tianyuan_batches_by(todo):
            self.browse(partner_ids)._tianyuan_plan_visits(company)

    @api.model
    def _tianyuan_ids_to_visit(self, company):
        """Return the ids of customers who have a class or an automatic visit.

        A customer without a class may still have an automatic visit from before, which has to be deleted.
        """
        customers = self.sudo().with_company(company).search([('tianyuan_customer_class', '!=', False)])
        visits = self.env['tianyuan.visit'].sudo().search([
            ('company_id', '=', company.id), ('state', '=', 'planned'), ('is_auto', '=', True),
        ])
        return sorted({*customers.ids, *visits.partner_id.ids})

    def _tianyuan_plan_visits(self, company):
        """Update the planned visits of commercial partners to their present class, salesperson and interval.

        :param company: ``res.company`` for which the customers are visited
        """
        self._tianyuan_add_cultivation_visits(company, self._tianyuan_planned_visits(company))
        customers = self.sudo().with_company(company)
        today = company._tianyuan_today()
        salespeople, plans = customers._tianyuan_visit_assignments(company)
        last = self._tianyuan_last_visits(company, list(plans))
        working_day = company._tianyuan_working_day(
            today + timedelta(days=max((days for days, _kind in plans.values()), default=0)),
        )
        planned = {}
        for visit in self._tianyuan_planned_visits(company):
            # A visit planned by hand takes the place of the automatic one.
            planned[visit.partner_id] = planned.get(visit.partner_id, visit.browse()) + visit
        obsolete, changes = self.env['tianyuan.visit'].sudo(), {}
        for customer, visits in planned.items():
            for visit in visits.filtered('is_auto'):
                if visit.activity_id:
                    continue
                if customer.id not in plans or len(visits) > 1:
                    obsolete += visit
                    continue
                days, kind = plans[customer.id]
                values = {
                    'user_id': salespeople[customer.id].id,
                    'kind': kind or visit.kind,
                    'date_planned': visit.date_planned,
                }
                if visit.date_planned > working_day(today + timedelta(days=days)):    # the interval has become shorter
                    values['date_planned'] = self._tianyuan_next_visit_day(customer.id, days, last, today)
                values['date_planned'] = working_day(values['date_planned'])
                values = {
                    name: value for name, value in values.items()
                    if visit._fields[name].convert_to_write(visit[name], visit) != value
                }
                if values:
                    key = tuple(values.items())
                    changes[key] = changes.get(key, visit.browse()) + visit
        obsolete.unlink()
        for values, visits in changes.items():
            visits.with_context(**QUIET_CONTEXT).write(dict(values))
        visited = {customer.id for customer in planned}
        self.env['tianyuan.visit'].sudo().with_context(**QUIET_CONTEXT).create([
            {
                'company_id': company.id,
                'partner_id': partner_id,
                'user_id': salespeople[partner_id].id,
                'kind': kind or self._tianyuan_next_kind(partner_id, last),
                'date_planned': working_day(self._tianyuan_next_visit_day(partner_id, days, last, today)),
                'is_auto': True,
            }
            for partner_id, (days, kind) in plans.items() if partner_id not in visited
        ])

    def _tianyuan_visit_assignments(self, company):
        """Return who visits which customer, and how often.

        Customers are left out if they are potential, or if neither the salesperson nor the leader of the salesperson's
        team works in the company.

        :return: dict of partner id → ``res.users``, dict of partner id → (days, kind or False)
        """
        plans = company._tianyuan_visit_plan(self)
        salespeople = {
            partner.id: user for partner in self
            if partner.active and partner == partner.commercial_partner_id    # a customer may have become a contact
            and partner.tianyuan_customer_class != 'potential' and plans.get(partner.id, [0])[0] > 0
            and (user := partner._tianyuan_responsible(company))
        }
        return salespeople, {partner_id: plans[partner_id] for partner_id in salespeople}

    def _tianyuan_planned_visits(self, company):
        return self.env['tianyuan.visit'].sudo().search_fetch([
            ('company_id', '=', company.id), ('state', '=', 'planned'), ('partner_id', 'in', self.ids),
        ], ['partner_id', 'user_id', 'kind', 'date_planned', 'is_auto', 'activity_id'])

    @api.model
    def _tianyuan_last_visits(self, company, partner_ids):
        """Find the last visit of each customer.

        A cancelled visit counts for the day, so that the next visit is planned an interval later, but not for the kind.

        :return: dict of partner id → (day, kind of the last visit that wasn't cancelled)
        """
        self.env['tianyuan.visit'].flush_model()
        return {
            partner_id: (day, kind) for partner_id, day, kind in self.env.execute_query(SQL(
                """
                SELECT partner_id, MAX(COALESCE(date_done, date_planned)),
                       (ARRAY_AGG(kind ORDER BY date_done DESC, id DESC) FILTER (WHERE state <> 'cancelled'))[1]
                  FROM tianyuan_visit
                 WHERE company_id = %s AND partner_id = ANY(%s) AND state <> 'planned'
                 GROUP BY partner_id
                """,
                company.id, partner_ids,
            ))
        }

    @api.model
    def _tianyuan_next_visit_day(self, partner_id, days, last, today):
        """Return the day of the next visit: one interval after the last visit.

        First visits are spread over the interval by the customer's id, so that they don't all fall on one day.
        """
        if partner_id in last:
            return max(today, last[partner_id][0] + timedelta(days=days))
        return today + timedelta(days=partner_id % days)

    @api.model
    def _tianyuan_next_kind(self, partner_id, last):
        _day, kind = last.get(partner_id, (None, None))
        return ROTATION[(ROTATION.index(kind) + 1) % len(ROTATION)] if kind in ROTATION else ROTATION[0]

    @api.model
    def _cron_tianyuan_cultivate(self):
        """Plan the next cultivation activities, and delete those that are no longer needed."""
        todo = [(company, self._tianyuan_ids_to_cultivate(company)) for company in self.env['res.company'].search([])]
        # Customers with an activity are cheap to process again when the scheduler calls the next time.
        for company, partner_ids in self.env['ir.cron']._tianyuan_batches_by(todo):
            self.browse(partner_ids)._tianyuan_cultivate(company)

    def _tianyuan_cultivate(self, company):
        """Update the cultivation activities of commercial partners to their present class, salesperson and interval.

        Open activities stay, but are reassigned when the customer's salesperson changes. The automatic visit of a
        deleted activity is deleted, too; a visit that somebody has changed by hand stays.

        :param company: ``res.company`` for which the customers are cultivated
        """
        visits = self._tianyuan_planned_visits(company)
        going = visits.filtered(lambda visit: visit.is_auto and visit.activity_id)
        self._tianyuan_plan_cultivation_activities(company)
        going = going.filtered(lambda visit: not visit.activity_id)
        going.unlink()
        self._tianyuan_add_cultivation_visits(company, visits - going)

    def _tianyuan_plan_cultivation_activities(self, company):
        customers = self.sudo().with_company(company)
        salespeople = customers._tianyuan_cultivation_salespeople(company)
        intervals = company.sudo()._tianyuan_cultivation_intervals(customers.browse(salespeople))
        salespeople = {partner_id: user for partner_id, user in salespeople.items() if intervals[partner_id] > 0}

        activities = self.env['mail.activity'].sudo().with_context(
            mail_activity_quick_update=True,    # skip the notification e-mails
        )
        kept, obsolete, moved = set(), activities.browse(), {}
        for activity in activities.search([
            ('tianyuan_cultivation_company_id', '=', company.id), ('res_model', '=', 'res.partner'),
            ('res_id', 'in', self.ids),
        ]):
            user = salespeople.get(activity.res_id)
            if not user or activity.res_id in kept:
                obsolete += activity
                continue
            kept.add(activity.res_id)
            if activity.user_id != user:
                moved[user] = moved.get(user, activities.browse()) + activity
        obsolete.unlink()
        for user, group in moved.items():
            group.user_id = user
        planned = customers._tianyuan_next_cultivations(company, {
            partner_id: intervals[partner_id] for partner_id in salespeople if partner_id not in kept
        })
        company_name = company.sudo().name
        for kind, cultivated in customers.browse(planned).grouped(lambda customer: planned[customer.id][0]).items():
            cultivated._tianyuan_schedule(
                kind, lambda customer: salespeople[customer.id],
                summary=lambda customer: customer.env._("Cultivate the potential customer"),
                note=lambda customer: customer.env._("Potential customer of %s", company_name),
                deadline=lambda customer: planned[customer.id][1],
                tianyuan_cultivation_company_id=company.id,
            )

    @api.model
    def _tianyuan_ids_to_cultivate(self, company):
        """Return the ids of customers who are potential or have an open cultivation activity.

        A customer who is no longer potential may still have an activity, which has to be deleted.
        """
        potential = self.sudo().with_company(company).search([('tianyuan_customer_class', '=', 'potential')])
        cultivated = self.env['mail.activity'].sudo().search_fetch(
            [('tianyuan_cultivation_company_id', '=', company.id), ('res_model', '=', 'res.partner')], ['res_id'],
        )
        return sorted({*potential.ids, *cultivated.mapped('res_id')})

    def _tianyuan_cultivation_salespeople(self, company):
        """Return who works on the potential customers: the salesperson, else the leader of the salesperson's team.

        Customers without either in the company are left out.

        :return: dict of partner id → ``res.users``
        """
        return {
            partner.id: user for partner in self
            if partner.active and partner.tianyuan_customer_class == 'potential'
            and (user := partner._tianyuan_responsible(company))
        }

    @api.model
    def _tianyuan_next_cultivations(self, company, due):
        """Determine type and day of the next cultivation activities.

        The type is that of the customer's visit plan, else the one that follows the last completed activity's in turn.
        The day is one interval after the last completed activity; the first activity is for today. A day on which the
        company doesn't work becomes the next working day.

        :param dict due: partner id → interval in days
        :return: dict of partner id → (external id of the activity type, day)
        """
        if not due:
            return {}
        kinds = {kind_id: xmlid for xmlid in CULTIVATION_TYPES if (kind_id := self._tianyuan_activity_type(xmlid))}
        if not kinds:
            return {}
        turn = list(kinds)
        today = company._tianyuan_today()
        working_day = company._tianyuan_working_day(today + timedelta(days=max(due.values())))
        last = self._tianyuan_last_cultivations(company, list(due))
        plans = company._tianyuan_visit_plan(self.browse(due))
        planned = {}
        for partner_id, interval in due.items():
            kind_id, done_on = last.get(partner_id, (None, None))
            position = turn.index(kind_id) + 1 if kind_id in kinds else 0
            xmlid = ACTIVITY_TYPES.get(plans.get(partner_id, (0, False))[1])
            planned[partner_id] = (
                xmlid if xmlid in kinds.values() else kinds[turn[position % len(turn)]],
                working_day(max(today, done_on + timedelta(days=interval)) if done_on else today),
            )
        return planned

    @api.model
    def _tianyuan_last_cultivations(self, company, partner_ids):
        """Find the last completed cultivation activity of each customer.

        :return: dict of partner id → (id of the activity type, day)
        """
        self.env['mail.activity'].flush_model()
        return {
            partner_id: (kind_id, done_on) for partner_id, kind_id, done_on in self.env.execute_query(SQL(
                """
                SELECT DISTINCT ON (res_id) res_id, activity_type_id, date_done
                  FROM mail_activity
                 WHERE tianyuan_cultivation_company_id = %s AND res_model = 'res.partner' AND res_id = ANY(%s)
                   AND NOT active AND date_done IS NOT NULL
                 ORDER BY res_id, date_done DESC, id DESC
                """,
                company.id, partner_ids,
            ))
        }

    @api.model
    def _tianyuan_activity_type(self, xmlid):
        """Return the id of an activity type, or False if an administrator has deleted or archived it."""
        found = self.env.ref(xmlid, raise_if_not_found=False)
        return found.id if found and found.sudo().active else False

    def _tianyuan_add_cultivation_visits(self, company, visits):
        """Give each cultivation activity a visit: the customer's planned visit, else a new one.

        :param company: ``res.company`` for which the customers are cultivated
        :param visits: the customers' planned visits in this company
        """
        # A customer may have become a contact; contacts aren't visited.
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        activities = self.env['mail.activity'].sudo().search_fetch([
            ('tianyuan_cultivation_company_id', '=', company.id), ('res_model', '=', 'res.partner'),
            ('res_id', 'in', customers.ids), ('id', 'not in', visits.activity_id.ids),
        ], ['res_id', 'user_id', 'activity_type_id', 'date_deadline'])
        if not activities:
            return
        free = {visit.partner_id.id: visit for visit in visits if not visit.activity_id}
        kinds, vals_list = self._tianyuan_visit_kinds(), []
        for activity in activities:
            visit = free.pop(activity.res_id, None)
            if visit and not visit.is_auto:
                visit.with_context(**QUIET_CONTEXT).activity_id = activity
                visit._update_activity()
            elif visit:
                visit.with_context(**QUIET_CONTEXT).write({
                    'activity_id': activity.id, **self._tianyuan_visit_values(activity, kinds)})
            else:
                vals_list.append({
                    'company_id': company.id,
                    'partner_id': activity.res_id,
                    'is_auto': True,
                    'activity_id': activity.id,
                    **self._tianyuan_visit_values(activity, kinds),
                })
        self.env['tianyuan.visit'].sudo().with_context(**QUIET_CONTEXT).create(vals_list)

    @api.model
    def _tianyuan_visit_kinds(self):
        """Return the visit kind of each activity type.

        :return: dict of id of the activity type → visit kind
        """
        return {self._tianyuan_activity_type(xmlid): kind for kind, xmlid in ACTIVITY_TYPES.items()}

    @api.model
    def _tianyuan_visit_values(self, activity, kinds):
        return {
            'user_id': activity.user_id.id,
            'kind': kinds.get(activity.activity_type_id.id, VISIT_KINDS[-1][0]),
            'date_planned': activity.date_deadline,
        }

    # -- personal data --------------------------------------------------------------------------------------------

    def _tianyuan_visits_with(self):
        """Return the visits in which the person took part."""
        return self.env['tianyuan.visit'].search([('contact_ids', 'in', self.ids)], order='date_planned, id')

    def _tianyuan_personal_data(self):
        return super()._tianyuan_personal_data() + [(
            self.env._("Visits"),
            [self.env._("Visited On"), self.env._("Number"), self.env._("Customer"), self.env._("Purpose")],
            [
                [visit.date_done or visit.date_planned, visit.name, visit.partner_id.name, visit.purpose]
                for visit in self._tianyuan_held_here(self._tianyuan_visits_with())
            ],
        )]

    def _tianyuan_companies_holding(self):
        return super()._tianyuan_companies_holding() | self._tianyuan_visits_with().company_id

    def _tianyuan_erasure_plan(self):
        """Visits keep their link to the contact, who has no name any more; their texts may name the person."""
        plan, visits = super()._tianyuan_erasure_plan(), self._tianyuan_visits_with()
        if self._tianyuan_has_name():
            visits |= self.env['tianyuan.visit'].search(
                Domain('partner_id', '=', self.commercial_partner_id.id)
                & (Domain('summary', 'ilike', self.name) | Domain('purpose', 'ilike', self.name)
                   | Domain('finding_ids.description', 'ilike', self.name)),
            )
        if visits:
            plan['check'].append(self.env._("Reports of visits: %s", ", ".join(visits.mapped('name'))))
        return plan
