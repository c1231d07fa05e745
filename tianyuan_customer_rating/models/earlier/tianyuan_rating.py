from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine import scoring
from ...engine.earlier_chain import imported_chain, write_chain
from ...engine.periods import Quarter
from ...engine.sheets import SheetWriter
from ..mixins.tianyuan_protected_mixin import without_discussion

# Sheets that are compared with a previous one and not confirmed yet.
OPEN_STATES = ('assessing', 'ready')


class TianyuanRating(models.Model):
    """Imported sheets: confirmed ratings of the time before this system.

    They are what later sheets are compared with and carry points from. Nobody changes one of them; the whole import can
    be removed.
    """

    _inherit = 'tianyuan.rating'    # pylint: disable=consider-merging-classes-inherited

    import_id = fields.Many2one(
        'tianyuan.rating.import', string="Imported With", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    imported_note = fields.Char(string="Where It Comes From", compute='_compute_imported_note')

    @api.depends('origin', 'import_id')
    @api.depends_context('lang', 'tz')
    def _compute_imported_note(self):
        for sheet in self:
            # sudo: whoever reads the sheet may know who imported it, with which file.
            batch = sheet.sudo().import_id
            sheet.imported_note = sheet.origin == 'imported' and self.env._(
                "Imported by %(person)s on %(date)s with %(number)s: this rating was given before this system was "
                "used, and nothing in it was computed here.",
                person=batch.imported_by_id.name or "–", date=format_date(self.env, batch.imported_on) or "–",
                number=batch.name or "–",
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        if not self.env.su:
            self._check_not_imported()

    def action_compute(self):
        """Read the metrics again and score them, as for every sheet that isn't imported.

        :raise UserError: a sheet is imported
        """
        self.check_access('read')
        self._check_not_imported()
        return super().action_compute()

    def action_cancel(self):
        """Cancel sheets, as every sheet that isn't imported.

        :raise UserError: a sheet is imported
        """
        self.check_access('read')
        self._check_not_imported()
        return super().action_cancel()

    def action_reopen(self, reason=None):
        """Reopen sheets, as every sheet that isn't imported.

        :param str reason: why a confirmed sheet is reopened
        :raise UserError: a sheet is imported
        """
        self.check_access('read')
        self._check_not_imported()
        return super().action_reopen(reason)

    def action_ask_reopen(self):
        """Ask for the reason, as for every sheet that isn't imported.

        :raise UserError: a sheet is imported
        """
        self.check_access('read')
        self._check_not_imported()
        return super().action_ask_reopen()

    def _check_tianyuan_protected(self, vals):
        if without_discussion(vals) and not self.env.su:
            self._check_not_imported()
        return super()._check_tianyuan_protected(vals)

    def _check_not_imported(self):
        """Refuse what would change an imported sheet.

        :raise UserError: names the first one and its import
        """
        for sheet in self:
            if sheet.origin == 'imported':
                raise UserError(self.env._(
                    "%(sheet)s was imported and can't be changed. If it is wrong, a manager can remove the whole "
                    "import %(number)s, mend the file, and import it again.",
                    sheet=sheet.name, number=sheet.sudo().import_id.name or "–",
                ))

    @api.model
    def _open_sheets_of(self, company, partners):
        """Return the open quarterly sheets of customers, which an import or its removal may concern."""
        return self.search([
            ('company_id', '=', company.id), ('partner_id', 'in', partners.ids), ('kind', '=', 'quarterly'),
            ('state', 'in', OPEN_STATES),
        ])

    def _compare_anew(self, lost=None):
        """Compare open sheets with the confirmed ratings there are now, as superuser; points carried over follow.

        :param lost: those that had points carried over from a rating that is no more
        """
        for (company, date_from), sheets in self.grouped(lambda sheet: (sheet.company_id, sheet.date_from)).items():
            SheetWriter(self.env, company, Quarter.containing(date_from)).compare_anew(sheets, lost or self.browse())

    @api.model
    def _chain_imported(self, company, partners):
        """Compare the imported sheets of customers with the confirmed ones before them, in whatever order they came in.

        Confirmed sheets of this system stay as they were confirmed.
        """
        ranks = {tier.id: tier._rank() for tier in self.env['tianyuan.rating.tier'].search([])}
        write_chain(self.env, {
            row.id: {'previous_rating_id': row.previous_id, **scoring.movement(
                row.score, ranks.get(row.tier_id),
                scoring.Standing(row.previous_score, ranks.get(row.previous_tier_id)) if row.previous_id else None,
            )} for row in imported_chain(self.env, company, partners.ids)
        })
