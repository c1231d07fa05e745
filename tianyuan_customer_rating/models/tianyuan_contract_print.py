from decimal import Decimal

from odoo import models

from ..contract.capitals import capitals

SNAPSHOT = ('name', 'specification', 'quantity', 'uom_id', 'price_unit', 'price_subtotal')


class TianyuanContract(models.Model):
    """What the printed contract shows (policy 9.2)."""

    _inherit = 'tianyuan.contract'

    def _printed_lines(self):
        """The table of products: of a draft as its orders are now, else as they were signed.

        :return: list of dict
        :raise AccessError: the user may not read the contract
        """
        self.ensure_one()
        self.check_access('read')
        if self.state == 'draft':
            rows = [self._line_values(line) for line in self._order_lines()]
            units = self.env['uom.uom'].sudo()
            return [{**row, 'uom_id': units.browse(row['uom_id'])} for row in rows]
        return [{name: line[name] for name in SNAPSHOT} for line in self.sudo().line_ids]

    def _amount_in_words(self):
        """The total in words: in Chinese capitals (大写), but of other currencies than yuan only in Chinese.

        :return: text
        """
        self.ensure_one()
        yuan = self.currency_id.name == 'CNY'
        if not yuan and not (self.env.lang or '').startswith('zh'):
            return self.currency_id.amount_to_text(self.amount_total)
        # its digits in the database are exact; the float of them isn't
        return f'{"人民币" if yuan else self.currency_id.name}{capitals(Decimal(f"{self.amount_total:.2f}"))}'
