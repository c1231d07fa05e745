from odoo import fields, models


class SurveyQuestion(models.Model):
    """The kind of finding that customers' answers to a question become (policy 10.2.1)."""

    _inherit = 'survey.question'

    tianyuan_finding_type = fields.Selection(
        [
            ('evaluation', "Customer Evaluation"), ('demand', "Market Demand"),
            ('suggestion', "Improvement Suggestion"),
        ],
        string="Customer's Answer Is",
        help="Answers of customers become findings of this type. Scales and tables that are customer evaluations are "
             "also counted as the customer's satisfaction, from 0 for the lowest step of a scale or the first column "
             "of a table to 100 for the highest step or the last column.",
    )
