from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .tianyuan_visit_kinds import VISIT_KINDS

# planned in bulk: nobody follows them, and nothing is noted of each
QUIET = {
    'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'mail_activity_quick_update': True,
}
TURN = [kind for kind, _label in VISIT_KINDS if kind != 'other']


class ResPartner(models.Model):
    """The next visit of each customer is planned, as often as the customer's class wants it (policy 8.3, 10).

    A visit planned so follows class, salesperson and interval until somebody changes it: then it is theirs. Those to
    potential customers go with the activities that cultivate them.
    """

    _inherit = 'res.partner'

    @api.model
    def _cron_tianyuan_plan_visits(self):
        """Plan the next visits, and take away those no class wants any more."""
        companies = self.env['res.company'].search([])
        todo = [(company, self._tianyuan_to_visit(company)) for company in companies]
        for company, partner_ids in self.env['ir.cron']._tianyuan_batches_by(todo):
            self.browse(partner_ids)._tianyuan_plan_visits(company)

    @api.model
    def _tianyuan_to_visit(self, company):
        """Ids of the customers with a class, and of those who have none any more but a visit planned by itself."""
        customers = self.sudo().with_company(company).search([('tianyuan_customer_class', '!=', False)])
        visits = self.env['tianyuan.visit'].sudo().search([
            ('company_id', '=', company.id), ('state', '=', 'planned'), ('is_auto', '=', True),
        ])
        return sorted({*customers.ids, *visits.partner_id.ids})

    def _tianyuan_plan_visits(self, company):
        """Bring the planned visits of commercial partners in line with their class, salesperson and interval.

        :param company: ``res.company`` for which they are visited
        """
        self._tianyuan_follow_cultivation(company, self._tianyuan_planned_visits(company))
        customers = self.sudo().with_company(company)
        today = company._tianyuan_today()
        salespeople, plans = customers._tianyuan_visitors(company)
        last = self._tianyuan_last_visits(company, list(plans))
        planned = {}
        for visit in self._tianyuan_planned_visits(company):
            # a plan of somebody's own comes before one that was made by itself
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
                if visit.date_planned > today + timedelta(days=days):    # they are visited more often now
                    values['date_planned'] = self._tianyuan_next_visit(customer.id, days, last, today)
                values = {
                    name: value for name, value in values.items()
                    if visit._fields[name].convert_to_write(visit[name], visit) != value
                }
                if values:
                    key = tuple(values.items())
                    changes[key] = changes.get(key, visit.browse()) + visit
        obsolete.unlink()
        for values, visits in changes.items():
            visits.with_context(**QUIET).write(dict(values))
        visited = {customer.id for customer in planned}
        self.env['tianyuan.visit'].sudo().with_context(**QUIET).create([
            {
                'company_id': company.id,
                'partner_id': partner_id,
                'user_id': salespeople[partner_id].id,
                'kind': kind or self._tianyuan_next_kind(partner_id, last),
                'date_planned': self._tianyuan_next_visit(partner_id, days, last, today),
                'is_auto': True,
            }
            for partner_id, (days, kind) in plans.items() if partner_id not in visited
        ])

    def _tianyuan_visitors(self, company):
        """Who visits whom, and how often: salespeople who work in the company. Nobody visits nobody's customers.

        :return: dict of partner id → ``res.users``, dict of partner id → (days, kind or False); potential
            customers aren't in them
        """
        plans = company._tianyuan_visit_plan(self)
        salespeople = {
            partner.id: partner.user_id for partner in self
            if partner.active and partner == partner.commercial_partner_id    # it may have become a contact since
            and partner.tianyuan_customer_class != 'potential' and plans.get(partner.id, [0])[0] > 0
            and partner.user_id.active and not partner.user_id.share and company in partner.user_id.company_ids
        }
        return salespeople, {partner_id: plans[partner_id] for partner_id in salespeople}

    def _tianyuan_planned_visits(self, company):
        return self.env['tianyuan.visit'].sudo().search_fetch([
            ('company_id', '=', company.id), ('state', '=', 'planned'), ('partner_id', 'in', self.ids),
        ], ['partner_id', 'user_id', 'kind', 'date_planned', 'is_auto', 'activity_id'])

    @api.model
    def _tianyuan_last_visits(self, company, partner_ids):
        """The last turn of each customer; one that was cancelled is skipped.

        :return: dict of partner id → (day, kind of the last one that was made)
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
    def _tianyuan_next_visit(self, partner_id, days, last, today):
        """An interval after the last one; first ones are spread over the interval, not all on one day."""
        if partner_id in last:
            return max(today, last[partner_id][0] + timedelta(days=days))
        return today + timedelta(days=partner_id % days)

    @api.model
    def _tianyuan_next_kind(self, partner_id, last):
        _day, kind = last.get(partner_id, (None, None))
        return TURN[(TURN.index(kind) + 1) % len(TURN)] if kind in TURN else TURN[0]
