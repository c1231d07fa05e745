import re
from collections import namedtuple

from markupsafe import Markup

from odoo import api, fields, models

from ...tools import duplicates, tax_ids
from ...tools.collection_items import ITEMS, customer_values
from ...tools.roles import ROLES

BLOCKING = (duplicates.SAME_VAT, duplicates.SAME_NAME)
CONTACT_COLUMN = 'child_ids/'
DATABASE_ID = re.compile('[0-9]{1,9}')

ImportedRow = namedtuple('ImportedRow', ['number', 'name', 'vat', 'phones', 'own', 'is_chinese'])
ImportedRow.__doc__ = """A customer in a file: number of its first row, and ids of the customer that the row updates."""


class ResPartner(models.Model):
    """Collection forms for a customer's archive (policy 档案 1), and finding duplicate customers (policy 8.2).

    One search serves the collection form, the customer's own form, the import and merging. What it compares is stored
    with each customer: Odoo computes it when name, tax ID or phone change, and the addon's hooks do so for those who
    are there already.
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_collection_count = fields.Integer(
        string="Open Collection Forms", compute='_compute_tianyuan_collection_count', groups=ROLES,
    )
    tianyuan_can_propose = fields.Boolean(
        compute='_compute_tianyuan_can_propose', groups=ROLES, export_string_translation=False,
    )

    tianyuan_match_keys = fields.Char(
        compute='_compute_tianyuan_match_keys', store=True, copy=False, prefetch=False,
        groups=fields.NO_ACCESS, export_string_translation=False,
    )
    tianyuan_match_brand = fields.Char(
        compute='_compute_tianyuan_match_keys', store=True, copy=False, prefetch=False,
        groups=fields.NO_ACCESS, export_string_translation=False,
    )
    tianyuan_duplicate_warning = fields.Html(
        compute='_compute_tianyuan_duplicate_warning', sanitize=False, groups=ROLES, export_string_translation=False,
    )
    tianyuan_vat_warning = fields.Char(
        compute='_compute_tianyuan_vat_warning', groups=ROLES, export_string_translation=False,
    )

    _tianyuan_match_keys_idx = models.Index(duplicates.KEY_INDEX)
    _tianyuan_match_brand_idx = models.Index(
        lambda registry: duplicates.BRAND_INDEX if registry.has_trigram else '',
    )

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

    @api.depends('name', 'vat', 'phone')
    def _compute_tianyuan_match_keys(self):
        for partner in self:
            partner.tianyuan_match_keys, partner.tianyuan_match_brand = duplicates.match_keys(
                partner.name, partner.vat, partner.phone,
            )

    @api.depends('name', 'vat', 'phone', 'is_company', 'parent_id')
    @api.depends_context('uid', 'lang', 'allowed_company_ids')
    def _compute_tianyuan_duplicate_warning(self):
        self.tianyuan_duplicate_warning = False
        companies = self.filtered('is_company')
        for partner, ranks in zip(companies, companies._tianyuan_duplicates(), strict=True):
            partner.tianyuan_duplicate_warning = self._tianyuan_duplicate_list(ranks)

    @api.depends('vat', 'country_id', 'is_company', 'company_id')
    @api.depends_context('company', 'lang')
    def _compute_tianyuan_vat_warning(self):
        for partner in self:
            is_chinese = partner.is_company and partner.vat and tax_ids.is_chinese(
                partner.country_id, partner.company_id or self.env.company,
            )
            partner.tianyuan_vat_warning = is_chinese and tax_ids.warning(self.env, partner.vat)

    def action_tianyuan_duplicates(self):
        """Open the customer and those that may be the same, to compare and merge them.

        :raise AccessError: the user may not read the customer, or has no role
        """
        self.ensure_one()
        self.check_access('read')
        self._check_field_access(self._fields['tianyuan_duplicate_warning'], 'read')
        [ranks] = self._tianyuan_duplicates()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Possible Duplicates"),
            'res_model': 'res.partner',
            'view_mode': 'list,form',
            'views': [
                (self.env.ref('tianyuan_customer_rating.res_partner_view_list_duplicates').id, 'list'), (False, 'form'),
            ],
            'domain': [('id', 'in', self.union(*ranks).ids)],
            'context': {'active_test': False},
        }

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
        :return: for each probe a dict of partner → one of the ranks in ``tools.duplicates``, strongest first, at most
            ``duplicates.LIMIT``
        """
        found = duplicates.find(self.env, probes)
        readable = self.browse({partner_id for ranks in found for partner_id in ranks})._filtered_access('read')
        return [
            {
                partner: ranks[partner.id]
                for partner in (self.browse(ranks) & readable)[:duplicates.LIMIT]
            } for ranks in found
        ]

    def _tianyuan_duplicates(self):
        """Return customers, readable by the user, that may be the same as each of these.

        A company's branches, and its own company, are known to belong together.

        :return: for each partner a dict as :meth:`_tianyuan_find_duplicates` returns it
        """
        found = self._tianyuan_find_duplicates([(partner.name, partner.vat, [partner.phone]) for partner in self])
        result = []
        for partner, ranks in zip(self, found, strict=True):
            known = partner._origin + partner._origin.commercial_partner_id + partner.parent_id._origin
            result.append({
                other: rank for other, rank in ranks.items()
                if other not in known and not (other.parent_id and other.parent_id in known)
            })
        return result

    @api.model
    def _tianyuan_duplicate_reasons(self):
        return {
            duplicates.SAME_VAT: self.env._("same tax ID"),
            duplicates.SAME_NAME: self.env._("same name"),
            duplicates.SAME_PHONE: self.env._("same phone number"),
            duplicates.SIMILAR_NAME: self.env._("similar name"),
        }

    @api.model
    def _tianyuan_duplicate_list(self, ranks):
        """Return customers and the reasons why they may be the same, as links in a list; False if there are none."""
        reasons = self._tianyuan_duplicate_reasons()
        return bool(ranks) and Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li><a href='/odoo/res.partner/%s' target='_blank'>%s</a> – %s</li>") % (
                partner.id, partner.name or partner.display_name, reasons[rank],
            ) for partner, rank in ranks.items()
        )

    # -- import ---------------------------------------------------------------------------------

    @api.model
    def _tianyuan_import_messages(self, fields, data):
        messages = super()._tianyuan_import_messages(fields, data)
        ruined = {message['record'] for message in messages if message['field'] == 'vat' and message['type'] == 'error'}
        rows = self._tianyuan_imported_rows(fields, data)
        probes = [(row.name, row.vat, row.phones) for row in rows]
        known = self._tianyuan_find_duplicates(probes)
        # sudo: says only which customers are branches of one, whom the import checks access to itself.
        own = self.sudo().browse(row.own for row in rows if row.own).exists()
        companies = {customer.id: customer.parent_id.id for customer in own}
        for row, ranks, earlier in zip(rows, known, duplicates.among(probes), strict=True):
            strangers = {
                customer: rank for customer, rank in ranks.items() if not row.own
                or row.own not in (customer.id, customer.parent_id.id) and companies.get(row.own) != customer.id
            }
            messages += self._tianyuan_duplicate_messages(row, strangers, earlier and (rows[earlier[0]], earlier[1]))
            wrong = row.is_chinese and row.number not in ruined and tax_ids.warning(self.env, row.vat)
            if wrong:
                messages.append(self._tianyuan_import_message('warning', wrong, 'vat', row.number, row.name))
        return messages

    @api.model
    def _tianyuan_imported_rows(self, names, data):
        """Return the customers in a file; rows of their contacts belong to the row before.

        :rtype: list of ImportedRow
        """
        places = {name: place for place, name in enumerate(names)}
        if 'name' not in places and 'vat' not in places:
            return []
        of_customer = [place for name, place in places.items() if not name.startswith(CONTACT_COLUMN)]
        of_contact = [place for name, place in places.items() if name.startswith(CONTACT_COLUMN) and 'phone' in name]
        of_parent = [place for name, place in places.items() if name.split('/')[0] == 'parent_id']
        china = self._tianyuan_names_of_china()
        own = self._tianyuan_imported_ids(places, data)
        company = self.env.company.country_id.code == tax_ids.CHINA
        rows = []

        def text(values, name):
            return str(values[places[name]] or '').strip() if name in places else ''

        for number, values in enumerate(data):
            if any(values[place] for place in of_customer):
                if any(values[place] for place in of_parent):
                    continue
                country = next((text(values, name) for name in places if name.split('/')[0] == 'country_id'), '')
                rows.append(ImportedRow(
                    number, text(values, 'name'), text(values, 'vat'), [text(values, 'phone')], own.get(number),
                    country.casefold() in china if country else company,
                ))
            if rows:
                rows[-1].phones.extend(str(values[place]) for place in of_contact if values[place])
        return rows

    @api.model
    def _tianyuan_imported_ids(self, places, data):
        """Return the ids of the customers that rows update, by number of row."""
        found, external = {}, {}
        for number, values in enumerate(data):
            if '.id' in places and DATABASE_ID.fullmatch(str(values[places['.id']] or '')):
                found[number] = int(values[places['.id']])
            elif 'id' in places and values[places['id']]:
                name = str(values[places['id']])
                external[number] = name if '.' in name else f'__import__.{name}'
        # sudo: says only which row is which customer, whom the import checks access to itself.
        ids = {
            record.complete_name: record.res_id
            for record in self.env['ir.model.data'].sudo().search([
                ('model', '=', 'res.partner'), ('name', 'in', [name.partition('.')[2] for name in external.values()]),
            ])
        }
        return {**{number: ids[name] for number, name in external.items() if name in ids}, **found}

    @api.model
    def _tianyuan_duplicate_messages(self, row, ranks, earlier):
        """Return what to say about a row that may be a customer already, or an earlier row.

        :param dict ranks: customer → reason, strongest first, without the row's own customer
        :param earlier: pair of an earlier row and the reason, or None
        """
        messages, reasons = [], self._tianyuan_duplicate_reasons()
        blocks = self._tianyuan_duplicates_block(row)
        if earlier and not (row.own and row.own == earlier[0].own):
            other, rank = earlier
            text = self.env._(
                "%(reason)s as in row %(row)s (%(name)s).", reason=reasons[rank],
                row=self._tianyuan_file_row(other.number), name=other.name or other.vat,
            )
            advice = self.env._("Keep one of the two rows.") if blocks and rank in BLOCKING else self.env._(
                "If it is the same company, keep one of the two rows.")
            messages.append(self._tianyuan_import_duplicate(row, rank, f'{text} {advice}'))
        if ranks:
            customer, rank = next(iter(ranks.items()))
            text = self.env._(
                "%(reason)s as the customer %(customer)s.", reason=reasons[rank],
                customer=customer.name or customer.display_name,
            )
            advice = self.env._(
                "Take the row out of the file; to update the customer, put its external ID into a column ID.",
            ) if blocks and rank in BLOCKING else self.env._(
                "If it is the same company, take the row out of the file.")
            messages.append(self._tianyuan_import_duplicate(row, rank, f'{text} {advice}'))
        return messages

    @api.model
    def _tianyuan_duplicates_block(self, row):
        """Return whether a row that may be a customer already refuses the file; one that updates a customer doesn't."""
        return not row.own and self.env.company.sudo().tianyuan_import_duplicates == 'block'

    @api.model
    def _tianyuan_import_duplicate(self, row, rank, text):
        blocks = rank in BLOCKING and self._tianyuan_duplicates_block(row)
        column = {duplicates.SAME_VAT: 'vat', duplicates.SAME_PHONE: 'phone'}.get(rank, 'name')
        return self._tianyuan_import_message(
            'error' if blocks else 'warning', text, column, row.number, row.name or row.vat)
