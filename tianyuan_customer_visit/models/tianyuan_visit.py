from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty, plaintext2html

from odoo.addons.tianyuan_customer_rating.tools.limits import check_dates
from odoo.addons.tianyuan_customer_rating.tools.roles import check_manager
from odoo.addons.tianyuan_customer_rating.tools.text import listed

from .res_partner import ACTIVITY_TYPES
from .tianyuan_visit_kinds import VISIT_KINDS

# What a visit's form and report say: these fields can't be changed after the report is handed in.
REPORT_FIELDS = {
    'partner_id', 'company_id', 'contact_ids', 'user_id', 'kind', 'date_planned', 'date_done', 'purpose', 'summary',
    'no_evaluation', 'no_demand', 'no_suggestion',
}
REPORT_ACTIVITY = 'tianyuan_customer_visit.mail_activity_type_visit_report'


class TianyuanVisit(models.Model):
    """A visit to a customer by phone, on site or by mail, and its report (客户回访, policy 8.3, 10 and 10.2.1).

    When a report is late, the salesperson is reminded once, and later the team leader once.

    A visit to a potential customer belongs to a cultivation activity. Completing or changing one of the two completes
    or changes the other.

    Feedback on the quality of a product is noted on the product when the report is handed in (policy 6.4).
    """

    _name = 'tianyuan.visit'
    _description = "After-Sales Visit"
    _inherit = [
        'tianyuan.step.mixin', 'tianyuan.customer.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _order = 'date_planned desc, id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.visit', 'HF')

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(tracking=True)
    partner_phone = fields.Char(related='partner_id.phone', string="Phone")
    partner_address = fields.Char(string="Address", compute='_compute_partner_address')
    contact_ids = fields.Many2many(
        'res.partner', 'tianyuan_visit_contact_rel', 'visit_id', 'partner_id', string="Contacts Met",
        domain="[('id', 'child_of', partner_id)]",
    )
    user_id = fields.Many2one(
        'res.users', string="Salesperson", compute='_compute_user_id', store=True, readonly=False, precompute=True,
        index=True, tracking=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    kind = fields.Selection(VISIT_KINDS, string="Visit Kind", required=True, default='onsite', tracking=True)
    state = fields.Selection(
        [('planned', "Planned"), ('done', "To Report"), ('reported', "Reported"), ('cancelled', "Cancelled")],
        string="Status", required=True, readonly=True, copy=False, default='planned', index=True, tracking=True,
        group_expand=True,
    )
    date_planned = fields.Date(
        string="Planned On", required=True, copy=False, index=True, tracking=True,
        default=lambda self: self.env.company._tianyuan_today(),
    )
    date_done = fields.Date(
        string="Visited On", copy=False, tracking=True, help="Empty: the day on which the visit is marked as done.",
    )
    report_due_on = fields.Date(compute='_compute_report_due_on', store=True)
    reported_on = fields.Date(readonly=True, copy=False)
    purpose = fields.Char(string="Visit Purpose")
    summary = fields.Html(string="Report", copy=False)
    finding_ids = fields.One2many('tianyuan.visit.finding', 'visit_id', string="Findings")
    no_evaluation = fields.Boolean(string="No Evaluation to Report", copy=False)
    no_demand = fields.Boolean(string="No Demand to Report", copy=False)
    no_suggestion = fields.Boolean(string="No Suggestion to Report", copy=False)
    report_missing = fields.Char(string="Missing in the Report", compute='_compute_report_missing')
    is_auto = fields.Boolean(
        string="Automatic", readonly=True, copy=False,
        help="Planned automatically; any change that somebody makes ends that.",
    )
    is_overdue = fields.Boolean(string="Overdue", compute='_compute_is_overdue', search='_search_is_overdue')
    chased = fields.Selection(
        [('salesperson', "Salesperson"), ('leader', "Team Leader")], string="Reminded", readonly=True, copy=False,
    )
    activity_id = fields.Many2one(
        'mail.activity', string="Cultivation Activity", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups=fields.NO_ACCESS,
    )

    _name_unique = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "Another visit has this number.")
    _one_planned_by_itself = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'planned' AND is_auto",
        "The customer's next visit is planned already.",
    )

    @api.depends('name', 'partner_id')
    def _compute_display_name(self):
        """Put the customer first, because a calendar's day cell shows little more."""
        for visit in self:
            visit.display_name = " ".join(filter(None, (visit.partner_id.name, visit.name)))

    @api.depends('partner_id')
    def _compute_partner_address(self):
        for visit in self:
            lines = visit.partner_id.sudo()._display_address(without_company=True).splitlines()
            visit.partner_address = " ".join(filter(None, map(str.strip, lines)))

    @api.depends('partner_id')
    def _compute_user_id(self):
        for visit in self:
            visit.user_id = visit.partner_id.user_id or visit.user_id or self.env.user

    @api.depends('date_done', 'company_id')
    def _compute_report_due_on(self):
        for visit in self:
            days = timedelta(days=visit.company_id.sudo().tianyuan_visit_report_days)
            visit.report_due_on = visit.date_done and visit.date_done + days

    @api.depends('state', 'summary', 'finding_ids.finding_type', 'no_evaluation', 'no_demand', 'no_suggestion')
    @api.depends_context('lang')
    def _compute_report_missing(self):
        types = self._finding_types()
        for visit in self:
            missing = []
            if visit.state in ('planned', 'done'):
                missing = [] if not is_html_empty(visit.summary) else [self.env._("a report of how the visit went")]
                missing += [types[name] for name in visit._types_without_finding()]
            visit.report_missing = listed(self.env, missing) or False

    @api.depends('state', 'date_planned', 'report_due_on')
    def _compute_is_overdue(self):
        today = self.env.company._tianyuan_today()
        for visit in self:
            due = {'planned': visit.date_planned, 'done': visit.report_due_on}.get(visit.state)
            visit.is_overdue = bool(due and due < today)

    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env.company._tianyuan_today()
        return (
            Domain('state', '=', 'planned') & Domain('date_planned', '<', today)
            | Domain('state', '=', 'done') & Domain('report_due_on', '<', today)
        )

    @api.onchange('partner_id')
    def _onchange_partner_id(self):
        self.contact_ids = self.contact_ids.filtered(
            lambda contact: contact.commercial_partner_id == self.partner_id,
        )

    @api.constrains('date_planned', 'date_done')
    def _check_sane_dates(self):
        check_dates(self, 'date_planned', 'date_done')

    @api.constrains('date_done')
    def _check_date_done(self):
        for visit in self.filtered('date_done'):
            if visit.date_done > visit.company_id._tianyuan_today():
                raise ValidationError(self.env._("A visit is done today at the latest: correct the day it was made."))

    @api.constrains('contact_ids', 'partner_id')
    def _check_contacts(self):
        for visit in self.sudo():
            for contact in visit.contact_ids:
                if contact.commercial_partner_id != visit.partner_id:
                    raise ValidationError(self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=contact.display_name, customer=visit.partner_id.display_name,
                    ))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_made(self):
        made = self.filtered(lambda visit: visit.state in ('done', 'reported'))
        if made:
            raise UserError(self.env._("%s has been made, and visits are kept.", made[0].display_name))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {
            'is_auto', 'reported_on', 'report_due_on', 'chased', 'activity_id',
        }

    def write(self, vals):
        by_hand = not self.env.su and (REPORT_FIELDS | {'finding_ids'}) & vals.keys()
        if by_hand and REPORT_FIELDS & vals.keys():
            self._check_not_reported()
        if 'state' in vals:
            vals = {**vals, 'chased': False}
            self.sudo().activity_feedback([REPORT_ACTIVITY])
        result = super().write(vals)
        if by_hand:
            self.sudo().filtered('is_auto').is_auto = False    # a visit changed by hand is no longer automatic
        self.sudo()._update_activity_and_product(vals)
        return result

    def _update_activity_and_product(self, vals):
        """Update the cultivation activity and the products after a change of the visit."""
        if {'date_planned', 'user_id', 'kind'} & vals.keys():
            self._update_activity()
        if vals.get('state') == 'done':
            self._complete_activity()
        elif vals.get('state') == 'cancelled':
            # Delete the activities instead of completing them, so that the next run plans them again if they are due.
            self._open_activities().unlink()
        elif vals.get('state') == 'reported':
            self.finding_ids._notify_quality_manager()

    # -- steps --------------------------------------------------------------------------------------

    def action_done(self):
        """Mark planned visits as done, on their visit date or today.

        :raise AccessError: the user may not write a visit to this customer
        :raise UserError: a visit isn't planned
        """
        self._check_step('planned')
        self._mark_done()
        return True

    def action_report(self):
        """Hand in the reports of done visits, which can't be changed afterwards (客户回访报告表, policy 10.2.3).

        :raise AccessError: the user may not write a visit to this customer
        :raise UserError: a report isn't complete; the message lists what is missing
        """
        self._check_step('done')
        for visit in self:
            visit._check_report()
        for company, visits in self.sudo().grouped('company_id').items():
            visits.write({'state': 'reported', 'reported_on': company._tianyuan_today()})
        return True

    def action_ask_report(self):
        """Ask before handing in a report, which can't be changed afterwards; refuse at once if there is no text.

        :return: the action that asks
        :raise AccessError: the user may not write a visit to this customer
        :raise UserError: the visit is reported or cancelled already, or how it went isn't said
        """
        self._check_step('planned', 'done')
        for visit in self:
            visit._check_summary()
        return self.env['tianyuan.question']._ask(self, 'action_hand_in', self.env._("Hand In the Report?"))

    def action_hand_in(self):
        """Hand in reports, and mark what they have no finding about as nothing to report.

        A visit that is still planned is marked as done first.

        :raise AccessError: the user may not write a visit to this customer
        :raise UserError: a visit is reported or cancelled already, or how it went isn't said
        """
        self._check_step('planned', 'done')
        for visit in self:
            visit._check_summary()
        planned = self.filtered(lambda visit: visit.state == 'planned')
        if planned:
            planned.action_done()
        for visit in self:
            visit.write({f'no_{finding_type}': True for finding_type in visit._types_without_finding()})
        return self.action_report()

    def action_cancel(self):
        """Cancel visits. The next automatic visit is planned one interval later.

        :raise AccessError: the user may not write a visit to this customer
        :raise UserError: a visit is reported or cancelled already
        """
        self._check_step('planned', 'done')
        self.sudo().write({'state': 'cancelled', 'date_done': False, 'is_auto': False})
        return True

    def action_replan(self):
        """Plan done or cancelled visits again.

        :raise AccessError: the user may not write a visit to this customer
        :raise UserError: a visit is reported already, or still planned
        """
        self._check_step('done', 'cancelled')
        self.sudo().write({'state': 'planned', 'date_done': False, 'is_auto': False})
        return True

    def action_reopen(self):
        """Reopen reports for correction, with the usual number of days to hand them in again.

        :raise AccessError: the user is no manager
        :raise UserError: a visit isn't reported
        """
        check_manager(self, 'write')
        self._check_step('reported')
        for company, visits in self.sudo().grouped('company_id').items():
            due = company._tianyuan_today() + timedelta(days=company.tianyuan_visit_report_days)
            visits.write({'state': 'done', 'reported_on': False, 'report_due_on': due})
        for visit in self:
            visit.message_post(body=self.env._("The report was reopened to be corrected."))
        return True

    def _mark_done(self):
        """Mark visits as done as superuser; the caller has checked access."""
        visits = self.sudo()
        for day, made in visits.grouped(
            lambda visit: visit.date_done or visit.company_id._tianyuan_today(),
        ).items():
            made.write({'state': 'done', 'date_done': day})

    def _check_not_reported(self):
        for visit in self:
            if visit.state == 'reported':
                raise UserError(self.env._(
                    "The report of %s has been handed in and stays as it is. A manager can reopen it.", visit.name,
                ))

    def _tianyuan_question_details(self, _method):
        """Return what the reports have nothing about, for the question before they are handed in.

        :raise AccessError: the user may not write a visit to this customer
        """
        self._check_step('planned', 'done')
        lines = []
        for visit in self:
            found = set(visit.finding_ids.mapped('finding_type'))
            nothing = [label for name, label in visit._finding_types().items() if name not in found]
            if nothing:
                lines.append(self.env._("Nothing to report: %s", listed(self.env, nothing)))
        return "\n".join(lines)

    @api.model
    def _finding_types(self):
        return dict(self.finding_ids._fields['finding_type']._description_selection(self.env))

    def _types_without_finding(self):
        """Return the kinds of information of which the report neither has a finding nor says that there is none."""
        self.ensure_one()
        found = set(self.finding_ids.mapped('finding_type'))
        return [name for name in self._finding_types() if name not in found and not self[f'no_{name}']]

    def _missing_in_report(self):
        """Return what the report still lacks, as texts in the user's language."""
        types = self._finding_types()
        missing = [] if not is_html_empty(self.summary) else [self.env._("a report of how the visit went")]
        return missing + [
            self.env._("%s: a finding, or the tick that there is nothing to report", types[finding_type])
            for finding_type in self._types_without_finding()
        ]

    def _check_summary(self):
        if is_html_empty(self.summary):
            raise UserError(self.env._("%s: write first how the visit went.", self.name))

    def _check_report(self):
        """Check that the report covers all three kinds of information.

        :raise UserError: something is missing; the message lists all of it
        """
        self.ensure_one()
        missing = self._missing_in_report()
        if missing:
            raise UserError(self.env._(
                "The report of %(visit)s isn't complete. What is missing:\n%(missing)s",
                visit=self.name, missing="\n".join(f"- {part}" for part in missing),
            ))

    @api.model
    def _cron_chase(self):
        """Remind salespeople of late reports, and team leaders of reports that take twice the allowed days."""
        visits, todo = self.sudo(), []
        for company in self.env['res.company'].sudo().search([]):
            today = company._tianyuan_today()
            done = Domain('company_id', '=', company.id) & Domain('state', '=', 'done')
            late = done & Domain('report_due_on', '<', today)
            later = done & Domain('report_due_on', '<', today - timedelta(days=company.tianyuan_visit_report_days))
            todo.append(('salesperson', visits.search(late & Domain('chased', '=', False)).ids))
            todo.append(('leader', visits.search(later & Domain('chased', '!=', 'leader')).ids))
        for who, ids in self.env['ir.cron']._tianyuan_batches_by(todo):
            visits.browse(ids)._chase(who)

    def _chase(self, who):
        chased = self
        if who == 'salesperson':
            asked = self._tianyuan_schedule(
                REPORT_ACTIVITY, lambda visit: visit._reporter(), summary=lambda visit: visit.env._("Report the visit"),
            )
            # Where nobody could be asked, who takes over is asked as soon as there is somebody.
            chased = self.browse().union(*asked)
        else:
            # A salesperson who leads the team was reminded before.
            self._tianyuan_schedule(
                REPORT_ACTIVITY, lambda visit: visit.partner_id.user_id.sale_team_id.user_id - visit._reporter(),
                summary=lambda visit: visit.env._("A visit of your team hasn't been reported"),
            )
        chased.with_context(tracking_disable=True).write({'chased': who})

    def _reporter(self):
        """Return who reports the visit: who made it, or who is responsible for the customer now."""
        return (
            self.user_id._tianyuan_sellers_in(self.company_id) or self.partner_id._tianyuan_responsible(self.company_id)
        )

    def _tianyuan_heirs(self, _activity_type):
        return {visit: visit._reporter() for visit in self}

    def _open_activities(self):
        return self.activity_id.filtered('active').with_context(mail_activity_quick_update=True)

    def _update_activity(self):
        """Give the cultivation activity the visit's day, salesperson and kind."""
        partners = self.env['res.partner']
        for visit in self.filtered(lambda visit: visit.state == 'planned' and visit.activity_id.active):
            type_id = visit.kind in ACTIVITY_TYPES and partners._tianyuan_activity_type(ACTIVITY_TYPES[visit.kind])
            wanted = {'date_deadline': visit.date_planned}
            if visit.user_id:
                wanted['user_id'] = visit.user_id.id
            if type_id:
                wanted['activity_type_id'] = type_id
            activity = visit.activity_id.with_context(mail_activity_quick_update=True)
            values = {
                name: value for name, value in wanted.items()
                if activity._fields[name].convert_to_write(activity[name], activity) != value
            }
            if values:
                activity.write(values)

    def _complete_activity(self):
        """Complete the cultivation activity on the day of the visit, from which the next one is counted."""
        for visit in self:
            activity = visit._open_activities()
            if activity:
                activity._action_done()
                activity.date_done = visit.date_done

    def _complete_from_activities(self, activities, feedback=None):
        """Mark the visits of completed activities as done, and put the feedback into the report."""
        for visit in self.search([('activity_id', 'in', activities.ids), ('state', '=', 'planned')]):
            if feedback and not visit.summary:
                visit.summary = plaintext2html(feedback)
            visit._mark_done()

    def _update_from_activities(self, activities):
        """Give planned visits the day, salesperson and kind of their changed activities."""
        partners = self.env['res.partner']
        kinds = partners._tianyuan_visit_kinds()
        for visit in self.search([('activity_id', 'in', activities.ids), ('state', '=', 'planned')]):
            wanted = partners._tianyuan_visit_values(visit.activity_id, kinds)
            values = {
                name: value for name, value in wanted.items()
                if visit._fields[name].convert_to_write(visit[name], visit) != value
            }
            if values:
                visit.write(values)
