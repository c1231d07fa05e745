from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_bad_debt_account_ids = fields.Many2many(
        related='company_id.tianyuan_bad_debt_account_ids', readonly=False,
    )
    tianyuan_doubtful_account_ids = fields.Many2many(
        related='company_id.tianyuan_doubtful_account_ids', readonly=False,
    )
    tianyuan_bill_account_ids = fields.Many2many(related='company_id.tianyuan_bill_account_ids', readonly=False)
    tianyuan_bill_payment = fields.Selection(
        related='company_id.tianyuan_bill_payment', readonly=False, required=True,
    )
    tianyuan_claim_journal_ids = fields.Many2many(related='company_id.tianyuan_claim_journal_ids', readonly=False)
    tianyuan_rating_run_day = fields.Integer(related='company_id.tianyuan_rating_run_day', readonly=False)
    tianyuan_rating_auto_run = fields.Boolean(related='company_id.tianyuan_rating_auto_run', readonly=False)
    tianyuan_rating_archive_check = fields.Selection(
        related='company_id.tianyuan_rating_archive_check', readonly=False, required=True,
    )
    tianyuan_rating_assessment_days = fields.Integer(
        related='company_id.tianyuan_rating_assessment_days', readonly=False,
    )
    tianyuan_archive_max_megabytes = fields.Integer(related='company_id.tianyuan_archive_max_megabytes', readonly=False)
    tianyuan_archive_file_kinds = fields.Char(
        related='company_id.tianyuan_archive_file_kinds', readonly=False, required=True,
    )
    tianyuan_archive_review_months = fields.Integer(
        related='company_id.tianyuan_archive_review_months', readonly=False,
    )
