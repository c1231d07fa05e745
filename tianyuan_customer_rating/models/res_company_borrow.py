from odoo import fields, models

from .tianyuan_roles import SETTINGS


class ResCompany(models.Model):
    """How a company chases archives that aren't brought back."""

    _inherit = 'res.company'

    tianyuan_borrow_chase_days = fields.Integer(
        string="Days Between Reminders", default=3, prefetch=SETTINGS,
        help="How often the borrower and the archive specialist are reminded of an overdue archive.",
    )

    _tianyuan_borrow_chase_days_positive = models.Constraint(
        'CHECK(tianyuan_borrow_chase_days > 0)', "There must be at least a day between reminders.",
    )
