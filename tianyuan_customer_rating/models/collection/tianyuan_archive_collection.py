from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount, format_date

from ...tools import tax_ids
from ...tools.collection_items import ITEM_BY_KEY, ITEMS, NAMES, PATHS, customer_values, plain, values
from ...tools.roles import SPECIALIST, keeps_archives, specialists_of
from ...tools.selections import CHANNELS
from ...tools.text import listed
from ..mixins.tianyuan_protected_mixin import without_discussion

# Fields that the proposer may edit while the form is a draft.
ENTRY_FIELDS = {'partner_id', 'company_id', 'date', 'source', 'note', *NAMES}
CLOSED_STATES = ('accepted', 'partly', 'rejected')
# Attributes of the proposal fields: they start with the customer's current value, which the proposer can edit.
PROPOSAL_ATTRIBUTES = {
    'compute': '_compute_proposal', 'store': True, 'readonly': False, 'precompute': True, 'compute_sudo': False,
}
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_collection'


class TianyuanArchiveCollection(models.Model):
    """客户资料搜集表 (policy 附件5): what sales has found out about a customer or a prospect (policy 档案 1, 8.2).

    The proposer fills in the form and submits it. The archive specialist then compares it with the archive and accepts
    or rejects it (design §7). Accepted values are written with the reviewer's rights.
    """

    _name = 'tianyuan.archive.collection'
    _description = "Collection Form"
    _inherit = [
        'tianyuan.protected.mixin', 'tianyuan.customer.mixin', 'tianyuan.activity.mixin', 'mail.thread',
        'mail.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _order = 'date desc, id desc'
    _rec_names_search = ['customer_name', 'partner_id']
    _mail_post_access = 'read'
    _check_company_auto = True

    partner_id = fields.Many2one(
        required=False, index='btree_not_null', help="Empty for a prospect who isn't in the system yet.",
    )
    is_prospect = fields.Boolean(
        string="New Prospect", compute='_compute_is_prospect', store=True, precompute=True,
        help="Collected about somebody who wasn't in the system.",
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', string="Proposed By", required=True, readonly=True, index=True, copy=False,
        default=lambda self: self.env.user,
    )
    date = fields.Date(string="Collected On", required=True, default=fields.Date.context_today)
    source = fields.Selection(
        [('visit', "Visit"), ('exhibition', "Exhibition or Conference"), ('phone', "Phone"), ('other', "Other")],
        string="Source of Information", required=True, default='visit',
    )
    note = fields.Text()
    state = fields.Selection(
        [
            ('draft', "Draft"), ('submitted', "To Review"), ('accepted', "Accepted"), ('partly', "Partly Accepted"),
            ('rejected', "Rejected"),
        ],
        string="Status", required=True, readonly=True, default='draft', index=True, copy=False, tracking=True,
    )
    submitted_on = fields.Datetime(readonly=True, copy=False)
    reviewed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    reviewed_on = fields.Datetime(readonly=True, copy=False)
    reject_reason = fields.Char(string="Reason of Rejection", readonly=True, copy=False)
    line_ids = fields.One2many('tianyuan.archive.collection.line', 'collection_id', string="Comparison", readonly=True)
    customer_name = fields.Char(**PROPOSAL_ATTRIBUTES)
    vat = fields.Char(string="Tax ID", **PROPOSAL_ATTRIBUTES)
    street = fields.Char(**PROPOSAL_ATTRIBUTES)
    street2 = fields.Char(**PROPOSAL_ATTRIBUTES)
    city = fields.Char(**PROPOSAL_ATTRIBUTES)
    state_id = fields.Many2one(
        'res.country.state', string="Province", domain="[('country_id', '=?', country_id)]", **PROPOSAL_ATTRIBUTES,
    )
    zip = fields.Char(string="Postal Code", **PROPOSAL_ATTRIBUTES)
    country_id = fields.Many2one('res.country', **PROPOSAL_ATTRIBUTES)
    phone = fields.Char(**PROPOSAL_ATTRIBUTES)
    email = fields.Char(**PROPOSAL_ATTRIBUTES)
    website = fields.Char(**PROPOSAL_ATTRIBUTES)
    channel = fields.Selection(CHANNELS, **PROPOSAL_ATTRIBUTES)
    business_nature = fields.Selection(selection='_selection_business_nature', **PROPOSAL_ATTRIBUTES)
    registered_capital = fields.Monetary(currency_field='registered_capital_currency_id', **PROPOSAL_ATTRIBUTES)
    registered_capital_currency_id = fields.Many2one('res.currency', **PROPOSAL_ATTRIBUTES)
    legal_representative = fields.Char(**PROPOSAL_ATTRIBUTES)
    cooperation_start_date = fields.Date(string="Cooperation Since", **PROPOSAL_ATTRIBUTES)
    purchased_variety_ids = fields.Many2many(
        'product.template', 'tianyuan_collection_variety_rel', 'collection_id', 'product_id',
        string="Purchased Varieties", check_company=True, **PROPOSAL_ATTRIBUTES,
    )
    main_products = fields.Char(**PROPOSAL_ATTRIBUTES)
    downstream_market_ids = fields.Many2many(
        'tianyuan.downstream.market', 'tianyuan_collection_market_rel', 'collection_id', 'market_id',
        string="Downstream Markets", **PROPOSAL_ATTRIBUTES,
    )
    first_contact_name = fields.Char(string="First Contact", **PROPOSAL_ATTRIBUTES)
    first_contact_phone = fields.Char(string="First Contact's Phone", **PROPOSAL_ATTRIBUTES)
    second_contact_name = fields.Char(string="Second Contact", **PROPOSAL_ATTRIBUTES)
    second_contact_phone = fields.Char(string="Second Contact's Phone", **PROPOSAL_ATTRIBUTES)
    qq = fields.Char(string="QQ", **PROPOSAL_ATTRIBUTES)
    wechat = fields.Char(string="WeChat", **PROPOSAL_ATTRIBUTES)
    # Values that the form started with: only differences from them are proposed.
    prefilled = fields.Json(
        compute='_compute_proposal', store=True, precompute=True, compute_sudo=False, copy=False,
    )
    can_edit = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    can_take_back = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    can_review = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    changed_meanwhile = fields.Boolean(compute='_compute_changed_meanwhile', export_string_translation=False)
    duplicate_ids = fields.Many2many('res.partner', string="Possible Duplicates", compute='_compute_duplicates')
    duplicate_warning = fields.Html(compute='_compute_duplicates', sanitize=False)
    vat_warning = fields.Char(compute='_compute_vat_warning', export_string_translation=False)

    @api.depends('partner_id')
    def _compute_is_prospect(self):
        for form in self:
            form.is_prospect = not form.partner_id

    @api.depends('partner_id')
    def _compute_proposal(self):
        for form in self:
            customer = form.partner_id
            for name, path in PATHS.items():
                form[name] = plain(customer, path) if customer else False
            if not form.registered_capital_currency_id:
                form.registered_capital_currency_id = form.company_id.currency_id or self.env.company.currency_id
            form.prefilled = {item.key: customer_values(item, customer) for item in ITEMS}
            if not customer:
                form.country_id = form.company_id.country_id

    @api.depends('state', 'user_id', 'line_ids.state')
    @api.depends_context('uid')
    def _compute_rights(self):
        may_review = keeps_archives(self.env.user)
        for form in self:
            mine = form.user_id == self.env.user
            form.can_edit = mine and form.state == 'draft'
            form.can_take_back = (
                mine and form.state == 'submitted' and all(line.state == 'pending' for line in form.line_ids)
            )
            form.can_review = may_review and form.state == 'submitted'

    @api.depends('line_ids.changed_meanwhile')
    def _compute_changed_meanwhile(self):
        for form in self:
            form.changed_meanwhile = any(form.line_ids.mapped('changed_meanwhile'))

    @api.depends('partner_id', 'state', 'customer_name', 'vat', 'phone', 'first_contact_phone', 'second_contact_phone')
    @api.depends_context('uid', 'lang', 'allowed_company_ids')
    def _compute_duplicates(self):
        self.duplicate_ids = False
        self.duplicate_warning = False
        open_prospects = self.filtered(lambda form: not form.partner_id and form.state in ('draft', 'submitted'))
        found = self.env['res.partner']._tianyuan_find_duplicates([
            (form.customer_name, form.vat, [form.phone, form.first_contact_phone, form.second_contact_phone])
            for form in open_prospects
        ])
        for form, ranks in zip(open_prospects, found, strict=True):
            form.duplicate_ids = self.env['res.partner'].union(*ranks)
            form.duplicate_warning = self.env['res.partner']._tianyuan_duplicate_list(ranks)

    @api.depends('vat', 'country_id', 'company_id')
    @api.depends_context('lang')
    def _compute_vat_warning(self):
        for form in self:
            is_chinese = form.vat and tax_ids.is_chinese(form.country_id, form.company_id)
            form.vat_warning = is_chinese and tax_ids.warning(self.env, form.vat)

    @api.depends('customer_name', 'partner_id', 'date')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for form in self:
            form.display_name = self.env._(
                "%(customer)s, collected on %(day)s",
                customer=form.partner_id.name or form.customer_name or self.env._("New prospect"),
                day=format_date(self.env, form.date),
            )

    @api.constrains('cooperation_start_date', 'date')
    def _check_dates(self):
        for form in self:
            today = fields.Date.context_today(form)
            if form.cooperation_start_date and form.cooperation_start_date > today:
                raise ValidationError(self.env._(
                    "%s: the cooperation can't begin in the future.", form.customer_name or form.display_name,
                ))
            if form.date > today:
                raise ValidationError(self.env._("Data can't have been collected in the future."))

    @api.ondelete(at_uninstall=False)
    def _unlink_check_state(self):
        if any(form.state != 'draft' for form in self):
            raise UserError(self.env._("Only a draft collection form can be deleted."))

    @api.model_create_multi
    def create(self, vals_list):
        """Create forms for the user as proposer; fields that aren't given get the value in the customer's archive.

        :raise AccessError: the customer isn't one of the user's, or a protected field is given
        """
        forms = super().create(vals_list)
        forms._check_may_propose(forms.partner_id)
        return forms

    def write(self, vals):
        result = super().write(vals)
        if 'partner_id' in vals:
            self._check_may_propose(self.partner_id)
        return result

    def copy(self, default=None):
        raise UserError(self.env._(
            "A collection form can't be duplicated. Make a new one: it starts from the customer's present values.",
        ))

    def _tianyuan_protected_fields(self):
        return without_discussion(self._fields) - ENTRY_FIELDS

    def action_submit(self):
        """Compare the form with the archive and submit it to the specialist.

        :raise AccessError: the user isn't the proposer
        :raise UserError: the form has been submitted already, or proposes no change
        """
        self._check_proposer()
        for form in self:
            if form.state != 'draft':
                raise UserError(self.env._("%s is submitted already.", form.display_name))
            form._check_may_propose(form.partner_id)
            form._check_filled()
            form.sudo()._compare()
            if not form.line_ids:
                raise UserError(self.env._(
                    "Nothing on the form differs from the customer's archive. Change what is different, then submit.",
                ))
            form.sudo().write({'state': 'submitted', 'submitted_on': fields.Datetime.now()})
            form.sudo()._ask_for_review()
        return True

    def action_take_back(self):
        """Return a submitted form to draft, as long as nothing has been decided.

        :raise AccessError: the user isn't the proposer
        :raise UserError: the form isn't submitted, or the review has begun
        """
        self._check_proposer()
        for form in self:
            if form.state != 'submitted' or any(line.state != 'pending' for line in form.line_ids):
                raise UserError(self.env._(
                    "%s can't be taken back: it isn't submitted, or its review has begun.", form.display_name,
                ))
        forms = self.sudo()
        forms.line_ids.unlink()
        forms.write({'state': 'draft', 'submitted_on': False})
        forms.activity_unlink([ACTIVITY_TYPE])
        return True

    def action_accept(self):
        """Accept all undecided lines; a prospect becomes a customer.

        If there are similar customers, the reviewer is asked first whether the prospect is one of them.

        :raise AccessError: the user keeps no archives
        :raise UserError: the form isn't submitted
        """
        self._check_review()
        for form in self:
            if form.partner_id:
                form._accept(form._pending())
            elif form.duplicate_ids:
                if len(self) > 1:
                    raise UserError(self.env._(
                        "%s may be a customer already. Open the form and decide.", form.display_name,
                    ))
                return form._ask_duplicate()
            else:
                form._create_customer()
        return True

    def action_reject(self, reason=None):
        """Reject all undecided lines.

        :param str reason: shown to the proposer
        :raise AccessError: the user keeps no archives
        :raise UserError: no reason is given, or the form isn't submitted
        """
        self._check_review()
        for form in self:
            form._reject(form._pending(), reason)
        return True

    def action_ask_reject(self):
        """Open the dialog that asks for the reason.

        :raise AccessError: the user keeps no archives
        :raise UserError: the form isn't submitted
        """
        self.ensure_one()
        self._check_review()
        return self.env['tianyuan.reason']._ask(self, 'action_reject')

    @api.model
    def _selection_business_nature(self):
        return self.env['res.partner']._fields['tianyuan_business_nature']._description_selection(self.env)

    @api.model
    def _contact_message(self, contact, company):
        return self.env._(
            "%(contact)s is a contact: collect data about its company %(company)s.", contact=contact, company=company,
        )

    def _check_tianyuan_protected(self, vals):
        """Allow only the proposer to edit a draft; everything else is set by the actions.

        :raise AccessError: the form is somebody else's, or a state or decision is written
        :raise UserError: the form is submitted or closed
        """
        written = without_discussion(vals)
        if written and any(form.state in CLOSED_STATES for form in self):
            raise UserError(self.env._("A collection form that has been reviewed can't be changed."))
        super()._check_tianyuan_protected(vals)
        if self and written and not self.env.su:
            self._check_proposer()
            if any(form.state != 'draft' for form in self):
                raise UserError(self.env._("The collection form is submitted. Take it back to change it."))

    def _tianyuan_protected_message(self, names):
        return self.env._("State, proposer and decisions of a collection form can't be entered. Use its buttons.")

    def _check_proposer(self):
        self.check_access('read')
        for form in self:
            if form.user_id != self.env.user:
                raise AccessError(self.env._(
                    "%(form)s: only %(user)s, who filled it in, can do this.",
                    form=form.display_name, user=form.sudo().user_id.name,
                ))

    @api.model
    def _check_may_propose(self, customers):
        """Refuse customers for whom the user may not propose changes.

        :raise AccessError: a customer isn't one of the user's
        """
        for customer in customers:
            if not self._may_propose(customer):
                raise AccessError(self.env._(
                    "%s isn't one of your customers. Ask the customer's salesperson.", customer.sudo().name,
                ))

    @api.model
    def _may_propose(self, customer):
        """Return whether the user may propose changes of the customer.

        Sales users may for their own customers, users who keep archives for all.
        """
        if not self.has_access('create'):
            return False
        return self.env.su or keeps_archives(self.env.user) or customer._tianyuan_is_own()

    def _changed_items(self):
        """Return the items that the proposer has changed.

        :return: dict of item → (the customer's current values, proposed values)
        """
        self.ensure_one()
        changes = {}
        for item in ITEMS:
            proposed, current = values(item, self), customer_values(item, self.partner_id)
            if proposed not in (self.prefilled[item.key], current):
                changes[item] = (current, proposed)
        return changes

    @api.model
    def _item_label(self, item):
        return self._fields[item.key]._description_string(self.env)

    @api.model
    def _item_text(self, item, plain_values):
        """Return the plain values of an item as readable text in the user's language."""
        first, *rest = plain_values
        if not first:
            return ''
        field = self._fields[item.key]
        if field.type == 'monetary':
            currency = self.env['res.currency'].browse(rest[0] or self.env.company.currency_id.id)
            return format_amount(self.env, first, currency)
        if field.type == 'date':
            return format_date(self.env, first)
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(first, first)
        if field.relational:
            records = self.env[field.comodel_name].sudo().browse(first if isinstance(first, list) else [first])
            return listed(self.env, records.exists().mapped('name'))
        return ' '.join(filter(None, plain_values))

    def _print_rows(self):
        """Return the rows of the printed form.

        A draft shows the archive's current values, a submitted form those at submission.

        :return: dict of section → list of (label, value in the archive, proposed value, decision)
        """
        self.ensure_one()
        lines = {ITEM_BY_KEY[line.key]: line for line in self.line_ids}
        changes = {} if self.line_ids else self._changed_items()
        rows = {}
        for item in ITEMS:
            line = lines.get(item)
            current, proposed = changes.get(item, (customer_values(item, self.partner_id), False))
            row = (line.old_text, line.new_text or self.env._("(empty)"), line.decision_text) if line else (
                self._item_text(item, current),
                proposed and (self._item_text(item, proposed) or self.env._("(empty)")) or '',
                '',
            )
            rows.setdefault(item.section, []).append((self._item_label(item), *row))
        return rows

    def _check_review(self):
        self.check_access('read')
        if not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers review collection forms."))
        for form in self:
            if form.state != 'submitted':
                raise UserError(self.env._("%s isn't waiting for a review.", form.display_name))

    def _check_filled(self):
        if not (self.customer_name or '').strip():
            raise UserError(self.env._("Give the customer's name."))
        for contact in ('first_contact', 'second_contact'):
            if self[f'{contact}_phone'] and not (self[f'{contact}_name'] or '').strip():
                raise UserError(self.env._(
                    "%(field)s: say whose number %(phone)s is.",
                    field=self._fields[f'{contact}_name']._description_string(self.env),
                    phone=self[f'{contact}_phone'],
                ))

    def _pending(self):
        return self.line_ids.filtered(lambda line: line.state == 'pending')

    def _compare(self):
        """Recreate the lines: one for each item that differs."""
        self.line_ids.unlink()
        self.env['tianyuan.archive.collection.line'].create([
            {
                'collection_id': self.id, 'sequence': ITEMS.index(item), 'key': item.key,
                'old_value': current, 'new_value': proposed,
            } for item, (current, proposed) in self._changed_items().items()
        ])

    # -- decisions ------------------------------------------------------------------------------

    def _accept(self, lines):
        """Write the lines to the customer with the user's own rights, and log old and new values there."""
        self.ensure_one()
        customer, log = self.partner_id.with_company(self.company_id), self._accepted_log(lines)
        vals = self._partner_vals(lines)
        if vals:
            customer.write(vals)
        self._finish_accepting(customer, lines, log)

    def _create_customer(self):
        """Create a customer from the lines that aren't rejected, with an archive in the state "collecting"."""
        self.ensure_one()
        lines, proposer, reviewer = self._pending(), self.user_id, self.env.user
        log = self._accepted_log(lines)
        customer = self.env['res.partner'].with_company(self.company_id).create({
            **self._partner_vals(lines),
            'is_company': True,
            'user_id': proposer.id if proposer.sudo().has_group('sales_team.group_sale_salesman') else False,
            'tianyuan_archive_state': 'collecting',
            'tianyuan_archive_specialist_id': reviewer.id if reviewer.has_group(SPECIALIST) else False,
        })
        self._link(customer)
        self._finish_accepting(customer, lines, log)
        return customer

    def _finish_accepting(self, customer, lines, log):
        for line in lines:
            contact = ITEM_BY_KEY[line.key].contact
            if contact:
                customer[contact] = self._contact_person(customer, customer[contact], *line.new_value)
        customer._message_log(body=log)
        self._decide(lines, 'accepted')

    def _use_customer(self, customer):
        """Link the prospect's form to an existing customer; differences from that customer are then reviewed."""
        self.ensure_one()
        self._check_review()
        if self.partner_id:
            raise UserError(self.env._("%s is about a customer already.", self.display_name))
        customer = customer.commercial_partner_id
        customer.check_access('write')
        rejected = self.line_ids.filtered(lambda line: line.state == 'rejected').mapped('key')
        self._link(customer)
        # The prospect's form started empty, so an empty field proposes nothing.
        lines = self.sudo()
        for line in lines.line_ids.filtered(lambda line: line.key not in rejected):
            changes = {item.key: change for item, change in self._changed_items().items()}
            if line.key in changes:
                line.old_value = changes[line.key][0]
            else:
                line.unlink()
        self._message_log(body=self.env._("Taken for the customer %s", customer.display_name))
        if not self._pending():
            self._close()

    def _link(self, customer):
        fields_kept = [self._fields[name] for name in (*PATHS, 'prefilled', 'is_prospect')]
        with self.env.protecting(fields_kept, self):
            self.sudo().write({'partner_id': customer.id})

    def _reject(self, lines, reason):
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why it is rejected: the proposer reads it."))
        self._decide(lines, 'rejected', reason)

    def _decide(self, lines, decision, reason=False):
        lines.sudo().write({'state': decision, 'reason': reason, 'reviewed_by_id': self.env.uid})
        if not self._pending():
            self._close(reason)

    def _close(self, reason=False):
        """Close the fully decided form with its outcome, and notify the proposer."""
        states = set(self.line_ids.mapped('state'))
        state = 'rejected' if states == {'rejected'} else 'partly' if 'rejected' in states else 'accepted'
        self.sudo().write({
            'state': state, 'reviewed_by_id': self.env.uid, 'reviewed_on': fields.Datetime.now(),
            'reject_reason': reason if state == 'rejected' else False,
        })
        self.sudo().activity_unlink([ACTIVITY_TYPE])
        self._notify_proposer()

    @api.model
    def _partner_vals(self, lines):
        """Return the values of the lines to write on a customer, without contacts."""
        partner_fields, vals = self.env['res.partner']._fields, {}
        for line in lines:
            item = ITEM_BY_KEY[line.key]
            if not item.contact:
                for path, value in zip(item.paths, line.new_value, strict=True):
                    is_many = partner_fields[path].type == 'many2many'
                    vals[path] = [fields.Command.set(value or [])] if is_many else value
        return vals

    @api.model
    def _contact_person(self, customer, current, name, phone):
        """Return the customer's contact of this name with this phone number; it is created if missing."""
        if not name:
            return current.browse()
        namesakes = (current + customer.child_ids).filtered(lambda contact: contact.name == name)
        contact = namesakes[:1]
        if not contact:
            return customer.create({'name': name, 'phone': phone, 'parent_id': customer.id, 'type': 'contact'})
        if contact.phone != phone and (phone or contact == current):
            contact.phone = phone
        return contact

    # -- messages -------------------------------------------------------------------------------

    def _accepted_log(self, lines):
        """Return the note for the customer's chatter; for archive fields it has the labels only, no values.

        Users who may not see the archive can read the chatter. The tracking values there show the values to users who
        may.
        """
        partner_fields = self.env['res.partner']._fields
        return Markup("%s<ul>%s</ul>") % (
            self.env._("Accepted from the collection form %s", self._get_html_link()),
            Markup().join(
                Markup("<li>%s</li>") % line.label
                if partner_fields[ITEM_BY_KEY[line.key].paths[0].partition('.')[0]].groups else
                Markup("<li>%s: %s → %s</li>") % (line.label, line.now_text or line.old_text or '–', line.new_text)
                for line in lines
            ),
        )

    def _notify_proposer(self):
        proposer = self.user_id
        form = self.with_context(lang=proposer.lang or self.env.lang)
        states = dict(form._fields['state']._description_selection(form.env))
        rejected = form.line_ids.filtered(lambda line: line.state == 'rejected')
        form.message_post(
            body=Markup("<b>%s</b>%s") % (states[form.state], Markup("<ul>%s</ul>") % Markup().join(
                Markup("<li>%s: %s – %s</li>") % (line.label, line.new_text, line.decision_text) for line in rejected
            ) if rejected else ''),
            partner_ids=(proposer - self.env.user).partner_id.ids,
            subtype_xmlid='mail.mt_comment',
        )

    def _ask_for_review(self):
        self._tianyuan_schedule(
            ACTIVITY_TYPE, lambda form: form._reviewer(),
            summary=lambda form: form.env._("Compare with the archive: %s", form.customer_name),
            notify=True,
        )

    def _tianyuan_heirs(self, _activity_type):
        return {form: form._reviewer() for form in self}

    def _reviewer(self):
        """Return who reviews the form: the customer's specialist, else the company's first one, administrators last."""
        specialists = specialists_of(self.company_id)
        return (specialists & self.partner_id.tianyuan_archive_specialist_id or specialists)[:1]

    def _ask_duplicate(self):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Is It a Customer Already?"),
            'res_model': 'tianyuan.archive.collection.duplicate',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_collection_id': self.id},
        }
