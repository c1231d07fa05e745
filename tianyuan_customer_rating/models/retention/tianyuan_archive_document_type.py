from odoo import fields, models

from ...tools.roles import MANAGER


class TianyuanArchiveDocumentType(models.Model):
    """How long documents of the type are kept, and whether their files are deleted once somebody has checked them.

    Only managers change these rules: with them, one person alone could have files destroyed.
    """

    _inherit = 'tianyuan.archive.document.type'

    retention = fields.Selection(
        [
            ('permanent', "Permanently"), ('after_expiry', "After It Expired"),
            ('after_relation', "After the End of the Relation"),
        ],
        string="Keep",
        help="A document expires on the last day it is valid, or else when a later version takes its place. The "
             "relation ends on the day the archive is closed. Empty: as the company keeps archives.",
    )
    retention_years = fields.Integer(string="Years Kept", default=10)
    delete_once_checked = fields.Boolean(
        help="The file is deleted as soon as the specialist has checked it; who checked it, when and what was seen "
             "stays in its place, and counts as the document.",
    )

    _retention_years_positive = models.Constraint(
        "CHECK(retention IS NULL OR retention = 'permanent' OR retention_years BETWEEN 1 AND 200)",
        "Documents are kept for 1 to 200 years, or permanently.",
    )

    def _tianyuan_protected_fields(self):
        names = super()._tianyuan_protected_fields()
        if self.env.user.has_group(MANAGER):
            return names
        return names | {'retention', 'retention_years', 'delete_once_checked'}

    def _tianyuan_protected_message(self, names):
        if names & {'retention', 'retention_years', 'delete_once_checked'}:
            return self.env._("How long documents are kept is decided by a manager.")
        return super()._tianyuan_protected_message(names)
