from odoo import api, fields, models


class TianyuanArchiveNumber(models.Model):
    """A number that a customer's archive once had: it still finds the customer, and is never given to another one.

    Like the numbers themselves these rows belong to no company and are unique in all of them; users see those of the
    customers they may see. Only code writes them, when a number is changed, when customers are merged, and when a
    customer becomes a contact of its group.
    """

    _name = 'tianyuan.archive.number'
    _description = "Former Archive Number"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'until desc, id desc'
    _rec_name = 'number'

    number = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True, ondelete='cascade',
    )
    since = fields.Date(readonly=True, help="Empty: from the beginning.")
    until = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    reason = fields.Selection(
        [('changed', "Number changed"), ('merged', "Customers merged"), ('joined', "Became a contact of its group")],
        required=True, readonly=True, default='changed',
    )

    _number_unique = models.UniqueIndex('(number)', "A former archive number stays with its customer.")
    _search_idx = models.Index("(lower(number) text_pattern_ops) INCLUDE (partner_id)")

    @api.model
    def _keep(self, numbers):
        """Keep the numbers that customers have just lost.

        :param dict numbers: customer → number
        """
        known = set(self.search([('number', 'in', list(numbers.values()))]).mapped('number'))
        customers = self.env['res.partner'].union(*numbers)
        last = dict(self._read_group([('partner_id', 'in', customers.ids)], ['partner_id'], ['until:max']))
        self.create([
            {'number': number, 'partner_id': customer.id, 'since': last.get(customer, False)}
            for customer, number in numbers.items() if number not in known
        ])

    @api.model
    def _hand_over(self, customers, customer, reason):
        """Let the former numbers of customers find another customer.

        :param reason: a key of the field ``reason``, for the numbers that were lost today
        """
        rows = self.search([('partner_id', 'in', customers.ids)])
        rows.filtered(lambda row: row.until == fields.Date.context_today(self)).reason = reason
        rows.partner_id = customer
