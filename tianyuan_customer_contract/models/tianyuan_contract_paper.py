from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class TianyuanContractPaper(models.Model):
    """A paper that somebody has to hand in for a contract by a given day (policy 9.3, design §8)."""

    _name = 'tianyuan.contract.paper'
    _description = "Required Paper"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'handed_in_on desc nulls first, date_due, id'
    _check_company_auto = True

    contract_id = fields.Many2one('tianyuan.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='contract_id.partner_id', store=True, string="Customer")
    type_id = fields.Many2one(
        'tianyuan.contract.paper.type', index='btree_not_null', ondelete='restrict', check_company=True,
    )
    name = fields.Char(
        string="Paper", compute='_compute_name', store=True, readonly=False, precompute=True, required=True,
    )
    date_due = fields.Date(string="Due On", required=True, index=True)
    user_id = fields.Many2one(
        'res.users', string="Responsible", compute='_compute_user_id', store=True, readonly=False, precompute=True,
        index=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    handed_in_on = fields.Date(copy=False)
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    note = fields.Char()
    state = fields.Selection(
        [('open', "To Hand In"), ('overdue', "Overdue"), ('done', "Handed In")], string="Status",
        compute='_compute_state', search='_search_state',
    )

    @api.depends('type_id')
    def _compute_name(self):
        for paper in self:
            paper.name = paper.name or paper.type_id.name

    @api.depends('contract_id')
    def _compute_user_id(self):
        for paper in self:
            paper.user_id = paper.user_id or paper.contract_id.user_id

    @api.depends('name', 'contract_id')
    def _compute_display_name(self):
        for paper in self:
            paper.display_name = f"{paper.name} {paper.contract_id.name}" if paper.contract_id else paper.name

    @api.depends('date_due', 'handed_in_on')
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for paper in self:
            late = paper.date_due and paper.date_due < today
            paper.state = 'done' if paper.handed_in_on else 'overdue' if late else 'open'

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = fields.Date.context_today(self)
        waiting = Domain('handed_in_on', '=', False)
        return Domain.OR(domain for state, domain in {
            'done': ~waiting,
            'overdue': waiting & Domain('date_due', '<', today),
            'open': waiting & Domain('date_due', '>=', today),
        }.items() if state in value)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('file'):
                vals.setdefault('handed_in_on', fields.Date.context_today(self))
        return super().create(vals_list)

    def write(self, vals):
        """Mark papers as handed in today when they get a file and no day is given.

        :raise UserError: a paper would move to another contract
        """
        if 'contract_id' in vals and any(paper.contract_id.id != vals['contract_id'] for paper in self):
            raise UserError(self.env._("A paper stays with its contract: delete it and add one to the other."))
        if not vals.get('file') or 'handed_in_on' in vals:
            result = super().write(vals)
        else:
            waiting = self.filtered(lambda paper: not paper.handed_in_on)
            super(TianyuanContractPaper, self - waiting).write(vals)
            result = super(TianyuanContractPaper, waiting).write({
                **vals, 'handed_in_on': fields.Date.context_today(self),
            })
        if {'file', 'handed_in_on', 'date_due'} & vals.keys():
            self.contract_id.sudo()._settle_issues('papers')
        return result

    def action_hand_in(self):
        """Mark papers as handed in today.

        :raise AccessError: the user may not write the papers
        """
        self.filtered(lambda paper: not paper.handed_in_on).write({'handed_in_on': fields.Date.context_today(self)})
        return True
