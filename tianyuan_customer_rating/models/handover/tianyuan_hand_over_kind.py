from odoo import api, fields, models


class TianyuanHandOverKind(models.Model):
    """How much of a kind is open with the customers of a hand-over, and how much of it was moved."""

    _name = 'tianyuan.hand.over.kind'
    _description = "What Is Handed Over"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'sequence, id'

    hand_over_id = fields.Many2one('tianyuan.hand.over', required=True, readonly=True, index=True, ondelete='cascade')
    sequence = fields.Integer(readonly=True)
    key = fields.Char(required=True, readonly=True, export_string_translation=False)
    name = fields.Char(string="What Is Open", compute='_compute_count')
    count = fields.Integer(string="Number Open", compute='_compute_count')
    follows = fields.Char(string="What Happens", compute='_compute_count')
    moved = fields.Integer(readonly=True)

    @api.depends('hand_over_id')
    @api.depends_context('lang', 'uid', 'allowed_company_ids')
    def _compute_count(self):
        """Count what the user may see; once handed over only the number that was moved counts."""
        for hand_over, rows in self.grouped('hand_over_id').items():
            kinds = hand_over._shown_kinds() if hand_over else {}
            for row in rows:
                kind = kinds.get(row.key)
                row.name = kind and kind['name'] or row.key
                moves = kind and (kind.get('field') or row.key in ('customers', 'archives', 'activities'))
                row.follows = kind and kind.get('happens') or (
                    self.env._("moves") if moves else self.env._("goes with the customer")
                )
                records = self.env[kind['model']] if kind else None
                counted = kind and hand_over.state == 'draft' and records.has_access('read')
                row.count = records.search_count(kind['domain']) if counted else 0

    def action_open(self):
        """Open the list of what is open.

        :return: action
        :raise AccessError: the user may not read the hand-over, or these records
        """
        self.ensure_one()
        self.check_access('read')
        kind = self.hand_over_id._shown_kinds()[self.key]
        self.env[kind['model']].check_access('read')
        action = {
            'type': 'ir.actions.act_window', 'res_model': kind['model'], 'view_mode': 'list,form',
            'views': [(False, 'list'), (False, 'form')],
        }
        if kind.get('action'):
            action = self.env['ir.actions.act_window']._for_xml_id(kind['action'])
        return {**action, 'name': kind['name'], 'domain': list(kind['domain']), 'context': {'create': False}}
