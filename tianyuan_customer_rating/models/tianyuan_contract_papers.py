from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import clean_context


class TianyuanContract(models.Model):
    """The papers a contract requires from the day it is signed."""

    _inherit = 'tianyuan.contract'

    paper_ids = fields.One2many('tianyuan.contract.paper', 'contract_id', string="Required Papers")
    late_paper_count = fields.Integer(string="Papers Late", compute='_compute_late_paper_count')
    is_paper_late = fields.Boolean(
        string="Late Papers", compute='_compute_late_paper_count', search='_search_is_paper_late',
        help="The contract is signed, and a required paper wasn't handed in by its due date.",
    )

    @api.depends('state', 'paper_ids.date_due', 'paper_ids.handed_in_on')
    def _compute_late_paper_count(self):
        signed = self.filtered(lambda contract: contract.state == 'signed')
        late = dict(self.env['tianyuan.contract.paper']._read_group(
            [('contract_id', 'in', signed._origin.ids), ('state', '=', 'overdue')], ['contract_id'], ['__count'],
        ))
        for contract in self:
            contract.late_paper_count = late.get(contract._origin, 0)
            contract.is_paper_late = bool(contract.late_paper_count)

    def _search_is_paper_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain([('state', '=', 'signed'), ('paper_ids', 'any', [('state', '=', 'overdue')])])

    def _require_papers(self, signed_on):
        """Add the papers that contracts of these types require, once.

        :param date signed_on: the due dates count from it
        """
        types = self.env['tianyuan.contract.paper.type'].sudo().search([('required', '=', True)])
        # a caller's defaults would hand them in
        self.env['tianyuan.contract.paper'].sudo().with_context(clean_context(self.env.context)).create([
            {
                'contract_id': contract.id,
                'type_id': kind.id,
                'name': kind.with_context(lang=contract.user_id.lang or self.env.lang).name,
                'date_due': signed_on + timedelta(days=kind.days),
            }
            for contract in self for kind in types - contract.sudo().paper_ids.type_id
            if kind.contract_type in (False, contract.contract_type)
            and kind.company_id.id in (False, contract.company_id.id)
        ])
