from odoo import api, fields, models

SCOPES = [
    ('changed', "Customers whose class or tier has changed"), ('all', "All customers with a class"),
    ('selected', "Selected customers"),
]


class TianyuanPolicyApplication(models.Model):
    """Append-only log of applied policies: when, by whom and to how many customers (design §9)."""

    _name = 'tianyuan.policy.application'
    _description = "Policy Application"
    _inherit = ['tianyuan.append.only.mixin', 'tianyuan.plain.text.mixin']
    _order = 'date desc, id desc'
    _rec_name = 'date'

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='restrict')
    date = fields.Datetime(string="Applied On", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        'res.users', string="Applied By", required=True, readonly=True, ondelete='restrict',
        default=lambda self: self.env.uid,
    )
    scope = fields.Selection(SCOPES, string="Customers Looked At", required=True, readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    change_count = fields.Integer(string="Changes", readonly=True)
    line_ids = fields.One2many('tianyuan.policy.application.line', 'application_id', readonly=True)

    @api.model
    def _append_only_message(self):
        return self.env._("What policies have changed is append-only.")
