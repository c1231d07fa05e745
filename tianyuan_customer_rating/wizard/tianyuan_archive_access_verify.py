from odoo import fields, models


class TianyuanArchiveAccessVerify(models.TransientModel):
    _name = 'tianyuan.archive.access.verify'
    _description = "Check a Seal of the Access Log"
    _inherit = ['tianyuan.plain.text.mixin']

    seal = fields.Text(required=True, help="The mail with the seal, or the line of it that begins with TYLOG1/.")

    def action_verify(self):
        """Verify the access log against the seal.

        :raise AccessError: the user is no manager
        :raise UserError: the text has no seal of one of the user's companies
        """
        self.ensure_one()
        return self.env['tianyuan.archive.access.log'].action_verify(self.seal)
