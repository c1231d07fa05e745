import logging
from contextlib import contextmanager
from datetime import date, timedelta

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...engine.periods import Quarter
from ...engine.population import population
from ...engine.sheets import EDITABLE_STATES, SheetWriter
from ...tools.halves import work_together
from ...tools.roles import check_manager
from ..mixins.tianyuan_protected_mixin import without_discussion

_logger = logging.getLogger(__name__)
# Fields that managers may enter on a draft.
ENTRY_FIELDS = {'company_id', 'date_from', 'date_to', 'name'}
# The most that an interruption loses and that is kept in memory. Existing sheets go through the ORM one by one, and a
# batch of them must fit into the scheduler's time.
BATCH_SIZE = 5_000
# Smaller batches for smaller companies, so that the progress bar moves.
MIN_BATCHES, MIN_BATCH_SIZE = 4, 2_000
TRY_AGAIN_AFTER = timedelta(minutes=1)


class RunStoppedError(Exception):
    """Raised when a run can't continue with the company's data; the cause has the reason."""


class TianyuanRatingRun(models.Model):
    """Rates all customers of a company for one quarter, in batches that survive an interruption.

    Customers are processed in the order of their ids. The last id of each batch is committed with it, so a run that was
    stopped continues after it.

    After a database error (a full disk, a long lock, a conflict) the run continues by itself.

    Committed batches stay, so only the current batch is repeated. If the database connection is lost, nothing can be
    recorded; the scheduler then finds its job unfinished and repeats it when the database is back.

    The run also counts the customers it moved up and down.
    """

    _name = 'tianyuan.rating.run'
    _description = "Rating Run"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.quarter.mixin', 'mail.thread', 'tianyuan.plain.text.mixin']
    _order = 'date_from desc, id desc'

    name = fields.Char(compute='_compute_name', store=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company.root_id,
    )
    state = fields.Selection(
        [('draft', "Draft"), ('running', "Running"), ('done', "Done"), ('cancelled', "Cancelled")],
        required=True, readonly=True, default='draft', copy=False, tracking=True,
    )
    total_count = fields.Integer(string="Customers", readonly=True, copy=False)
    done_count = fields.Integer(string="Sheets Made", readonly=True, copy=False)
    confirmed_count = fields.Integer(string="Confirmed", compute='_compute_confirmed_count')
    error_count = fields.Integer(string="Could Not Be Rated", compute='_compute_error_count')
    progress = fields.Float(compute='_compute_progress')
    # Customers up to this id have been processed.
    last_partner_id = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    rating_ids = fields.One2many('tianyuan.rating', 'run_id')
    error_ids = fields.One2many('tianyuan.rating.run.error', 'run_id')
    problem = fields.Char(
        string="Stopped Because", readonly=True, copy=False,
        help="What went wrong when the scheduler last worked on the run. It tries again every hour.",
    )
    books_open = fields.Boolean(string="Books Not Locked", compute='_compute_books_open')
    has_sheets = fields.Boolean(compute='_compute_start_note', export_string_translation=False)
    start_note = fields.Html(string="What Starting Does", compute='_compute_start_note')
    no_channel_count = fields.Integer(string="Without a Channel", compute='_compute_error_summary')
    has_channel_count = fields.Integer(string="Have a Channel Now", compute='_compute_error_summary')
    other_errors = fields.Html(string="Other Reasons", compute='_compute_error_summary')
    moved_up_count = fields.Integer(string="Moved Up", compute='_compute_moved_counts')
    moved_down_count = fields.Integer(string="Moved Down", compute='_compute_moved_counts')

    _one_running = models.UniqueIndex(
        "(company_id, date_from) WHERE state = 'running'",
        "A run of this quarter is already running. Wait for it, or cancel it.",
    )

    @api.depends('date_from')
    def _compute_name(self):
        for run in self:
            run.name = Quarter.containing(run.date_from).name if run.date_from else False

    @api.depends('error_ids')
    def _compute_error_count(self):
        counts = dict(self.env['tianyuan.rating.run.error']._read_group(
            [('run_id', 'in', self.ids)], ['run_id'], ['__count'],
        ))
        for run in self:
            run.error_count = counts.get(run, 0)

    @api.depends('total_count', 'done_count', 'error_count', 'state')
    def _compute_progress(self):
        for run in self:
            worked = run.done_count + run.error_count
            run.progress = 100.0 if run.state == 'done' else min(100.0 * worked / max(run.total_count, 1), 100.0)

    @api.depends('rating_ids.state')
    def _compute_confirmed_count(self):
        counts = dict(self.env['tianyuan.rating']._read_group(
            [('run_id', 'in', self.ids), ('state', '=', 'confirmed')], ['run_id'], ['__count'],
        ))
        for run in self:
            run.confirmed_count = counts.get(run, 0)

    @api.depends('company_id', 'date_from', 'state')
    def _compute_start_note(self):
        """Say what starting a draft would do to the sheets that the quarter has already."""
        for run in self:
            run.has_sheets, run.start_note = run.state == 'draft' and run._start_note() or (False, False)

    @api.depends('error_ids.reason', 'error_ids.message', 'error_ids.partner_id.tianyuan_channel')
    def _compute_error_summary(self):
        rows = self.env['tianyuan.rating.run.error']._read_group(
            [('run_id', 'in', self.ids)], ['run_id', 'reason', 'message'], ['__count'], order='__count desc, message',
        )
        # sudo: only counts; who reads the run reads its errors.
        waiting = dict(self.env['tianyuan.rating.run.error'].sudo()._read_group([
            ('run_id', 'in', self.ids), ('reason', '=', 'channel'), ('partner_id.tianyuan_channel', '=', False),
        ], ['run_id'], ['__count']))
        for run in self:
            known = sum(count for owner, reason, _text, count in rows if owner == run and reason == 'channel')
            run.no_channel_count = waiting.get(run, 0)
            run.has_channel_count = known - run.no_channel_count
            run.other_errors = Markup().join(
                Markup("<div>%s</div>") % self.env._("%(count)s × %(reason)s", count=count, reason=text)
                for owner, reason, text, count in rows if owner == run and reason != 'channel'
            ) or False

    @api.depends('company_id', 'date_to')
    def _compute_books_open(self):
        for run in self:
            # sudo: lock dates are settings.
            root = run.company_id.sudo().root_id
            locked_until = [day for day in (root.fiscalyear_lock_date, root.hard_lock_date) if day]
            run.books_open = bool(run.date_to) and run.date_to > max(locked_until, default=date.min)

    @api.depends('rating_ids.tier_change', 'rating_ids.state')
    def _compute_moved_counts(self):
        counts = {
            (run, change): count for run, change, count in self.env['tianyuan.rating']._read_group([
                ('run_id', 'in', self.ids), ('state', '!=', 'cancelled'), ('tier_change', 'in', ('up', 'down')),
            ], ['run_id', 'tier_change'], ['__count'])
        }
        for run in self:
            run.moved_up_count = counts.get((run, 'up'), 0)
            run.moved_down_count = counts.get((run, 'down'), 0)

    @api.constrains('company_id')
    def _check_no_branch(self):
        self.company_id._check_tianyuan_not_a_branch()

    @api.onchange('date_from')
    def _onchange_date_from(self):
        if self.date_from:
            self.date_from, self.date_to = Quarter.containing(self.date_from)

    @api.ondelete(at_uninstall=False)
    def _unlink_check_state(self):
        for run in self:
            if run.state == 'running':
                raise UserError(self.env._("Cancel the run before deleting it."))
            if run.state == 'done' or run.done_count:
                raise UserError(self.env._("%s has rated customers: it can't be deleted.", run.display_name))

    def _tianyuan_protected_fields(self):
        return without_discussion(self._fields) - ENTRY_FIELDS

    def action_start(self):
        """Start the run, or continue a cancelled one; the scheduler processes it.

        :raise AccessError: the user is no manager
        :raise UserError: the quarter isn't over, or a run of it is already running
        """
        check_manager(self, 'write')
        for run in self.sudo():
            if run.state not in ('draft', 'cancelled'):
                raise UserError(self.env._("Run %s has been started already.", run.name))
            run._check_period(run.date_to)
            other = self.search([
                ('company_id', '=', run.company_id.id), ('date_from', '=', run.date_from), ('state', '=', 'running'),
            ], limit=1)
            if other:
                raise UserError(self.env._(
                    "A run of %s is already running. Wait for it, or cancel it.", run.name,
                ))
            run.state = 'running'
            run.total_count = run._count_population()
        self.env.ref('tianyuan_customer_rating.ir_cron_process_runs').sudo()._trigger()
        return True

    def action_cancel(self):
        """Stop the run after the current batch; sheets created so far stay.

        :raise AccessError: the user is no manager
        :raise UserError: the run is done
        """
        check_manager(self, 'write')
        if any(run.state == 'done' for run in self):
            raise UserError(self.env._("A run that is done can't be cancelled."))
        self.sudo().write({'state': 'cancelled'})
        return True

    def action_retry(self):
        """Rate the customers again that couldn't be rated.

        :raise AccessError: the user is no manager
        """
        check_manager(self, 'write')
        for run in self.sudo():
            if run.state != 'done':
                raise UserError(self.env._("Wait until run %s is done.", run.name))
            partners = run.error_ids.partner_id
            run.error_ids.unlink()
            self.env['tianyuan.bad.debt'].sudo()._sync_ledger(run.company_id, partners)
            run._work_batch(run._writer(), partners)
        return True

    def action_view_errors(self):
        """Open the customers that couldn't be rated, by reason.

        :raise AccessError: the user may not read the run
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%s: Not Rated", self.name),
            'res_model': 'tianyuan.rating.run.error',
            'views': [(False, 'list')],
            'domain': [('run_id', '=', self.id)],
            'context': {'group_by': ['message']},
        }

    def action_set_channels(self):
        """Open the company's customers without a channel.

        :raise AccessError: the user is no manager
        """
        self.ensure_one()
        check_manager(self)
        return self.env['tianyuan.channel.suggestion']._open(self.company_id)

    def action_view_ratings(self):
        """Open the sheets of the run.

        :raise AccessError: the user may not read the run
        """
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_action')
        return {**action, 'domain': [('run_id', '=', self.id)], 'context': {}}

    def action_view_moved_up(self):
        """Open the sheets of the run whose customers moved up; this can change until they are confirmed."""
        return self._action_view_moved('up', self.env._("%s: Moved Up", self.name))

    def action_view_moved_down(self):
        """Open the sheets of the run whose customers moved down."""
        return self._action_view_moved('down', self.env._("%s: Moved Down", self.name))

    def _check_tianyuan_protected(self, vals):
        super()._check_tianyuan_protected(vals)
        if not self.env.su and without_discussion(vals) and any(run.state != 'draft' for run in self):
            raise UserError(self.env._("Only a draft run can be changed."))

    def _tianyuan_protected_message(self, names):
        if not self:
            return self.env._("Only the quarter and the company of a run are entered.")
        return self.env._("Status and counts of a run can't be written. Use its buttons.")

    def _process(self):
        """Process the run in batches, and commit each with its last customer id.

        It stops when the scheduler's time is up or the run was cancelled, and continues when called again.
        """
        for run in self.filtered(lambda run: run.state == 'running').sudo():
            run.with_context(lang=run._language())._work_off()

    def _work_off(self):
        """Process the run. An error in the data is shown on the run and tried again later; other runs go on."""
        try:
            with self._step():
                self.env['tianyuan.bad.debt']._sync_ledger(self.company_id)
                remaining = self._remaining_ids()
                writer = self._writer(upcoming=remaining)
            self._work_off_batches(writer, remaining)
        except RunStoppedError as stopped:
            _logger.warning("Rating run %s stopped, and is tried again later", self.id, exc_info=stopped.__cause__)
            self.problem = str(stopped.__cause__) or type(stopped.__cause__).__name__
            self.env['ir.cron']._tianyuan_checkpoint(0, 1)

    @contextmanager
    def _step(self):
        """Context manager that rolls back to a savepoint on errors.

        :raise RunStoppedError: the error comes from one company's data, and must not stop the runs of other companies
        """
        try:
            with self.env.cr.savepoint():
                yield
        except OperationalError:
            raise    # a database error
        except Exception as error:
            raise RunStoppedError from error

    def _work_off_batches(self, writer, remaining):
        finished = True
        for partner_ids in split_every(self._batch_size(), remaining):
            # Customers may have been archived or deleted since the ids were read.
            partners = self.env['res.partner'].search([('id', 'in', partner_ids)], order='id')
            with self._step():
                self._work_batch(writer, partners)
            self.last_partner_id = partner_ids[-1]
            left = max(self.total_count - self.done_count - self.error_count, 1)
            seconds = self.env['ir.cron']._tianyuan_checkpoint(len(partner_ids), left)
            self.env.invalidate_all()    # Free the cache of the batch.
            if self.state != 'running' or not seconds:
                finished = False
                break
        if self.state == 'running' and finished:
            with self._step():
                self._finish()
            self.env['ir.cron']._tianyuan_checkpoint(0, 0)

    def _batch_size(self):
        return min(BATCH_SIZE, max(self.total_count // MIN_BATCHES, MIN_BATCH_SIZE))

    def _language(self):
        """Return the language of the user who started the run (for the superuser, of the company)."""
        return (self.create_uid._is_superuser() and self.company_id.partner_id.lang) or self.create_uid.lang

    def _finish(self):
        """Close the run after all customers were processed; extend it for what follows from the sheets."""
        self.write({'state': 'done', 'problem': False})

    @api.model
    def _cron_process(self):
        """Process running runs, oldest first; after a database error try again later."""
        try:
            self.search([('state', '=', 'running')], order='id')._process()
        except OperationalError as trouble:
            self.env.cr.rollback()
            _logger.warning("Rating runs go on in %s, behind what is done: %s", TRY_AGAIN_AFTER, trouble)
            self.env.ref('tianyuan_customer_rating.ir_cron_process_runs').sudo()._trigger(
                fields.Datetime.now() + TRY_AGAIN_AFTER,
            )

    @api.model
    def _cron_start_quarter(self):
        """Start runs of the quarter that has just ended, in companies whose day has come and that have customers.

        The scheduler checks every day; a cancelled run isn't started again.
        """
        for company in self.env['res.company'].sudo().search([
            ('tianyuan_rating_auto_run', '=', True), ('parent_id', '=', False),
        ]):
            today = company._tianyuan_today()
            quarter = Quarter.last_complete(today)
            if today < quarter.date_to + timedelta(days=company.tianyuan_rating_run_day):
                continue
            known = self.search_count([
                ('company_id', '=', company.id), ('date_from', '=', quarter.date_from),
            ], limit=1)
            if known:
                continue
            run = self.create({
                'company_id': company.id, 'date_from': quarter.date_from, 'date_to': quarter.date_to,
            })
            if run._count_population():
                run.action_start()
            else:
                run.unlink()

    def _writer(self, upcoming=()):
        return SheetWriter(self.env, self.company_id, self.quarter, upcoming)

    def _work_batch(self, writer, partners):
        """Rate customers; those that fail are listed with the reason, and the others are rated."""
        self.ensure_one()
        reasons = {partner: writer.problem_reason(partner) for partner in partners}
        self._add_errors({
            partner: (reason, writer.problem(partner)) for partner, reason in reasons.items() if reason
        })
        self.done_count += self._rate(writer, partners.filtered(lambda partner: not reasons[partner]))

    def _rate(self, writer, partners):
        """Rate the customers; any error of one is listed, and the others are rated.

        :return: number of rated customers
        """
        def rate(part):
            writer.rate(part, self)
            return len(part)

        def failed(partner, error):
            _logger.info("Rating run %s: customer %s can't be rated", self.id, partner.id, exc_info=True)
            self._add_errors({partner: ('failed', str(error) or type(error).__name__)})

        return sum(work_together(partners, rate, failed))

    def _add_errors(self, messages):
        """List customers that couldn't be rated.

        :param dict messages: partner → (reason, message)
        """
        self.env['tianyuan.rating.run.error'].create([
            {'run_id': self.id, 'partner_id': partner.id, 'reason': reason, 'message': message}
            for partner, (reason, message) in messages.items()
        ])

    def _population(self):
        """Return the SQL of the customers to rate.

        These are the customers of :func:`population`, without those whose sheet is already closed.
        """
        self.env['tianyuan.rating'].flush_model(['partner_id', 'company_id', 'kind', 'date_from', 'state'])
        return SQL(
            """
            %(population)s
               AND NOT EXISTS (
                   SELECT FROM tianyuan_rating r
                    WHERE r.partner_id = p.id AND r.company_id = %(company)s AND r.kind = 'quarterly'
                      AND r.date_from = %(start)s AND r.state NOT IN %(open)s AND r.state <> 'cancelled'
               )
            """,
            population=population(self.env, self.company_id, self.quarter, self.last_partner_id),
            company=self.company_id.id, start=self.date_from, open=EDITABLE_STATES,
        )

    def _count_population(self):
        [[count]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) p", self._population()))
        return count + self.done_count + self.error_count

    def _start_note(self):
        """Return whether the quarter has sheets, and what a run would do with them and with the other customers.

        :return: (whether there are sheets, Markup)
        """
        if not (self.company_id and self.date_from and self.date_to):
            return False, False
        counts = dict(self.env['tianyuan.rating'].sudo()._read_group([
            ('company_id', '=', self.company_id.id), ('kind', '=', 'quarterly'), ('date_from', '=', self.date_from),
            ('state', '!=', 'cancelled'),
        ], ['state'], ['__count']))
        if not counts:
            return False, False
        [[again, new, without_channel]] = self.env.execute_query(SQL(
            """
            SELECT COUNT(r.id) FILTER (WHERE p.tianyuan_channel IS NOT NULL),
                   COUNT(*) FILTER (WHERE r.id IS NULL AND p.tianyuan_channel IS NOT NULL),
                   COUNT(*) FILTER (WHERE p.tianyuan_channel IS NULL)
              FROM (%s) waiting
              JOIN res_partner p ON p.id = waiting.id
         LEFT JOIN tianyuan_rating r ON r.partner_id = p.id AND r.company_id = %s AND r.kind = 'quarterly'
                   AND r.date_from = %s AND r.state <> 'cancelled'
            """, self._population(), self.company_id.id, self.date_from,
        ))
        sentences = [text for count, text in (
            (counts.get('confirmed', 0), self.env._("Confirmed sheets, which stay: %s", counts.get('confirmed', 0))),
            (counts.get('ready', 0), self.env._("Sheets to confirm, which stay: %s", counts.get('ready', 0))),
            (again, self.env._("Open sheets, computed again; what people entered stays: %s", again)),
            (new, self.env._("Customers who get a new sheet: %s", new)),
            (without_channel, self.env._("Customers without a channel, who can't be rated: %s", without_channel)),
        ) if count]
        return True, Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % sentence for sentence in sentences
        )

    def _remaining_ids(self):
        """Return the ids of the customers still to rate, in order. The query scans all invoices."""
        self.flush_recordset(['last_partner_id'])
        return [partner_id for [partner_id] in self.env.execute_query(SQL("%s ORDER BY p.id", self._population()))]

    def _action_view_moved(self, change, name):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_action_movers')
        return {
            **action,
            'name': name,
            'domain': [('run_id', '=', self.id), ('state', '!=', 'cancelled'), ('tier_change', '=', change)],
            'context': {},
        }
