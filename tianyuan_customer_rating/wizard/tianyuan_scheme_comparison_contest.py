from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import groupby

from ..engine.periods import Quarter
from ..engine.validation import rank_difference, rank_order
from ..models.proof.tianyuan_rating_outcome import HORIZONS


class TianyuanSchemeComparisonContest(models.TransientModel):
    """How well two schemes would have ranked the same customers as they turned out, over all quarters or one.

    The schemes are compared by DeLong's test of paired AUCs. Over several quarters a customer has several sheets, and
    they resemble each other: eight sheets of one customer don't prove as much as eight customers. So the test sums its
    parts per customer first (Obuchowski's extension), and the minimum numbers count customers.
    """

    _name = 'tianyuan.scheme.comparison.contest'
    _description = "Schemes Compared by Outcomes"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'comparison_id, sequence, id'

    comparison_id = fields.Many2one(
        'tianyuan.scheme.comparison', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Quarters", readonly=True)
    is_total = fields.Boolean(string="All Compared Quarters", readonly=True)
    horizon = fields.Selection(HORIZONS, string="Outcome in the", required=True, readonly=True)
    sheet_count = fields.Integer(string="Sheets Judged", readonly=True)
    bad_count = fields.Integer(string="Sheets That Turned Out Bad", readonly=True)
    customer_count = fields.Integer(string="Customers Judged", readonly=True)
    bad_customer_count = fields.Integer(
        string="Customers That Turned Out Bad", readonly=True, help="After at least one of the quarters.",
    )
    has_ranking = fields.Boolean(readonly=True, export_string_translation=False)
    has_interval = fields.Boolean(readonly=True, export_string_translation=False)
    old_auc = fields.Float(string="AUC Before", readonly=True, digits=(5, 3), aggregator=None)
    new_auc = fields.Float(string="AUC After", readonly=True, digits=(5, 3), aggregator=None)
    difference = fields.Float(readonly=True, digits=(5, 3), aggregator=None)
    low = fields.Float(
        string="At Least", readonly=True, digits=(5, 3), aggregator=None,
        help="Lower end of the 95 % interval of the difference.",
    )
    high = fields.Float(
        string="At Most", readonly=True, digits=(5, 3), aggregator=None,
        help="Upper end of the 95 % interval of the difference.",
    )
    verdict = fields.Selection(
        [('too_few', "Too few to judge"), ('equal', "No difference shown"), ('better', "Draft better"),
         ('worse', "Draft worse")],
        required=True, readonly=True,
    )

    def _sentence(self):
        """Return the verdict in words, with the numbers it rests on.

        :return: Markup
        """
        self.ensure_one()
        minimums = self.comparison_id._minimums()
        values = {
            'horizon': dict(self._fields['horizon']._description_selection(self.env))[self.horizon],
            'customers': self.customer_count, 'bad': self.bad_customer_count,
            'old': f"{self.old_auc:.3f}", 'new': f"{self.new_auc:.3f}", **minimums,
        }
        if self.verdict == 'better':
            return self.env._(
                "%(horizon)s: the draft would have ranked the outcomes better, on %(customers)s customers, %(bad)s of "
                "them bad (AUC %(new)s instead of %(old)s).", **values,
            )
        if self.verdict == 'worse':
            return self.env._(
                "%(horizon)s: the draft would have ranked the outcomes worse, on %(customers)s customers, %(bad)s of "
                "them bad (AUC %(new)s instead of %(old)s).", **values,
            )
        if self.verdict == 'equal':
            return self.env._(
                "%(horizon)s: no difference can be shown on %(customers)s customers, %(bad)s of them bad "
                "(AUC %(new)s instead of %(old)s).", **values,
            )
        return self.env._(
            "%(horizon)s: too few outcomes to judge: %(customers)s customers, %(bad)s of them bad. It takes at least "
            "%(min_goods)s customers who turned out good and %(min_bads)s who turned out bad.", **values,
        )

    def _sentences(self):
        """Return the verdicts over all quarters as a list in HTML."""
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % row._sentence() for row in self if row.is_total
        )

    @api.model
    def _values(self, rows, outcomes, minimums):
        """Return the values of a record for all quarters and, if there are several, of one per quarter.

        :param rows: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`, by quarter
        :param dict outcomes: horizon → dict of sheet id → whether the customer turned out bad
        :param dict minimums: ``min_goods`` and ``min_bads``, in customers
        :return: list of values
        """
        result = []
        for horizon, _label in HORIZONS:
            bad = outcomes.get(horizon, {})
            judged = [row for row in rows if row.sheet.id in bad]
            quarters = [
                (Quarter.containing(day).name, of_quarter)
                for day, of_quarter in groupby(judged, lambda row: row.sheet.date_from)
            ]
            name = quarters[0][0] if len(quarters) == 1 else self.env._("All")
            result.append(self._contest_values(name, horizon, judged, bad, minimums, is_total=True))
            if len(quarters) > 1:
                result += [
                    self._contest_values(name, horizon, of_quarter, bad, minimums)
                    for name, of_quarter in quarters[::-1]
                ]
        return [{**values, 'sequence': place} for place, values in enumerate(result, start=1)]

    @api.model
    def _contest_values(self, name, horizon, rows, outcomes, minimums, is_total=False):
        """Return the values of one record.

        :param rows: those of which there is an outcome
        :param dict outcomes: sheet id → whether the customer turned out bad
        """
        bad = [outcomes[row.sheet.id] for row in rows]
        customers = [row.sheet.partner for row in rows]
        old, new = [row.before.score for row in rows], [row.after.score for row in rows]
        difference = rank_difference(new, old, bad, customers=customers, **minimums)
        return {
            'name': name,
            'is_total': is_total,
            'horizon': horizon,
            'sheet_count': len(rows),
            'bad_count': sum(bad),
            'customer_count': len(set(customers)),
            'bad_customer_count': len({customer for customer, is_bad in zip(customers, bad, strict=True) if is_bad}),
            'has_ranking': difference.difference is not None,
            'has_interval': difference.low is not None,
            'old_auc': rank_order(old, bad).auc or 0.0,
            'new_auc': rank_order(new, bad).auc or 0.0,
            'difference': difference.difference or 0.0,
            'low': difference.low or 0.0,
            'high': difference.high or 0.0,
            'verdict': difference.verdict,
        }
