from odoo import api, models


class TianyuanArchiveDocument(models.Model):
    """Taking in files that were dropped on a customer's documents."""

    _inherit = 'tianyuan.archive.document'

    @api.model
    def _file_upload(self, partner, file_name, content, document_type=None):
        """Add a file to a customer's archive.

        :param partner: ``res.partner``; a contact's papers go to its company
        :param str file_name: as on the user's machine
        :param bytes content: base64
        :param document_type: by default guessed from the file's name
        :return: the document
        :raise AccessError: the user may not add documents
        :raise ValidationError: the file is refused
        """
        self.check_access('create')
        company = self.env.company
        if not content:
            # a document without a file would do for a form, where the file comes later
            self.env['tianyuan.archive.file']._accept(file_name, content, company)
        document_type = document_type or self.env['tianyuan.archive.document.type']._guess(file_name, company)
        return self.create({
            'partner_id': partner.commercial_partner_id.id,
            'company_id': company.id,
            'type_id': document_type.id,
            'file_name': file_name,
            'upload': content,
        })

    @api.model
    def upload_targets(self, partner_id):
        """What the upload area shows: the papers a customer still lacks, and which files are accepted.

        :return: dict with ``missing`` (list of id and name of types), ``accept`` (extensions for a file
            dialog) and ``can_upload``
        :raise AccessError: the user may not see the customer or its documents
        """
        self.check_access('read')
        partner = self.env['res.partner'].browse(partner_id).exists()
        partner.check_access('read')
        missing = self._missing_types(partner, self.env.company).get(partner, [])
        return {
            'missing': [{'id': document_type.id, 'name': document_type.name} for document_type in missing],
            'accept': self.env.company._tianyuan_archive_extensions(),
            'can_upload': self.has_access('create'),
        }
