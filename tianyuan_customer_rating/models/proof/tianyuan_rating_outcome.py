import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...engine import later
from ...engine.periods import Quarter
from ...tools.halves import work_together
from ...tools.roles import check_manager

_logger = logging.getLogger(__name__)
HORIZONS = [('quarter', "Next Quarter"), ('year', "Next Four Quarters")]
BATCH_SIZE = 20_000    # sheets whose customers' books are read together
# Means over only those customers that have the value.
ONLY_WHERE = {
    'on_time_rate:avg': 'has_payments', 'days_beyond_terms:avg': 'has_payments', 'bad_percent:avg': 'is_judged',
}


class TianyuanRatingOutcome(models.Model):
    """What a customer did after a confirmed rating: in the next quarter, or in the next four (policy 客户评价).

    Outcomes are read from the books once the time is over, with the arithmetic of design §4, and are used to judge
    whether the scheme ranks customers rightly. Only code writes them. They are a reading and no record of a decision: a
    manager can have the books read again.

    Only outcomes of sheets that are confirmed count; those of reopened or cancelled ones stay, and count again with
    their sheet.
    """

    _name = 'tianyuan.rating.outcome'
    _description = "Outcome after a Rating"
    _inherit = ['tianyuan.protected.mixin']
    _rec_name = 'rating_id'
    _order = 'date_from desc, id'

    rating_id = fields.Many2one(
        'tianyuan.rating', string="Sheet", required=True, readonly=True, ondelete='cascade',
    )
    partner_id = fields.Many2one(related='rating_id.partner_id', store=True, index=True)
    company_id = fields.Many2one(related='rating_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    horizon = fields.Selection(HORIZONS, required=True, readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    on_time_rate = fields.Float(string="On-Time Rate (%)", readonly=True, digits=(16, 4), aggregator='avg')
    days_beyond_terms = fields.Float(string="Days Late", readonly=True, digits=(16, 4), aggregator='avg')
    has_payments = fields.Boolean(readonly=True, help="Something was due in that time, so payment can be judged.")
    bad_debt_amount = fields.Monetary(
        string="New Bad Debt", readonly=True,
        help="Bad debts dated in that time, less what of them was recovered by its end.",
    )
    purchase_amount = fields.Monetary(string="Purchases", readonly=True)
    is_bad = fields.Boolean(
        string="Turned Out Bad", compute='_compute_is_bad', store=True,
        help="By the company's definition: new bad debt, an on-time rate below the limit, or more days late than the "
             "limit.",
    )
    is_judged = fields.Boolean(
        string="Judged", compute='_compute_is_bad', store=True, help="There was something to judge the customer by.",
    )
    bad_percent = fields.Float(
        string="Turned Out Bad (%)", compute='_compute_is_bad', store=True, digits=(5, 1), aggregator='avg',
        help="Share of the customers that there was something to judge by.",
    )
    computed_on = fields.Date(string="Books Read On", readonly=True)
    rating_date_to = fields.Date(related='rating_id.date_to', string="Rated Quarter")
    rating_state = fields.Selection(related='rating_id.state', string="Sheet Status")
    rating_origin = fields.Selection(related='rating_id.origin')
    channel = fields.Selection(related='rating_id.channel')
    score = fields.Float(related='rating_id.score', aggregator='avg')
    tier_id = fields.Many2one(related='rating_id.tier_id')
    customer_class = fields.Selection(related='rating_id.customer_class')

    _one_per_horizon = models.UniqueIndex("(rating_id, horizon)")

    # Changed limits apply to all outcomes at once, by the company's write.
    @api.depends('has_payments', 'on_time_rate', 'days_beyond_terms', 'bad_debt_amount')
    def _compute_is_bad(self):
        for company, outcomes in self.grouped('company_id').items():
            # sudo: limits are settings of the company.
            least, most = company.sudo().tianyuan_proof_on_time_rate, company.sudo().tianyuan_proof_days_late
            for outcome in outcomes:
                has_debt = outcome.currency_id.compare_amounts(outcome.bad_debt_amount, 0) > 0
                outcome.is_judged = outcome.has_payments or has_debt
                outcome.is_bad = has_debt or outcome.has_payments and (
                    outcome.on_time_rate < least or outcome.days_beyond_terms > most
                )
                outcome.bad_percent = 100.0 * outcome.is_bad

    def _tianyuan_protected_fields(self):
        return set(self._fields)

    def _tianyuan_protected_message(self, names):
        return self.env._("Outcomes are read from the books and can't be entered.")

    def action_read_again(self):
        """Read the books again for these outcomes, after the books of that time were corrected.

        :raise AccessError: the user is no manager
        """
        check_manager(self)
        # sudo: only code writes outcomes, and the user has been checked.
        for company, outcomes in self.sudo().grouped('company_id').items():
            self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company, outcomes.partner_id)
            for (date_from, date_to), group in outcomes.grouped(lambda one: (one.date_from, one.date_to)).items():
                found = self._later(company, Quarter(date_from, date_to), group.rating_id)
                for outcome in group:
                    outcome.write(found[outcome.rating_id])
        return True

    def action_open_rating(self):
        """Open the sheet of the outcome.

        :raise AccessError: the user may not read the outcome
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.rating',
            'res_id': self.rating_id.id,
            'view_mode': 'form',
        }

    @api.model
    def _cron_read(self):
        """Read the outcomes whose time is over; the scheduler checks every day."""
        for company in self.env['res.company'].sudo().search([('parent_id', '=', False)]):
            if not self._read_due(company, self.env['ir.cron']._tianyuan_checkpoint):
                return

    @api.model
    def _read_due(self, company, checkpoint=lambda _done, _left: True):
        """Read the outcomes of a company's confirmed sheets, computed or imported, whose time is over.

        The books are ready on the day on which a run of the last quarter would start.

        :param company: ``res.company`` without a parent
        :param checkpoint: function of the number of sheets done and left after each batch; false ends the work
        :return: whether all was read
        """
        outcomes = self.sudo()
        last_day = company._tianyuan_today() - timedelta(days=company.sudo().tianyuan_rating_run_day)
        batches = [
            (horizon, batch) for horizon, _label in HORIZONS
            for batch in outcomes._waiting(company, horizon, later.last_over(last_day, horizon))
        ]
        left = sum(len(batch) for _horizon, batch in batches)
        if left and not work_together(company, self._sync_bad_debts, self._log_failure):
            return True
        for horizon, batch in batches:
            work_together(
                self.env['tianyuan.rating'].sudo().browse(batch),
                lambda sheets, horizon=horizon: outcomes._read_sheets(company, horizon, sheets), self._log_failure,
            )
            left -= len(batch)
            if not checkpoint(len(batch), left):
                return False
            self.env.invalidate_all()    # Free the cache of the batch.
        return True

    @api.model
    def _waiting(self, company, horizon, last_day):
        """Return the ids of the sheets that wait for an outcome, in batches of one quarter each."""
        quarters = defaultdict(list)
        for date_to, sheet_id in later.waiting_sheets(self.env, company, horizon, last_day):
            quarters[date_to].append(sheet_id)
        return [list(batch) for ids in quarters.values() for batch in split_every(BATCH_SIZE, ids)]

    @api.model
    def _sync_bad_debts(self, companies):
        for company in companies:
            self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company)
        return True

    @api.model
    def _log_failure(self, record, error):
        _logger.warning("The outcome after a rating can't be read for %s", record, exc_info=error)

    def _read_sheets(self, company, horizon, sheets):
        """Create the outcomes of sheets of one quarter."""
        period = later.period_after(sheets[0].quarter, horizon)
        about = {'horizon': horizon, 'date_from': period.date_from, 'date_to': period.date_to}
        self.create([
            {**about, 'rating_id': sheet.id, **vals}
            for sheet, vals in self._later(company, period, sheets).items()
        ])

    @api.model
    def _later(self, company, period, sheets):
        """Return what the books say about the customers of sheets.

        :param period: :class:`Quarter`, or the four in one
        :return: dict of sheet → values
        """
        terms = self._terms(company, sheets)
        today = company._tianyuan_today()
        result = {}
        for rules, group in sheets.grouped(terms.get).items():
            found = later.read(self.env(su=True), company, period, group.partner_id.ids, rules)
            for sheet in group:
                did = found[sheet.partner_id.id]
                result[sheet] = {
                    'has_payments': did.on_time_rate is not None,
                    'on_time_rate': did.on_time_rate or 0.0,
                    'days_beyond_terms': did.days_beyond_terms or 0.0,
                    'purchase_amount': did.purchase_amount,
                    'bad_debt_amount': did.bad_debt_amount,
                    'computed_on': today,
                }
        return result

    @api.model
    def _terms(self, company, sheets):
        """Return by which rules the books are read: those of the sheet's scheme, else of the channel's present one.

        :return: dict of sheet → :class:`~odoo.addons.tianyuan_customer_rating.engine.later.Terms`
        """
        present = self.env['tianyuan.rating.scheme']._applicable(company, fields.Date.context_today(self))
        rules = {}
        for channel, scheme in {(sheet.channel, sheet.scheme_id) for sheet in sheets}:
            used = scheme or present.get(channel, scheme)
            rules[channel, scheme] = later.Terms(
                used.grace_days, used.volume_basis, used.apply_unmatched_credits,
            ) if used else later.Terms()
        return {sheet: rules[sheet.channel, sheet.scheme_id] for sheet in sheets}

    def _read_group_select(self, aggregate_spec, query):
        """Average only over customers that have the value."""
        if condition := ONLY_WHERE.get(aggregate_spec):
            return SQL(
                "AVG(%s) FILTER (WHERE %s)",
                self._field_to_sql(self._table, aggregate_spec.partition(':')[0], query),
                self._field_to_sql(self._table, condition, query),
            )
        return super()._read_group_select(aggregate_spec, query)
