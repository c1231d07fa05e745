from odoo import fields, models

from ...tools import files, watermark
from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    """Settings of a company for overdue borrowings, consultation copies and the seals of its access log."""

    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_borrow_chase_days = fields.Integer(
        string="Days Between Reminders", default=3, prefetch=SETTINGS,
        help="How often the borrower and the archive specialist are reminded of an overdue archive.",
    )

    tianyuan_borrow_days = fields.Integer(
        string="Days of a Borrowing", default=7, prefetch=SETTINGS,
        help="After how many days a borrowing is due, unless the borrower asks for another day.",
    )

    tianyuan_copy_as_text = fields.Boolean(
        string="Copies with Text", prefetch=SETTINGS,
        help="PDF files are consulted with their text, which can be searched, and smaller; but who knows how can take "
             "the watermark off. Otherwise pages are handed out as pictures with the watermark in them.",
    )

    tianyuan_log_seal_email = fields.Char(
        string="Seals Go To", prefetch=SETTINGS,
        help="E-mail address to which each day's last row of the access log is mailed. Empty: to the managers of "
             "customer ratings. Best is one that who administers the server can't read.",
    )

    _tianyuan_borrow_days_positive = models.Constraint(
        'CHECK(tianyuan_borrow_days > 0)', "An archive is borrowed for at least a day.",
    )
    _tianyuan_borrow_chase_days_positive = models.Constraint(
        'CHECK(tianyuan_borrow_chase_days > 0)', "There must be at least a day between reminders.",
    )

    def _tianyuan_consultable_kinds(self):
        """Return the names of the accepted kinds of files of which consultation copies can be made."""
        self.ensure_one()
        return [
            name.upper() for name in self._tianyuan_archive_kinds()
            if files.KINDS[name].mimetype in watermark.CONSULTABLE_TYPES
        ]
