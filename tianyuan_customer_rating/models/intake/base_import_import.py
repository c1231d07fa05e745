from odoo import models

from ...tools import headings
from ...tools.imported import date_of_serial


class BaseImportImport(models.TransientModel):
    """Odoo's import of a file, where the list of customer archives offers it.

    It understands the headings of lists that companies keep, and dates that a spreadsheet has turned into numbers. The
    import of other contacts stays as it is.
    """

    _inherit = 'base_import.import'

    def _tianyuan_is_archive_import(self):
        return bool(self.env.context.get('tianyuan_archive_import')) and self.res_model == 'res.partner'

    def execute_import(self, fields, columns, options, dryrun=False):
        """Import the file; what is said of a row counts it as the spreadsheet does, also in later parts of the file."""
        first = int(options.get('skip') or 0) + (2 if options.get('has_headers') else 1)
        importing = self.with_context(tianyuan_import_first_row=first) if self._tianyuan_is_archive_import() else self
        return super(BaseImportImport, importing).execute_import(fields, columns, options, dryrun)

    def parse_preview(self, options, count=10):
        """Read the file with the headings of archives, if the client says that it was loaded from their list."""
        if options.get('tianyuan_archive_import') and not self.env.context.get('tianyuan_archive_import'):
            return self.with_context(tianyuan_archive_import=True).parse_preview(options, count)
        return super().parse_preview(options, count)

    def _get_mapping_suggestion(self, header, fields_tree, header_types, mapping_fields):
        """Suggest the field that a common heading means; what users have chosen themselves comes first."""
        path = self._tianyuan_is_archive_import() and headings.path_of(header)
        # Odoo calls this for the parts of a path, too, with the fields of another model.
        is_top = any(field['name'] == 'tianyuan_archive_number' for field in fields_tree)
        if path and is_top and header.lower() not in mapping_fields and self._tianyuan_has_path(path, fields_tree):
            return {'field_path': path.split('/'), 'distance': 0}
        return super()._get_mapping_suggestion(header, fields_tree, header_types, mapping_fields)

    def _tianyuan_has_path(self, path, fields_tree):
        """Return whether the user may import the field."""
        for name in path.split('/'):
            field = next((field for field in fields_tree if field['name'] == name), None)
            if not field:
                return False
            fields_tree = field['fields']
        return True

    def _parse_date_from_data(self, data, index, name, field_type, options):
        """Read dates that are numbers because the cell has lost its format."""
        if self._tianyuan_is_archive_import():
            for line in data:
                day = isinstance(line[index], str) and date_of_serial(line[index])
                line[index] = day or line[index]
        return super()._parse_date_from_data(data, index, name, field_type, options)
