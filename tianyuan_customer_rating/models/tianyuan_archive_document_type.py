import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .tianyuan_rating_scheme import CHANNELS


class TianyuanArchiveDocumentType(models.Model):
    """A kind of paper in a customer's archive, such as the business licence (policy 客户评价步骤)."""

    _name = 'tianyuan.archive.document.type'
    _description = "Archive Document Type"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', default=lambda self: self._default_shared_company(), help="Empty: for all companies.",
    )
    channel = fields.Selection(CHANNELS, help="Empty: for customers of both channels.")
    required = fields.Boolean(help="An archive without it is incomplete.")
    confidential = fields.Boolean(
        help="Opened only by archive specialists, managers, and whoever has borrowed it.",
    )
    validity_months = fields.Integer(
        string="Valid For (Months)", help="How long a new document is valid from its first day. 0: it doesn't expire.",
    )
    remind_days = fields.Integer(
        string="Remind Before (Days)", default=30,
        help="How long before it expires the specialist is asked for a new one.",
    )
    keywords = fields.Char(
        help="Words in a file's name, separated by commas, by which an uploaded file is taken for this type.",
    )

    _durations_positive = models.Constraint(
        'CHECK(validity_months >= 0 AND remind_days >= 0)', "Months and days can't be negative.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        documents = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False)
        used = [document_type for [document_type] in documents._read_group([('type_id', 'in', self.ids)], ['type_id'])]
        if used:
            raise UserError(self.env._(
                "There are documents of these types, so they can't be deleted. Archive them instead: %s",
                self.browse(document_type.id for document_type in used).mapped('name'),
            ))

    @api.model
    def _guess(self, file_name, company):
        """The type a file's name speaks of: the longest keyword in it decides, else the last type.

        :param company: ``res.company`` the document is for
        :return: a type
        :raise UserError: there is no type at all
        """
        types = self.search(Domain('company_id', 'in', (False, company.id)))
        if not types:
            raise UserError(self.env._("There are no document types yet: create one in the configuration."))
        name = file_name.rpartition('.')[0].casefold() or file_name.casefold()
        found = [
            (len(word), document_type) for document_type in types for word in document_type._words() if word in name
        ]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
        other = self.env.ref('tianyuan_customer_rating.document_type_other', raise_if_not_found=False)
        return other if other and other in types else types[-1]

    def _words(self):
        words = re.split(r'[,，、;；/]', f"{self.keywords or ''},{self.name}")
        return {word.strip().casefold() for word in words} - {''}
