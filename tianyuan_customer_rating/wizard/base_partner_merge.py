from odoo import api, fields, models
from odoo.tools import SQL

from ..models.archive.res_partner import ARCHIVE_MERGED, BEGUN_STATES
from ..models.retention.res_partner import END_FIELDS

REVIEW_FIELDS = ('tianyuan_archive_state', 'tianyuan_archive_reviewed_on', 'tianyuan_archive_review_due_on')
PLACE_FIELDS = ('tianyuan_archive_cabinet', 'tianyuan_archive_box')


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers keeps their ratings, archives, documents and profiles; profiles of merged contacts are joined.

    Odoo moves references to the merged partners by SQL, without the ORM. Values that would violate a unique index are
    therefore resolved before, and dependent values updated afterwards.
    """

    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # Otherwise users could get a colleague's customer by merging it with one of their own.
        self.env['res.partner'].browse(partner_ids).exists()._tianyuan_check_merge()
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._tianyuan_before_merge(src_partners, dst_partner)
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self._tianyuan_after_merge(dst_partner)

    def _update_values(self, src_partners, dst_partner):
        self._tianyuan_move_archive(src_partners, dst_partner)
        super()._update_values(src_partners, dst_partner.with_context(tianyuan_archive_merged=ARCHIVE_MERGED))
        self.env['tianyuan.rating'].sudo()._restore_merged(dst_partner)
        self._tianyuan_hand_to_customer(dst_partner)

    def _tianyuan_before_merge(self, src_partners, dst_partner):
        """Resolve records that both sides have and only one can keep."""
        partners = src_partners + dst_partner
        self._tianyuan_keep_places(src_partners)
        self._tianyuan_join_profiles(partners, dst_partner)
        self._tianyuan_note_on_confirmed(partners)
        self._tianyuan_cancel_duplicate_sheets(partners, dst_partner)
        self._tianyuan_end_duplicate_overrides(partners, dst_partner)
        self._tianyuan_clear_duplicate_warnings(partners | dst_partner.commercial_partner_id, dst_partner)

    def _tianyuan_clear_duplicate_warnings(self, partners, dst_partner):
        """Clear warnings of which the remaining customer has the same, and delete the courses; the next night tells.

        :param partners: the merged partners, and the customer whose contact the remaining one may be
        """
        # sudo: the wizard has checked the user, who may not see the warnings.
        items = self.env['tianyuan.watch.item'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '!=', 'cleared'),
        ])
        keeper, known = dst_partner.commercial_partner_id, set()
        for item in items.sorted(lambda item: (item.partner_id != keeper, item.partner_id != dst_partner, item.id)):
            key = item.company_id, item.reason
            if key in known:
                item._clear(item.company_id._tianyuan_today())
            known.add(key)
        self.env['tianyuan.watch.course'].sudo().search([('partner_id', 'in', partners.ids)]).unlink()

    def _tianyuan_after_merge(self, dst_partner):
        """Update values that depend on the moved records."""
        self._tianyuan_update_moved_documents(dst_partner)
        self._tianyuan_update_moved_profiles(dst_partner)
        self.env.invalidate_all()

    @api.model
    def _tianyuan_customer_models(self):
        """Return the models whose records are about customers, never contacts, in ``partner_id``.

        Addons with such models extend it with ``super()``.
        """
        return ['tianyuan.archive.hold', 'tianyuan.watch.item']

    def _tianyuan_hand_to_customer(self, dst_partner, models=None):
        """Move records about a person who was merged into a customer's contact to that customer.

        A company merged into a contact remains a customer of its own.

        :param models: names of the models, by default those of :meth:`_tianyuan_customer_models`
        """
        keeper = dst_partner.commercial_partner_id
        if keeper == dst_partner:
            return
        self.env.flush_all()
        for model in models or self._tianyuan_customer_models():
            # SQL like the rest of the merge: the ORM refuses to change signed or logged records.
            self.env.cr.execute(SQL(
                "UPDATE %s SET partner_id = %s WHERE partner_id = %s",
                SQL.identifier(self.env[model]._table), keeper.id, dst_partner.id,
            ))
        self.env.invalidate_all()

    def _tianyuan_move_archive(self, src_partners, dst_partner):
        """Copy archive values that the destination lacks.

        Odoo merges all other values with the rights of the user, who may not write the archive.
        """
        # sudo: the wizard has checked the user, who sees no archive values here.
        partners = (dst_partner + src_partners[::-1]).sudo().with_context(tracking_disable=True)
        archive = [
            field for field in partners._fields.values()
            if field.name.startswith('tianyuan_') and field.store and field.groups not in (None, fields.NO_ACCESS)
            and field.type not in ('one2many', 'many2many')
            and field.name not in ('tianyuan_archive_completeness', *PLACE_FIELDS, *END_FIELDS)
        ]
        first_deal = min(filter(None, partners.mapped('tianyuan_first_deal_date')), default=False)
        values = {
            **self._tianyuan_merged_values(partners, [field for field in archive if not field.company_dependent]),
            **self._tianyuan_merged_place(partners), **self._tianyuan_merged_state(partners),
        }
        self._tianyuan_move_numbers(partners[1:], partners[0], 'merged')
        partners[0].write({**values, 'tianyuan_first_deal_date': first_deal})
        for company in self.env['res.company'].sudo().search([]):
            in_company = partners.with_company(company)
            values = self._tianyuan_merged_values(in_company, [field for field in archive if field.company_dependent])
            if values:
                in_company[0].write(values)

    @api.model
    def _tianyuan_merged_state(self, partners):
        """Return state, review and end of the archive that those of several customers become.

        Papers of a closed archive can be destroyed once the years after its closing are over. So an open archive is
        never swallowed by a closed one, and of closed ones the last closing counts. Else the first one's are kept.

        :param partners: ``res.partner`` as superuser
        :return: dict of values to write
        """
        begun = partners.filtered(lambda partner: partner.tianyuan_archive_state in BEGUN_STATES)
        closed = begun.filtered(lambda partner: partner.tianyuan_archive_state == 'closed')
        if not begun:
            return {}
        first = (begun - closed or closed)[0]
        values = {name: first[name] for name in REVIEW_FIELDS} if first != partners[0] else {}
        if first not in closed:
            return {**values, **dict.fromkeys(END_FIELDS, False)}
        handed_over = closed.filtered('tianyuan_archive_handed_over_on')[:1]
        return {
            **values,
            'tianyuan_archive_closed_on': max(filter(None, closed.mapped('tianyuan_archive_closed_on')), default=False),
            'tianyuan_archive_handed_over_on': handed_over.tianyuan_archive_handed_over_on,
            'tianyuan_archive_handed_over_to': handed_over.tianyuan_archive_handed_over_to,
        }

    def _tianyuan_merged_place(self, partners):
        """Return cabinet and box for the first partner if it has none, unless papers of its own aren't there.

        :return: dict of values to write
        """
        placed = partners.filtered(lambda partner: any(partner[name] for name in PLACE_FIELDS))[:1]
        if not placed or placed == partners[0] or self._tianyuan_unplaced(partners[0]):
            return {}
        return {name: placed[name] for name in PLACE_FIELDS}

    def _tianyuan_keep_places(self, customers):
        """Note on papers that leave these customers where they are: without a place they are where the archive is."""
        for customer, papers in self._tianyuan_unplaced(customers.sudo()).grouped('partner_id').items():
            if any(customer[name] for name in PLACE_FIELDS):
                papers.write({
                    'place_cabinet': customer.tianyuan_archive_cabinet, 'place_box': customer.tianyuan_archive_box,
                })

    def _tianyuan_unplaced(self, customers):
        """Return the papers of customers, as superuser, that have no place of their own."""
        # sudo: papers of all companies move, and the user who moves them has been checked.
        return self.env['tianyuan.archive.document'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', customers.ids), ('place_cabinet', '=', False), ('place_box', '=', False),
            ('destroyed_on', '=', False),
        ])

    def _tianyuan_move_numbers(self, customers, customer, reason):
        """Take the archive numbers from customers, and let them find the customer that stands for them from now on.

        :param str reason: a key of ``tianyuan.archive.number.reason``
        """
        customers.tianyuan_archive_number = False    # The number is unique.
        customers.flush_recordset(['tianyuan_archive_number'])
        self.env['tianyuan.archive.number'].sudo()._hand_over(customers, customer, reason)

    @api.model
    def _tianyuan_joining_models(self):
        """Return the models whose records go along when a customer becomes a contact of its group.

        Ratings don't: they stay with what they were about.
        """
        return ['tianyuan.archive.collection', 'tianyuan.bad.debt', *self._tianyuan_customer_models()]

    def _tianyuan_before_joining(self, customer):
        """Resolve records of a customer that becomes a contact and can't be its group's."""
        overrides = self.env['tianyuan.class.override'].sudo().search([
            ('partner_id', '=', customer.id), ('state', '=', 'active'),
        ])
        overrides.write({'state': 'ended', 'ended_on': fields.Date.context_today(self)})

    def _tianyuan_join_group(self, customer, group):
        """Make a customer a contact of its group, which takes over its archive; the caller has checked access.

        Archive number, keeper and salesperson go to the group if it has none; state, review and end are merged. All
        other values of the archive stay on the contact, because they are facts about it.

        :param customer, group: ``res.partner`` as superuser
        """
        quiet = (group + customer).with_context(tracking_disable=True)
        names = ('tianyuan_archive_number', 'tianyuan_archive_specialist_id', 'tianyuan_channel')
        values = {
            **self._tianyuan_merged_values(quiet, [quiet._fields[name] for name in names]),
            **self._tianyuan_merged_state(quiet),
        }
        first_deal = min(filter(None, quiet.mapped('tianyuan_first_deal_date')), default=False)
        self._tianyuan_before_joining(customer)
        self._tianyuan_keep_places(customer)
        self._tianyuan_move_numbers(quiet[1], quiet[0], 'joined')
        quiet[0].write({**values, 'tianyuan_first_deal_date': first_deal})
        Rating, reason = self.env['tianyuan.rating'].sudo(), self.env._("Became a contact of its group")
        for company in self.env['res.company'].sudo().search([]):
            there = customer.with_company(company)
            if there.tianyuan_customer_class or there.tianyuan_tier_id:
                Rating._write_partners(company, {customer: Rating.browse()}, reason)
        quiet[1].write({
            'tianyuan_archive_state': 'none', 'tianyuan_archive_specialist_id': False,
            'tianyuan_archive_reviewed_on': False, 'tianyuan_archive_review_due_on': False,
        })
        # Another type of address than "contact" keeps its own address.
        if not group.user_id:
            group.user_id = customer.user_id
        customer.write({'parent_id': group.id, 'is_company': False, 'type': 'other'})
        self._tianyuan_hand_to_customer(customer, self._tianyuan_joining_models())
        self._tianyuan_after_merge(customer)
        group._tianyuan_documents_changed()

    def _tianyuan_merged_values(self, partners, lacking):
        """Return the values of fields that the first partner lacks, from the first partner that has them.

        :return: dict of field names → values to write
        """
        values = {}
        for field in lacking:
            found = [partner for partner in partners if partner[field.name] and partner[field.name] != 'none']
            if found and found[0] != partners[0]:
                values[field.name] = field.convert_to_write(found[0][field.name], found[0])
        return values

    def _tianyuan_note_on_confirmed(self, partners):
        """Note on each customer's last confirmed sheet that it doesn't include the merged customers."""
        Rating = self.env['tianyuan.rating'].sudo()
        newest = Rating._read_group(
            [('partner_id', 'in', partners.ids), ('state', '=', 'confirmed')],
            ['partner_id', 'company_id'], ['date_from:max'],
        )
        for partner, company, date_from in newest:
            sheets = Rating.search([
                ('partner_id', '=', partner.id), ('company_id', '=', company.id), ('date_from', '=', date_from),
                ('state', '=', 'confirmed'),
            ])
            sheets._message_log_batch({
                sheet.id: self.env._(
                    "Customers were merged: %(customers)s. This rating was confirmed for %(customer)s alone.",
                    customers=partners.mapped('name'), customer=partner.name,
                ) for sheet in sheets
            })

    def _tianyuan_cancel_duplicate_sheets(self, partners, dst_partner):
        """Of several sheets of one quarter keep a confirmed one, else the most advanced, else a computed one."""
        order = ['confirmed', 'ready', 'assessing', 'draft']
        sheets = self.env['tianyuan.rating'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '!=', 'cancelled'),
        ])
        doubles = sheets.browse()
        for group in sheets.grouped(lambda sheet: (sheet.company_id, sheet.kind, sheet.date_from)).values():
            ranked = group.sorted(lambda sheet: (
                order.index(sheet.state), sheet.origin == 'imported', sheet.partner_id != dst_partner,
            ))
            doubles += ranked[1:]
        doubles.write({'state': 'cancelled'})
        doubles.flush_recordset()

    def _tianyuan_end_duplicate_overrides(self, partners, dst_partner):
        """Of several running overrides in one company keep the destination's, else the newest."""
        running = self.env['tianyuan.class.override'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '=', 'active'),
        ])
        doubles = running.browse()
        for group in running.grouped('company_id').values():
            doubles += group.sorted(lambda override: (override.partner_id != dst_partner, -override.id))[1:]
        doubles.write({'state': 'ended', 'ended_on': fields.Date.context_today(self)})
        doubles.flush_recordset()

    def _tianyuan_update_moved_documents(self, dst_partner):
        """Move documents and borrowings of a contact to its company, and compute anew how long documents are kept."""
        documents = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False).search([
            ('partner_id', '=', dst_partner.id),
        ])
        keeper = dst_partner.commercial_partner_id
        if keeper == dst_partner:
            documents._changed()
            # Odoo moved them by SQL, so until now they are kept as those of the customer that is no more.
            self.env.add_to_compute(documents._fields['retained_until'], documents)
            documents.flush_recordset(['retained_until'])
        else:
            documents.write({'partner_id': keeper.id})
            self.env['tianyuan.archive.borrow'].sudo().search([('partner_id', '=', dst_partner.id)]).partner_id = keeper

    def _tianyuan_join_profiles(self, partners, dst_partner):
        """Join the profiles of each company to one, the destination's if it has one, without losing information."""
        profiles = self.env['tianyuan.contact.profile'].sudo().search([('partner_id', 'in', partners.ids)], order='id')
        for group in profiles.grouped('company_id').values():
            kept, *others = group.sorted(lambda profile: profile.partner_id != dst_partner)
            if not others:
                continue
            others = kept.union(*others) - kept
            kept._merge_into_self(others)
            self._update_reference_fields_generic(kept._name, others, kept)    # the chatter and attachments
            others.unlink()
        profiles.env.flush_all()

    def _tianyuan_update_moved_profiles(self, dst_partner):
        """Recompute the customer of moved profiles, which is still that of the other contact."""
        Profile = self.env['tianyuan.contact.profile'].sudo()
        self.env.add_to_compute(Profile._fields['customer_id'], Profile.search([('partner_id', '=', dst_partner.id)]))
        Profile.flush_model()
