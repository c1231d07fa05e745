from odoo import api, fields, models
from odoo.tools import SQL

from ..models.archive.res_partner import ARCHIVE_MERGED


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
        self._tianyuan_join_profiles(partners, dst_partner)
        self._tianyuan_note_on_confirmed(partners)
        self._tianyuan_cancel_duplicate_sheets(partners, dst_partner)
        self._tianyuan_end_duplicate_overrides(partners, dst_partner)

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
        return ['tianyuan.archive.hold']

    def _tianyuan_hand_to_customer(self, dst_partner):
        """Move records about a person who was merged into a customer's contact to that customer.

        A company merged into a contact remains a customer of its own.
        """
        keeper = dst_partner.commercial_partner_id
        if keeper == dst_partner:
            return
        self.env.flush_all()
        for model in self._tianyuan_customer_models():
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
            and field.type not in ('one2many', 'many2many') and field.name != 'tianyuan_archive_completeness'
        ]
        first_deal = min(filter(None, partners.mapped('tianyuan_first_deal_date')), default=False)
        values = self._tianyuan_merged_values(partners, [field for field in archive if not field.company_dependent])
        if 'tianyuan_archive_number' in values:    # The number is unique.
            partners[1:].tianyuan_archive_number = False
            partners.flush_recordset(['tianyuan_archive_number'])
        partners[0].write({**values, 'tianyuan_first_deal_date': first_deal})
        for company in self.env['res.company'].sudo().search([]):
            in_company = partners.with_company(company)
            values = self._tianyuan_merged_values(in_company, [field for field in archive if field.company_dependent])
            if values:
                in_company[0].write(values)

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
        """Of several sheets of one quarter keep a confirmed one, else the most advanced, else the destination's."""
        order = ['confirmed', 'ready', 'assessing', 'draft']
        sheets = self.env['tianyuan.rating'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '!=', 'cancelled'),
        ])
        doubles = sheets.browse()
        for group in sheets.grouped(lambda sheet: (sheet.company_id, sheet.kind, sheet.date_from)).values():
            ranked = group.sorted(lambda sheet: (order.index(sheet.state), sheet.partner_id != dst_partner))
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
        """Move documents and borrowings of a contact to its company."""
        documents = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False).search([
            ('partner_id', '=', dst_partner.id),
        ])
        keeper = dst_partner.commercial_partner_id
        if keeper == dst_partner:
            documents._changed()
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
