from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.outcome import write_outcome

TODO = 'mail.mail_activity_data_todo'


class TianyuanRating(models.Model):
    """What confirming and reopening a sheet do to the customer: tier, score, class, and their history."""

    _inherit = 'tianyuan.rating'

    def _award(self, company, reason):
        """Give the customers of confirmed sheets their tier and class.

        :param company: ``res.company`` of the sheets
        :param str reason: for the history
        """
        self._write_partners(company, self._counting(company), reason)

    def _counting(self, company):
        """Those of the confirmed sheets that decide on their customer.

        A later quarter that is already confirmed keeps its hold on the customer; so does the quarterly
        sheet of the same quarter against a prospect's.

        :param company: ``res.company`` of the sheets
        :return: dict of partner → sheet
        """
        quarterly = self._read_group(Domain([
            ('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids), ('kind', '=', 'quarterly'),
            ('state', '=', 'confirmed'),
        ]), ['partner_id'], ['date_from:max'])
        newest = {partner.id: date_from for partner, date_from in quarterly}
        return {
            sheet.partner_id: sheet for sheet in self.sorted('date_from')
            if newest.get(sheet.partner_id.id, date.min) <= sheet.date_from and (
                sheet.kind == 'quarterly' or newest.get(sheet.partner_id.id) != sheet.date_from
            )
        }

    def _restore_partners(self, company, reason):
        """Take back what reopened sheets awarded: the last sheet that is still confirmed counts again."""
        last = self._previous(
            company, self.partner_id, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
        )
        self.activity_unlink([TODO])    # remove "Customer promoted"
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

    def _turned(self, company):
        """How these sheets have changed whether their customer is key.

        A first rating changes nothing: a company's first run would call on salespeople for every key customer.

        :param company: ``res.company`` of the sheets
        :return: dict of partner → whether it is key now; customers for whom that stayed are left out
        """
        History = self.env['tianyuan.class.history']
        last = History._read_group(
            [('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids)], ['partner_id'], ['id:max'],
        )
        rows = History.search(Domain([
            ('id', 'in', [row_id for _partner, row_id in last]), ('rating_id', 'in', self.ids),
        ]) & (
            Domain([('old_class', '=', 'key'), ('new_class', '!=', 'key')])
            | Domain([('old_class', 'in', ('ordinary', 'potential')), ('new_class', '=', 'key')])
        ))
        return {row.partner_id: row.new_class == 'key' for row in rows}

    def _tell_salespeople(self):
        """One activity on each sheet by which a customer rises or falls in tier, or becomes or stops being key."""
        told = self.filtered(lambda sheet: sheet.partner_id.user_id.active and not sheet.partner_id.user_id.share)
        risen = {}
        for company, sheets in told.grouped('company_id').items():
            turned = sheets._turned(company)
            for partner, sheet in sheets._counting(company).items():
                if sheet.tier_change in ('up', 'down'):
                    risen[sheet] = sheet.tier_change == 'up'
                elif partner in turned:
                    risen[sheet] = turned[partner]
        self.browse().union(*risen)._tianyuan_schedule(
            TODO, lambda sheet: sheet.partner_id.user_id,
            summary=lambda sheet: sheet.env._("Customer promoted") if risen[sheet] else sheet.env._("Customer demoted"),
            note=lambda sheet: sheet.env._(
                "Tier: %(old)s → %(new)s", old=sheet.previous_rating_id.tier_id.name or "–",
                new=sheet.tier_id.name or "–",
            ),
        )
