from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import clean_context

from odoo.addons.tianyuan_customer_rating.tools.roles import check_manager

from ..models.tianyuan_customer_policy import PARTNER_FIELDS
from ..models.tianyuan_policy_application import SCOPES

# a note on the customer is read by everyone who reads the customer; these values aren't
UNNAMED = {'credit_limit', 'supply_priority'}


class TianyuanCustomerPolicyApply(models.TransientModel):
    """Apply the policies that hold today: first see what changes for whom, then write it (design §9).

    Values of one company are written, to the fields sale orders and invoices take them from.
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
        """For other customers than before the preview is to be made anew."""
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
    def _open(self, partners):
        """Preview what policies change for some customers.

        :param partners: ``res.partner``; of a contact the company counts
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
        """Find what the policies that hold today would change; nothing is written to customers.

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
        self._fill(self._customers())
        return True

    def action_view_lines(self):
        """The changes in a list of their own, to search, group and choose.

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

        If a customer or policy has changed since the preview, nothing is written: the preview is made anew and
        says so.

        :return: action that shows what was applied; True: the preview was made anew
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
            for change in policies._changes(company, customers, policies._holding(company, customers))
        }
        changes = [fresh.get((line.partner_id.id, line.condition)) for line in chosen]
        stale = sum(
            not change or line._is_other(change) for line, change in zip(chosen, changes, strict=True)
        )
        if stale:
            self._fill(self._customers(), self.env._(
                "Nothing was applied: %s of the chosen changes are no longer what the preview said, because the "
                "customer or the policy has changed since. Here is what would change now.", stale,
            ))
            return True
        application = self._apply(customers, changes)
        return {
            'type': 'ir.actions.act_window',
            'res_model': application._name,
            'res_id': application.id,
            'view_mode': 'form',
        }

    def _customers(self):
        """The commercial partners to look at, as the user may read them."""
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

    def _fill(self, customers, notice=None):
        """Keep what would change; what the user left out before stays left out, and what the user chose in spite of a
        concern stays chosen."""
        company = self.company_id
        policies = self.env['tianyuan.customer.policy']
        chosen_before = {(line.partner_id.id, line.condition): line.selected for line in self.line_ids}
        holding = policies._holding(company, customers)
        changes = policies._changes(company, customers, holding)
        texts = policies._change_texts(company, changes)
        concerns = policies._concerns(company, changes)
        # users only choose among the lines, they don't make them
        apply = self.sudo()
        apply.line_ids.unlink()
        apply.line_ids.create([{
            'apply_id': self.id,
            'company_id': company.id,
            'partner_id': change.partner_id,
            'policy_id': change.policy_id,
            'condition': change.condition,
            'old_key': apply.line_ids._key(change.old),
            'new_key': apply.line_ids._key(change.new),
            'old_value': old,
            'new_value': new,
            'concern': concerns.get(change),
            'selected': chosen_before.get((change.partner_id, change.condition), change not in concerns),
        } for change, (old, new) in zip(changes, texts, strict=True)])
        apply.write({
            'is_previewed': True,
            'looked_at_count': len(customers),
            'no_policy_count': len(customers) - len(holding),
            'notice': self._notice(
                notice, set(holding.values()), {change.condition for change in changes},
                len({change.partner_id for change in concerns}),
            ),
        })

    def _notice(self, notice, policies, conditions, concerned=0):
        """What to bear in mind before applying.

        :param notice: text that comes first, or None
        :param policies: those that hold for the customers
        :param conditions: which conditions would change
        :param concerned: how many customers would get more credit though something speaks against it
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

    def _apply(self, customers, changes):
        """Write changes that have been checked, and log them.

        :param customers: whom they are about, in the company whose values they are
        :param changes: list of ``Change``
        :return: the ``tianyuan.policy.application``
        """
        texts = self.env['tianyuan.customer.policy']._change_texts(self.company_id, changes)
        of_customer = defaultdict(list)
        for change, (old, new) in zip(changes, texts, strict=True):
            of_customer[change.partner_id].append((change, old, new))
        # who gets the same is written at once
        alike = defaultdict(list)
        for partner_id, rows in of_customer.items():
            values = tuple((PARTNER_FIELDS[change.condition], change.new) for change, _old, _new in rows)
            alike[values].append(partner_id)
        # access has been checked; managers don't otherwise see credit limits
        customers = customers.sudo()
        self._warm_up(customers)
        for values, ids in alike.items():
            customers.browse(ids).with_prefetch(customers.ids).write(dict(values))
        # a caller's defaults would say who applied them, and when
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
            partner_id: self._note(rows, labels) for partner_id, rows in of_customer.items()
        })
        self.sudo().line_ids.unlink()
        return application.sudo(False)

    @api.model
    def _warm_up(self, customers):
        """Read at once what Odoo reads of each customer and contact to keep contacts in step with their company."""
        family = customers.search([('commercial_partner_id', 'in', customers.ids)])
        family.fetch(PARTNER_FIELDS.values())
        (family | family.child_ids).fetch()
        family.user_ids.fetch(['active'])

    def _note(self, rows, labels):
        """What a customer's page says of the changes.

        :param rows: list of (``Change``, old text, new text)
        :param dict labels: condition → its name
        :return: Markup
        """
        return Markup("%s<ul>%s</ul>") % (
            self.env._("The customer policy of %s was applied:", self.company_id.name),
            Markup().join(
                Markup("<li>%s</li>") % (
                    labels[change.condition] if change.condition in UNNAMED
                    else f"{labels[change.condition]}: {old or '–'} → {new}"
                ) for change, old, new in rows
            ),
        )
