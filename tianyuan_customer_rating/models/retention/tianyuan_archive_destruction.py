from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.roles import SPECIALIST, check_manager, keeps_archives, managers_of, specialists_of
from ...tools.text import listed

OPEN_STATES = ('draft', 'proposed', 'approved')
STATES = [
    ('draft', "Draft"), ('proposed', "Proposed"), ('approved', "Approved"), ('destroyed', "Destroyed"),
    ('refused', "Refused"), ('cancelled', "Cancelled"),
]
SYSTEM_FIELDS = {
    'author_ids', 'proposed_by_id', 'proposed_on', 'approved_by_id', 'approved_on', 'refusal_reason',
    'destroyed_by_id', 'destroyed_on',
}
MODULE = 'tianyuan_customer_rating'
PROPOSE_TYPE, APPROVE_TYPE = f'{MODULE}.mail_activity_type_retention', f'{MODULE}.mail_activity_type_destruction'


class TianyuanArchiveDestruction(models.Model):
    """Destroying papers whose retention has run out (档案销毁): proposed, approved, carried out, kept as a register.

    An archive specialist proposes, a manager approves who neither proposed nor prepared it, and it is carried out under
    the eyes of somebody who doesn't carry it out. What is destroyed stays on the lines (销毁清册).

    Once a year what has run out is drafted, and the specialists are asked to go through it.
    """

    _name = 'tianyuan.archive.destruction'
    _description = "Destruction of Archive Documents"
    _inherit = ['tianyuan.step.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin']
    _order = 'id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.archive.destruction', 'DS')

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, copy=False, default='draft', index=True, tracking=True,
    )
    reason = fields.Char(required=True, default=lambda self: self.env._("The retention has run out."))
    line_ids = fields.One2many('tianyuan.archive.destruction.line', 'destruction_id', string="Papers", copy=False)
    line_count = fields.Integer(string="Number of Papers", compute='_compute_line_count')
    author_ids = fields.Many2many(
        'res.users', 'tianyuan_destruction_author_rel', 'destruction_id', 'user_id', string="Prepared By",
        readonly=True, copy=False, help="Whoever chose or changed papers. None of them can approve it.",
    )
    proposed_by_id = fields.Many2one('res.users', readonly=True, copy=False, tracking=True)
    proposed_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one('res.users', readonly=True, copy=False, tracking=True)
    approved_on = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Char(readonly=True, copy=False)
    supervised_by_id = fields.Many2one(
        'res.users', domain=[('share', '=', False)], copy=False, tracking=True,
        help="Who sees that the papers are destroyed; not the one who destroys them. By default who approved it.",
    )
    destroyed_by_id = fields.Many2one('res.users', readonly=True, copy=False, tracking=True)
    destroyed_on = fields.Datetime(readonly=True, copy=False)
    can_approve = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    can_edit = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    can_destroy = fields.Boolean(compute='_compute_rights', export_string_translation=False)

    _name_unique = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "Another destruction has this number.")
    _two_people = models.Constraint(
        'CHECK(approved_by_id <> proposed_by_id)', "Who proposes a destruction doesn't approve it.",
    )
    _supervised = models.Constraint(
        'CHECK(supervised_by_id <> destroyed_by_id)', "Who destroys papers doesn't supervise it.",
    )
    _approved_first = models.Constraint(
        "CHECK(state NOT IN ('approved', 'destroyed') OR (proposed_by_id IS NOT NULL AND approved_by_id IS NOT NULL))",
        "A destruction is proposed and approved first.",
    )

    @api.depends('line_ids')
    def _compute_line_count(self):
        counts = dict(self.env['tianyuan.archive.destruction.line']._read_group(
            [('destruction_id', 'in', self.ids)], ['destruction_id'], ['__count'],
        ))
        for destruction in self:
            destruction.line_count = counts.get(destruction._origin, 0) or len(destruction.line_ids)

    @api.depends('state', 'author_ids', 'proposed_by_id')
    @api.depends_context('uid')
    def _compute_rights(self):
        user = self.env.user
        keeper, specialist = keeps_archives(user), user.has_group(SPECIALIST)
        manager = user.has_group('tianyuan_customer_rating.group_manager')
        for destruction in self:
            destruction.can_edit = specialist and destruction.state == 'draft'
            destruction.can_approve = (
                manager and destruction.state == 'proposed' and user not in destruction._preparers()
            )
            destruction.can_destroy = keeper and destruction.state == 'approved'

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Destructions are kept. Cancel this one if it isn't needed any more."))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | SYSTEM_FIELDS

    def _check_tianyuan_protected(self, vals):
        super()._check_tianyuan_protected(vals)
        if self.env.su:
            return
        if {'reason', 'line_ids', 'company_id'} & vals.keys():
            self._check_may_prepare()
        if self and 'supervised_by_id' in vals and any(destruction.state not in OPEN_STATES for destruction in self):
            raise UserError(self.env._("What is destroyed, refused or cancelled stays as it is."))

    @api.model_create_multi
    def create(self, vals_list):
        """Create drafts, numbered per company.

        :raise AccessError: the user is no archive specialist
        """
        if vals_list:
            self._check_may_prepare()
        destructions = super().create(vals_list)
        destructions._note_author()
        return destructions

    def write(self, vals):
        result = super().write(vals)
        if 'reason' in vals and not self.env.su:
            self._note_author()
        return result

    # -- steps ----------------------------------------------------------------------------------------------------

    def action_propose(self):
        """Propose the destruction to the managers.

        :raise AccessError: the user is no archive specialist
        :raise UserError: there is no paper, or one has to be kept
        """
        self._check_step('draft')
        self._check_specialist()
        for destruction in self:
            if not destruction.line_ids:
                raise UserError(self.env._("%s: choose the papers to destroy.", destruction.name))
            destruction.line_ids._check_destructible()
            destruction.line_ids.sudo()._take_snapshot()
        self._note_author()
        self.sudo().write({
            'state': 'proposed', 'proposed_by_id': self.env.uid, 'proposed_on': fields.Datetime.now(),
        })
        self.sudo().activity_feedback([PROPOSE_TYPE])
        self._tianyuan_schedule(
            APPROVE_TYPE, lambda destruction: destruction._approvers(),
            summary=lambda destruction: destruction.env._(
                "%(proposer)s proposes to destroy %(count)s papers",
                proposer=destruction.proposed_by_id.name, count=destruction.line_count,
            ),
            notify=True,
        )
        return True

    def action_approve(self):
        """Approve the destruction; it is carried out by a separate step.

        :raise AccessError: the user is no manager, or has proposed or prepared it
        :raise UserError: a paper has to be kept
        """
        self._check_step('proposed')
        self._check_approver()
        self.line_ids._check_destructible()
        for destruction in self.sudo():
            destruction.write({
                'state': 'approved', 'approved_by_id': self.env.uid, 'approved_on': fields.Datetime.now(),
                'supervised_by_id': destruction.supervised_by_id.id or self.env.uid,
            })
        self._close_activities()
        self._tianyuan_schedule(
            PROPOSE_TYPE, lambda destruction: destruction.proposed_by_id,
            summary=lambda destruction: destruction.env._("%s is approved: destroy the papers", destruction.name),
        )
        return True

    def action_refuse(self, reason=None):
        """Refuse the destruction.

        :param str reason: shown to the proposer
        :raise AccessError: the user is no manager, or has proposed or prepared it
        :raise UserError: no reason is given
        """
        self._check_step('proposed')
        self._check_approver()
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why the destruction is refused."))
        self.sudo().write({'state': 'refused', 'refusal_reason': reason})
        self._close_activities()
        for destruction in self:
            worded = destruction.sudo().with_context(lang=destruction.proposed_by_id.lang)
            worded.message_post(
                body=worded.env._("The destruction was refused: %s", reason),
                partner_ids=destruction.proposed_by_id.partner_id.ids, author_id=self.env.user.partner_id.id,
            )
        return True

    def action_ask_refuse(self):
        """Open the dialog that asks why the destruction is refused.

        :raise AccessError: the user is no manager
        """
        check_manager(self)
        return self.env['tianyuan.reason']._ask(self, 'action_refuse')

    def action_cancel(self):
        """Cancel a destruction that hasn't been carried out.

        :raise AccessError: the user is neither specialist nor manager
        """
        self._check_step(*OPEN_STATES)
        self._check_keeper()
        self.sudo().write({'state': 'cancelled'})
        self._close_activities()
        return True

    def action_ask_destroy(self):
        """Ask before the papers are destroyed for good.

        :raise AccessError: the user is neither specialist nor manager
        """
        self._check_step('approved')
        self._check_keeper()
        return self.env['tianyuan.question']._ask(self, 'action_destroy')

    def action_destroy(self):
        """Destroy the papers for good: their files are deleted, and the register says what they were.

        :raise AccessError: the user is neither specialist nor manager
        :raise UserError: a paper has to be kept by now, or nobody else supervises
        """
        self._check_step('approved')
        self._check_keeper()
        for destruction in self:
            if destruction.supervised_by_id in (self.env['res.users'], self.env.user):
                raise UserError(self.env._(
                    "%s: choose who supervises the destruction; it can't be the one who carries it out.",
                    destruction.name,
                ))
            destruction.line_ids._check_destructible()
            destruction._destroy()
        self._close_activities()
        return True

    def _destroy(self):
        self.ensure_one()
        moment, lines = fields.Datetime.now(), self.line_ids.sudo()
        for documents in lines.document_id.grouped('company_id').values():
            same = documents.with_env(self.env)._destroy_files(
                'destroyed', {'destroyed_on': moment, 'destruction_id': self.id, 'active': False}, number=self.name,
            )
            for line in lines.filtered(lambda line, same=same: line.document_id in same):
                line.remark = self.env._("The same file is also kept as: %s", same[line.document_id])
        self.sudo().write({'state': 'destroyed', 'destroyed_by_id': self.env.uid, 'destroyed_on': moment})
        lines.document_id.with_env(self.env)._log(self.env._("Document destroyed (%s)", self.name) + ": %s")

    def _tianyuan_question_details(self, _method):
        """Return how many papers of which customers are destroyed, for the question before it."""
        lines = []
        for destruction in self:
            customers = destruction.line_ids.mapped('partner_name')
            lines.append(self.env._(
                "%(number)s: %(count)s papers of %(customers)s", number=destruction.name,
                count=len(destruction.line_ids), customers=listed(self.env, sorted(set(filter(None, customers)))),
            ))
        return "\n".join(lines)

    # -- access checks --------------------------------------------------------------------------------------------

    def _preparers(self):
        """Return everybody who had a hand in the proposal, and so can't approve it."""
        destruction = self.sudo()
        lines = destruction.line_ids
        return (
            destruction.author_ids | destruction.proposed_by_id | destruction.create_uid
            | lines.create_uid | lines.write_uid
        ).filtered('active')

    def _check_may_prepare(self):
        """Refuse to change what is proposed already, and users who are no specialists.

        :raise AccessError, UserError: see above
        """
        if self.env.su:
            return
        self._check_specialist()
        if any(destruction.state != 'draft' for destruction in self):
            raise UserError(self.env._("What was proposed stays as it is; cancel it and make a new proposal."))

    def _check_specialist(self):
        if not self.env.su and not self.env.user.has_group(SPECIALIST):
            raise AccessError(self.env._("Only archive specialists propose what is destroyed."))

    def _check_keeper(self):
        if not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers can do this."))

    def _check_approver(self):
        check_manager(self, 'write')
        if any(self.env.user in destruction._preparers() for destruction in self):
            raise AccessError(self.env._(
                "Nobody approves a destruction that they prepared or proposed: ask another manager.",
            ))

    def _note_author(self):
        # sudo: users don't write who had a hand in it. The scheduled action has none.
        if self.env.user.active:
            self.sudo().write({'author_ids': [Command.link(self.env.uid)]})

    # -- drafting -------------------------------------------------------------------------------------------------

    @api.model
    def _draft(self, documents):
        """Return new drafts with a line for each of these documents, one draft for each company.

        :raise AccessError: the user is no archive specialist
        :raise UserError: a document has to be kept, is held, out, or proposed already
        """
        self._check_specialist()
        documents.check_access('read')
        return self.create([{
            'company_id': company.id,
            'line_ids': [Command.create({'document_id': document.id}) for document in papers],
        } for company, papers in documents.grouped('company_id').items()])

    def _open(self):
        """Return the action that shows these destructions."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'tianyuan_customer_rating.tianyuan_archive_destruction_action',
        )
        if len(self) == 1:
            return {**action, 'res_id': self.id, 'view_mode': 'form', 'views': [(False, 'form')]}
        return {**action, 'domain': [('id', 'in', self.ids)]}

    @api.model
    def _cron_retention(self):
        """Draft what has run out in each company, and ask the archive specialists to go through it."""
        Document = self.env['tianyuan.archive.document'].sudo()
        drafts = self.browse()
        for company in self.env['res.company'].sudo().search([]):
            due = Document.search(Document._unproposed_domain(company))
            due -= due.browse().union(*due._out_borrows())
            if due:
                drafts |= self.sudo()._draft(due)
        drafts._tianyuan_schedule(
            PROPOSE_TYPE, lambda destruction: destruction._specialists(),
            summary=lambda destruction: destruction.env._(
                "%s papers have run out: go through them", destruction.line_count,
            ),
        )

    def _specialists(self):
        """Return the archive specialists of the company, or its managers if there are none."""
        return specialists_of(self.company_id) or managers_of(self.company_id)

    def _approvers(self):
        return managers_of(self.company_id) - self._preparers()

    def _tianyuan_customer(self):
        return self.env['res.partner']    # its papers are of several customers

    def _tianyuan_heirs(self, activity_type):
        approval = activity_type == APPROVE_TYPE
        return {
            destruction: destruction._approvers() if approval else destruction._specialists() for destruction in self
        }

    def _close_activities(self):
        self.sudo().activity_feedback([PROPOSE_TYPE, APPROVE_TYPE])
