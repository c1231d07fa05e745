from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.sheets import UNCONFIRMED_STATES
from .wording import listed

NAMED_SHEETS = 20    # a refusal of hundreds of sheets must still fit the screen


class TianyuanRating(models.Model):
    """Before a rating is confirmed, the policy wants the customer's archive filled (design §6)."""

    _inherit = 'tianyuan.rating'

    archive_missing = fields.Text(
        string="Missing in the Archive", compute='_compute_archive_missing',
        help="What the customer's archive still lacks; the company decides whether that hinders confirming.",
    )

    @api.depends('partner_id', 'company_id', 'state')
    @api.depends_context('lang')
    def _compute_archive_missing(self):
        missing = self._archive_gaps(('warn', 'block'))
        for sheet in self:
            sheet.archive_missing = listed(self.env, missing.get(sheet, [])) or False

    def _check_archives(self):
        """Refuse sheets that the company's archive check blocks.

        :raise UserError: an archive isn't complete, and the company blocks that
        """
        gaps = self._archive_gaps(('block',))
        if not gaps:
            return
        lines = [f"{sheet.name}: {listed(self.env, missing)}" for sheet, missing in gaps.items()]
        if len(lines) > NAMED_SHEETS:
            lines[NAMED_SHEETS:] = [self.env._("… and %s more", len(lines) - NAMED_SHEETS)]
        raise UserError(self.env._(
            "These ratings can't be confirmed before the customer's archive is complete. Missing:\n%s",
            "\n".join(lines),
        ))

    @api.model
    def _archive_gap_message(self, missing):
        """Why one sheet can't be confirmed.

        :param missing: labels of what the archive lacks
        """
        return self.env._("The customer's archive isn't complete. Missing: %s", listed(self.env, missing))

    def _archive_gaps(self, checks):
        """What the archives of customers lack whose sheet isn't closed.

        :param checks: settings of the company under which a gap counts
        :return: dict of sheet → labels; sheets without a gap are left out
        """
        # the gaps are named, the values aren't shown: whoever sees the sheet may know them
        checked = self.sudo().filtered(
            lambda sheet: (
                sheet.state in UNCONFIRMED_STATES and sheet.company_id.tianyuan_rating_archive_check in checks
            ),
        )
        missing = checked.partner_id._tianyuan_archive_missing()
        return {
            sheet.with_env(self.env): missing[sheet.partner_id]
            for sheet in checked if missing.get(sheet.partner_id)
        }
