from odoo import fields, models

from .tianyuan_rating_scheme import CHANNELS


class TianyuanArchiveDocumentType(models.Model):
    """A kind of paper in a customer's archive, such as the business licence (policy 客户评价步骤)."""

    _name = 'tianyuan.archive.document.type'
    _description = "Archive Document Type"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', help="Empty: for all companies.")
    channel = fields.Selection(CHANNELS, help="Empty: for customers of both channels.")
    required = fields.Boolean(help="An archive without it is incomplete.")
    confidential = fields.Boolean(
        help="Opened only by archive specialists, managers, and whoever has borrowed it.",
    )
    validity_months = fields.Integer(
        string="Valid For (Months)", help="How long a new document is valid from its first day. 0: it doesn't expire.",
    )
    remind_days = fields.Integer(
        string="Remind Before (Days)", default=30, help="How long before it expires the specialist is asked for a new one.",
    )

    _durations_positive = models.Constraint(
        'CHECK(validity_months >= 0 AND remind_days >= 0)', "Months and days can't be negative.",
    )
