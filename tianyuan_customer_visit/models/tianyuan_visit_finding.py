from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.tianyuan_customer_rating.tools.limits import check_dates
from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, SALES, managers_of

FOLLOW_UP_ACTIVITY = 'tianyuan_customer_visit.mail_activity_type_finding'
# The finding itself, as opposed to its follow-up: these fields can't be changed after the visit's report is handed in.
CONTENT_FIELDS = {'visit_id', 'finding_type', 'description', 'is_quality', 'product_id'}
OVERDUE_ACTIVITY = 'tianyuan_customer_visit.mail_activity_type_finding_overdue'


class TianyuanVisitFinding(models.Model):
    """A finding of a visit, and its follow-up (policy 10.2.1).

    The finding can't be changed after the visit's report is handed in. The user in charge of the follow-up closes the
    finding with a result, and is reminded once when the follow-up is late, again only after the date has changed.

    Quality feedback is noted on its product when the visit is reported (policy 6.4).
    """

    _name = 'tianyuan.visit.finding'
    _description = "Visit Finding"
    _inherit = ['tianyuan.step.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin']
    _order = 'id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.visit.finding', 'FK')

    visit_id = fields.Many2one('tianyuan.visit', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='visit_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='visit_id.partner_id', store=True, index=True, string="Customer")
    visit_state = fields.Selection(related='visit_id.state', string="Visit Status")
    date = fields.Date(related='visit_id.date_done', store=True, string="Visited On")
    finding_type = fields.Selection(
        [
            ('evaluation', "Customer Evaluation"), ('demand', "Market Demand"),
            ('suggestion', "Improvement Suggestion"),
        ],
        required=True, default='evaluation', index=True,
    )
    description = fields.Text(required=True)
    is_quality = fields.Boolean(
        string="Product Quality", help="Feedback on the quality of a product: it is noted on the product, too.",
    )
    product_id = fields.Many2one(
        'product.template', index='btree_not_null', check_company=True, ondelete='restrict',
    )
    user_id = fields.Many2one(
        'res.users', string="Follow-up By", index='btree_not_null', tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Date(string="Follow-up Until", tracking=True)
    state = fields.Selection(
        [('open', "To Follow Up"), ('done', "Followed Up"), ('dropped', "Dropped")],
        string="Status", required=True, readonly=True, copy=False, default='open', index=True, tracking=True,
    )
    result = fields.Text(copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    chased = fields.Boolean(string="Reminded", readonly=True, copy=False)
    told_product = fields.Boolean(string="Noted on the Product", readonly=True, copy=False)

    _name_unique = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "Another finding has this number.")

    @api.depends('name', 'partner_id')
    def _compute_display_name(self):
        for finding in self:
            customer = finding.partner_id.name
            finding.display_name = f"{finding.name} {customer}" if customer else finding.name

    @api.constrains('is_quality', 'product_id')
    def _check_product(self):
        for finding in self:
            if finding.is_quality and not finding.product_id:
                raise ValidationError(self.env._("Choose the product whose quality the feedback is about."))

    @api.constrains('date_due')
    def _check_sane_dates(self):
        check_dates(self, 'date_due')

    @api.constrains('user_id')
    def _check_user(self):
        for finding in self.sudo().filtered('user_id'):
            if not any(map(finding.user_id.has_group, (SALES, MANAGER))):
                raise ValidationError(self.env._(
                    "%s can't work on findings: choose a salesperson or a manager.", finding.user_id.name,
                ))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_reported(self):
        self._check_may_change_content()

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'closed_on', 'chased', 'told_product', 'date'}

    @api.model_create_multi
    def create(self, vals_list):
        """Add findings, and ask the users in charge to follow them up.

        :raise AccessError: the user may not write the visit
        :raise UserError: the visit's report was handed in already
        """
        findings = super().create(vals_list)
        findings._check_may_change_content()
        findings.filtered('user_id')._ask_to_follow_up()
        return findings

    def write(self, vals):
        if vals.get('state', 'open') != 'open' or {'date_due', 'user_id'} & vals.keys():
            self.sudo().activity_feedback([OVERDUE_ACTIVITY])
        if CONTENT_FIELDS & vals.keys():
            self._check_may_change_content()
        if {'date_due', 'user_id'} & vals.keys():
            self.sudo().filtered('chased').chased = False    # a new date or user gets a new reminder
        before = {finding: (finding.user_id, finding.date_due) for finding in self.sudo()}
        result = super().write(vals)
        if 'visit_id' in vals:
            self._check_may_change_content()    # the new visit must allow changes, too
        self.sudo().filtered(
            lambda finding: before[finding] != (finding.user_id, finding.date_due),
        ).with_env(self.env)._ask_to_follow_up()
        return result

    # -- steps --------------------------------------------------------------------------------------

    def action_done(self):
        """Close findings as followed up.

        :raise AccessError: the user is neither the customer's salesperson nor in charge of the follow-up
        :raise UserError: a finding has no result, or is closed already
        """
        self._close('done')
        return True

    def action_drop(self):
        """Close findings without a follow-up; their result gives the reason.

        :raise AccessError: the user is neither the customer's salesperson nor in charge of the follow-up
        :raise UserError: a finding has no result, or is closed already
        """
        self._close('dropped')
        return True

    def action_reopen(self):
        """Reopen closed findings.

        :raise AccessError: the user is neither the customer's salesperson nor in charge of the follow-up
        :raise UserError: a finding is open already
        """
        self._check_step('done', 'dropped')
        self.sudo().write({'state': 'open', 'closed_on': False, 'chased': False})
        self._ask_to_follow_up()
        return True

    def _close(self, state):
        self._check_step('open')
        for finding in self:
            if not (finding.result or '').strip():
                raise UserError(self.env._("%s: enter the result first.", finding.name))
        for company, findings in self.sudo().grouped('company_id').items():
            findings.write({'state': state, 'closed_on': company._tianyuan_today()})
        self.sudo().activity_feedback([FOLLOW_UP_ACTIVITY])

    def _ask_to_follow_up(self):
        """Plan one activity for each open finding that has a user in charge, due on the finding's date."""
        self.sudo().activity_unlink([FOLLOW_UP_ACTIVITY])
        types = self._fields['finding_type']._description_selection
        self.sudo().filtered(lambda finding: finding.state == 'open')._tianyuan_schedule(
            FOLLOW_UP_ACTIVITY, lambda finding: finding.user_id,
            summary=lambda finding: finding.env._(
                "%(type)s of %(customer)s", type=dict(types(finding.env))[finding.finding_type],
                customer=finding.partner_id.display_name,
            ),
            deadline=lambda finding: finding.date_due or finding.company_id._tianyuan_today(),
            notify=not self.env.context.get('mail_activity_quick_update'),
        )

    # -- access ------------------------------------------------------------------------------------

    def _check_may_change_content(self):
        """Check that the user may change the findings themselves, not only their follow-up.

        :raise AccessError: the user may not write the visit
        :raise UserError: the visit's report was handed in
        """
        if self.env.su:
            return
        visits = self.sudo().visit_id.with_env(self.env)
        if not visits.has_access('write'):
            raise AccessError(self.env._("You can change the findings of your own customers' visits only."))
        visits._check_not_reported()

    @api.model
    def _cron_chase(self):
        """Remind of late follow-ups the user in charge, or the customer's salesperson if nobody is in charge."""
        findings, todo = self.sudo(), []
        for company in self.env['res.company'].sudo().search([]):
            todo += findings.search(
                Domain('company_id', '=', company.id) & Domain('state', '=', 'open') & Domain('chased', '=', False)
                & Domain('date_due', '<', company._tianyuan_today()),
            ).ids
        for ids in self.env['ir.cron']._tianyuan_batches(todo):
            batch = findings.browse(ids)
            batch.activity_unlink([FOLLOW_UP_ACTIVITY])    # the reminder replaces the first activity
            asked = batch._tianyuan_schedule(
                OVERDUE_ACTIVITY, lambda finding: finding._tianyuan_heirs(OVERDUE_ACTIVITY)[finding],
                summary=lambda finding: finding.env._("The follow-up is late"),
            )
            # Where nobody could be asked, who takes over is asked as soon as there is somebody.
            findings.union(*asked).with_context(tracking_disable=True).write({'chased': True})

    def _tianyuan_heirs(self, _activity_type):
        return {
            finding: finding.user_id._tianyuan_sellers_in(finding.company_id)
            or finding.partner_id._tianyuan_responsible(finding.company_id) for finding in self
        }

    def _notify_quality_manager(self):
        """Note quality feedback once on its product, and notify the company's user for quality feedback.

        The note doesn't name the customer, because products have more readers than visits.
        """
        for finding in self.sudo().filtered(lambda finding: finding.is_quality and not finding.told_product):
            reader = finding.company_id.tianyuan_quality_user_id
            if reader and not reader.active:
                reader = managers_of(finding.company_id)[:1]
            product = finding.product_id.with_context(lang=reader.lang or finding.company_id.partner_id.lang)
            product.message_post(
                body=product.env._(
                    "Quality feedback %(number)s: %(text)s", number=finding.name, text=finding.description,
                ),
                author_id=self.env.user.partner_id.id, partner_ids=reader.partner_id.ids,
                message_type='notification', subtype_xmlid='mail.mt_note',
            )
            finding.told_product = True
