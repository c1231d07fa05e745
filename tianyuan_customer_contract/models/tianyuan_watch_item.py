from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.engine.payments import overdue
from odoo.addons.tianyuan_customer_rating.engine.watch_rules import Finding
from odoo.addons.tianyuan_customer_rating.models.watch.tianyuan_watch_item import Reason


class TianyuanWatchItem(models.Model):
    """Late payment of signed contracts is a reason to look at a customer (policy 9.3).

    It begins with the company's days of grace for contracts.
    """

    _inherit = 'tianyuan.watch.item'

    reason = fields.Selection(
        selection_add=[('contract_payment', "Contract Payment Late")], ondelete={'contract_payment': 'cascade'},
    )
    contract_id = fields.Many2one(
        'tianyuan.contract', readonly=True, ondelete='set null', help="The contract that has been late the longest.",
    )

    @api.model
    def _reasons(self):
        return {**super()._reasons(), 'contract_payment': Reason(
            is_money=True, behind='contract_id', told_with='overdue',
        )}

    @api.model
    def _findings(self, company, today, partners):
        return super()._findings(company, today, partners) + self._late_contracts(company, today, partners)

    @api.model
    def _late_contracts(self, company, today, partners):
        """Return whose payments of signed contracts are late, in company currency.

        It is at most what the customers owe beyond the due date as the watch reads the books: money that nobody has
        matched counts. What isn't more than the amount from which is warned of overdue money is left out.
        """
        contracts = self.env['tianyuan.contract'].search([
            ('company_id', 'child_of', company.id), ('partner_id', 'in', partners.ids), ('state', '=', 'signed'),
        ])
        if not contracts:
            return []
        late = contracts._late_payments(contracts, today)
        found = {}
        for contract in contracts.browse(late):
            row = late[contract.id]
            amount = contract.currency_id._convert(row['amount'], company.currency_id, company, today)
            known, since, first = found.get(contract.partner_id.id, (0.0, row['late_since'], contract))
            if row['late_since'] < since:
                since, first = row['late_since'], contract
            found[contract.partner_id.id] = known + amount, since, first
        owed, limit = overdue(company, today, list(found)) if found else {}, company.tianyuan_watch_overdue_amount
        findings = []
        for partner_id, (amount, since, contract) in found.items():
            owed_amount, owed_since = owed.get(partner_id, (0, since))
            late_amount = min(amount, float(owed_amount))
            if late_amount > limit:
                findings.append(Finding(
                    partner_id, 'contract_payment', late_amount, limit, max(since, owed_since),
                    more={'contract_id': contract.id},
                ))
        return findings

    @api.model
    def _texts(self):
        return {**super()._texts(), 'contract_payment': lambda item: item.env._(
            "%(amount)s of contracts late since %(day)s", amount=item._amount_text(), day=item._day_text(),
        )}

    @api.model
    def _sources(self):
        return {**super()._sources(), 'contract_payment': lambda item: item._open_contract()}

    def _open_contract(self):
        if not self.contract_id:    # it has been deleted since
            return {
                'type': 'ir.actions.act_window', 'name': self.env._("Contracts: %s", self.partner_id.display_name),
                'res_model': 'tianyuan.contract', 'views': [(False, 'list'), (False, 'form')], 'view_mode': 'list,form',
                'domain': [
                    ('partner_id', '=', self.partner_id.id), ('company_id', 'child_of', self.company_id.id),
                    ('state', '=', 'signed'),
                ],
            }
        return {
            'type': 'ir.actions.act_window', 'res_model': 'tianyuan.contract', 'res_id': self.contract_id.id,
            'views': [(False, 'form')], 'view_mode': 'form',
        }
