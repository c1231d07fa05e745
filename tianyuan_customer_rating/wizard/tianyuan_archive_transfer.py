from odoo import api, fields, models
from odoo.exceptions import UserError


class TianyuanArchiveTransfer(models.TransientModel):
    """Records that the papers of closed archives were handed over to the company's archive keeping (移交)."""

    _name = 'tianyuan.archive.transfer'
    _description = "Handing Over Closed Archives"
    _inherit = ['tianyuan.plain.text.mixin']

    partner_ids = fields.Many2many('res.partner', string="Customers", required=True, readonly=True)
    date = fields.Date(string="Handed Over On", required=True, default=fields.Date.context_today)
    user_id = fields.Many2one('res.users', string="Taken By", domain=[('share', '=', False)])
    taken_by = fields.Char(string="Or by Name", help="Somebody who is no user, or the archive room.")
    cabinet = fields.Char()
    box = fields.Char()

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get('active_model') == 'res.partner' and 'partner_ids' not in values:
            values['partner_ids'] = [(6, 0, self.env.context.get('active_ids', []))]
        return values

    def action_apply(self):
        """Record it on each customer, and in the chatter.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive isn't closed, the day is in the future, or nobody is named
        """
        self.ensure_one()
        archives = self.partner_ids._tianyuan_archives_in('closed')
        taker = self.user_id.name or (self.taken_by or '').strip()
        if not taker:
            raise UserError(self.env._("Say who took the papers."))
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("Papers can't have been handed over in the future."))
        places = {
            name: value.strip() for name, value in (
                ('tianyuan_archive_cabinet', self.cabinet), ('tianyuan_archive_box', self.box),
            ) if (value or '').strip()
        }
        # sudo: the step records it, users can't write it; the user's right to change archives is checked above.
        archives.sudo().write({
            'tianyuan_archive_handed_over_on': self.date, 'tianyuan_archive_handed_over_to': taker, **places,
        })
        archives._message_log_batch(bodies={
            archive.id: self.env._(
                "Papers handed over on %(day)s to %(taker)s. Place: %(place)s", day=self.date, taker=taker,
                place=" / ".join(filter(None, [
                    archive.tianyuan_archive_cabinet, archive.tianyuan_archive_box])) or "–",
            ) for archive in archives
        })
        return {'type': 'ir.actions.act_window_close'}
