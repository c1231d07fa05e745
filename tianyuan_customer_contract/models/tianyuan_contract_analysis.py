from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import figures
from .tianyuan_contract import STATES, TYPES


class TianyuanContractAnalysis(models.Model):
    """Contracts for the graph and pivot views: one row per contract.

    Amounts include taxes and are in the company's currency. The shares of a group are computed from the group's sums,
    because an average of shares would ignore how large the contracts are.
    """

    _name = 'tianyuan.contract.analysis'
    _description = "Contract Analysis"
    _auto = False
    _order = 'overdue desc, id desc'
    _rec_name = 'contract_id'
    _depends = {
        'tianyuan.contract': [
            'partner_id', 'user_id', 'company_id', 'contract_type', 'state', 'date_start', 'date_end',
        ],
        'res.users': ['sale_team_id'],
    }

    contract_id = fields.Many2one('tianyuan.contract', readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    contract_type = fields.Selection(TYPES, readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    date_start = fields.Date(string="Valid From", readonly=True)
    date_end = fields.Date(string="Valid Until", readonly=True)
    ordered = fields.Monetary(readonly=True)
    delivered = fields.Monetary(readonly=True)
    invoiced = fields.Monetary(readonly=True)
    paid = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    delivered_share = fields.Float(string="Delivered (%)", digits=(5, 1), readonly=True, aggregator='avg')
    invoiced_share = fields.Float(string="Invoiced (%)", digits=(5, 1), readonly=True, aggregator='avg')
    paid_share = fields.Float(string="Paid (%)", digits=(5, 1), readonly=True, aggregator='avg')
    overdue_share = fields.Float(string="Overdue (%)", digits=(5, 1), readonly=True, aggregator='avg')
    late_papers = fields.Integer(readonly=True, help="Required papers not handed in by their due date.")

    @property
    def _table_query(self):
        figures.flush(self.env)
        self.env['tianyuan.contract.paper'].flush_model(['contract_id', 'date_due', 'handed_in_on'])
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT tc.id, tc.id AS contract_id, tc.partner_id, tc.user_id, u.sale_team_id AS team_id, tc.company_id,
                   k.currency_id, tc.contract_type, tc.state, tc.date_start, tc.date_end,
                   f.ordered, f.delivered, f.invoiced, f.paid, f.overdue,
                   100 * f.delivered / NULLIF(f.ordered, 0) AS delivered_share,
                   100 * f.invoiced / NULLIF(f.ordered, 0) AS invoiced_share,
                   100 * f.paid / NULLIF(f.ordered, 0) AS paid_share,
                   100 * f.overdue / NULLIF(f.ordered, 0) AS overdue_share,
                   COALESCE(p.count, 0) AS late_papers
              FROM (%(figures)s) f
              JOIN tianyuan_contract tc ON tc.id = f.id
              JOIN res_company k ON k.id = tc.company_id
              LEFT JOIN res_users u ON u.id = tc.user_id
              LEFT JOIN (
                  SELECT contract_id, COUNT(*) AS count
                    FROM tianyuan_contract_paper
                   WHERE handed_in_on IS NULL AND date_due < %(today)s
                   GROUP BY contract_id
              ) p ON p.contract_id = tc.id AND tc.state = 'signed'
            """,
            figures=figures.figures(today, SQL("tc.state <> 'cancelled'"), in_company_currency=True), today=today,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Aggregate shares as ratios of sums."""
        name, _, function = aggregate_spec.partition(':')
        if name.endswith('_share') and function == 'avg':
            part = self._field_to_sql(self._table, name.removesuffix('_share'), query)
            ordered = self._field_to_sql(self._table, 'ordered', query)
            return SQL("100 * SUM(%s) / NULLIF(SUM(%s), 0)", part, ordered)
        return super()._read_group_select(aggregate_spec, query)

    @api.readonly
    def action_open_contract(self):
        """Open the contract of this row.

        :return: action
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.contract',
            'res_id': self.contract_id.id,
            'view_mode': 'form',
        }
