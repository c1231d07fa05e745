from odoo import api, fields, models

from ...tools import duplicates
from ...tools.collection_items import ITEMS, customer_values
from ...tools.roles import ROLES


class ResPartner(models.Model):
    """Collection forms for a customer's archive (policy 档案 1), and finding duplicate customers (policy 8.2)."""

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_collection_count = fields.Integer(
        string="Open Collection Forms", compute='_compute_tianyuan_collection_count', groups=ROLES,
    )
    tianyuan_can_propose = fields.Boolean(
        compute='_compute_tianyuan_can_propose', groups=ROLES, export_string_translation=False,
    )

    _tianyuan_name_core_idx = models.Index(duplicates.NAME_INDEX)
    _tianyuan_name_end_idx = models.Index(duplicates.NAME_END_INDEX)
    _tianyuan_vat_core_idx = models.Index(duplicates.VAT_INDEX)
    _tianyuan_phone_core_idx = models.Index(duplicates.PHONE_INDEX)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_collection_count(self):
        counts = self._tianyuan_count_records('tianyuan.archive.collection', [('state', 'in', ('draft', 'submitted'))])
        for partner in self:
            partner.tianyuan_collection_count = counts[partner]

    @api.depends('user_id')
    @api.depends_context('uid')
    def _compute_tianyuan_can_propose(self):
        Collection = self.env['tianyuan.archive.collection']
        for partner in self:
            partner.tianyuan_can_propose = bool(partner._origin) and Collection._may_propose(partner._origin)

    def action_tianyuan_propose(self):
        """Start a collection form with the customer's current values, or open the user's own draft.

        :raise AccessError: the customer isn't one of the user's
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        Collection = self.env['tianyuan.archive.collection']
        Collection._check_may_propose(customer)
        draft = Collection.search([
            ('partner_id', '=', customer.id), ('user_id', '=', self.env.uid), ('state', '=', 'draft'),
            ('company_id', '=', self.env.company.id),
        ], limit=1)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Propose Changes"),
            'res_model': 'tianyuan.archive.collection',
            'view_mode': 'form',
            'res_id': draft.id,
            'context': {'default_partner_id': customer.id},
        }

    def action_tianyuan_collections(self):
        """Open the customer's collection forms.

        :raise AccessError: the user may not read the customer, or no collection forms
        """
        return self._tianyuan_open_records(
            'tianyuan.archive.collection', 'tianyuan_customer_rating.tianyuan_archive_collection_action',
        )

    def _tianyuan_collection_rows(self):
        """Return the rows of an empty collection form to take along to a visit, with the customer's current values.

        :return: dict of section → list of (label, current value as text, '', '')
        """
        self.ensure_one()
        Collection = self.env['tianyuan.archive.collection']
        rows = {}
        for item in ITEMS:
            value = customer_values(item, self)
            rows.setdefault(item.section, []).append(
                (Collection._item_label(item), Collection._item_text(item, value), '', ''),
            )
        return rows

    @api.model
    def _tianyuan_find_duplicates(self, probes):
        """Return customers, readable by the user, that may be the ones described.

        :param probes: list of (name, vat, list of phone numbers)
        :return: for each probe a dict of partner → one of the ranks in ``tools.duplicates``, strongest first
        """
        found = duplicates.find(self.env, probes)
        readable = self.browse({partner_id for ranks in found for partner_id in ranks})._filtered_access('read')
        return [
            {partner: ranks[partner.id] for partner in self.browse(ranks) if partner in readable} for ranks in found
        ]
