from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..engine.periods import Quarter
from ..engine.population import population
from ..engine.sheets import SheetWriter
from ..tools.halves import work_together
from ..tools.roles import check_manager

BATCH_SIZE = 5_000


class TianyuanRatingTrial(models.TransientModel):
    """The last quarter of all customers, computed on trial: no sheet, activity or tier comes of it.

    Only :meth:`_open` creates trials, so users can't enter values.
    """

    _name = 'tianyuan.rating.trial'
    _description = "Trial of a Quarter"
    _inherit = ['tianyuan.plain.text.mixin']

    name = fields.Char(readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    customer_count = fields.Integer(string="Customers", readonly=True)
    rated_count = fields.Integer(string="Can Be Rated", readonly=True)
    no_channel_count = fields.Integer(string="Without a Channel", readonly=True)
    sales_line_count = fields.Integer(string="Lines for Sales", readonly=True)
    finance_line_count = fields.Integer(string="Lines for Finance", readonly=True)
    tiers = fields.Html(readonly=True)
    problems = fields.Html(string="Not Rated", readonly=True)

    def action_set_channels(self):
        """Open the company's customers without a channel."""
        self.ensure_one()
        self.check_access('read')
        return self.env['tianyuan.channel.suggestion']._open(self.company_id)

    @api.model
    def _open(self, company):
        """Compute the last quarter of a company on trial, and show the result.

        :param company: ``res.company`` without a parent
        :return: action
        :raise AccessError: the user is no manager
        """
        check_manager(self.env['tianyuan.rating.run'], 'create')
        quarter = Quarter.last_complete(company._tianyuan_today())
        # sudo: managers can only read trials; the right has been checked above.
        trial = self.sudo().create({
            'name': quarter.name, 'company_id': company.id, **self.sudo()._result(company.sudo(), quarter),
        })
        company.sudo().tianyuan_trial_on = company._tianyuan_today()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%s on Trial", quarter.name),
            'res_model': self._name,
            'res_id': trial.id,
            'views': [(False, 'form')],
            'target': 'new',
        }

    @api.model
    def _result(self, company, quarter):
        """Compute the sheets of all customers in memory, and count what comes out.

        :return: dict of values of a trial
        """
        customer_ids = [row[0] for row in self.env.execute_query(SQL(
            "%s ORDER BY p.id", population(self.env, company, quarter),
        ))]
        writer = SheetWriter(self.env, company, quarter, upcoming=customer_ids)
        tiers, lines, problems, reasons = Counter(), Counter(), Counter(), Counter()
        for partner_ids in split_every(BATCH_SIZE, customer_ids):
            partners = self.env['res.partner'].browse(partner_ids)
            found = {partner: writer.problem_reason(partner) for partner in partners}
            reasons.update(filter(None, found.values()))
            problems.update(writer.problem(partner) for partner, reason in found.items() if reason)
            can_be_rated = partners.browse(partner.id for partner, reason in found.items() if not reason)
            for sheet, least, most in self._outlook(writer, can_be_rated, problems):
                lines.update(line['responsibility'] for line in sheet if line['origin'] == 'missing')
                tiers.update([('least', least['tier_id']), ('most', most['tier_id'])])
        return {
            'customer_count': len(customer_ids),
            'rated_count': len(customer_ids) - problems.total(),
            'no_channel_count': reasons['channel'],
            'sales_line_count': lines['sales'],
            'finance_line_count': lines['finance'],
            'tiers': self._tier_table(tiers),
            'problems': Markup().join(
                Markup("<div>%s</div>") % self.env._("%(count)s × %(reason)s", count=count, reason=text)
                for text, count in problems.most_common()
            ) or False,
        }

    @api.model
    def _outlook(self, writer, partners, problems):
        """Return the outlook of customers; one that fails is counted with its reason, like in a run."""
        def failed(_partner, error):
            problems[str(error) or type(error).__name__] += 1

        return [row for rows in work_together(partners, writer.outlook, failed) for row in rows]

    @api.model
    def _tier_table(self, tiers):
        """Return a table of the number of customers per tier, for the least and the most points."""
        names = [(tier.id, tier.name) for tier in self.env['tianyuan.rating.tier'].search([])]
        heads = (self.env._("Tier"), self.env._("As It Is"), self.env._("With Full Marks for What Is Missing"))
        rows = Markup().join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>") % (
                name, tiers['least', tier], tiers['most', tier],
            ) for tier, name in [*names, (None, self.env._("No tier"))]
        )
        return Markup(
            "<table class='table table-sm w-auto'><thead><tr><th>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (*heads, rows)
