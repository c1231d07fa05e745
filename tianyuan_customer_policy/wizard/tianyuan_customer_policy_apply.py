from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import clean_context

from odoo.addons.tianyuan_customer_rating.tools.roles import check_manager

from ..models.tianyuan_customer_policy import PARTNER_FIELDS
from ..models.tianyuan_policy_application import SCOPES

# Notes on the customer have more readers than these values, so the notes name the condition only.
CONFIDENTIAL_CONDITIONS = {'credit_limit', 'supply_priority'}


class TianyuanCustomerPolicyApply(models.TransientModel):
    """Wizard that previews the changes by the policies in force today, and writes those chosen (design §9).

    The values of one company are written, to the customers' fields from which sale orders and invoices take them.
    """

    _name = 'tianyuan.customer.policy.apply'
    _description = "Apply Policies"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _check_company_auto = True

    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, ondelete='cascade',
    )
    scope = fields.Selection(SCOPES, string="For", required=True, default='changed')
    partner_ids = fields.Many2many(
        'res.partner', 'tianyuan_policy_apply_partner_rel', 'apply_id', 'partner_id', string="Customers",
        check_company=True, domain="[('tianyuan_customer_class', '!=', False)]",
    )
    is_previewed = fields.Boolean(readonly=True)
    notice = fields.Html(readonly=True)
    looked_at_count = fields.Integer(string="Customers Looked At", readonly=True)
    no_policy_count = fields.Integer(string="Without a Policy", readonly=True)
    customer_count = fields.Integer(string="Customers Changed", compute='_compute_counts')
    change_count = fields.Integer(string="Changes", compute='_compute_counts')
    line_ids = fields.One2many('tianyuan.customer.policy.apply.line', 'apply_id')

    @api.depends('line_ids.selected')
    def _compute_counts(self):
        counts = {
            apply.id: (count, customers) for apply, count, customers in
            self.env['tianyuan.customer.policy.apply.line']._read_group(
                [('apply_id', 'in', self.ids), ('selected', '=', True)], ['apply_id'],
                ['__count', 'partner_id:count_distinct'],
            )
        }
        for apply in self:
            apply.change_count, apply.customer_count = counts.get(apply._origin.id, (0, 0))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'is_previewed', 'notice', 'looked_at_count', 'no_policy_count'}

    def write(self, vals):
        """Discard the preview when other customers are chosen."""
        result = super().write(vals)
        if not self.env.su and {'company_id', 'scope', 'partner_ids'} & vals.keys():
            previews = self.sudo()
            previews.line_ids.unlink()
            previews.write({'is_previewed': False, 'notice': False})
        return result

    @api.depends('scope')
    def _compute_display_name(self):
        for apply in self:
            apply.display_name = self.env._("Apply Policies")

    @api.model
    def _open_preview(self, partners):
        """Open a preview of what policies change for some customers.

        :param partners: ``res.partner``; a contact stands for its company
        :return: action
        :raise AccessError: the user is no manager or can't read the customers
        """
        check_manager(self, 'create')
        partners.check_access('read')
        apply = self.create({
            'scope': 'selected', 'partner_ids': [Command.set(partners.commercial_partner_id.ids)],
        })
        apply.action_preview()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Apply Policies"),
            'res_model': self._name,
            'res_id': apply.id,
            'view_mode': 'form',
        }

    def action_preview(self):
        """Find what the policies in force today would change, without writing to customers.

        :raise AccessError: the user is no manager
        :raise UserError: no customer is selected, or the company has no policy
        """
        self.ensure_one()
        check_manager(self, 'write')
        if not self.env['tianyuan.customer.policy'].sudo().search_count(
            [('company_id', '=', self.company_id.id)], limit=1,
        ):
            raise UserError(self.env._(
                "%s has no policies yet. Add them under Configuration, Customer Policies.", self.company_id.name,
            ))
        self._refresh_preview(self._customers())
        return True

    def action_view_lines(self):
        """Open the changes in a list to search, group and choose them.

        :return: action
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.customer.policy.apply.line',
            'view_mode': 'list',
            'domain': [('apply_id', '=', self.id)],
            'name': self.env._("Changes to Apply"),
        }

    def action_apply(self):
        """Write the chosen changes to the customers, and log them.

        If a customer or policy has changed since the preview, nothing is written. Instead the preview is refreshed and
        says so.

        :return: action that shows what was applied; True if the preview was refreshed
        :raise AccessError: the user is no manager or can't write a customer
        :raise UserError: nothing is chosen
        """
        self.ensure_one()
        check_manager(self, 'write')
        if not self.is_previewed:
            return self.action_preview()
        chosen = self.line_ids.filtered('selected')
        if not chosen:
            raise UserError(self.env._("There is nothing to apply: choose at least one change."))
        company = self.company_id
        customers = chosen.partner_id.with_company(company)
        customers.check_access('write')
        policies = self.env['tianyuan.customer.policy']
        fresh = {
            (change.partner_id, change.condition): change
            for change in policies._changes(company, customers, policies._find_in_force(company, customers))
        }
        changes = [fresh.get((line.partner_id.id, line.condition)) for line in chosen]
        stale = sum(
            not change or line._has_changed(change) for line, change in zip(chosen, changes, strict=True)
        )
        if stale:
            self._refresh_preview(self._customers(), self.env._(
                "Nothing was applied: %s of the chosen changes are no longer what the preview said, because the "
                "customer or the policy has changed since. Here is what would change now.", stale,
            ))
            return True
        application = self._write_changes(customers, changes)
        return {
            'type': 'ir.actions.act_window',
            'res_model': application._name,
            'res_id': application.id,
            'view_mode': 'form',
        }

    def _customers(self):
        """Return the commercial partners to look at, among those the user may read."""
        if self.scope == 'selected':
            if not self.partner_ids:
                raise UserError(self.env._("Choose the customers to whom to apply the policies."))
            return self.partner_ids.commercial_partner_id
        customers = self.env['res.partner'].with_company(self.company_id).search([
            ('tianyuan_customer_class', '!=', False), ('company_id', 'in', (self.company_id.id, False)),
        ])
        if self.scope == 'all':
            return customers
        last = self.env['tianyuan.policy.application'].search([
            ('company_id', '=', self.company_id.id), ('scope', 'in', ('changed', 'all')),
        ], limit=1)
        if not last:
            return customers
        changed = self.env['tianyuan.class.history'].sudo()._read_group([
            ('company_id', '=', self.company_id.id), ('create_date', '>', last.date),
        ], aggregates=['partner_id:recordset'])[0][0]
        return customers & changed.sudo(False)

    def _refresh_preview(self, customers, notice=None):
        """Store what would change, and keep the user's choice of changes that were there before.

        :param customers: commercial partners to look at
        :param notice: text that comes first, or None
        """
        company = self.company_id
        policies = self.env['tianyuan.customer.policy']
        chosen_before = {(line.partner_id.id, line.condition): line.selected for line in self.line_ids}
        holding = policies._find_in_force(company, customers)
        changes = policies._changes(company, customers, holding)
        texts = policies._change_texts(company, changes)
        concerns = policies._concerns(company, changes)
        # sudo: users may only choose lines, not create them
        apply = self.sudo()
        apply.line_ids.unlink()
        apply.line_ids.create([{
            'apply_id': self.id,
            'company_id': company.id,
            'partner_id': change.partner_id,
            'policy_id': change.policy_id,
            'condition': change.condition,
            'old_key': apply.line_ids._comparison_key(change.old),
            'new_key': apply.line_ids._comparison_key(change.new),
            'old_value': old,
            'new_value': new,
            'concern': concerns.get(change),
            'selected': chosen_before.get((change.partner_id, change.condition), change not in concerns),
        } for change, (old, new) in zip(changes, texts, strict=True)])
        apply.write({
            'is_previewed': True,
            'looked_at_count': len(customers),
            'no_policy_count': len(customers) - len(holding),
            'notice': self._preview_notice(
                notice, set(holding.values()), {change.condition for change in changes},
                len({change.partner_id for change in concerns}),
            ),
        })

    def _preview_notice(self, notice, policies, conditions, concerned=0):
        """Return warnings to read before applying.

        :param notice: text that comes first, or None
        :param policies: the policies in force for the customers
        :param conditions: the conditions that would change
        :param concerned: number of customers who would get more credit in spite of a concern
        :return: Markup, or False
        """
        texts = [notice] if notice else []
        archived = sorted(
            policy.name for policy in policies
            if any(record and not record.active for record in (policy.pricelist_id, policy.payment_term_id))
        )
        if archived:
            texts.append(self.env._(
                "An archived price list or payment term is left out. Choose another one in: %s.", archived,
            ))
        if concerned:
            texts.append(self.env._(
                "%s customers would get more credit though they have bad debt, are on hold or overdue. These changes "
                "are marked, and not chosen unless you choose them.", concerned,
            ))
        if 'credit_limit' in conditions and not self.company_id.sudo().account_use_credit_limit:
            texts.append(self.env._(
                "Sales credit limits are switched off in the invoicing settings: until they are on, "
                "no order warns of them.",
            ))
        return Markup().join(Markup("<p class='mb-0'>%s</p>") % text for text in texts) if texts else False

    def _write_changes(self, customers, changes):
        """Write changes that have been checked, and log them.

        :param customers: the customers, with the company whose values are written
        :param changes: list of ``Change``
        :return: the ``tianyuan.policy.application``
        """
        texts = self.env['tianyuan.customer.policy']._change_texts(self.company_id, changes)
        of_customer = defaultdict(list)
        for change, (old, new) in zip(changes, texts, strict=True):
            of_customer[change.partner_id].append((change, old, new))
        # Customers with the same new values are written together.
        alike = defaultdict(list)
        for partner_id, rows in of_customer.items():
            values = tuple((PARTNER_FIELDS[change.condition], change.new) for change, _old, _new in rows)
            alike[values].append(partner_id)
        # sudo: access was checked above, and managers have no access to credit limits
        customers = customers.sudo()
        self._prefetch_customers(customers)
        for values, ids in alike.items():
            customers.browse(ids).with_prefetch(customers.ids).write(dict(values))
        # Clean the context: `default_*` keys would preset who applied the policies, and when.
        applications = self.env['tianyuan.policy.application'].sudo().with_context(clean_context(self.env.context))
        application = applications.create({
            'company_id': self.company_id.id,
            'scope': self.scope,
            'customer_count': len(of_customer),
            'change_count': len(changes),
        })
        application.line_ids.create([{
            'application_id': application.id,
            'company_id': self.company_id.id,
            'partner_id': partner_id,
            'policy_id': change.policy_id,
            'condition': change.condition,
            'old_value': old,
            'new_value': new,
        } for partner_id, rows in of_customer.items() for change, old, new in rows])
        labels = dict(application.line_ids._fields['condition']._description_selection(self.env))
        customers._message_log_batch({
            partner_id: self._change_note(rows, labels) for partner_id, rows in of_customer.items()
        })
        self.sudo().line_ids.unlink()
        return application.sudo(False)

    @api.model
    def _prefetch_customers(self, customers):
        """Prefetch what Odoo reads of each customer when it copies commercial fields to the contacts."""
        family = customers.search([('commercial_partner_id', 'in', customers.ids)])
        family.fetch(PARTNER_FIELDS.values())
        (family | family.child_ids).fetch()
        family.user_ids.fetch(['active'])

    def _change_note(self, rows, labels):
        """Compose the note about the changes in the customer's chatter.

        :param rows: list of (``Change``, old text, new text)
        :param dict labels: condition → label
        :return: Markup
        """
        return Markup("%s<ul>%s</ul>") % (
            self.env._("The customer policy of %s was applied:", self.company_id.name),
            Markup().join(
                Markup("<li>%s</li>") % (
                    labels[change.condition] if change.condition in CONFIDENTIAL_CONDITIONS
                    else f"{labels[change.condition]}: {old or '–'} → {new}"
                ) for change, old, new in rows
            ),
        )
