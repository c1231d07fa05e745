import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.selections import CHANNELS

# These fields decide whether an archive needs a document of the type.
DECIDING_FIELDS = {'required', 'active', 'channel', 'company_id'}


class TianyuanArchiveDocumentType(models.Model):
    """A type of document in a customer's archive, such as the business licence (policy 客户评价步骤).

    It tells which documents an archive needs; a change recomputes the completeness of archives.

    It also tells whether its documents are confidential; each change is in the access log of every company with such
    documents.
    """

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

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        if any(types.mapped('required')):
            self.env['res.partner'].sudo()._tianyuan_requirements_changed()
        return types

    def write(self, vals):
        changed = self.filtered(
            lambda kind: 'confidential' in vals and kind.confidential != bool(vals['confidential']))
        result = super().write(vals)
        documents = self.env['tianyuan.archive.document']
        action = 'type_protected' if vals.get('confidential') else 'type_released'
        for kind in changed:
            for company in kind._companies().sorted('id'):
                self.env['tianyuan.archive.access.log']._append(action, documents, company=company, name=kind.name)
        if DECIDING_FIELDS & vals.keys():
            self.env['res.partner'].sudo()._tianyuan_requirements_changed()
        return result

    def unlink(self):
        required = any(self.mapped('required'))
        result = super().unlink()
        if required:
            self.env['res.partner'].sudo()._tianyuan_requirements_changed()
        return result

    @api.model
    def _guess(self, file_name, company):
        """Return the type that a file's name suggests.

        The type with the longest keyword in the name wins, then the type "other", then the last one.

        :param company: ``res.company`` the document is for
        :return: a type
        :raise UserError: there is no type at all
        """
        types = self.search(Domain('company_id', 'in', (False, company.id)))
        if not types:
            raise UserError(self.env._("There are no document types yet: create one in the configuration."))
        name = file_name.rpartition('.')[0].casefold() or file_name.casefold()
        found = [
            (len(word), document_type) for document_type in types for word in document_type._keywords() if word in name
        ]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
        other = self.env.ref('tianyuan_customer_rating.document_type_other', raise_if_not_found=False)
        return other if other and other in types else types[-1]

    def _keywords(self):
        words = re.split(r'[,，、;；/]', f"{self.keywords or ''},{self.name}")
        return {word.strip().casefold() for word in words} - {''}

    @api.model
    def _required(self):
        """Return all types that some archive needs, as superuser, as input of :meth:`_needed`."""
        return self.sudo().search_fetch(
            [('required', '=', True), ('active', '=', True)], ['name', 'channel', 'company_id'],
        )

    def _needed(self, channel, company):
        """Return those of these required types that an archive needs. :meth:`_needed_sql` is the same in SQL.

        :param channel: channel of the customer
        :param company: ``res.company`` whose archive it is
        """
        return self.filtered(lambda kind: (
            kind.channel in (False, channel) and kind.company_id in (company, company.browse())
        ))

    @api.model
    def _needed_sql(self, kind, channel, company):
        """Return the SQL condition that is the same as :meth:`_required` and :meth:`_needed`.

        :param SQL kind: alias of the types' table
        :param SQL channel: channel of the customer
        :param SQL company: id of the company whose archive it is
        """
        return SQL(
            """
            %(kind)s.required AND %(kind)s.active AND (%(kind)s.channel IS NULL OR %(kind)s.channel = %(channel)s)
            AND (%(kind)s.company_id IS NULL OR %(kind)s.company_id = %(company)s)
            """, kind=kind, channel=channel, company=company,
        )

    def _companies(self):
        """Return the companies that use the type: its own, or else all with such documents and the current one."""
        if self.company_id:
            return self.company_id
        # sudo: documents of companies that the user may not see count too.
        groups = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False)._read_group(
            [('type_id', '=', self.id)], ['company_id'])
        return self.env.company.browse([company.id for [company] in groups]) | self.env.company
