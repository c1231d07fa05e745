from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.periods import Quarter
from ...tools.limits import check_dates


class TianyuanQuarterMixin(models.AbstractModel):
    """A record about one calendar quarter, by default the last one that has ended."""

    _name = 'tianyuan.quarter.mixin'
    _description = "Quarterly Record"

    date_from = fields.Date(
        string="From", required=True, index=True,
        default=lambda self: Quarter.last_complete(fields.Date.context_today(self)).date_from,
    )
    date_to = fields.Date(
        string="To", required=True,
        default=lambda self: Quarter.last_complete(fields.Date.context_today(self)).date_to,
    )

    _whole_quarter = models.Constraint(
        """CHECK(date_from = DATE_TRUNC('quarter', date_from::timestamp)::date
             AND date_to = (DATE_TRUNC('quarter', date_from::timestamp) + INTERVAL '3 months - 1 day')::date)""",
        "The dates must cover a whole calendar quarter, for example 1 July to 30 September.",
    )

    @api.constrains('date_from', 'date_to')
    def _check_sane_dates(self):
        check_dates(self, 'date_from', 'date_to')

    @property
    def quarter(self):
        """Return the :class:`Quarter` of this record."""
        return Quarter(self.date_from, self.date_to)

    @api.model
    def _check_period(self, date_to):
        """Refuse to rate a quarter that hasn't ended.

        :param date date_to: the quarter's last day
        """
        if date_to >= fields.Date.context_today(self):
            raise ValidationError(self.env._(
                "The quarter ends on %s and isn't over yet. Choose a quarter that has ended.",
                fields.Date.to_string(date_to),
            ))
