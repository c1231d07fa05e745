import logging
from ast import literal_eval
from itertools import cycle

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.halves import work_together
from ...tools.roles import keeps_archives, managers_of
from ...tools.text import listed

_logger = logging.getLogger(__name__)

# More customers than this are handed over by the scheduler.
AT_ONCE = 500
MODULE = 'tianyuan_customer_rating'
CONTENT_FIELDS = {
    'company_id', 'from_user_id', 'scope', 'partner_ids', 'filter_domain', 'receiver', 'to_user_id', 'to_team_id',
    'to_specialist_id',
}
# Moving many records must neither track, nor mail, nor subscribe one by one.
QUIETLY = {
    'tracking_disable': True, 'mail_activity_quick_update': True, 'mail_auto_subscribe_no_notify': True,
    'mail_create_nosubscribe': True,
}
NAMED_CUSTOMERS = 10


class TianyuanHandOver(models.Model):
    """Handing a salesperson's customers over, with all that is open with them (交接).

    The page first lists what hangs on the customers. Then it moves all of it in one go, and stays as the record of who
    got which customer. Other addons add what they keep about customers by :meth:`_kinds`.

    Only what is open moves: confirmed ratings, visits that were made and logs keep who did them.
    """

    _name = 'tianyuan.hand.over'
    _description = "Hand-Over of Customers"
    _inherit = ['tianyuan.step.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin']
    _order = 'id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.hand.over', 'JJ')
    _tianyuan_access_fields = ('company_id', 'from_user_id')

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company.root_id,
    )
    from_user_id = fields.Many2one(
        'res.users', string="From Whom", required=True, index=True, ondelete='restrict', tracking=True,
        context={'active_test': False}, domain=[('share', '=', False)],
    )
    has_left = fields.Boolean(compute='_compute_has_left')
    keeps_archives = fields.Boolean(compute='_compute_has_left', export_string_translation=False)
    scope = fields.Selection(
        [('all', "All Customers"), ('chosen', "Chosen Customers"), ('filter', "Customers of a Filter")],
        string="Customers", required=True, default='all',
    )
    partner_ids = fields.Many2many(
        'res.partner', 'tianyuan_hand_over_partner_rel', 'hand_over_id', 'partner_id', string="Chosen Customers",
        domain="[('user_id', '=', from_user_id), ('parent_id', '=', False)]", copy=False,
    )
    filter_domain = fields.Char(string="Filter", default='[]')
    receiver = fields.Selection(
        [('one', "One Colleague"), ('team', "The Members of a Team in Turn"), ('each', "Somebody for Each Customer")],
        string="Handed Over To", required=True, default='one',
    )
    to_user_id = fields.Many2one(
        'res.users', string="To Whom", tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    to_team_id = fields.Many2one('crm.team', string="To the Team", check_company=True)
    to_specialist_id = fields.Many2one(
        'res.users', string="Archives To", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who keeps the archives that the leaving specialist keeps now. Empty: they stay.",
    )
    state = fields.Selection(
        [('draft', "To Hand Over"), ('running', "Running"), ('done', "Handed Over"), ('cancelled', "Cancelled")],
        string="Status", required=True, readonly=True, copy=False, default='draft', index=True, tracking=True,
    )
    customer_count = fields.Integer(string="Number of Customers", compute='_compute_customer_count')
    moved_count = fields.Integer(string="Customers Handed Over", compute='_compute_progress')
    progress = fields.Float(compute='_compute_progress')
    asked_by_id = fields.Many2one('res.users', string="Handed Over By", readonly=True, copy=False)
    done_on = fields.Datetime(string="Handed Over On", readonly=True, copy=False)
    kind_ids = fields.One2many('tianyuan.hand.over.kind', 'hand_over_id', string="What Is Open", readonly=True)
    line_ids = fields.One2many('tianyuan.hand.over.line', 'hand_over_id', string="Customers and Receivers")

    _name_unique = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "Another hand-over has this number.")

    @api.depends('from_user_id', 'company_id')
    def _compute_has_left(self):
        for hand_over in self:
            leaver = hand_over.sudo().from_user_id
            hand_over.has_left = bool(leaver) and not leaver._tianyuan_working_in(hand_over.company_id)
            hand_over.keeps_archives = bool(leaver) and bool(self.env['res.partner'].sudo().search_count(
                self._archives_of(leaver, hand_over.company_id), limit=1,
            ))

    @api.depends('from_user_id', 'company_id', 'scope', 'partner_ids', 'filter_domain', 'state')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_customer_count(self):
        for hand_over in self:
            if hand_over.state == 'draft' and hand_over.from_user_id:
                hand_over.customer_count = len(hand_over._shown_customers())
            else:
                hand_over.customer_count = len(hand_over.sudo().line_ids)

    @api.depends('line_ids.state')
    def _compute_progress(self):
        counts = {
            (hand_over.id, state): count for hand_over, state, count in self.env['tianyuan.hand.over.line'].sudo()
            ._read_group([('hand_over_id', 'in', self.ids)], ['hand_over_id', 'state'], ['__count'])
        }
        for hand_over in self:
            waiting = counts.get((hand_over.id, 'waiting'), 0)
            hand_over.moved_count = counts.get((hand_over.id, 'moved'), 0)
            worked = hand_over.moved_count + counts.get((hand_over.id, 'skipped'), 0)
            hand_over.progress = 100 * worked / (worked + waiting) if worked else 0

    @api.constrains('from_user_id', 'to_user_id', 'to_specialist_id')
    def _check_people(self):
        for hand_over in self.sudo():
            if hand_over.from_user_id in (hand_over.to_user_id, hand_over.to_specialist_id):
                raise ValidationError(self.env._("Choose somebody else to hand the customers over to."))

    @api.constrains('filter_domain')
    def _check_filter_domain(self):
        for hand_over in self:
            hand_over._filter()

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_draft(self):
        if any(hand_over.state not in ('draft', 'cancelled') for hand_over in self):
            raise UserError(self.env._("What was handed over stays on record."))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'asked_by_id', 'done_on', 'kind_ids'}

    @api.model_create_multi
    def create(self, vals_list):
        hand_overs = super().create(vals_list)
        hand_overs._check_may_begin()
        hand_overs.sudo()._list_kinds()
        return hand_overs

    def write(self, vals):
        if not self.env.su and CONTENT_FIELDS & vals.keys():
            self._check_step('draft')
        result = super().write(vals)
        if {'from_user_id', 'company_id', 'scope', 'partner_ids', 'filter_domain', 'receiver'} & vals.keys():
            self.sudo().filtered(lambda hand_over: hand_over.state == 'draft').line_ids.unlink()
        if not self.env.su and {'from_user_id', 'company_id'} & vals.keys():
            self._check_may_begin()
        return result

    # -- steps ---------------------------------------------------------------------------------------

    @api.model
    def _begin_with(self, customers):
        """Begin the hand-over of chosen customers.

        :raise AccessError: the user may not hand over the customers
        :raise UserError: they have several salespeople, or none
        """
        customers.check_access('read')
        self.check_access('create')
        leaver = customers.user_id
        if len(leaver) != 1 or not all(customers.mapped('user_id')):
            raise UserError(self.env._("Choose customers of one salesperson."))
        hand_over = self.create({
            'from_user_id': leaver.id, 'scope': 'chosen', 'partner_ids': customers.ids,
        })
        action = {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': hand_over.id, 'view_mode': 'form',
            'views': [(False, 'form')],
        }
        left_out = customers - hand_over._customers()
        if not left_out:
            return action
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'warning',
                'sticky': True,
                'message': self.env._(
                    "Left out, because they belong to another company: %s",
                    listed(self.env, left_out[:NAMED_CUSTOMERS].mapped('name')),
                ),
                'next': action,
            },
        }

    def action_list_customers(self):
        """List the customers, to choose who gets each.

        :raise AccessError: the user may not hand them over
        :raise UserError: it is handed over already
        """
        self._check_step('draft')
        for hand_over in self:
            hand_over._make_lines()
        return True

    def action_ask_hand_over(self):
        """Ask before handing over, with what is going to move.

        :return: the action that asks
        :raise AccessError: the user may not hand over the customers
        :raise UserError: nothing is to be handed over, or nobody chosen who gets it
        """
        self.ensure_one()
        self._check_step('draft')
        self._receivers_of_lines(self._make_lines())
        return self.env['tianyuan.question']._ask(self, 'action_hand_over', self.env._("Hand the Customers Over?"))

    def action_hand_over(self):
        """Hand the customers over with all that is open with them; thousands by the scheduler.

        :raise AccessError: the user may not hand over the customers
        :raise UserError: nothing is to be handed over, or nobody chosen who gets it
        """
        self._check_step('draft')
        for hand_over in self:
            customers = hand_over._customers()
            hand_over._check_may_hand_over(customers)
            lines = hand_over._make_lines()
            hand_over._receivers_of_lines(lines)
            hand_over.sudo().write({'state': 'running', 'asked_by_id': self.env.uid})
            if len(lines) > AT_ONCE:
                self.env.ref(f'{MODULE}.ir_cron_hand_over').sudo()._trigger()
            else:
                hand_over.sudo()._work(lines.sudo())
                hand_over.sudo()._finish()
        return True

    def action_cancel(self):
        """Cancel a hand-over that hasn't begun.

        :raise AccessError: the user may not write it
        :raise UserError: it has begun
        """
        self._check_step('draft')
        self.sudo().activity_unlink([f'{MODULE}.mail_activity_type_hand_over'])
        self.sudo().write({'state': 'cancelled'})
        return True

    def _tianyuan_question_details(self, _method):
        """Return what moves, for the question before the hand-over.

        :raise AccessError: the user may not write it
        """
        self._check_step('draft')
        lines = self._make_lines()
        receivers = self.env._("To: %s", listed(self.env, lines.sudo().to_user_id.mapped('name')))
        return "\n".join([receivers] + [
            f"{kind.name}: {kind.count}" for kind in self.kind_ids if kind.count
        ])

    # -- what is handed over -------------------------------------------------------------------------

    def _filter(self):
        """Return the filter that the user has entered.

        :raise ValidationError: it is no filter of customers
        """
        try:
            domain = Domain(literal_eval(self.filter_domain or '[]'))
            self.env['res.partner'].search_count(domain, limit=1)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(self.env._("This isn't a filter of customers: %s", self.filter_domain)) from error
        return domain

    def _customers(self):
        """Return the customers to hand over that the user may see; whoever is chosen needs no channel."""
        self.ensure_one()
        Partner = self.env['res.partner']
        domain = Domain('user_id', '=', self.from_user_id.id) & Partner._tianyuan_of_company_domain(self.company_id)
        if self.scope == 'chosen':
            domain &= Domain('id', 'in', self.partner_ids.commercial_partner_id.ids)
        else:
            domain &= Partner._tianyuan_customer_domain()
        if self.scope == 'filter':
            domain &= self._filter()
        return Partner.search(domain, order='id')

    def _shown_customers(self):
        """Return the customers to show; none where the reader may not use the filter, which would break every list."""
        try:
            return self._customers()
        except (AccessError, ValidationError, ValueError):
            return self.env['res.partner']

    @api.model
    def _archives_of(self, specialist, company):
        return Domain('tianyuan_archive_specialist_id', '=', specialist.id) & (
            self.env['res.partner']._tianyuan_of_company_domain(company)
        )

    def _takers(self):
        """Return whose open work moves: the salesperson's, and of one who has left also the stand-in's."""
        leaver = self.sudo().from_user_id
        return leaver | leaver._tianyuan_stand_in(self.company_id)

    def _of_takers(self):
        """Return the domain of records of those whose open work moves."""
        return Domain('user_id', 'in', self._takers().ids)

    def _kinds(self, customers):
        """Return the kinds of open records that hang on customers, in the order of the page.

        Other addons add theirs with ``super()``.

        :param customers: ``res.partner`` of the salesperson
        :return: dict of key → dict: ``name``, ``model``, ``domain``, ``action`` (external id, optional), ``field``,
            which gets the receiver (without it the records follow the customer; with it only those of the hand-over's
            company move, by :meth:`_open_kinds`), and ``happens``, what the page says of others
        """
        self.ensure_one()
        of_customers = Domain('partner_id', 'in', customers.ids)
        prospects = Domain.FALSE
        if self.scope == 'all' and self.receiver == 'one':
            # A leader who stands in has prospects as well.
            prospects = Domain('partner_id', '=', False) & (
                Domain('user_id', '=', self.from_user_id.id) | Domain('create_uid', '=', self.from_user_id.id)
            )
        return {
            'customers': {
                'name': self.env._("Customers"), 'model': 'res.partner', 'domain': Domain('id', 'in', customers.ids),
                'action': f'{MODULE}.res_partner_action_customers',
            },
            'sheets': {
                'name': self.env._("Sheets to Assess"), 'model': 'tianyuan.rating',
                'domain': of_customers & Domain([('state', '=', 'assessing'), ('sales_done', '=', False)]),
                'action': f'{MODULE}.tianyuan_rating_action',
            },
            'forms': {
                'name': self.env._("Collection Forms in Draft"), 'model': 'tianyuan.archive.collection',
                'domain': (of_customers | prospects) & self._of_takers() & Domain('state', '=', 'draft'),
                'field': 'user_id',
                'action': f'{MODULE}.tianyuan_archive_collection_action',
            },
            'borrows': {
                'name': self.env._("Papers Borrowed"), 'model': 'tianyuan.archive.borrow',
                'domain': of_customers & Domain([
                    ('borrower_id', '=', self.from_user_id.id), ('state', 'in', ('requested', 'approved', 'out')),
                ]),
                'action': f'{MODULE}.tianyuan_archive_borrow_action',
                'happens': self.env._("asked back from a colleague who has left"),
            },
            'quotations': {
                'name': self.env._("Quotations"), 'model': 'sale.order', 'field': 'user_id',
                'domain': Domain('partner_id.commercial_partner_id', 'in', customers.ids)
                & Domain('state', 'in', ('draft', 'sent')) & Domain('user_id', '=', self.from_user_id.id),
                'action': 'sale.action_quotations_with_onboarding',
            },
            'activities': {
                'name': self.env._("Open Activities"), 'model': 'mail.activity',
                'domain': Domain('id', 'in', self._activities(customers).ids),
            },
        }

    def _open_kinds(self, customers):
        """Return the kinds, where of those that get the receiver only the records of the hand-over's company move.

        The receiver may not work in the other companies that share a customer.
        """
        kinds = self._kinds(customers)
        for kind in kinds.values():
            if kind.get('field'):
                kind['domain'] &= Domain('company_id', 'child_of', self.company_id.ids)
        return kinds

    def _activities(self, customers):
        """Return the activities that the addons planned for those who are asked about these customers until now."""
        return self.env['mail.activity']._tianyuan_asked_about(self._takers(), customers)

    def _list_kinds(self):
        """Give each hand-over a row for each kind."""
        rows = []
        for hand_over in self:
            known = set(hand_over.kind_ids.mapped('key'))
            keys = [*hand_over._kinds(self.env['res.partner']), 'archives']
            rows += [
                {'hand_over_id': hand_over.id, 'key': key, 'sequence': number}
                for number, key in enumerate(keys) if key not in known
            ]
        self.env['tianyuan.hand.over.kind'].sudo().create(rows)

    def _shown_kinds(self):
        """Return the kinds of the customers, and the archives that the salesperson keeps as archive specialist."""
        kinds = self._open_kinds(self._shown_customers())
        return {**kinds, 'archives': {
            'name': self.env._("Archives Kept"), 'model': 'res.partner',
            'domain': self._archives_of(self.from_user_id, self.company_id),
            'action': f'{MODULE}.res_partner_action_archives',
        }}

    def _kinds_note(self):
        """Return what is open, as the note of an activity in the reader's language."""
        return Markup('<ul>%s</ul>') % Markup().join(
            Markup('<li>%s: %s</li>') % (kind.name, kind.count) for kind in self.kind_ids if kind.count
        )

    def _tianyuan_askable(self):
        """Return who is asked to hand the customers over: the leader of the sales team, else the managers."""
        leader = self.from_user_id.sale_team_id.user_id._tianyuan_sellers_in(self.company_id)
        return leader - self.from_user_id or managers_of(self.company_id)

    def _tianyuan_heirs(self, _activity_type):
        return {hand_over: hand_over._tianyuan_askable() for hand_over in self}

    def _tianyuan_customer(self):
        return self.env['res.partner']

    # -- who may, and who gets what --------------------------------------------------------------------

    def _check_may_begin(self):
        """Refuse users who may hand over nobody's or these salespeople's customers.

        :raise AccessError: the user keeps no archives and doesn't lead the salesperson's team
        """
        if self.env.su or keeps_archives(self.env.user):
            return
        for hand_over in self:
            if hand_over.sudo().from_user_id.sale_team_id.user_id != self.env.user:
                raise AccessError(self.env._("You can hand over the customers of your own team's salespeople only."))

    def _check_may_hand_over(self, customers):
        """Refuse customers that the user may not hand over.

        :raise AccessError: there are such customers
        """
        self._check_may_begin()
        refused = customers.filtered(lambda customer: not customer._tianyuan_may_hand_over())
        if refused:
            raise AccessError(refused._tianyuan_hand_over_message())
        if self.to_specialist_id and not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers can change a customer's archive."))

    def _make_lines(self):
        """Return the lines of the customers, as the page says who gets them.

        Where each customer gets somebody of its own, the receivers that the user has chosen stay.

        :raise AccessError: the user may not hand over a customer
        :raise UserError: there is nothing to hand over
        """
        self.ensure_one()
        customers = self._customers()
        self._check_may_hand_over(customers)
        if not customers and not self.to_specialist_id:
            raise UserError(self.env._("There are no customers to hand over."))
        lines = self.sudo().line_ids
        lines.filtered(lambda line: line.partner_id not in customers).unlink()
        lines = lines.exists()
        new = customers - lines.partner_id
        lines |= lines.create([{'hand_over_id': self.id, 'partner_id': customer.id} for customer in new.sudo()])
        if self.receiver == 'one':
            lines.to_user_id = self.to_user_id
        elif self.receiver == 'team':
            members = self._members()
            for line, member in zip(lines.sorted('id'), cycle(members or [self.env['res.users']])):
                line.to_user_id = member
        return lines.sudo(False)

    def _members(self):
        """Return the members of the team who can get customers."""
        members = self.sudo().to_team_id.member_ids - self.sudo().from_user_id
        return members._tianyuan_sellers_in(self.company_id).sorted('id')

    def _receivers_of_lines(self, lines):
        """Return who gets the customers.

        :raise UserError: a customer has no receiver, or one who can't work for it
        """
        without = lines.sudo().filtered(lambda line: not line.to_user_id)
        if without:
            raise UserError(self.env._(
                "Choose who gets: %s", listed(self.env, without[:NAMED_CUSTOMERS].partner_id.mapped('name')),
            ))
        receivers = lines.sudo().to_user_id
        unfit = receivers - receivers._tianyuan_sellers_in(self.company_id)
        specialist = self.sudo().to_specialist_id
        unfit |= specialist - specialist._tianyuan_keepers_in(self.company_id)
        if unfit:
            raise UserError(self.env._(
                "%(people)s can't take them over: they have no role for it in %(company)s.",
                people=listed(self.env, unfit.mapped('name')), company=self.company_id.name,
            ))
        return receivers

    # -- moving ----------------------------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Go on with hand-overs of many customers; each batch is committed.

        A customer that fails is left out, so that it stops neither the others nor later hand-overs.
        """
        for hand_over in self.sudo().search([('state', '=', 'running')], order='id'):
            waiting = hand_over.line_ids.filtered(lambda line: line.state == 'waiting')
            for ids in self.env['ir.cron']._tianyuan_batches(waiting.ids, AT_ONCE):
                work_together(waiting.browse(ids), hand_over._work, hand_over._leave_out)
            if not hand_over.line_ids.filtered(lambda line: line.state == 'waiting'):
                work_together(hand_over, type(hand_over)._finish, type(hand_over)._note_unfinished)

    def _work(self, lines):
        """Move the customers of these lines with all that is open; read as superuser.

        Customers who have got another salesperson meanwhile are left out, and so are those whose receiver has left.
        """
        skipped = lines.filtered(lambda line: line.partner_id.user_id != self.from_user_id)
        skipped.state = 'skipped'
        fit = lines.to_user_id._tianyuan_sellers_in(self.company_id)
        unfit = (lines - skipped).filtered(lambda line: line.to_user_id not in fit)
        for receiver, part in unfit.grouped('to_user_id').items():
            self._leave_out(part, self._unfit_reason(receiver))
        skipped |= unfit
        for receiver, part in (lines - skipped).grouped('to_user_id').items():
            self._move(part.partner_id, receiver)
            part.state = 'moved'

    def _leave_out(self, lines, reason):
        """Leave these customers out, and say why in the chatter.

        :param reason: text or exception
        """
        lines.state = 'skipped'
        names = listed(self.env, lines[:NAMED_CUSTOMERS].partner_id.mapped('name'))
        worded = self.with_context(lang=self.company_id.partner_id.lang)
        worded._message_log(body=worded.env._(
            "%(count)s customers weren't handed over (%(customers)s): %(reason)s",
            count=len(lines), customers=names, reason=str(reason) or type(reason).__name__,
        ))

    def _unfit_reason(self, receiver):
        worded = self.with_context(lang=self.company_id.partner_id.lang)
        return worded.env._("%s can't take anything over any more.", receiver.name or '–')

    def _note_unfinished(self, error):
        _logger.warning("Hand-over %s couldn't be finished, and is tried again later", self.name, exc_info=error)

    def _move(self, customers, receiver):
        takers, moved = self._takers(), {}
        for key, kind in self._open_kinds(customers).items():
            records = self.env[kind['model']].sudo().with_context(**QUIETLY).search(kind['domain'])
            moved[key] = len(records)
            if kind.get('field'):
                records.write({kind['field']: receiver.id})
        contacts = self.env['res.partner'].sudo().search([
            ('id', 'child_of', customers.ids), ('user_id', '=', self.from_user_id.id),
        ])
        (customers | contacts).with_context(**QUIETLY).write({'user_id': receiver.id})
        worded = self.with_context(lang=self.company_id.partner_id.lang)
        customers._message_log_batch(bodies=dict.fromkeys(customers.ids, worded.env._(
            "Handed over from %(leaver)s to %(receiver)s (%(number)s)",
            leaver=self.from_user_id.name, receiver=receiver.name, number=self.name,
        )))
        self.env['mail.activity']._tianyuan_move(takers, customers)
        for kind in self.kind_ids:
            kind.moved += moved.get(kind.key, 0)

    def _finish(self):
        """Move the archives kept, ask the receivers, and tell each of them once."""
        specialist = self.to_specialist_id._tianyuan_keepers_in(self.company_id)
        if self.to_specialist_id - specialist:
            self._message_log(body=self._unfit_reason(self.to_specialist_id))
        archives = self.env['res.partner'].sudo().search(self._archives_of(self.from_user_id, self.company_id))
        if specialist and archives:
            archives.with_context(**QUIETLY).write({'tianyuan_archive_specialist_id': specialist.id})
            worded = self.with_context(lang=self.company_id.partner_id.lang)
            archives._message_log_batch(bodies=dict.fromkeys(archives.ids, worded.env._(
                "Archive handed over from %(leaver)s to %(receiver)s (%(number)s)",
                leaver=self.from_user_id.name, receiver=specialist.name, number=self.name,
            )))
            self.kind_ids.filtered(lambda kind: kind.key == 'archives').moved = len(archives)
        self.activity_unlink([f'{MODULE}.mail_activity_type_hand_over'])
        self.write({'state': 'done', 'done_on': fields.Datetime.now()})
        self.env['tianyuan.rating.run'].sudo()._tianyuan_ask_again(self.company_id)
        self.env['tianyuan.archive.borrow'].sudo()._tianyuan_ask_for_papers()
        moved = self.line_ids.filtered(lambda line: line.state == 'moved')
        counts = {user: len(lines) for user, lines in moved.grouped('to_user_id').items()}
        if specialist:
            counts.setdefault(specialist, 0)
        for user, count in counts.items():
            if user != self.asked_by_id:
                worded = self.with_context(lang=user.lang)
                worded.message_notify(
                    partner_ids=user.partner_id.ids, author_id=self.asked_by_id.partner_id.id,
                    subject=worded.env._("You take over from %s", self.from_user_id.name),
                    body=worded.env._(
                        "You take over %(count)s customers from %(leaver)s, with what is open there.",
                        count=count, leaver=self.from_user_id.name,
                    ),
                )
