from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import files
from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    """Which files a company accepts in its archives."""

    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_archive_max_megabytes = fields.Integer(
        string="Largest Archive File (MB)", default=20, required=True, prefetch=SETTINGS,
        help="Larger files are refused.",
    )
    tianyuan_archive_file_kinds = fields.Char(
        string="Accepted Archive Files", default=lambda self: ", ".join(files.KINDS), required=True, prefetch=SETTINGS,
        help="Kinds of files, separated by commas. Others are refused, whatever their name.",
    )

    _tianyuan_archive_max_megabytes_positive = models.Constraint(
        'CHECK(tianyuan_archive_max_megabytes >= 1)', "Archive files of at least 1 MB must be accepted.",
    )

    @api.constrains('tianyuan_archive_file_kinds')
    def _check_tianyuan_archive_file_kinds(self):
        for company in self:
            known, unknown = files.parse_kinds(company.tianyuan_archive_file_kinds)
            if unknown or not known:
                raise ValidationError(self.env._(
                    "Archive files can be of these kinds, separated by commas: %(kinds)s. Not: %(unknown)s",
                    kinds=", ".join(files.KINDS), unknown=", ".join(unknown) or "–",
                ))

    def _tianyuan_archive_kinds(self):
        """Return the accepted kinds of files, keys of ``tools.files.KINDS``."""
        self.ensure_one()
        return files.parse_kinds(self.tianyuan_archive_file_kinds)[0]

    def _tianyuan_archive_extensions(self):
        """Return the accepted file extensions, in the format of a file dialog."""
        return ",".join(
            f'.{extension}' for name in self._tianyuan_archive_kinds() for extension in files.KINDS[name].extensions
        )
