import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import formatLang

from ...engine.periods import Quarter
from ...engine.sheets import SheetWriter, SheetWriters
from ...tools.halves import work_together
from ...tools.roles import MANAGER, check_manager

_logger = logging.getLogger(__name__)

# Each batch takes a second or two, the most an interruption loses, and some forty queries besides those for the sheets.
BATCH_SIZE = 2_000
TRY_AGAIN_AFTER = timedelta(minutes=1)


class TianyuanRatingConfirmation(models.Model):
    """Many sheets that a manager has confirmed at once, and the scheduler's progress with them.

    The position is committed with each batch, so an interrupted confirmation continues after the last batch. Sheets
    that can't be confirmed are listed with the reason, and don't stop the others.
    """

    _name = 'tianyuan.rating.confirmation'
    _description = "Rating Confirmation"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'id desc'

    name = fields.Char(string="Quarters", required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    user_id = fields.Many2one('res.users', string="Confirmed By", required=True, readonly=True, ondelete='cascade')
    state = fields.Selection(
        [('running', "Running"), ('done', "Done"), ('stopped', "Stopped")],
        required=True, readonly=True, default='running', index=True,
    )
    # The ids of the sheets in the order of confirmation, and how many are done. A list here avoids writing a mark on
    # every sheet.
    queue = fields.Json(readonly=True, prefetch=False, groups=fields.NO_ACCESS, export_string_translation=False)
    position = fields.Integer(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    total_count = fields.Integer(string="Ratings", readonly=True)
    done_count = fields.Integer(string="Ratings Confirmed", readonly=True)
    error_count = fields.Integer(string="Could Not Be Confirmed", compute='_compute_error_count')
    changed_count = fields.Integer(
        string="Changed by the Books", compute='_compute_error_count',
        help="The books gave other points: these ratings were updated instead of confirmed.",
    )
    refused_count = fields.Integer(string="Refused", compute='_compute_error_count')
    progress = fields.Float(compute='_compute_progress')
    stop_reason = fields.Char(string="Stopped Because", readonly=True)
    error_ids = fields.One2many('tianyuan.rating.confirmation.error', 'confirmation_id')

    @api.depends('error_ids')
    def _compute_error_count(self):
        counts = {(confirmation, changed): count for confirmation, changed, count in self.env[
            'tianyuan.rating.confirmation.error'
        ]._read_group([('confirmation_id', 'in', self.ids)], ['confirmation_id', 'books_changed'], ['__count'])}
        for confirmation in self:
            confirmation.changed_count = counts.get((confirmation, True), 0)
            confirmation.refused_count = counts.get((confirmation, False), 0)
            confirmation.error_count = confirmation.changed_count + confirmation.refused_count

    @api.depends('total_count', 'done_count', 'error_count', 'state')
    def _compute_progress(self):
        for confirmation in self:
            worked = confirmation.done_count + confirmation.error_count
            confirmation.progress = 100.0 if confirmation.state == 'done' else min(
                100.0 * worked / max(confirmation.total_count, 1), 100.0,
            )

    @api.model
    def _enqueue(self, sheets):
        """Let the scheduler confirm sheets as the current user.

        The caller has checked that the user may confirm them and that they are ready. Sheets that are already waiting
        keep their place.

        :param sheets: ``tianyuan.rating`` of any companies and quarters
        :return: action that informs the user
        """
        running = self.sudo().search([('state', '=', 'running'), ('company_id', 'in', sheets.company_id.ids)])
        waiting = {sheet_id for confirmation in running for sheet_id in confirmation._waiting_ids()}
        self._add(sheets.filtered(lambda sheet: sheet.id not in waiting))
        self.env.ref('tianyuan_customer_rating.ir_cron_confirm_ratings').sudo()._trigger()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'info',
                'message': self.env._(
                    "%s ratings are being confirmed; you can go on working.",
                    formatLang(self.env, len(sheets), digits=0),
                ),
                'next': {'type': 'ir.actions.act_window_close'},    # reloads the list, which shows the progress
            },
        }

    @api.model
    def _add(self, sheets):
        """Return new confirmations of sheets by the current user, one per company.

        :param sheets: ``tianyuan.rating`` of any companies and quarters
        :return: confirmations as superuser
        """
        # Oldest quarter first, since each quarter is compared with the one before.
        ordered = sheets.sudo().sorted(lambda sheet: (sheet.date_from, sheet.id))
        return self.sudo().create([{
            'name': ", ".join(Quarter.containing(day).name for day in dict.fromkeys(group.mapped('date_from'))),
            'company_id': company.id,
            'user_id': self.env.uid,
            'queue': group.ids,
            'total_count': len(group),
        } for company, group in ordered.grouped('company_id').items()])

    @api.model
    def _confirm_now(self, sheets):
        """Confirm sheets as the current user while they wait, and show the result.

        The caller has checked that the user may confirm them. Sheets that can't be confirmed are listed with the
        reason, and don't stop the others.

        :param sheets: ``tianyuan.rating`` of any companies and quarters
        :return: action that shows the result
        """
        confirmations = self._add(sheets)
        for confirmation in confirmations:
            waiting = self.env['tianyuan.rating'].sudo().browse(confirmation._waiting_ids())
            confirmation._work_batch(waiting, SheetWriters())
            confirmation.write({'position': len(waiting), 'state': 'done'})
        action = {'type': 'ir.actions.act_window', 'name': self.env._("Result"), 'res_model': self._name}
        if len(confirmations) > 1:
            return {**action, 'view_mode': 'list,form', 'domain': [('id', 'in', confirmations.ids)]}
        view = self.env.ref('tianyuan_customer_rating.tianyuan_rating_confirmation_view_form_result')
        return {**action, 'res_id': confirmations.id, 'views': [(view.id, 'form')], 'target': 'new'}

    def action_open_changed(self):
        """Open the sheets that were updated instead of confirmed, with former and new points.

        :return: action
        :raise AccessError: the user is no manager
        """
        check_manager(self)
        return self.error_ids.filtered('books_changed').rating_id._open_changed()

    def action_stop(self):
        """Stop after the current batch. Confirmed sheets stay confirmed, the others stay ready.

        :raise AccessError: the user is no manager
        """
        check_manager(self)
        for confirmation in self.sudo().filtered(lambda confirmation: confirmation.state == 'running'):
            confirmation._stop(self.env._("%s stopped it.", self.env.user.name))
        return True

    @api.model
    def _cron_process(self):
        """Confirm waiting sheets, oldest confirmation first, until the scheduler's time is up.

        After a database error (a conflict, a lock, a full disk) the current batch is repeated later.
        """
        try:
            for confirmation in self.sudo().search([('state', '=', 'running')], order='id'):
                if not confirmation.with_context(lang=confirmation._language())._work_off():
                    return
            self.env['ir.cron']._tianyuan_checkpoint(0, 0)
        except OperationalError as trouble:
            self.env.cr.rollback()
            _logger.warning("Confirming ratings goes on in %s with what is left: %s", TRY_AGAIN_AFTER, trouble)
            self.env.ref('tianyuan_customer_rating.ir_cron_confirm_ratings').sudo()._trigger(
                fields.Datetime.now() + TRY_AGAIN_AFTER,
            )

    def _language(self):
        """Return the language of the user who asked, for the reasons they read; for the superuser the company's."""
        return (self.user_id._is_superuser() and self.company_id.partner_id.lang) or self.user_id.lang

    def _work_off(self):
        """Confirm in batches, and commit each with the new position.

        :return: True if nothing is left, False if the scheduler's time is up
        """
        writers = self._writers()
        while self.state == 'running':
            sheet_ids = self._waiting_ids()[:BATCH_SIZE]
            hindrance = self._refusal()
            if hindrance:
                self._stop(hindrance)
            elif sheet_ids:
                # Sheets may have been deleted meanwhile.
                self._work_batch(self.env['tianyuan.rating'].browse(sheet_ids).exists(), writers)
                self.position += len(sheet_ids)
            else:
                self.state = 'done'
            left = max(self.total_count - self.position, 1)
            seconds = self.env['ir.cron']._tianyuan_checkpoint(len(sheet_ids), left)
            self.env.invalidate_all()    # Free the cache of the batch.
            if not seconds:
                return self.state != 'running'
        return True

    def _waiting_ids(self):
        """Return the ids of the sheets still to confirm, oldest quarter first."""
        return self.queue[self.position:]

    def _refusal(self):
        """Return why the user may no longer confirm ratings of the company, or None."""
        user = self.user_id
        if user._is_superuser():    # code without a user, such as a scheduled action
            return None
        if user.active and self.company_id in user.company_ids and user.has_group(MANAGER):
            return None
        return self.env._(
            "%(user)s is no manager of %(company)s any more.", user=user.name, company=self.company_id.name,
        )

    def _stop(self, reason):
        self.write({'state': 'stopped', 'stop_reason': reason})

    def _writers(self):
        """Return the sheet writers that read the books once for all waiting sheets.

        :return: :class:`~..engine.sheets.SheetWriters`
        """
        waiting = self.env['tianyuan.rating'].browse(self._waiting_ids()).exists()
        waiting.fetch(['partner_id', 'date_from'])
        return SheetWriters({
            (self.company_id.id, date_from): SheetWriter(
                self.env, self.company_id, Quarter.containing(date_from), sorted(sheets.partner_id.ids),
            ) for date_from, sheets in waiting.grouped('date_from').items()
        })

    def _work_batch(self, sheets, writers):
        """Confirm sheets with the rights of the user who asked; those that can't be confirmed are listed."""
        waiting = sheets.filtered(lambda sheet: sheet.state != 'confirmed')  # A user may have confirmed some meanwhile.
        problems = waiting._confirmation_problems()
        self._add_errors(problems)
        as_user = waiting.filtered(lambda sheet: sheet not in problems).with_user(self.user_id).with_context(
            allowed_company_ids=self.company_id.ids, tz=self.user_id.tz, tianyuan_sheet_writers=writers,
        )
        self.done_count += len(sheets - waiting) + self._confirm(as_user)

    def _confirm(self, sheets):
        """Confirm the sheets; any error of one is listed, and the others are confirmed.

        :return: number of confirmed sheets
        """
        def confirm(part):
            check_manager(part)
            changed = part._confirm()
            self._add_errors({
                sheet: self.env._(
                    "The books have changed since it was computed: %(old)s points, now %(new)s. Look at it, and "
                    "confirm it again.", old=formatLang(self.env, sheet.former_score, digits=2),
                    new=formatLang(self.env, sheet.score, digits=2),
                ) for sheet in changed
            }, books_changed=True)
            return len(part) - len(changed)

        def failed(sheet, error):
            _logger.info("Sheet %s can't be confirmed", sheet.id, exc_info=not isinstance(error, AccessError))
            self._add_errors({sheet: str(error) or type(error).__name__})

        return sum(work_together(sheets, confirm, failed))

    def _add_errors(self, messages, books_changed=False):
        """List sheets that could not be confirmed.

        :param dict messages: sheet → reason
        :param bool books_changed: whether they were updated instead of confirmed
        """
        self.env['tianyuan.rating.confirmation.error'].create([
            {'confirmation_id': self.id, 'rating_id': sheet.id, 'message': message, 'books_changed': books_changed}
            for sheet, message in messages.items()
        ])
