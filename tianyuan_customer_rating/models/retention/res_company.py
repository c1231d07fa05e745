from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    """How long a company keeps closed archives, and documents whose type has no rule of its own."""

    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_archive_retention = fields.Selection(
        [('permanent', "Permanently"), ('after_relation', "After the End of the Relation")],
        string="Keep Archives", default='after_relation', required=True, prefetch=SETTINGS,
        help="The relation ends on the day the archive is closed. Document types can have a rule of their own.",
    )
    tianyuan_archive_retention_years = fields.Integer(
        string="Years Archives Are Kept", default=10, required=True, prefetch=SETTINGS,
    )

    _tianyuan_archive_retention_years_positive = models.Constraint(
        'CHECK(tianyuan_archive_retention_years BETWEEN 1 AND 200)',
        "Archives are kept for 1 to 200 years, or permanently.",
    )

    def _tianyuan_archive_last_closing(self):
        """Return the last day of closing of archives whose retention has run out by today, or None if none runs out.

        An archive is kept until its day of closing + the years, that day included. 29 February + a year that has none
        is 28 February, so two days of closing may share one end.
        """
        self.ensure_one()
        if self.tianyuan_archive_retention == 'permanent':
            return None
        years = relativedelta(years=self.tianyuan_archive_retention_years)
        yesterday = self._tianyuan_today() - timedelta(days=1)
        last = yesterday - years
        following = last + timedelta(days=1)
        return following if following + years == yesterday else last
