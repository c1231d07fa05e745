from odoo import api, fields, models
from odoo.tools import SQL

from ..models.archive.res_partner import ARCHIVE_MERGED


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers keeps their ratings, archives, papers and profiles; contacts' profiles are joined.

    Odoo moves what names the merged partners by SQL, behind the ORM's back. Whatever would break a unique index is
    settled before that, and what hangs on the moved records afterwards.
    """

    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # merging a colleague's customer with one's own would make it one's own
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
        """Settle what both sides have and only one can keep."""
        partners = src_partners + dst_partner
        self._tianyuan_join_profiles(partners, dst_partner)
        self._tianyuan_note_on_confirmed(partners)
        self._tianyuan_cancel_doubles(partners, dst_partner)
        self._tianyuan_end_double_overrides(partners, dst_partner)

    def _tianyuan_after_merge(self, dst_partner):
        """Bring up to date what hangs on the records that were moved."""
        self._tianyuan_papers_moved(dst_partner)
        self._tianyuan_profiles_moved(dst_partner)
        self.env.invalidate_all()

    @api.model
    def _tianyuan_customer_models(self):
        """Models whose records are about customers, never about their contacts, and name them in ``partner_id``.

        An addon that has more of them adds them to the result of super().
        """
        return []

    def _tianyuan_hand_to_customer(self, dst_partner):
        """What there was about a person who is merged into a customer's contact is about that customer then.

        A company merged so stays a customer of its own.
        """
        keeper = dst_partner.commercial_partner_id
        if keeper == dst_partner:
            return
        self.env.flush_all()
        for model in self._tianyuan_customer_models():
            # SQL as in the rest of merging: the ORM refuses to change what was signed or logged
            self.env.cr.execute(SQL(
                "UPDATE %s SET partner_id = %s WHERE partner_id = %s",
                SQL.identifier(self.env[model]._table), keeper.id, dst_partner.id,
            ))
        self.env.invalidate_all()

    def _tianyuan_move_archive(self, src_partners, dst_partner):
        """Give the destination what it lacks of the archive.

        Odoo merges all other values, with the rights of whoever merges, who may not write the archive.
        """
        # sudo: the wizard has checked who merges, and nothing of the archive is told to them
        partners = (dst_partner + src_partners[::-1]).sudo().with_context(tracking_disable=True)
        archive = [
            field for field in partners._fields.values()
            if field.name.startswith('tianyuan_') and field.store and field.groups not in (None, fields.NO_ACCESS)
            and field.type not in ('one2many', 'many2many') and field.name != 'tianyuan_archive_completeness'
        ]
        first_deal = min(filter(None, partners.mapped('tianyuan_first_deal_date')), default=False)
        values = self._tianyuan_merged_values(partners, [field for field in archive if not field.company_dependent])
        if 'tianyuan_archive_number' in values:    # it is unique
            partners[1:].tianyuan_archive_number = False
            partners.flush_recordset(['tianyuan_archive_number'])
        partners[0].write({**values, 'tianyuan_first_deal_date': first_deal})
        for company in self.env['res.company'].sudo().search([]):
            in_company = partners.with_company(company)
            values = self._tianyuan_merged_values(in_company, [field for field in archive if field.company_dependent])
            if values:
                in_company[0].write(values)

    def _tianyuan_merged_values(self, partners, lacking):
        """What the first partner lacks of some fields, of the first of the others that has it.

        :return: dict of names → values to write
        """
        values = {}
        for field in lacking:
            found = [partner for partner in partners if partner[field.name] and partner[field.name] != 'none']
            if found and found[0] != partners[0]:
                values[field.name] = field.convert_to_write(found[0][field.name], found[0])
        return values

    def _tianyuan_note_on_confirmed(self, partners):
        """Say on each customer's last confirmed sheet that it knew nothing of the others."""
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

    def _tianyuan_cancel_doubles(self, partners, dst_partner):
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

    def _tianyuan_end_double_overrides(self, partners, dst_partner):
        """Of several running overrides in one company keep the destination's, else the newest."""
        running = self.env['tianyuan.class.override'].sudo().search([
            ('partner_id', 'in', partners.ids), ('state', '=', 'active'),
        ])
        doubles = running.browse()
        for group in running.grouped('company_id').values():
            doubles += group.sorted(lambda override: (override.partner_id != dst_partner, -override.id))[1:]
        doubles.write({'state': 'ended', 'ended_on': fields.Date.context_today(self)})
        doubles.flush_recordset()

    def _tianyuan_papers_moved(self, dst_partner):
        """A contact's papers, and what is borrowed of them, are its company's."""
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
        """Leave one profile per company, the destination's where it has one; nothing that was known is lost."""
        profiles = self.env['tianyuan.contact.profile'].sudo().search([('partner_id', 'in', partners.ids)], order='id')
        for group in profiles.grouped('company_id').values():
            kept, *others = group.sorted(lambda profile: profile.partner_id != dst_partner)
            if not others:
                continue
            others = kept.union(*others) - kept
            kept._merge_into_self(others)
            self._update_reference_fields_generic(kept._name, others, kept)    # its discussion and files
            others.unlink()
        profiles.env.flush_all()

    def _tianyuan_profiles_moved(self, dst_partner):
        """A moved profile still names the other contact's customer."""
        Profile = self.env['tianyuan.contact.profile'].sudo()
        self.env.add_to_compute(Profile._fields['customer_id'], Profile.search([('partner_id', '=', dst_partner.id)]))
        Profile.flush_model()
