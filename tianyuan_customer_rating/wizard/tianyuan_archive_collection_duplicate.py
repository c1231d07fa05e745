from odoo import api, fields, models
from odoo.exceptions import UserError


class TianyuanArchiveCollectionDuplicate(models.TransientModel):
    """Asks the reviewer whether a prospect is an existing customer, before a customer is created."""

    _name = 'tianyuan.archive.collection.duplicate'
    _description = "Possible Duplicates of a Prospect"
    _inherit = ['tianyuan.plain.text.mixin']

    collection_id = fields.Many2one('tianyuan.archive.collection', required=True)
    duplicate_ids = fields.Many2many(related='collection_id.duplicate_ids', related_sudo=False)
    duplicate_warning = fields.Html(related='collection_id.duplicate_warning', related_sudo=False)
    partner_id = fields.Many2one(
        'res.partner', string="Existing Customer", domain="[('id', 'in', duplicate_ids)]",
        compute='_compute_partner_id', store=True, readonly=False, compute_sudo=False,
    )

    @api.depends('collection_id')
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard.collection_id.duplicate_ids[:1]

    def action_use(self):
        """Link the prospect's form to the chosen customer; differences are then reviewed on the form.

        :raise UserError: no customer is chosen
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose the existing customer."))
        self.collection_id._use_customer(self.partner_id)
        return {'type': 'ir.actions.act_window_close'}

    def action_create(self):
        """Create a customer although there are similar ones."""
        self.ensure_one()
        self.collection_id._check_review()
        if self.collection_id.partner_id:
            raise UserError(self.env._("%s is about a customer already.", self.collection_id.display_name))
        self.collection_id._create_customer()
        return {'type': 'ir.actions.act_window_close'}
