from datetime import date

from odoo import api, fields, models
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
        for kind, sheets in self.grouped('kind').items():
            previous = self._previous(company, sheets.partner_id, date_from, kinds=(kind,))
            for sheet in sheets:
                last = previous.get(sheet.partner_id.id, self.browse())
                if sheet.previous_rating_id != last:
                    sheet.write({'previous_rating_id': last.id})
            # the last sheet may have been reopened and changed
            sheets.modified(['previous_rating_id'])
        for has_bad_debt, sheets in self.grouped(lambda sheet: sheet.partner_id.id in bad_debt).items():
            sheets.write({'has_bad_debt': has_bad_debt})
        # whoever has bought since the sheet was computed is no prospect any more
        self.filtered(lambda sheet: sheet.kind == 'prospect')._compute_outcome()

    def _award(self, company, reason):
        """Give the customers of confirmed sheets their tier and class.

        A later quarter that is already confirmed keeps its hold on the customer; so does the quarterly
        sheet of the same quarter against a prospect's.
        """
        quarterly = self._read_group(Domain([
            ('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids), ('kind', '=', 'quarterly'),
            ('state', '=', 'confirmed'),
        ]), ['partner_id'], ['date_from:max'])
        newest = {partner.id: date_from for partner, date_from in quarterly}
        counting = {
            sheet.partner_id: sheet for sheet in self.sorted('kind', reverse=True)
            if newest.get(sheet.partner_id.id, date.min) <= sheet.date_from and (
                sheet.kind == 'quarterly' or newest.get(sheet.partner_id.id) != sheet.date_from
            )
        }
        history = self._write_partners(company, counting, reason)
        self._tell_salespeople(counting.values(), history)

    def _restore_partners(self, company, reason):
        """Take back what reopened sheets awarded: the last sheet that is still confirmed counts again."""
        last = self._previous(
            company, self.partner_id, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
        )
        self.activity_unlink(['mail.mail_activity_data_todo'])    # what it promoted, it doesn't any more
        self._write_partners(company, {
            sheet.partner_id: last.get(sheet.partner_id.id, self.browse()) for sheet in self
        }, self.env._("Rating reopened: %s", reason))

    @api.model
    def _restore_merged(self, partner):
        """After a merge the customer's last confirmed sheets count, whoever's they were."""
        overrides = self.env['tianyuan.class.override'].search([
            ('partner_id', '=', partner.id), ('state', '=', 'active'),
        ])
        groups = self._read_group([('partner_id', '=', partner.id), ('state', '=', 'confirmed')], ['company_id'])
        for company in self.env['res.company'].union(overrides.company_id, *(company for [company] in groups)):
            last = self._previous(
                company, partner, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
            )
            sheet = last.get(partner.id, self.browse())
            self._write_partners(company, {partner: sheet}, self.env._("Customers merged"))

    def _write_partners(self, company, sheets, reason):
        """Write outcome and history. A running override keeps its class.

        :param sheets: dict of partner → the sheet that counts (empty: none)
        :return: the values of the history's new rows
        """
        overridden = self.env['tianyuan.class.override']._running_classes(
            company, [partner.id for partner in sheets],
        )
        classes = {
            partner: overridden.get(partner.id, sheet.customer_class) for partner, sheet in sheets.items()
        }
        history = self.env['tianyuan.class.history']._changes(company, {
            partner: {
                'new_class': classes[partner],
                'new_tier_id': sheet.tier_id.id,
                'reason': reason,
                'rating_id': sheet.id,
            } for partner, sheet in sheets.items()
        })
        write_outcome(self.env, company, {
            partner.id: (sheet.tier_id.id or None, sheet.score, classes[partner] or None, sheet.is_major_account)
            for partner, sheet in sheets.items()
        })
        self.env['tianyuan.class.history']._add(history)
        return history

    @api.model
    def _tell_salespeople(self, sheets, history):
        """One activity on each sheet by which a customer rises or falls in tier, or becomes or stops being key.

        :param sheets: the sheets that count for their customers
        :param history: values of the history rows they made
        """
        turned = {
            row['partner_id']: row['new_class'] for row in history
            # a first rating is no rise: a company's first run would call on salespeople for every key customer
            if row['old_class'] and row['old_class'] != row['new_class']
            and 'key' in (row['old_class'], row['new_class'])
        }
        activities = []
        for sheet in sheets:
            user = sheet.partner_id.user_id
            moved = sheet.tier_change in ('up', 'down')
            if not user.active or user.share or not (moved or sheet.partner_id.id in turned):
                continue
            up = sheet.tier_change == 'up' if moved else turned[sheet.partner_id.id] == 'key'
            env = self.with_context(lang=user.lang).env
            activities.append({
                'res_model_id': env['ir.model']._get_id(self._name),
                'res_id': sheet.id,
                'activity_type_id': env['ir.model.data']._xmlid_to_res_id('mail.mail_activity_data_todo'),
                'summary': env._("Customer promoted") if up else env._("Customer demoted"),
                'note': env._(
                    "Tier: %(old)s → %(new)s", old=sheet.previous_rating_id.tier_id.name or "–",
                    new=sheet.tier_id.name or "–",
                ),
                'user_id': user.id,
                'date_deadline': fields.Date.context_today(sheet),
                'automated': True,
            })
        # without an e-mail each: they are in the salesperson's list of activities
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create(activities)
