from time import perf_counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine import scoring
from ..engine.own_values import own_values
from ..engine.periods import Quarter
from ..engine.population import since
from ..engine.purchases import largest_customers
from ..tools.roles import check_manager

CUSTOMERS = 10


class TianyuanIndicatorTrial(models.TransientModel):
    """What an own indicator gives for some customers in the last complete quarter; nothing is rated.

    Only :meth:`_open` creates trials, so users can't enter values; they choose the customers.
    """

    _name = 'tianyuan.indicator.trial'
    _description = "Trial of an Indicator"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.plain.text.mixin']
    _rec_name = 'indicator_id'

    indicator_id = fields.Many2one('tianyuan.rating.indicator', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    quarter = fields.Char(readonly=True)
    summary = fields.Text(related='indicator_id.own_summary', string="What Was Computed")
    seconds = fields.Float(readonly=True, digits=(16, 3), help="How long it took to compute it for these customers.")
    customer_ids = fields.Many2many(
        'res.partner', string="Try Other Customers", help="Empty: the customers who bought most in four quarters.",
    )
    line_ids = fields.One2many('tianyuan.indicator.trial.line', 'trial_id', readonly=True)
    has_levels = fields.Boolean(readonly=True, export_string_translation=False)

    def _tianyuan_protected_fields(self):
        return self._fields.keys() - {'customer_ids'}

    def action_try_again(self):
        """Compute the indicator for the customers chosen; the ten who bought most if there are none.

        :return: action
        :raise AccessError: the user is no manager, or may not read a customer
        """
        self.ensure_one()
        check_manager(self)
        return self.indicator_id.action_try(self.customer_ids.ids)

    @api.model
    def _open(self, indicator, partner_ids=None):
        """Compute an own indicator on trial, and show the result.

        :param indicator: ``tianyuan.rating.indicator`` that can be computed
        :param partner_ids: customers; by default those who bought most in the last four quarters
        :return: action
        :raise AccessError: the user is no manager, or may not read a customer
        :raise UserError: nobody has bought anything
        """
        check_manager(indicator, 'write')
        company = self.env.company.root_id
        quarter = Quarter.last_complete(company._tianyuan_today())
        partners = self._customers(company, quarter, partner_ids)
        begun = perf_counter()
        values = own_values(self.env, company, quarter, indicator._own_definition(), partners.ids)
        seconds = perf_counter() - begun
        specs = self._specs(indicator, company, quarter)
        # sudo: managers can only choose customers; the right to try has been checked above.
        trial = self.sudo().create({
            'indicator_id': indicator.id,
            'company_id': company.id,
            'quarter': quarter.name,
            'seconds': seconds,
            'customer_ids': [Command.set(partners.ids if partner_ids else [])],
            'has_levels': bool(specs),
            'line_ids': [
                Command.create(self._line(partner, values[partner.id], specs.get(partner.tianyuan_channel)))
                for partner in partners
            ],
        })
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%(indicator)s on Trial", indicator=indicator.name),
            'res_model': self._name,
            'res_id': trial.id,
            'views': [(False, 'form')],
            'target': 'new',
        }

    @api.model
    def _customers(self, company, quarter, partner_ids):
        """Return the customers to try; a contact stands for its company."""
        if partner_ids:
            partners = self.env['res.partner'].browse(partner_ids[:CUSTOMERS]).exists().commercial_partner_id
            partners.check_access('read')
            return partners
        found = largest_customers(company, since(quarter), quarter.date_to, CUSTOMERS)
        partners = self.env['res.partner'].search([('id', 'in', found)])
        if not partners:
            raise UserError(self.env._(
                "Nobody has bought anything in the four quarters up to %s, so there is nobody to try it on.",
                quarter.name,
            ))
        return partners.sorted(lambda partner: found.index(partner.id))

    @api.model
    def _specs(self, indicator, company, quarter):
        """Return the indicator's levels by channel: of the scheme that applies, else of the newest draft.

        :return: dict of channel → :class:`~..engine.scoring.LineSpec`
        """
        lines = indicator.sudo().scheme_line_ids.filtered(
            lambda line: line.scheme_id.active and line.scheme_id.company_id in (company, company.browse())
        )
        applicable = self.env['tianyuan.rating.scheme']._applicable(company, quarter.date_to).values()
        newest_last = lines.sorted(lambda line: (line.scheme_id in applicable, line.scheme_id.id))
        return {line.scheme_id.channel: line._spec() for line in newest_last}

    @api.model
    def _line(self, partner, value, spec):
        scored = scoring.score_line(spec, value) if spec else None
        return {
            'partner_id': partner.id,
            'has_value': value is not None,
            'value': value or 0.0,
            'level_id': scored.level.id if scored and scored.level else False,
            'points': scored.points if scored else 0.0,
            'max_points': spec.max_points if spec else 0.0,
            'is_missing': bool(scored) and scored.origin == 'missing',
        }
