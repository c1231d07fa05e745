from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..models.rating.tianyuan_rating import CONFIRMED_AT_ONCE
from ..tools.roles import check_manager


class TianyuanRatingConfirm(models.TransientModel):
    """Asks before ratings are confirmed, with a summary of what that changes.

    Only :meth:`_open` creates records, so users can't enter other sheets.
    """

    _name = 'tianyuan.rating.confirm'
    _description = "Confirm Ratings"

    # A list, since a relation would take a row for each of maybe 100,000 sheets.
    sheet_ids = fields.Json(readonly=True, prefetch=False, export_string_translation=False)
    ready_count = fields.Integer(string="To Confirm", readonly=True)
    up_count = fields.Integer(string="Moved Up", readonly=True)
    down_count = fields.Integer(string="Moved Down", readonly=True)
    same_count = fields.Integer(string="Unchanged", readonly=True)
    new_count = fields.Integer(string="Rated for the First Time", readonly=True)
    bad_debt_count = fields.Integer(string="With Bad Debt, so without a Tier", readonly=True)
    incomplete_count = fields.Integer(string="With an Incomplete Archive", readonly=True)
    blocked_count = fields.Integer(
        string="Of These Refused", readonly=True, help="The company requires complete archives.",
    )
    left_out_count = fields.Integer(string="Not Ready, Left Out", readonly=True)
    in_background = fields.Boolean(readonly=True, export_string_translation=False)

    @api.model
    def _open(self, sheets):
        """Summarize sheets, and ask whether to confirm those that are ready.

        :param sheets: ``tianyuan.rating``
        :return: action
        :raise AccessError: the user is no manager, or may not read a sheet
        :raise UserError: none of the sheets is ready
        """
        check_manager(sheets)
        rows = sheets._read_group(
            [('id', 'in', sheets.ids)], ['state', 'tier_change', 'has_bad_debt'], ['id:recordset'],
        )
        ready = sheets.browse().union(*(group for state, _change, _debt, group in rows if state == 'ready'))
        if not ready:
            raise UserError(self.env._(
                "None of these ratings is ready to be confirmed: sales and finance must both have submitted their "
                "lines.",
            ))

        def number(test):
            return sum(len(group) for *facts, group in rows if test(*facts))

        def moved(change):
            return number(lambda state, found, _debt: state == 'ready' and found == change)

        incomplete = ready.browse().union(*ready._archive_gaps(('warn', 'block')))
        # sudo: the roles can only read these records; access to the sheets has been checked above.
        dialog = self.sudo().create({
            'sheet_ids': ready.ids,
            'ready_count': len(ready),
            **{f'{change}_count': moved(change) for change in ('up', 'down', 'same', 'new')},
            'bad_debt_count': number(lambda state, _change, debt: state == 'ready' and debt),
            'incomplete_count': len(incomplete),
            'blocked_count': len(incomplete.filtered(
                lambda sheet: sheet.company_id.sudo().tianyuan_rating_archive_check == 'block',
            )),
            'left_out_count': number(lambda state, _change, _debt: state in ('draft', 'assessing')),
            'in_background': len(ready) > CONFIRMED_AT_ONCE,
        })
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Confirm %s Ratings?", formatLang(self.env, len(ready), digits=0)),
            'res_model': self._name,
            'res_id': dialog.id,
            'views': [(False, 'form')],
            'target': 'new',
        }

    def action_confirm(self):
        """Confirm the sheets, and show the result; many are confirmed in the background.

        :return: action
        :raise AccessError: the user is no manager any more, or may not read a sheet
        """
        self.ensure_one()
        self.check_access('read')
        sheets = self.env['tianyuan.rating'].browse(self.sheet_ids).exists()
        check_manager(sheets)
        confirmations = self.env['tianyuan.rating.confirmation']
        return confirmations._enqueue(sheets) if self.in_background else confirmations._confirm_now(sheets)
