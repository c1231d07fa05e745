from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date, split_every

from ..contract import figures
from .tianyuan_contract_matter import ACTIVITY_TYPES
from .tianyuan_roles import managers_of

STEPS = (90, 60, 30)
BATCH_SIZE = 200


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
        remaining = len(ids)
        for batch in split_every(BATCH_SIZE, ids):
            for kind, found in late.items():
                contracts.browse(batch)._follow_matter(kind, found)
            remaining -= len(batch)
            if not self.env['ir.cron']._tianyuan_checkpoint(len(batch), remaining):
                break

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
        reported._follow_plan(ACTIVITY_TYPES[kind], heads, lambda contract: contract._late_words(
            kind, late[contract.id],
        ))

    def _late_words(self, kind, late):
        """Summary and note of the activity, in the environment's language."""
        since = format_date(self.env, late['late_since'])
        if kind == 'payment':
            amount = format_amount(self.env, late['amount'], self.currency_id)
            summary = self.env._("Late payment: %(amount)s since %(date)s", amount=amount, date=since)
        else:
            summary = self.env._("Late papers: %(count)s since %(date)s", count=late['count'], date=since)
        customer = Markup('<p>%s</p>') % self.partner_id.display_name
        return summary, customer + Markup('<p>%s</p>') % self._get_html_link(title=self.name)

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

    def _follow_plan(self, activity_type, recipients, words, deadline=None):
        """Plan an activity on each contract, for each of its recipients in their language, in one batch.

        :param str activity_type: external id
        :param dict recipients: contract → ``res.users``
        :param words: function of the contract in that language → summary and note
        :param deadline: function of the contract → date; by default today
        """
        kind = self.env.ref(activity_type, raise_if_not_found=False)
        if not kind:
            return    # an administrator deleted it
        today = fields.Date.context_today(self)
        model = self.env['ir.model']._get_id(self._name)
        rows = []
        for contract in self:
            for user in recipients.get(contract, ()):
                summary, note = words(contract.with_context(lang=user.lang))
                rows.append({
                    'activity_type_id': kind.id, 'user_id': user.id, 'res_model_id': model, 'res_id': contract.id,
                    'summary': summary, 'note': note, 'automated': True,
                    'date_deadline': deadline(contract) if deadline else today,
                })
        # nobody wants a hundred e-mails
        self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True).create(rows)


def _step(days):
    """The greatest step of days reached, 0 before the first."""
    return next((step for step in STEPS if days >= step), 0)
