from odoo import fields, models


class TianyuanRatingImportProblem(models.Model):
    """What is wrong with a row of a list of earlier ratings, and what to do about it."""

    _name = 'tianyuan.rating.import.problem'
    _description = "Wrong Row of an Import"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _order = 'row, id'
    _rec_name = 'row'

    import_id = fields.Many2one(
        'tianyuan.rating.import', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='import_id.company_id', store=True, precompute=True)
    row = fields.Integer(readonly=True, aggregator=None, help="The row's number in the spreadsheet.")
    customer = fields.Char(readonly=True, help="The customer as the file names it.")
    message = fields.Text(string="What to Do", required=True, readonly=True)

    def _tianyuan_protected_fields(self):
        return set(self._fields)
