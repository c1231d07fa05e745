from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.tianyuan_customer_rating.tools.limits import check_dates
from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, SALES

FOLLOW_UP = 'tianyuan_customer_visit.mail_activity_type_finding'
# what was found, as opposed to what is made of it
FOUND = {'visit_id', 'finding_type', 'description', 'is_quality', 'product_id'}
OVERDUE = 'tianyuan_customer_visit.mail_activity_type_finding_overdue'


class TianyuanVisitFinding(models.Model):
    """What a visit brought to light, and what is made of it (policy 10.2.1).

    Its visit's report keeps it as it was found; whoever follows it up closes it with a result.

    Follow-ups that are late are chased, once until they get another date.

    Quality feedback is noted on its product once its visit is reported (policy 6.4).
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
        self._check_may_change_found()

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'closed_on', 'chased', 'told_product', 'date'}

    @api.model_create_multi
    def create(self, vals_list):
        """Findings of visits that the user may write and whose report isn't handed in yet.

        :raise AccessError: the visit isn't one of the user's customers'
        :raise UserError: the report was handed in
        """
        findings = super().create(vals_list)
        findings._check_may_change_found()
        findings.filtered('user_id')._ask_to_follow_up()
        return findings

    def write(self, vals):
        if vals.get('state', 'open') != 'open' or {'date_due', 'user_id'} & vals.keys():
            self.sudo().activity_feedback([OVERDUE])
        if FOUND & vals.keys():
            self._check_may_change_found()
        if {'date_due', 'user_id'} & vals.keys():
            self.sudo().filtered('chased').chased = False    # its time begins anew
        before = {finding: (finding.user_id, finding.date_due) for finding in self.sudo()}
        result = super().write(vals)
        if 'visit_id' in vals:
            self._check_may_change_found()    # also of the visit where it went to
        self.sudo().filtered(
            lambda finding: before[finding] != (finding.user_id, finding.date_due),
        ).with_env(self.env)._ask_to_follow_up()
        return result

    # -- steps --------------------------------------------------------------------------------------

    def action_done(self):
        """Close findings that were followed up.

        :raise AccessError: neither the customer's salesperson nor who follows it up
        :raise UserError: no result is entered, or closed already
        """
        self._close('done')
        return True

    def action_drop(self):
        """Close findings that nothing is made of; the result says why.

        :raise AccessError: neither the customer's salesperson nor who follows it up
        :raise UserError: no result is entered, or closed already
        """
        self._close('dropped')
        return True

    def action_reopen(self):
        """Take up closed findings again.

        :raise AccessError: neither the customer's salesperson nor who follows it up
        :raise UserError: open already
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
        self.sudo().activity_feedback([FOLLOW_UP])

    def _ask_to_follow_up(self):
        """Give whoever follows up an open finding one activity for it, with its date."""
        self.sudo().activity_unlink([FOLLOW_UP])
        types = self._fields['finding_type']._description_selection
        self.sudo().filtered(lambda finding: finding.state == 'open')._tianyuan_schedule(
            FOLLOW_UP, lambda finding: finding.user_id,
            summary=lambda finding: finding.env._(
                "%(type)s of %(customer)s", type=dict(types(finding.env))[finding.finding_type],
                customer=finding.partner_id.display_name,
            ),
            deadline=lambda finding: finding.date_due or finding.company_id._tianyuan_today(),
            notify=True,
        )

    # -- who may ------------------------------------------------------------------------------------

    def _check_may_change_found(self):
        """Who only follows a finding up doesn't change what was found; nobody does in a report handed in."""
        if self.env.su:
            return
        visits = self.sudo().visit_id.with_env(self.env)
        if not visits.has_access('write'):
            raise AccessError(self.env._("You can change the findings of your own customers' visits only."))
        visits._check_not_reported()

    @api.model
    def _cron_chase(self):
        """Remind whoever follows up; of what nobody follows up, the customer's salesperson."""
        findings, todo = self.sudo(), []
        for company in self.env['res.company'].sudo().search([]):
            todo += findings.search(
                Domain('company_id', '=', company.id) & Domain('state', '=', 'open') & Domain('chased', '=', False)
                & Domain('date_due', '<', company._tianyuan_today()),
            ).ids
        for ids in self.env['ir.cron']._tianyuan_batches(todo):
            batch = findings.browse(ids)
            batch.activity_unlink([FOLLOW_UP])    # the new one says more
            batch._tianyuan_schedule(
                OVERDUE, lambda finding: finding.user_id or finding.partner_id.user_id,
                summary=lambda finding: finding.env._("The follow-up is late"),
            )
            batch.with_context(tracking_disable=True).write({'chased': True})

    def _tell_products(self):
        """Note quality feedback on its product, once, and notify whom the company has chosen for it.

        The customer isn't named: more people read products than read the visits.
        """
        for finding in self.sudo().filtered(lambda finding: finding.is_quality and not finding.told_product):
            reader = finding.company_id.tianyuan_quality_user_id
            product = finding.product_id.with_context(lang=reader.lang or finding.company_id.partner_id.lang)
            product.message_post(
                body=product.env._(
                    "Quality feedback %(number)s: %(text)s", number=finding.name, text=finding.description,
                ),
                author_id=self.env.user.partner_id.id, partner_ids=reader.partner_id.ids,
                message_type='notification', subtype_xmlid='mail.mt_note',
            )
            finding.told_product = True
