from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..archive.collection import ITEM_BY_KEY, ITEMS, PATHS
from .tianyuan_roles import SPECIALIST, keeps_archives

ACTIVITY = 'tianyuan_customer_rating.mail_activity_type_collection'


class TianyuanArchiveCollection(models.Model):
    """Submitting a collection form and deciding on it (design §7). Accepted values are written as the reviewer."""

    _inherit = 'tianyuan.archive.collection'

    def action_submit(self):
        """Compare the form with the archive and hand it to the specialist.

        :raise AccessError: the user isn't the proposer
        :raise UserError: it is submitted already, or there is nothing to review
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
        """Take a submitted form back to change it, as long as nothing is decided.

        :raise AccessError: the user isn't the proposer
        :raise UserError: it isn't submitted, or the review has begun
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
        forms.activity_unlink([ACTIVITY])
        return True

    def action_accept(self):
        """Accept everything that isn't decided yet; a prospect becomes a customer.

        Where customers like the prospect exist, the reviewer is asked first whether it is one of them.

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
        """Reject everything that isn't decided yet.

        :param str reason: why; the proposer reads it
        :raise AccessError: the user keeps no archives
        :raise UserError: no reason, or the form isn't submitted
        """
        self._check_review()
        for form in self:
            form._reject(form._pending(), reason)
        return True

    def action_ask_reject(self):
        """Ask for the reason.

        :raise AccessError: the user keeps no archives
        :raise UserError: the form isn't submitted
        """
        self.ensure_one()
        self._check_review()
        return self.env['tianyuan.reason']._ask(self, 'action_reject')

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
        """Make the lines anew: one for each item that is different."""
        self.line_ids.unlink()
        self.env['tianyuan.archive.collection.line'].create([
            {
                'collection_id': self.id, 'sequence': ITEMS.index(item), 'key': item.key,
                'old_value': current, 'new_value': proposed,
            } for item, (current, proposed) in self._changed_items().items()
        ])

    # -- deciding -------------------------------------------------------------------------------

    def _accept(self, lines):
        """Write lines to the customer as the user, whose own rights decide, and log old and new there."""
        self.ensure_one()
        customer, log = self.partner_id.with_company(self.company_id), self._accepted_log(lines)
        vals = self._partner_vals(lines)
        if vals:
            customer.write(vals)
        self._finish_accepting(customer, lines, log)

    def _create_customer(self):
        """Make the prospect a customer whose archive is being collected, of what isn't rejected."""
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
        """Take the prospect for an existing customer: what differs is reviewed there."""
        self.ensure_one()
        self._check_review()
        if self.partner_id:
            raise UserError(self.env._("%s is about a customer already.", self.display_name))
        customer = customer.commercial_partner_id
        customer.check_access('write')
        rejected = self.line_ids.filtered(lambda line: line.state == 'rejected').mapped('key')
        self._link(customer)
        # the prospect's form began empty: what it leaves empty is no proposal
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
        """Nothing is pending any more: fix the outcome and tell the proposer."""
        states = set(self.line_ids.mapped('state'))
        state = 'rejected' if states == {'rejected'} else 'partly' if 'rejected' in states else 'accepted'
        self.sudo().write({
            'state': state, 'reviewed_by_id': self.env.uid, 'reviewed_on': fields.Datetime.now(),
            'reject_reason': reason if state == 'rejected' else False,
        })
        self.sudo().activity_unlink([ACTIVITY])
        self._tell_proposer()

    @api.model
    def _partner_vals(self, lines):
        """What lines say, as values to write on a customer; contact persons are left out."""
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
        """The customer's contact of this name, made where there is none, with this phone number."""
        if not name:
            return current.browse()
        namesakes = (current + customer.child_ids).filtered(lambda contact: contact.name == name)
        contact = namesakes[:1]
        if not contact:
            return customer.create({'name': name, 'phone': phone, 'parent_id': customer.id, 'type': 'contact'})
        if contact.phone != phone and (phone or contact == current):
            contact.phone = phone
        return contact

    # -- telling --------------------------------------------------------------------------------

    def _accepted_log(self, lines):
        """A note for the customer: old and new, but for fields of the archive only that they changed.

        The customer's chatter is open to many who may not see the archive; its tracking shows those values to
        whoever may.
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

    def _tell_proposer(self):
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
            ACTIVITY, lambda form: form._reviewer(),
            summary=lambda form: form.env._("Compare with the archive: %s", form.customer_name),
            notify=True,
        )

    def _reviewer(self):
        """Who is asked: the customer's specialist, else the first of the company's; an administrator comes last."""
        def can_review(user):
            return user.active and self.company_id in user.company_ids

        specialists = self.env.ref(SPECIALIST).all_user_ids.sorted(
            lambda user: (user.has_group('base.group_system'), user.id),
        )
        own = self.partner_id.tianyuan_archive_specialist_id.filtered(lambda user: user in specialists)
        return (own + specialists).filtered(can_review)[:1]

    def _ask_duplicate(self):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Is It a Customer Already?"),
            'res_model': 'tianyuan.archive.collection.duplicate',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_collection_id': self.id},
        }
