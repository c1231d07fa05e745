from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import date_utils

STATES = [('no_file', "No File"), ('valid', "Valid"), ('expiring', "Expires Soon"), ('expired', "Expired")]


class TianyuanArchiveDocument(models.Model):
    """How long a paper is valid, and which of those required a customer lacks."""

    _inherit = 'tianyuan.archive.document'

    valid_from = fields.Date(default=fields.Date.context_today)
    valid_until = fields.Date(
        compute='_compute_valid_until', store=True, readonly=False, precompute=True, index='btree_not_null',
        help="The last day it is valid. Empty: it doesn't expire.",
    )
    state = fields.Selection(STATES, compute='_compute_state', search='_search_state')

    _validity_order = models.Constraint(
        'CHECK(valid_until >= valid_from)', "A document can't expire before it is valid.",
    )

    @api.depends('type_id', 'valid_from')
    def _compute_valid_until(self):
        for document in self:
            document.valid_until = document._usual_end(document.type_id) or document.valid_until

    def _usual_end(self, document_type):
        if not document_type.validity_months or not self.valid_from:
            return False
        return self.valid_from + relativedelta(months=document_type.validity_months, days=-1)

    def write(self, vals):
        if 'type_id' in vals and 'valid_until' not in vals:
            # an end that only came from the former type, say a wrong guess on upload, goes with it
            self.filtered(
                lambda document: document.type_id.id != vals['type_id']
                and document.valid_until and document.valid_until == document._usual_end(document.type_id)
            ).valid_until = False
        return super().write(vals)

    @api.depends('valid_until', 'checksum', 'type_id.remind_days')
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for document in self:
            document.state = document._state_on(today)

    def _state_on(self, today):
        if not self.checksum:
            return 'no_file'
        if not self.valid_until:
            return 'valid'
        if self.valid_until < today:
            return 'expired'
        remind_on = self.valid_until - relativedelta(days=self.type_id.remind_days)
        return 'expiring' if remind_on <= today else 'valid'

    def _is_valid_on(self, day):
        """Whether there is a file, and the paper is valid on a day."""
        return bool(self.checksum) and (
            (not self.valid_from or self.valid_from <= day) and (not self.valid_until or self.valid_until >= day)
        )

    @api.model
    def _licences(self, company, partners, types):
        """The papers of some types that customers' archives hold, valid or not; one query. For code that may know of
        every customer's papers.

        :param company: ``res.company`` without a parent; its branches' archives count as its own
        :param partners: commercial partners
        :param types: ``tianyuan.archive.document.type``
        :return: papers
        """
        if not types:
            return self.browse()
        return self.search_fetch([
            ('partner_id', 'in', partners.ids), ('company_id', 'child_of', company.id), ('type_id', 'in', types.ids),
            ('checksum', '!=', False),
        ], ['partner_id', 'type_id', 'valid_from', 'valid_until', 'checksum'])

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value)

    @api.model
    def _state_domain(self, state):
        """Domain of the documents in a state today. There are a dozen types, so one term per reminder time."""
        today = fields.Date.context_today(self)
        filed = Domain('checksum', '!=', False)
        if state == 'no_file':
            return ~filed
        if state == 'expired':
            return filed & Domain('valid_until', '<', today)
        types = self.env['tianyuan.archive.document.type'].sudo().with_context(active_test=False).search([])
        expiring = Domain('valid_until', '>=', today) & Domain.OR(
            Domain('type_id', 'in', same.ids) & Domain('valid_until', '<=', date_utils.add(today, days=days))
            for days, same in types.grouped('remind_days').items()
        )
        if state == 'expiring':
            return filed & expiring
        if state == 'valid':
            never = Domain('valid_until', '=', False)
            return filed & (never | (Domain('valid_until', '>=', today) & ~expiring))
        return Domain.FALSE

    @api.model
    def _missing_types(self, partners, company=None, types=None):
        """The required types of which customers have no paper that is valid today (policy 客户评价步骤).

        Two queries, however many customers. For code that may know of every customer's papers.

        :param partners: ``res.partner``; a contact has its company's papers
        :param company: ``res.company`` whose archive is looked at; by default the customer's own company,
            and for shared customers the company one works in
        :param types: all required types, where they are known; they are looked up otherwise
        :return: dict of partner → ``tianyuan.archive.document.type``, in the types' order
        """
        today = fields.Date.context_today(self)
        if types is None:
            types = self.env['tianyuan.archive.document.type']._required()
        keepers = partners.sudo().commercial_partner_id
        keepers.fetch(['company_id', 'tianyuan_channel'])
        owners = {keeper: company or keeper.company_id or self.env.company for keeper in keepers}
        groups = self.sudo()._read_group(
            Domain([('partner_id', 'in', keepers.ids), ('type_id', 'in', types.ids), ('checksum', '!=', False)])
            & (Domain('valid_until', '=', False) | Domain('valid_until', '>=', today)),
            ['partner_id', 'company_id', 'type_id'],
        )
        present = {(partner.id, owner.id, document_type.id) for partner, owner, document_type in groups}
        result = {}
        for partner in partners:
            keeper = partner.sudo().commercial_partner_id
            owner = owners[keeper]
            result[partner] = types._needed(keeper.tianyuan_channel, owner).filtered(
                lambda kind, keeper=keeper, owner=owner: (keeper.id, owner.id, kind.id) not in present,
            ).with_env(self.env)
        return result
