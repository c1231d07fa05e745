from odoo import api, fields, models

from ...tools import imported
from ...tools.emails import is_understood_by_odoo, split_addresses
from ...tools.roles import ROLES
from ...tools.text import listed

# Last parts of the paths of columns that contain numbers which aren't amounts.
TAX_IDS = {'vat', 'company_registry'}
PHONES = {'phone'}
NUMBERS = TAX_IDS | PHONES | {'tianyuan_archive_number', 'tianyuan_qq', 'acc_number'}


class ResPartner(models.Model):
    """Archives that come in through Odoo's own import are checked before a row is written.

    A file with an error writes nothing; warnings are shown, and the file may be imported all the same.
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_email_note = fields.Char(
        string="Note on the E-mail Address", compute='_compute_tianyuan_email_note', groups=ROLES,
        help="Parts of the field that aren't e-mail addresses, so that no mail goes there.",
    )

    @api.depends('email')
    @api.depends_context('lang')
    def _compute_tianyuan_email_note(self):
        for partner in self:
            partner.tianyuan_email_note = self._tianyuan_email_problem(partner.email)

    @api.model
    def _tianyuan_email_problem(self, email):
        """Return a sentence on the parts of a field with e-mail addresses that get no mail; False if there are none."""
        addresses, wrong = split_addresses(email)
        if wrong:
            return self.env._("Not an e-mail address, so no mail goes there: %s", listed(self.env, wrong))
        if not is_understood_by_odoo(email):
            return self.env._(
                "Write the e-mail addresses like this, or not all mail gets there: %s", '; '.join(addresses))
        return False

    def _tianyuan_email_addresses(self):
        """Return the partner's e-mail addresses, each of which gets the mail: a list of normalized addresses."""
        self.ensure_one()
        return split_addresses(self.email)[0]

    def _tianyuan_gets_mail(self):
        """Return whether mails that Odoo itself sends to the partner go to all of the partner's addresses."""
        return bool(self._tianyuan_email_addresses()) and is_understood_by_odoo(self.email)

    # -- import ------------------------------------------------------------------------------------

    @api.model
    def load(self, fields, data):
        if not self.env.context.get('tianyuan_archive_import'):
            return super().load(fields, data)
        data = self._tianyuan_repair_import(fields, data)
        messages = self._tianyuan_import_messages(fields, data)
        if any(message['type'] == 'error' for message in messages):
            return {'ids': False, 'messages': messages, 'nextrow': 0}
        result = super().load(fields, data)
        result['messages'] = messages + result['messages']
        return result

    @api.model
    def _tianyuan_repair_import(self, fields, data):
        """Return the rows with numbers as they were before the spreadsheet, as far as all of their digits are there.

        E-mail addresses are separated in the way that Odoo's own mails understand.
        """
        repairs = {}
        for index, path in enumerate(fields):
            name = path.rpartition('/')[2]
            if name in NUMBERS:
                repairs[index] = imported.repaired
            elif name == 'email':
                repairs[index] = self._tianyuan_repaired_email
        return [
            [repairs[index](value) if index in repairs and isinstance(value, str) else value
             for index, value in enumerate(row)]
            for row in data
        ]

    @api.model
    def _tianyuan_repaired_email(self, text):
        addresses, wrong = split_addresses(text)
        return text if wrong or is_understood_by_odoo(text) else '; '.join(addresses)

    @api.model
    def _tianyuan_import_messages(self, fields, data):
        """Return what is wrong with rows that are about to be imported; each check extends it with ``super()``.

        :param list fields: names of the columns' fields, such as ``name`` or ``child_ids/phone``
        :param list data: rows of texts
        :return: list of dicts as ``load`` returns them: ``type`` (``error`` or ``warning``), ``message``, ``field``,
            ``record`` (number of the row in ``data``) and ``rows`` (``from``, ``to``)
        """
        messages, china = [], self._tianyuan_names_of_china()
        for number, row in enumerate(data):
            cells = dict(zip(fields, row, strict=False))
            is_chinese = self._tianyuan_is_chinese_row(cells.get('country_id'), china)
            for path, value in cells.items():
                if not isinstance(value, str) or not value:
                    continue
                kind, message = self._tianyuan_judge_cell(path, value, is_chinese)
                if message:
                    messages.append(self._tianyuan_import_message(kind, message, path, number, cells.get('name')))
        return messages

    @api.model
    def _tianyuan_import_message(self, kind, message, path, number, name=None):
        """Return a message on one row as ``load`` returns it; its text names the row as the spreadsheet counts.

        :param str kind: ``error`` or ``warning``
        :param str path: of the column's field
        :param int number: of the row in the data
        :param str name: of the customer in the row
        """
        row = self._tianyuan_file_row(number)
        if name:
            message = self.env._("Row %(row)s (%(name)s): %(message)s", row=row, name=name, message=message)
        else:
            message = self.env._("Row %(row)s: %(message)s", row=row, message=message)
        return {
            'type': kind, 'message': message, 'field': path, 'field_path': path.split('/'), 'record': number,
            'rows': {'from': number, 'to': number},
            'names_row': True,    # so the client doesn't name it again
        }

    @api.model
    def _tianyuan_file_row(self, number):
        """Return the number of a row as a spreadsheet shows it; the data may be a later part of a long file."""
        return number + self.env.context.get('tianyuan_import_first_row', 2)

    @api.model
    def _tianyuan_names_of_china(self):
        """Return how a file may name China: by name in any language, code, id and external id."""
        # sudo: users who import customers may read countries, but external ids only as administrators.
        china = self.env.ref('base.cn').sudo()
        names = {china.with_context(lang=lang).name for lang, _name in self.env['res.lang'].get_installed()}
        return {name.casefold() for name in (*names, '中国', china.code, str(china.id), 'base.cn')}

    @api.model
    def _tianyuan_is_chinese_row(self, country, china):
        if country:
            return country.strip().casefold() in china
        return self.env.company.country_id.code in (False, 'CN')

    @api.model
    def _tianyuan_judge_cell(self, path, value, is_chinese):
        """Return ``error`` or ``warning``, and a sentence with the remedy; two times False if the cell is good."""
        name = path.rpartition('/')[2]
        if imported.is_error_value(value):
            return 'error', self.env._(
                "%(column)s: the spreadsheet shows %(value)s instead of a value. Correct the cell in the file.",
                column=self._tianyuan_column_label(path), value=value)
        if name == 'email':
            return 'warning', self._tianyuan_email_problem(value)
        if name not in NUMBERS:
            return False, False
        finding = imported.judge_number(value, name in TAX_IDS, name == 'tianyuan_archive_number')
        if finding:
            return 'error' if finding.error else 'warning', self._tianyuan_word_finding(finding, path, value)
        restored = name in PHONES and is_chinese and imported.zero_restored(value)
        if restored:
            return 'warning', self.env._(
                "%(column)s: %(value)s may have lost its leading zero in the spreadsheet. If it should be "
                "%(restored)s, format the column as text and correct it.",
                column=self._tianyuan_column_label(path), value=value, restored=restored)
        return False, False

    @api.model
    def _tianyuan_word_finding(self, finding, path, value):
        column = self._tianyuan_column_label(path)
        if finding.kind == 'date':
            return self.env._(
                "%(column)s: the spreadsheet has turned the number into a date (%(value)s). Format the column as text "
                "and enter the number again.", column=column, value=value)
        if finding.error:
            return self.env._(
                "%(column)s: the spreadsheet has ruined this number (%(value)s); its last digits are lost. Format the "
                "column as text and enter the number again.", column=column, value=value)
        return self.env._(
            "%(column)s: compare the last digits of %(value)s with the original, because spreadsheets keep only 15 "
            "digits of a number that isn't text.", column=column, value=value)

    @api.model
    def _tianyuan_column_label(self, path):
        """Return the name of an imported column as its user reads it."""
        model, labels = self, []
        for name in path.split('/'):
            field = model._fields.get(name)
            if not field:
                return path
            labels.append(field._description_string(self.env))
            model = self.env[field.comodel_name] if field.comodel_name else model
        return '/'.join(labels)
