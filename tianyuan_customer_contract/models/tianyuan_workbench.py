from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

MODULE = 'tianyuan_customer_contract'
ROWS_SHOWN = 5
DUE_WITHIN_DAYS = 14


class TianyuanWorkbench(models.AbstractModel):
    """Contracts with something overdue, for finance and managers, and papers due, for sales (policy 9.3)."""

    _inherit = 'tianyuan.workbench'

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        if role in ('finance', 'manager'):
            cards.append(self._overdue_contracts_card())
        elif role == 'sales':
            # The table of customers stays the last card.
            cards.insert(-1, self._papers_card())
        return cards

    @api.model
    def _papers_card(self):
        last = fields.Date.add(self._today(), days=DUE_WITHIN_DAYS)
        domain = Domain([
            ('user_id', '=', self.env.uid), ('state', 'in', ('open', 'overdue')), ('date_due', '<=', last),
        ])
        papers = self.env['tianyuan.contract.paper'].search(domain, order='date_due, id', limit=ROWS_SHOWN)
        return self._card(
            'papers', self.env._("Contract Papers to Hand In"), 'fa-paperclip',
            f'{MODULE}.tianyuan_contract_paper_action', domain,
            rows=[
                self._row(
                    paper, paper.display_name, paper.partner_id.display_name, format_date(self.env, paper.date_due),
                    danger=paper.state == 'overdue',
                ) for paper in papers
            ],
        )

    @api.model
    def _overdue_contracts_card(self):
        domain = Domain('is_payment_late', '=', True) | Domain('is_paper_late', '=', True)
        contracts = self.env['tianyuan.contract'].search(domain).sorted('overdue_amount', reverse=True)[:ROWS_SHOWN]
        return self._card(
            'contracts', self.env._("Overdue Contracts"), 'fa-file-text-o', f'{MODULE}.tianyuan_contract_action',
            domain, warning=True,
            rows=[
                self._row(
                    contract, contract.display_name, contract.partner_id.display_name,
                    formatLang(self.env, contract.overdue_amount, currency_obj=contract.currency_id)
                    if contract.is_payment_late else self.env._("%s late papers", contract.late_paper_count),
                    danger=contract.is_payment_late,
                ) for contract in contracts
            ],
        )
