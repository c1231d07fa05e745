from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .tianyuan_contract_matter import MODULE

REVIEW, END = f'{MODULE}.mail_activity_type_contract_review', f'{MODULE}.mail_activity_type_contract_end'


class TianyuanContract(models.Model):
    """Alliances and agencies are gone through every few months (policy 6.2); ends are seen coming."""

    _inherit = 'tianyuan.contract'

    review_interval_months = fields.Integer(
        string="Review Every (Months)", compute='_compute_review_interval_months', store=True, readonly=False,
        precompute=True, help="0: the contract isn't reviewed.",
    )
    next_review_on = fields.Date(string="Next Review", copy=False, tracking=True)
    # the dates the salesperson was last asked about, so as to ask once about each
    review_asked_for = fields.Date(readonly=True, copy=False)
    end_asked_for = fields.Date(readonly=True, copy=False)
    is_review_due = fields.Boolean(
        string="Review Due", compute='_compute_is_review_due', search='_search_is_review_due',
    )
    is_expiring = fields.Boolean(
        string="Expiring", compute='_compute_is_expiring', search='_search_is_expiring',
        help="The contract is signed and ends within the company's number of days, or has ended.",
    )

    _review_interval_positive = models.Constraint(
        'CHECK(review_interval_months >= 0)', "The months between reviews can't be negative.",
    )

    @api.depends('contract_type', 'company_id')
    def _compute_review_interval_months(self):
        for contract in self:
            reviewed = contract.contract_type in ('strategic', 'agency')
            contract.review_interval_months = reviewed and contract.company_id.tianyuan_contract_review_months

    @api.depends('state', 'next_review_on')
    def _compute_is_review_due(self):
        today = fields.Date.context_today(self)
        for contract in self:
            due = contract.next_review_on
            contract.is_review_due = contract.state == 'signed' and bool(due) and due <= today

    def _search_is_review_due(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain([('state', '=', 'signed'), ('next_review_on', '<=', fields.Date.context_today(self))])

    @api.depends('state', 'date_end', 'company_id.tianyuan_contract_end_days')
    def _compute_is_expiring(self):
        today = fields.Date.context_today(self)
        for contract in self:
            until = today + timedelta(days=contract.company_id.tianyuan_contract_end_days)
            end = contract.date_end
            contract.is_expiring = contract.state == 'signed' and bool(end) and end <= until

    def _search_is_expiring(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.env['res.company'].flush_model(['tianyuan_contract_end_days'])
        self.flush_model(['company_id', 'date_end', 'state'])
        return Domain('id', 'in', SQL(
            """
            (SELECT tc.id FROM tianyuan_contract tc JOIN res_company k ON k.id = tc.company_id
              WHERE tc.state = 'signed' AND tc.date_end <= %s + k.tianyuan_contract_end_days)
            """,
            fields.Date.context_today(self),
        ))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'review_asked_for', 'end_asked_for'}

    def write(self, vals):
        """Signing a contract begins its following, and leaving that state ends it (policy 9.3)."""
        state = vals.get('state')
        moved = self.filtered(lambda contract: contract.state != state) if state else self.browse()
        result = super().write(vals)
        if moved and state == 'signed':
            moved.sudo()._begin_following()
        elif moved:
            moved.sudo()._end_following()
        if 'date_end' in vals and not moved:
            self.sudo().filtered(lambda contract: not contract.is_expiring).activity_unlink([END])
        return result

    def action_reviewed(self):
        """Note that contracts were gone through with the customer today, and when they are next.

        :raise AccessError: the user may not write them
        :raise UserError: one isn't signed, or isn't reviewed at all
        """
        self._check_step('signed')
        if any(not contract.review_interval_months for contract in self):
            raise UserError(self.env._("Say first after how many months the contract is reviewed again."))
        today = fields.Date.context_today(self)
        for contract in self:
            contract.next_review_on = today + relativedelta(months=contract.review_interval_months)
            contract._message_log(body=contract.env._(
                "Reviewed with the customer. Next review on %s.", format_date(contract.env, contract.next_review_on),
            ))
        self.sudo().activity_feedback([REVIEW])
        return True

    @api.model
    def _cron_remind(self):
        """Ask the salespeople for reviews that are due, and tell them of contracts that end; once for each date."""
        self.sudo()._remind('is_review_due', 'next_review_on', 'review_asked_for', REVIEW)
        self.sudo()._remind('is_expiring', 'date_end', 'end_asked_for', END)

    def _remind(self, due, day, asked, activity_type):
        contracts = self.search([(due, '=', True)]).filtered(lambda contract: contract[asked] != contract[day])
        for ids in self.env['ir.cron']._tianyuan_batches(contracts.ids):
            batch = self.browse(ids)
            batch.activity_unlink([activity_type])    # about an earlier date
            batch._tianyuan_schedule(
                activity_type, batch._salespeople().get,
                summary=lambda contract: contract._reminder(activity_type), deadline=lambda contract: contract[day],
            )
            for date, same in batch.grouped(day).items():
                same.write({asked: date})

    def _reminder(self, activity_type):
        if activity_type == REVIEW:
            return self.env._("Review the contract with %s", self.partner_id.display_name)
        return self.env._(
            "The contract with %(customer)s ends on %(date)s",
            customer=self.partner_id.display_name, date=format_date(self.env, self.date_end),
        )

    def _begin_following(self):
        today = fields.Date.context_today(self)
        self._require_papers(today)
        for contract in self.filtered(lambda contract: contract.review_interval_months and not contract.next_review_on):
            contract.next_review_on = today + relativedelta(months=contract.review_interval_months)

    def _end_following(self):
        self._settle_matters()
        self.activity_unlink([REVIEW, END])
