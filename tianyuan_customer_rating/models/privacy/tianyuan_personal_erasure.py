import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import hmac

from ...tools import names as person_names
from ...tools.roles import check_manager

PARTS = ('erased', 'kept', 'check')


class TianyuanPersonalErasure(models.Model):
    """A person is erased (个人信息保护法 47): a keeper of profiles asks, and a manager, who is another person, does it.

    The request lists what is erased, what must stay and why, and which texts somebody has to read because they may name
    the person. When it is done, the list stays as it was, and names the person no more.
    """

    _name = 'tianyuan.personal.erasure'
    _description = "Erasure of a Person"
    _inherit = ['tianyuan.step.mixin', 'tianyuan.plain.text.mixin']
    _order = 'id desc'
    _tianyuan_numbers = ('tianyuan.personal.erasure', 'GX')

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        'res.partner', string="Contact", required=True, index=True, ondelete='restrict',
        domain="[('is_company', '=', False)]",
    )
    reason = fields.Char(required=True, help="Who asked, when and how; don't name the person.")
    state = fields.Selection(
        [('asked', "Asked"), ('done', "Erased"), ('refused', "Refused")],
        string="Status", required=True, readonly=True, copy=False, default='asked', index=True, tracking=True,
    )
    user_id = fields.Many2one(
        'res.users', string="Asked By", required=True, readonly=True, copy=False, default=lambda self: self.env.user,
    )
    asked_on = fields.Date(
        required=True, readonly=True, copy=False, default=lambda self: self.env.company._tianyuan_today(),
    )
    done_by_id = fields.Many2one('res.users', string="Decided By", readonly=True, copy=False)
    done_on = fields.Date(string="Decided On", readonly=True, copy=False)
    refusal_reason = fields.Char(readonly=True, copy=False)
    record = fields.Json(readonly=True, copy=False, export_string_translation=False)
    # Whom it was asked for: what is erased is found by these values, so nobody may change them before it is decided.
    fingerprint = fields.Char(
        compute='_compute_fingerprint', store=True, copy=False, export_string_translation=False,
    )
    erased = fields.Text(string="Is Erased", compute='_compute_plan')
    kept = fields.Text(string="Stays", compute='_compute_plan')
    check = fields.Text(string="To Be Checked by Hand", compute='_compute_plan')

    _one_open = models.UniqueIndex("(partner_id) WHERE state = 'asked'", "This person is to be erased already.")

    @api.depends('partner_id')    # and not its values: the fingerprint is of those at asking
    def _compute_fingerprint(self):
        for erasure in self:
            is_open = erasure.state == 'asked' and erasure.partner_id
            erasure.fingerprint = erasure._fingerprint() if is_open else False

    @api.depends('partner_id', 'record')
    @api.depends_context('lang', 'allowed_company_ids')
    def _compute_plan(self):
        for erasure in self:
            plan = erasure.record
            if (
                not plan and erasure.state == 'asked' and erasure.partner_id
                and erasure.partner_id._origin.has_access('read')
            ):
                # sudo: the list has numbers of records and none of their contents.
                plan = erasure.partner_id._origin.sudo()._tianyuan_erasure_plan()
            for part in PARTS:
                erasure[part] = "\n".join((plan or {}).get(part, ())) or False

    @api.constrains('partner_id')
    def _check_person(self):
        for erasure in self:
            if erasure.state == 'asked':
                # Constraints run as superuser, but whom the user can't read isn't asked for.
                erasure.partner_id.sudo(False)._tianyuan_check_person_access()
                erasure.partner_id._tianyuan_check_erasable()

    def _fingerprint(self):
        """Return a keyed hash of what the person is found by."""
        person = self.partner_id._origin.sudo()
        values = [person.id, person.name, person.commercial_partner_id.id, person.phone or '', person.email or '']
        return hmac(self.env(su=True), 'tianyuan.personal.erasure', json.dumps(values))

    def _tianyuan_protected_fields(self):
        names = {'user_id', 'asked_on', 'done_by_id', 'done_on', 'refusal_reason', 'record', 'fingerprint'}
        # sudo: only the state is looked at. What was decided on stays as it was.
        if any(erasure.state != 'asked' for erasure in self.sudo()):
            names.add('reason')
        # A manager mustn't approve one person and erase another.
        return super()._tianyuan_protected_fields() | names | ({'partner_id', 'company_id'} if self else set())

    def action_erase(self):
        """Erase the person for good.

        :raise AccessError: the user is no manager
        :raise UserError: the user asked for it, the request is closed, or another company holds data too
        """
        for erasure in self._to_decide():
            # sudo: erasing concerns all that is stored, whatever the manager may read.
            person = erasure.partner_id.sudo()
            person._tianyuan_check_erasable()
            if erasure.sudo().fingerprint != erasure._fingerprint():
                raise UserError(self.env._(
                    "Name, customer, phone or e-mail of the contact was changed after it was asked to erase it, so "
                    "something else would be erased. Refuse the request, and have it asked again.",
                ))
            companies = person._tianyuan_companies_holding() | erasure.company_id.sudo()
            others = companies - self.env.user.sudo().company_ids
            if others:
                raise UserError(self.env._(
                    "Other companies hold data on this person too: %s. Only who works in all of them can erase it.",
                    ", ".join(others.mapped('name')),
                ))
            # The company's language: the name stands on records that everybody reads.
            alias = person.with_context(lang=erasure.company_id.sudo().partner_id.lang)._tianyuan_erased_name()
            plan, name = person._tianyuan_erasure_plan(), person.name
            names = person._tianyuan_names()
            reason = person_names.without(erasure.reason, name, alias) if names else erasure.reason
            person._tianyuan_erase_person(alias)
            self.env['tianyuan.archive.access.log']._redact(person, alias, names, companies)
            erasure.sudo().write({
                'state': 'done', 'record': plan, 'reason': reason, 'done_by_id': self.env.uid,
                'done_on': erasure.company_id._tianyuan_today(), 'fingerprint': False,
            })

    def action_ask_refuse(self):
        """Ask for the reason, and refuse then.

        :raise AccessError: the user is no manager
        :raise UserError: the user asked for it, or the request is closed
        """
        return self.env['tianyuan.reason']._ask(self._to_decide(), 'action_refuse')

    def action_refuse(self, reason=None):
        """Refuse to erase the person, for instance because the company must keep the data.

        :param str reason: what the person is told
        :raise AccessError: the user is no manager
        :raise UserError: there is no reason, the user asked for it, or the request is closed
        """
        requests, reason = self._to_decide(), (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Enter the reason: the person is told."))
        for erasure in requests:
            erasure.sudo().write({
                'state': 'refused', 'refusal_reason': reason, 'done_by_id': self.env.uid,
                'done_on': erasure.company_id._tianyuan_today(), 'fingerprint': False,
            })

    def _to_decide(self):
        """Return these requests for the user to decide on.

        :raise AccessError: the user is no manager
        :raise UserError: the user asked for one of them, or it is closed
        """
        check_manager(self, 'write')
        self._check_step('asked')
        if self.env.user in self.user_id:
            raise UserError(self.env._("Who asked to erase a person doesn't decide on it: another manager does."))
        return self
