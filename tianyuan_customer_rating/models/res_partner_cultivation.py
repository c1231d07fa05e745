from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# 电话访问、上门拜访、寄送资料, in turn
KINDS = (
    'mail.mail_activity_data_call',
    'tianyuan_customer_rating.mail_activity_type_visit',
    'tianyuan_customer_rating.mail_activity_type_mailing',
)


class ResPartner(models.Model):
    """Potential customers are cultivated: called, visited, sent our papers, at regular intervals (policy 8.3).

    Each has one open activity per company, with the salesperson. The next one follows from the last that
    was done.
    """

    _inherit = 'res.partner'

    @api.model
    def _cron_tianyuan_cultivate(self):
        """Plan what is to be done next, and take away what potential customers no longer need."""
        todo = [(company, self._tianyuan_to_cultivate(company)) for company in self.env['res.company'].search([])]
        # what is planned already costs next to nothing when the scheduler begins anew
        for company, partner_ids in self.env['ir.cron']._tianyuan_batches_by(todo):
            self.browse(partner_ids)._tianyuan_cultivate(company)

    def _tianyuan_cultivate(self, company):
        """Bring the open activities of commercial partners in line with their class, salesperson and interval.

        An open activity stays as it is, but goes with the customer to another salesperson.

        :param company: ``res.company`` for which they are cultivated
        """
        customers = self.sudo().with_company(company)
        salespeople = customers._tianyuan_cultivators(company)
        intervals = company.sudo()._tianyuan_cultivation_intervals(customers.browse(salespeople))
        salespeople = {partner_id: user for partner_id, user in salespeople.items() if intervals[partner_id] > 0}

        activities = self.env['mail.activity'].sudo().with_context(
            mail_activity_quick_update=True,    # without an e-mail each: they are in the list of activities
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
    def _tianyuan_to_cultivate(self, company):
        """Ids of the potential customers, and of those who no longer are but have an open activity."""
        potential = self.sudo().with_company(company).search([('tianyuan_customer_class', '=', 'potential')])
        cultivated = self.env['mail.activity'].sudo().search_fetch(
            [('tianyuan_cultivation_company_id', '=', company.id), ('res_model', '=', 'res.partner')], ['res_id'],
        )
        return sorted({*potential.ids, *cultivated.mapped('res_id')})

    def _tianyuan_cultivators(self, company):
        """Who cultivates whom: salespeople who work in the company. Nobody's customers go to nobody.

        :return: dict of id of a potential customer → ``res.users``
        """
        return {
            partner.id: partner.user_id for partner in self
            if partner.active and partner.tianyuan_customer_class == 'potential'
            and partner.user_id.active and not partner.user_id.share and company in partner.user_id.company_ids
        }

    @api.model
    def _tianyuan_next_cultivations(self, company, due):
        """The kind after the last one done, planned an interval after it; the first one, for today.

        :param dict due: partner id → interval in days
        :return: dict of partner id → (external id of the activity type, day)
        """
        if not due:
            return {}
        kinds = {kind_id: xmlid for xmlid in KINDS if (kind_id := self._tianyuan_activity_type(xmlid))}
        if not kinds:
            return {}
        turn = list(kinds)
        today = company._tianyuan_today()
        last = self._tianyuan_last_cultivations(company, list(due))
        planned = {}
        for partner_id, interval in due.items():
            kind_id, done_on = last.get(partner_id, (None, None))
            position = turn.index(kind_id) + 1 if kind_id in kinds else 0
            planned[partner_id] = (
                kinds[turn[position % len(turn)]],
                max(today, done_on + timedelta(days=interval)) if done_on else today,
            )
        return planned

    @api.model
    def _tianyuan_last_cultivations(self, company, partner_ids):
        """What was done last.

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
        """Id of an activity type; one that an administrator has deleted or archived is left out of the turn."""
        found = self.env.ref(xmlid, raise_if_not_found=False)
        return found.id if found and found.sudo().active else False
