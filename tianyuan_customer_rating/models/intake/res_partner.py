from odoo import api, models


class ResPartner(models.Model):
    """Archives that come in through Odoo's own import are checked before a row is written.

    A file with an error writes nothing; warnings are shown, and the file may be imported all the same.
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def load(self, fields, data):
        if not self.env.context.get('tianyuan_archive_import'):
            return super().load(fields, data)
        messages = self._tianyuan_import_messages(fields, data)
        if any(message['type'] == 'error' for message in messages):
            return {'ids': False, 'messages': messages, 'nextrow': 0}
        result = super().load(fields, data)
        result['messages'] = messages + result['messages']
        return result

    @api.model
    def _tianyuan_import_messages(self, fields, data):
        """Return what is wrong with rows that are about to be imported; each check extends it with ``super()``.

        :param list fields: names of the columns' fields, such as ``name`` or ``child_ids/phone``
        :param list data: rows of texts
        :return: list of dicts as ``load`` returns them: ``type`` (``error`` or ``warning``), ``message``, ``field``,
            ``record`` (number of the row in ``data``) and ``rows`` (``from``, ``to``)
        """
        return []
