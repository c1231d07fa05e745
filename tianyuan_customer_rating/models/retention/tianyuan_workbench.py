from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_datetime

MODULE = 'tianyuan_customer_rating'
ROWS_SHOWN = 6


class TianyuanWorkbench(models.AbstractModel):
    """Cards of what has to be destroyed, and of borrowings for which more time is asked."""

    _inherit = 'tianyuan.workbench'

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        if role == 'specialist':
            cards += [self._run_out_card(), self._prolong_card()]
        if role == 'manager':
            cards.append(self._destructions_card())
        return cards

    @api.model
    def _run_out_card(self):
        approved = self.env['tianyuan.archive.destruction'].search_count([
            ('company_id', '=', self.env.company.id), ('state', '=', 'approved'),
        ])
        return self._card(
            'run_out', self.env._("Retention Run Out"), 'fa-hourglass-end',
            f'{MODULE}.tianyuan_archive_document_action_run_out',
            self.env['tianyuan.archive.document']._unproposed_domain(self.env.company),
            note=self.env._("%s approved destructions to carry out", approved) if approved else '', rare=True,
        )

    @api.model
    def _prolong_card(self):
        domain = Domain([('state', '=', 'out'), ('prolong_asked_on', '!=', False)])
        borrows = self.env['tianyuan.archive.borrow'].search(domain, order='prolong_asked_on, id', limit=ROWS_SHOWN)
        return self._card(
            'prolong', self.env._("More Time Asked"), 'fa-clock-o', f'{MODULE}.tianyuan_archive_borrow_action', domain,
            rare=True, rows=[
                self._row(
                    borrow, borrow.partner_id.display_name,
                    " · ".join(filter(None, [borrow.borrower_id.name, borrow.prolong_reason])),
                    format_datetime(self.env, borrow.prolong_until, dt_format='short'),
                    buttons=[('action_prolong', self.env._("Approve"))],
                ) for borrow in borrows
            ],
        )

    @api.model
    def _destructions_card(self):
        domain = Domain([('company_id', '=', self.env.company.id), ('state', '=', 'proposed')])
        Destruction = self.env['tianyuan.archive.destruction']
        destructions = Destruction.search(domain, order='proposed_on, id', limit=ROWS_SHOWN)
        return self._card(
            'destructions', self.env._("Destructions to Approve"), 'fa-trash-o',
            f'{MODULE}.tianyuan_archive_destruction_action', domain, rare=True,
            rows=[
                self._row(
                    destruction, destruction.name, destruction.proposed_by_id.name,
                    self.env._("%s papers", destruction.line_count),
                    buttons=[('action_approve', self.env._("Approve"))],
                ) for destruction in destructions
            ],
        )
