from odoo import api, models

CAPITAL, CURRENCY = 'tianyuan_registered_capital', 'tianyuan_registered_capital_currency_id'


class ResPartner(models.Model):
    """The currency of a registered capital: that of the company, unless another one is named.

    It comes with the capital. As a default it would be looked up, and locked in the database, for each address that
    anybody makes.
    """

    _inherit = 'res.partner'

    @api.onchange(CAPITAL)
    def _onchange_tianyuan_registered_capital(self):
        """Show the currency while the capital is entered."""
        if self[CAPITAL] and not self[CURRENCY]:
            self[CURRENCY] = self.env.company.currency_id

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([
            {**vals, CURRENCY: self.env.company.currency_id.id} if self._tianyuan_lacks_currency(vals) else vals
            for vals in vals_list
        ])

    def write(self, vals):
        if self._tianyuan_lacks_currency(vals):
            # sudo: whether the user may write it is checked with the capital
            without = self if CURRENCY in vals else self.filtered(lambda partner: not partner.sudo()[CURRENCY])
            if without == self:
                vals = {**vals, CURRENCY: self.env.company.currency_id.id}
            elif without:
                without.write({CURRENCY: self.env.company.currency_id.id})
        return super().write(vals)

    @api.model
    def _tianyuan_lacks_currency(self, vals):
        return vals.get(CAPITAL) and not vals.get(CURRENCY)
