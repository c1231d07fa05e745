from odoo import api, fields, models
from odoo.exceptions import ValidationError

CUSTOMER_DOMAIN = "['|', ('is_company', '=', True), ('parent_id', '=', False)]"


class TianyuanCustomerMixin(models.AbstractModel):
    """A record about a customer, which is always a commercial partner, never a contact."""

    _name = 'tianyuan.customer.mixin'
    _description = "Record about a Customer"

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict', check_company=True,
        domain=CUSTOMER_DOMAIN,
    )

    @api.constrains('partner_id')
    def _check_partner_id(self):
        self._check_customers(self.sudo().partner_id)

    @api.model
    def _check_customers(self, partners):
        """Refuse partners that are contacts of a customer.

        :raise ValidationError: names the first contact and its company
        """
        for partner in partners:
            company = partner.commercial_partner_id
            if partner != company:
                # Back to the user's environment: names of partners that the user can't read mustn't be shown.
                contact, company = partner.with_env(self.env), company.with_env(self.env)
                raise ValidationError(self._contact_message(contact.display_name, company.display_name))

    @api.model
    def _contact_message(self, contact, company):
        """Return the error message for choosing a contact instead of its company."""
        return self.env._(
            "%(contact)s is a contact: choose its company %(company)s.", contact=contact, company=company,
        )
