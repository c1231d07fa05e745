from odoo import SUPERUSER_ID, api

from odoo.addons.tianyuan_customer_visit.models.res_partner import QUIET_CONTEXT


def migrate(cr, version):
    """Move coming automatic visits to days on which the company works; those changed by hand stay."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for company in env['res.company'].search([]):
        today = company._tianyuan_today()
        visits = env['tianyuan.visit'].search([
            ('company_id', '=', company.id), ('state', '=', 'planned'), ('is_auto', '=', True),
            ('date_planned', '>', today),
        ])
        working_day = company._tianyuan_working_day(max(visits.mapped('date_planned'), default=today))
        for day, same in visits.grouped('date_planned').items():
            if working_day(day) != day:
                same.with_context(**QUIET_CONTEXT).write({'date_planned': working_day(day)})
