from odoo import fields, models

from .tianyuan_contract import TYPES


class TianyuanContractPaperType(models.Model):
    """A kind of paper that has to be handed in after signing, such as the signed original (policy 9.3)."""

    _name = 'tianyuan.contract.paper.type'
    _description = "Contract Paper Type"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', default=lambda self: self._default_shared_company(), help="Empty: for all companies.",
    )
    contract_type = fields.Selection(
        TYPES, string="For Contracts of Type", help="Empty: for contracts of all types.",
    )
    days = fields.Integer(string="Days After Signing", default=30, help="When it is due, counted from the signing.")
    required = fields.Boolean(
        string="Required by Default", default=True, help="Each contract of the type gets it when it is signed.",
    )

    _days_positive = models.Constraint('CHECK(days >= 0)', "A paper can't be due before the contract is signed.")
