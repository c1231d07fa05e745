from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

# Fields that a requirement may ask for, on the partner or on one of its contacts.
PARTNER_FIELDS = (
    'name', 'street', 'city', 'phone', 'email', 'website', 'vat', 'company_registry', 'industry_id',
    'tianyuan_registered_capital', 'tianyuan_cooperation_start_date', 'tianyuan_channel',
    'tianyuan_business_nature', 'tianyuan_legal_representative', 'tianyuan_purchased_variety_ids',
    'tianyuan_main_products', 'tianyuan_downstream_market_ids', 'tianyuan_primary_contact_id',
    'tianyuan_secondary_contact_id', 'tianyuan_qq', 'tianyuan_wechat',
)
CONTACT_FIELDS = ('tianyuan_primary_contact_id.phone', 'tianyuan_secondary_contact_id.phone')


class TianyuanArchiveRequirement(models.Model):
    """A field that a complete archive must have (policy 档案 3); each company can change the list.

    Required documents are configured on the document types.
    """

    _name = 'tianyuan.archive.requirement'
    _description = "Archive Requirement"
    _inherit = ['tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'sequence, id'
    _rec_name = 'field_name'

    sequence = fields.Integer(default=10)
    field_name = fields.Selection('_selection_field_name', string="Field", required=True)

    _field_name_unique = models.UniqueIndex('(field_name)', "This field is required already.")

    @api.model
    def _selection_field_name(self):
        """Return the fields to choose from, with their labels on the customer."""
        partner = self.env['res.partner']
        labels = {name: partner._fields[name]._description_string(self.env) for name in PARTNER_FIELDS}
        for path in CONTACT_FIELDS:
            contact, name = path.split('.')
            labels[path] = f"{labels[contact]} / {partner._fields[name]._description_string(self.env)}"
        return list(labels.items())

    @tools.ormcache()
    def _required_paths(self):
        """Return the required fields in order, cached so that saving a customer needs no query."""
        return tuple(self.sudo().search([]).mapped('field_name'))

    @api.constrains('field_name')
    def _check_field_name(self):
        for requirement in self:
            if requirement.field_name not in PARTNER_FIELDS + CONTACT_FIELDS:
                raise ValidationError(self.env._("%s is no field of a customer archive.", requirement.field_name))

    @api.model_create_multi
    def create(self, vals_list):
        requirements = super().create(vals_list)
        self._requirements_changed()
        return requirements

    def write(self, vals):
        result = super().write(vals)
        self._requirements_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._requirements_changed()
        return result

    @api.model
    def _shared_advice(self):
        return ""    # No advice: the required fields are the same for all companies.

    @api.model
    def _requirements_changed(self):
        self.env.registry.clear_cache()
        self.env['res.partner'].sudo()._tianyuan_requirements_changed()
