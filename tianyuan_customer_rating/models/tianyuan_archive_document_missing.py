from odoo import api, fields, models
from odoo.fields import Domain


class TianyuanArchiveDocument(models.Model):
    """Which required papers an archive lacks."""

    _inherit = 'tianyuan.archive.document'

    @api.model
    def _missing_types(self, partners):
        """Required documents without a valid one today, as this company sees it.

        :param partners: commercial partners
        :return: dict of partner → recordset of types
        """
        today = fields.Date.context_today(self)
        types = self.env['tianyuan.archive.document.type'].search([('required', '=', True)])
        valid = self._read_group(
            Domain([('partner_id', 'in', partners.ids), ('type_id', 'in', types.ids)])
            & (Domain('valid_until', '=', False) | Domain('valid_until', '>=', today)),
            ['partner_id'], ['type_id:recordset'],
        ) if types and partners else []
        present = dict(valid)
        return {
            partner: types._required_of(partner) - present.get(partner, types.browse())
            for partner in partners
        }
