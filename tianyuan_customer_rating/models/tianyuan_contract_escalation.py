from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date

from ..contract import figures
from .tianyuan_contract_matter import ACTIVITY_TYPES
from .tianyuan_roles import managers_of

STEPS = (90, 60, 30)


class TianyuanContract(models.Model):
    """Reports late payment and late papers of signed contracts to the department head (policy 9.3, design §8)."""

    _inherit = 'tianyuan.contract'

    matter_ids = fields.One2many('tianyuan.contract.matter', 'contract_id', string="Reported Matters")

    @api.model
    def _cron_escalate(self):
        """Report what is late, once, and again only if it is worse; settle what isn't late any more."""
        contracts = self.sudo()
        late = {'payment': contracts._late_payments(), 'papers': contracts._late_papers()}
        known = contracts.env['tianyuan.contract.matter'].search([('state', '=', 'open')])
        ids = sorted({*late['payment'], *late['papers'], *known.contract_id.ids})
        for batch in self.env['ir.cron']._tianyuan_batches(ids):
            for kind, found in late.items():
                contracts.browse(batch)._follow_matter(kind, found)

    def _settle_matters(self, *kinds):
        """Settle the matters of these contracts that are no longer; what is still late stays reported."""
        kinds = kinds or tuple(ACTIVITY_TYPES)
        known = self.env['tianyuan.contract.matter'].sudo().search([
            ('contract_id', 'in', self.ids), ('state', '=', 'open'), ('kind', 'in', kinds),
        ])
        for kind, matters in known.grouped('kind').items():
            contracts = matters.contract_id
            late = contracts._late_payments(contracts) if kind == 'payment' else contracts._late_papers(contracts)
            matters.filtered(lambda matter, late=late: matter.contract_id.id not in late)._settle()

    def _follow_matter(self, kind, late):
        matters = self.env['tianyuan.contract.matter'].search([
            ('contract_id', 'in', self.ids), ('state', '=', 'open'), ('kind', '=', kind),
        ])
        matters.filtered(lambda matter: matter.contract_id.id not in late)._settle()
        open_matters = {matter.contract_id: matter for matter in matters if matter.contract_id.id in late}
        reported = self.filtered(lambda contract: contract.id in late and (
            contract not in open_matters or open_matters[contract]._is_worse(late[contract.id])
        ))
        if not reported:
            return
        heads = reported._department_heads()
        today = fields.Date.context_today(self)
        new = []
        for contract in reported:
            values = {
                **late[contract.id], 'reported_on': today, 'user_id': heads.get(contract, self.env['res.users'])[:1].id,
            }
            if contract in open_matters:
                open_matters[contract].write(values)
            else:
                new.append({**values, 'contract_id': contract.id, 'kind': kind, 'began_on': today})
        self.env['tianyuan.contract.matter'].create(new)
        reported.activity_unlink([ACTIVITY_TYPES[kind]])    # the new one says what is late now
        reported._tianyuan_schedule(
            ACTIVITY_TYPES[kind], heads.get,
            summary=lambda contract: contract._late_words(kind, late[contract.id]),
            note=lambda contract: Markup('<p>%s</p><p>%s</p>') % (
                contract.partner_id.display_name, contract._get_html_link(title=contract.name),
            ),
        )

    def _late_words(self, kind, late):
        since = format_date(self.env, late['late_since'])
        if kind == 'payment':
            amount = format_amount(self.env, late['amount'], self.currency_id)
            return self.env._("Late payment: %(amount)s since %(date)s", amount=amount, date=since)
        return self.env._("Late papers: %(count)s since %(date)s", count=late['count'], date=since)

    # -- what is late -------------------------------------------------------------------------------

    @api.model
    def _late_payments(self, contracts=None):
        """What is late of signed contracts beyond the days of grace.

        :param contracts: those to look at; None: all
        :return: dict of contract id → ``amount`` (in the contract's currency), ``count`` (0), ``late_since``,
            ``newest_due`` and ``days`` (the step reached); only what is late
        """
        figures.flush(self.env)
        today = fields.Date.context_today(self)
        which = SQL("tc.state = 'signed'")
        if contracts is not None:
            which = SQL("%s AND tc.id = ANY(%s)", which, contracts.ids)
        rows = self.env.execute_query(SQL(
            "SELECT f.id, f.late, f.late_since, f.late_newest FROM (%s) f WHERE f.late > 0",
            figures.figures(today, which),
        ))
        return {
            contract: {
                'amount': float(amount), 'count': 0, 'late_since': since, 'newest_due': newest,
                'days': _step((today - since).days),
            } for contract, amount, since, newest in rows
        }

    @api.model
    def _late_papers(self, contracts=None):
        """The like of ``_late_payments`` for papers: ``count`` instead of an amount."""
        today = fields.Date.context_today(self)
        domain = [('state', '=', 'overdue'), ('contract_id.state', '=', 'signed')]
        if contracts is not None:
            domain.append(('contract_id', 'in', contracts.ids))
        rows = self.env['tianyuan.contract.paper'].sudo()._read_group(
            domain, ['contract_id'], ['__count', 'date_due:min', 'date_due:max'],
        )
        return {
            contract.id: {
                'amount': 0.0, 'count': count, 'late_since': since, 'newest_due': newest,
                'days': _step((today - since).days),
            } for contract, count, since, newest in rows
        }

    # -- who is told --------------------------------------------------------------------------------

    def _department_heads(self):
        """Who is told of late contracts: the leader of the salesperson's sales team, of the customer's present
        salesperson's or of the orders', else the managers; of those who can read the contract.

        :return: dict of contract → ``res.users``
        """
        leaders = {
            contract: (
                contract.user_id.sale_team_id.user_id,
                contract.partner_id.user_id.sale_team_id.user_id,
                contract.order_ids.sorted('id', reverse=True).team_id.user_id[:1],
            ) for contract in self
        }
        return self._first_readers(leaders)

    def _salespeople(self):
        """Who is told of reviews and ends: the contract's salesperson, the customer's, else the department head."""
        found = self._first_readers(
            {contract: (contract.user_id, contract.partner_id.user_id) for contract in self}, managers=False,
        )
        rest = self.filtered(lambda contract: contract not in found)
        return {**found, **rest._department_heads()}

    def _first_readers(self, candidates, managers=True):
        """For each contract the first of its candidates who can read it, else the company's managers."""
        by_user = {}
        for contract, users in candidates.items():
            for user in users:
                if user.active and contract.company_id in user.company_ids:
                    by_user[user] = by_user.get(user, self.browse()) + contract
        readable = {
            user: set(contracts.with_user(user).with_context(
                allowed_company_ids=contracts.company_id.ids,
            )._filtered_access('read').ids)
            for user, contracts in by_user.items()
        }
        found = {}
        for contract, users in candidates.items():
            reader = next((user for user in users if contract.id in readable.get(user, ())), None)
            if reader:
                found[contract] = reader
            elif managers:
                found[contract] = managers_of(contract.company_id)
        return found


def _step(days):
    """The greatest step of days reached, 0 before the first."""
    return next((step for step in STEPS if days >= step), 0)
