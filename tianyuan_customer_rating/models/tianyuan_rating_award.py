from odoo import fields, models
from odoo.fields import Domain

from ..engine.outcome import write_outcome
from ..engine.periods import Quarter


class TianyuanRating(models.Model):
    """What confirming and reopening a sheet do to the customer: tier, score, class, and their history."""

    _inherit = 'tianyuan.rating'

    def _refresh_facts(self, company, date_from):
        """Bring up to date what may have happened since the sheets were computed and bears on the tier."""
        partners = self.partner_id
        self.env['tianyuan.bad.debt']._sync_ledger(company, partners)
        bad_debt = self.env['tianyuan.bad.debt']._partners_with_bad_debt(
            company, Quarter.containing(date_from).date_to, partners.ids,
        )
        previous = self._previous(company, partners, date_from)
        for sheet in self:
            sheet.write({
                'has_bad_debt': sheet.partner_id.id in bad_debt,
                'previous_rating_id': previous.get(sheet.partner_id.id, self.browse()).id,
            })

    def _award(self, company, reason):
        """Give the customers of confirmed sheets their tier and class, unless a later quarter has."""
        later = {partner.id for [partner] in self._read_group(Domain([
            ('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids), ('kind', '=', 'quarterly'),
            ('state', '=', 'confirmed'), ('date_from', '>', max(self.mapped('date_from'))),
        ]), ['partner_id'])}
        self._write_partners(company, {
            sheet.partner_id: sheet for sheet in self if sheet.partner_id.id not in later
        }, reason)

    def _restore_partners(self, company, reason):
        """Take back what reopened sheets awarded: the last sheet that is still confirmed counts again."""
        last = self._previous(
            company, self.partner_id, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
        )
        self._write_partners(company, {
            sheet.partner_id: last.get(sheet.partner_id.id, self.browse()) for sheet in self
        }, self.env._("Rating reopened: %s", reason))

    def _write_partners(self, company, sheets, reason):
        """Write outcome and history.

        :param sheets: dict of partner → the sheet that counts (empty: none)
        """
        today = fields.Date.context_today(self)
        outcomes, history = {}, []
        for partner, sheet in sheets.items():
            partner = partner.with_company(company)
            outcomes[partner.id] = (
                sheet.tier_id.id or None, sheet.score, sheet.customer_class or None, sheet.is_major_account,
            )
            changed = (partner.tianyuan_tier_id, partner.tianyuan_customer_class) != (
                sheet.tier_id, sheet.customer_class,
            )
            if changed:
                history.append({
                    'partner_id': partner.id,
                    'company_id': company.id,
                    'date': today,
                    'old_class': partner.tianyuan_customer_class,
                    'new_class': sheet.customer_class,
                    'old_tier_id': partner.tianyuan_tier_id.id,
                    'new_tier_id': sheet.tier_id.id,
                    'reason': reason,
                    'rating_id': sheet.id,
                    'user_id': self.env.uid,
                })
        write_outcome(self.env, company, outcomes)
        self.env['tianyuan.class.history'].create(history)
