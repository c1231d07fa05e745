from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine.sheets import UNCONFIRMED_STATES
from .tianyuan_class_history import CUSTOMER_CLASSES
from .tianyuan_limits import check_amounts, check_dates
from .tianyuan_rating_scheme import CHANNELS
from .tianyuan_roles import ARCHIVE, ROLES, keeps_archives

# written by confirming a rating only (design §3.1)
OUTCOME_FIELDS = {
    'tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_is_major_account',
}
# a contact shows those of its company
SYNCED_FIELDS = ['tianyuan_channel', 'tianyuan_business_nature']
# What somebody who keeps archives takes along to a duplicate of a customer. The fields say ``copy=False`` themselves:
# whatever else is duplicated with a partner, such as its user, would ask for them on behalf of people who may not
# read them.
DUPLICATED_FIELDS = (
    'tianyuan_channel', 'tianyuan_business_nature', 'tianyuan_registered_capital',
    'tianyuan_registered_capital_currency_id', 'tianyuan_legal_representative', 'tianyuan_cooperation_start_date',
    'tianyuan_purchased_variety_ids', 'tianyuan_main_products', 'tianyuan_downstream_market_ids', 'tianyuan_qq',
    'tianyuan_wechat', 'tianyuan_archive_specialist_id',
)
# In a context: the archive of customers that are merged has been moved, and Odoo need not write it again. Nobody but
# code in this process can put the object there.
ARCHIVE_MERGED = object()


class ResPartner(models.Model):
    """What the customer archive (客户档案) holds, and the outcome of the customer's rating per company."""

    _name = 'res.partner'
    _inherit = ['tianyuan.protected.mixin', 'res.partner', 'tianyuan.activity.mixin', 'tianyuan.grouping.mixin']
    _tianyuan_access_fields = ()

    tianyuan_channel = fields.Selection(
        CHANNELS, string="Channel", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_business_nature = fields.Selection(
        [('manufacturer', "Manufacturer"), ('dealer', "Dealer")],
        string="Business Nature", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_registered_capital = fields.Monetary(
        string="Registered Capital", currency_field='tianyuan_registered_capital_currency_id', copy=False,
        groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_registered_capital_currency_id = fields.Many2one(
        'res.currency', string="Registered Capital Currency", copy=False, groups=ROLES, prefetch=ARCHIVE,
    )
    tianyuan_legal_representative = fields.Char(
        string="Legal Representative", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_cooperation_start_date = fields.Date(
        string="Cooperation Since", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_purchased_variety_ids = fields.Many2many(
        'product.template', 'tianyuan_partner_variety_rel', 'partner_id', 'product_id',
        string="Purchased Varieties", copy=False, groups=ROLES, tracking=True,
    )
    tianyuan_main_products = fields.Char(
        string="Main Products", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_downstream_market_ids = fields.Many2many(
        'tianyuan.downstream.market', 'tianyuan_partner_market_rel', 'partner_id', 'market_id',
        string="Downstream Markets", copy=False, groups=ROLES, tracking=True,
    )
    tianyuan_primary_contact_id = fields.Many2one(
        'res.partner', string="First Contact", domain="[('parent_id', '=', id)]", index='btree_not_null',
        copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_secondary_contact_id = fields.Many2one(
        'res.partner', string="Second Contact", domain="[('parent_id', '=', id)]", index='btree_not_null',
        copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True,
    )
    tianyuan_qq = fields.Char(string="QQ", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True)
    tianyuan_wechat = fields.Char(string="WeChat", copy=False, groups=ROLES, prefetch=ARCHIVE, tracking=True)

    tianyuan_tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Customer Tier", company_dependent=True, index=False, readonly=True, copy=False,
        ondelete='restrict', groups=ROLES,
    )
    tianyuan_score = fields.Float(
        string="Rating Score", company_dependent=True, index=False, readonly=True, copy=False,
        groups=ROLES, aggregator='avg',
    )
    tianyuan_customer_class = fields.Selection(
        CUSTOMER_CLASSES, string="Customer Class", company_dependent=True, index=False, readonly=True,
        copy=False, groups=ROLES,
    )
    tianyuan_is_major_account = fields.Boolean(
        string="Major Account", company_dependent=True, index=False, readonly=True, copy=False,
        groups=ROLES,
    )
    tianyuan_rating_ids = fields.One2many('tianyuan.rating', 'partner_id', string="Customer Ratings", groups=ROLES)
    tianyuan_can_edit_archive = fields.Boolean(
        compute='_compute_tianyuan_can_edit_archive', groups=ROLES, export_string_translation=False,
    )

    @api.depends_context('uid')
    def _compute_tianyuan_can_edit_archive(self):
        self.tianyuan_can_edit_archive = keeps_archives(self.env.user)

    @api.constrains('tianyuan_cooperation_start_date')
    def _check_tianyuan_cooperation_date_is_sane(self):
        check_dates(self, 'tianyuan_cooperation_start_date')

    @api.constrains('tianyuan_registered_capital')
    def _check_tianyuan_registered_capital(self):
        check_amounts(self, 'tianyuan_registered_capital')

    @api.constrains('tianyuan_cooperation_start_date')
    def _check_tianyuan_cooperation_start_date(self):
        for partner in self:
            start = partner.tianyuan_cooperation_start_date
            if start and start > fields.Date.context_today(self):
                raise ValidationError(self.env._("%s: the cooperation can't begin in the future.", partner.name))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if self.env.su or keeps_archives(self.env.user):
            for partner, vals in zip(self, vals_list, strict=True):
                if vals:    # None for a record that is being copied already
                    archive = partner._convert_to_write({name: partner[name] for name in DUPLICATED_FIELDS})
                    vals.update({name: value for name, value in archive.items() if name not in vals})
        return vals_list

    def write(self, vals):
        if self.env.context.get('tianyuan_archive_merged') is ARCHIVE_MERGED:
            vals = {name: value for name, value in vals.items() if not name.startswith('tianyuan_')}
        result = super().write(vals)
        if {'parent_id', 'is_company'} & vals.keys():
            self.filtered(lambda partner: partner.commercial_partner_id != partner)._tianyuan_cancel_open_sheets()
        return result

    def _tianyuan_cancel_open_sheets(self):
        """Contacts aren't rated: from now on their company's sheet counts what they buy (design §4)."""
        # sudo: whoever arranges contacts need not have a role
        sheets = self.env['tianyuan.rating'].sudo().search([
            ('partner_id', 'in', self.ids), ('state', 'in', UNCONFIRMED_STATES),
        ])
        sheets.write({'state': 'cancelled'})
        sheets._message_log_batch({
            sheet.id: self.env._(
                "Cancelled: %(contact)s has become a contact of %(company)s, whose rating counts its purchases and "
                "payments from now on.",
                contact=sheet.partner_id.name, company=sheet.partner_id.commercial_partner_id.name,
            ) for sheet in sheets
        })

    def _commercial_fields(self):
        return super()._commercial_fields() + SYNCED_FIELDS

    def _tianyuan_protected_fields(self):
        """Outcomes are awarded, never written; the archive is written by specialists and managers (design §10)."""
        if keeps_archives(self.env.user):
            return super()._tianyuan_protected_fields() | OUTCOME_FIELDS
        return {name for name in self._fields if name.startswith('tianyuan_')}

    def _check_tianyuan_protected(self, vals):
        if self.env.su:
            return
        written = {name: value for name, value in vals.items() if name.startswith('tianyuan_')}
        if written and not self:
            # a form sends what a new customer has anyway, of fields its user can't change too
            new = {'tianyuan_archive_state': 'none', **self.default_get(list(written))}
            written = {name: value for name, value in written.items() if value and value != new.get(name)}
        if written and not self._tianyuan_is_sync_from_company(written):
            super()._check_tianyuan_protected(written)

    def _tianyuan_protected_message(self, names):
        if names & OUTCOME_FIELDS:
            return self.env._(
                "Tier, score and class of a customer are awarded by confirming a rating; they can't be written.",
            )
        return self.env._("Only archive specialists and managers can change a customer's archive.")

    def _tianyuan_is_sync_from_company(self, vals):
        """Whether the values are those a contact takes over from its company, whoever saves the contact."""
        return bool(self) and vals.keys() <= set(SYNCED_FIELDS) and all(
            contact.commercial_partner_id != contact and contact.commercial_partner_id.sudo()[name] == value
            for contact in self for name, value in vals.items()
        )

    def _tianyuan_is_own(self):
        """Whether the user is the customer's salesperson, or leads the salesperson's team (design §10)."""
        self.ensure_one()
        salesperson = self.commercial_partner_id.sudo().user_id
        return self.env.user in (salesperson, salesperson.sale_team_id.user_id)

    def _tianyuan_count_records(self, model, domain):
        """Count the records about these customers that the user may read, with one query for all of them.

        A contact has its company's number. A partner that isn't saved yet has none, and so has everybody where the
        user may not read the model.

        :param str model: which records; their field ``partner_id`` is the customer
        :param domain: which of them count
        :return: dict of each of these partners → number
        """
        records, customers = self.env[model], self._origin.commercial_partner_id
        counts = {}
        if customers and records.has_access('read'):
            about = Domain(domain) & Domain('partner_id', 'in', customers.ids)
            counts = dict(records._read_group(about, ['partner_id'], ['__count']))
        return {partner: counts.get(partner._origin.commercial_partner_id, 0) for partner in self}

    def _tianyuan_open_records(self, model, action):
        """Open the records there are about a customer.

        :param str model: which records; their field ``partner_id`` is the customer
        :param str action: the addon's action that shows them
        :return: action
        :raise AccessError: the user may not read the customer, or no such records
        """
        self.ensure_one()
        self.check_access('read')
        self.env[model].check_access('read')
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id(f'tianyuan_customer_rating.{action}'),
            'domain': [('partner_id', '=', customer.id)],
            'context': {'default_partner_id': customer.id},
        }

    def action_tianyuan_quarter_to_date(self):
        """Show the customer's score so far of the running quarter."""
        self.ensure_one()
        return self.env['tianyuan.quarter.to.date']._open(self.commercial_partner_id)

    def action_tianyuan_ratings(self):
        """Open the customer's ratings.

        :raise AccessError: the user may not read the customer, or has no role
        """
        return self._tianyuan_open_records('tianyuan.rating', 'tianyuan_rating_action')
