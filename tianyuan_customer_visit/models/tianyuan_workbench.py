from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

ACTION = 'tianyuan_customer_visit.tianyuan_visit_action'
ROWS_SHOWN = 5


class TianyuanWorkbench(models.AbstractModel):
    """The salesperson's visits and reports, and each customer's next visit (policy 10)."""

    _inherit = 'tianyuan.workbench'

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        if role == 'sales':
            # Visits come after the sheets to score, which are the first card.
            cards[1:1] = [self._visits_card(), self._reports_card()]
        return cards

    @api.model
    def _visits_card(self):
        today = self._today()
        domain = Domain([('user_id', '=', self.env.uid), ('state', '=', 'planned'), ('date_planned', '<=', today)])
        return self._card(
            'visits', self.env._("Visits up to Today"), 'fa-calendar-check-o', ACTION, domain,
            rows=self._visit_rows(domain, 'date_planned', today),
        )

    @api.model
    def _reports_card(self):
        today = self._today()
        domain = Domain([('user_id', '=', self.env.uid), ('state', '=', 'done')])
        return self._card(
            'reports', self.env._("Visit Reports Due"), 'fa-pencil', ACTION, domain,
            rows=self._visit_rows(domain, 'report_due_on', today),
        )

    @api.model
    def _visit_rows(self, domain, date_field, today):
        kinds = dict(self.env['tianyuan.visit']._fields['kind']._description_selection(self.env))
        return [
            self._row(
                visit, visit.partner_id.display_name, " · ".join(filter(None, [kinds[visit.kind], visit.purpose])),
                format_date(self.env, visit[date_field]), danger=visit[date_field] and visit[date_field] < today,
            ) for visit in self.env['tianyuan.visit'].search(domain, order=f'{date_field}, id', limit=ROWS_SHOWN)
        ]

    @api.model
    def _customer_columns(self, customers):
        planned = self.env['tianyuan.visit']._read_group(
            self._of_company() & Domain('partner_id', 'in', customers.ids) & Domain('state', '=', 'planned'),
            ['partner_id'], ['date_planned:min'],
        )
        return [
            *super()._customer_columns(customers),
            ('next_visit', self.env._("Next Visit"), 'date', {
                customer.id: format_date(self.env, day) for customer, day in planned
            }),
        ]
