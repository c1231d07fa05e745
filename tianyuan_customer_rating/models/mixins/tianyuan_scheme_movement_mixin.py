from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models


class TianyuanSchemeMovementMixin(models.AbstractModel):
    """How many customers another scheme moves: figures over the sheets of one quarter or of several."""

    _name = 'tianyuan.scheme.movement.mixin'
    _description = "Customers Moved by a Scheme"

    sheet_count = fields.Integer(string="Sheets Compared", readonly=True)
    open_count = fields.Integer(string="Not Confirmed Yet", readonly=True)
    up_count = fields.Integer(string="Up", readonly=True)
    down_count = fields.Integer(string="Down", readonly=True)
    class_count = fields.Integer(string="Class Only", readonly=True)
    same_count = fields.Integer(string="Unchanged", readonly=True)
    old_average = fields.Float(string="Average Score Before", readonly=True, digits=(5, 2))
    new_average = fields.Float(string="Average Score After", readonly=True, digits=(5, 2))
    old_key_count = fields.Integer(string="Key Customers Before", readonly=True)
    new_key_count = fields.Integer(string="Key Customers After", readonly=True)
    old_major_count = fields.Integer(string="Major Accounts Before", readonly=True)
    new_major_count = fields.Integer(string="Major Accounts After", readonly=True)
    matrix = fields.Html(string="From Tier to Tier", readonly=True)

    @api.model
    def _movement_values(self, tiers, rows):
        """Return counts, averages and the table from tier to tier.

        :param tiers: all ``tianyuan.rating.tier``, the best first
        :param rows: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`
        :return: dict of values of the fields above
        """
        moves = Counter(row.move for row in rows)
        number = len(rows) or 1
        return {
            'sheet_count': len(rows),
            'open_count': sum(row.sheet.state != 'confirmed' for row in rows),
            **{f'{move}_count': moves[move] for move in ('up', 'down', 'class', 'same')},
            'old_average': sum(row.before.score for row in rows) / number,
            'new_average': sum(row.after.score for row in rows) / number,
            'old_key_count': sum(row.before.customer_class == 'key' for row in rows),
            'new_key_count': sum(row.after.customer_class == 'key' for row in rows),
            'old_major_count': sum(row.before.is_major for row in rows),
            'new_major_count': sum(row.after.is_major for row in rows),
            'matrix': self._matrix(tiers, Counter((row.before.tier, row.after.tier) for row in rows)),
        }

    @api.model
    def _matrix(self, tiers, counts):
        """Return a table with the number of customers by old and new tier.

        :param tiers: all tiers, the best first
        :param dict counts: (old tier id, new tier id) → number of customers
        :return: Markup
        """
        seen = {tier for pair in counts for tier in pair}
        names = [(tier.id, tier.name) for tier in tiers if tier.id in seen] + [(None, self.env._("No tier"))]
        head = Markup().join(Markup("<th class='text-end px-3'>%s</th>") % name for _tier, name in names)
        body = Markup().join(
            Markup("<tr><th>%s</th>%s<td class='text-end fw-bold px-3'>%s</td></tr>") % (
                name,
                Markup().join(
                    self._matrix_cell(counts.get((old, new), 0), new_place - old_place)
                    for new_place, (new, _name) in enumerate(names)
                ),
                sum(counts.get((old, new), 0) for new, _name in names),
            )
            for old_place, (old, name) in enumerate(names)
        )
        foot = Markup().join(
            Markup("<td class='text-end fw-bold px-3'>%s</td>") % sum(counts.get((old, new), 0) for old, _name in names)
            for new, _name in names
        )
        return Markup(
            "<table class='table table-sm table-bordered w-auto'><thead><tr><th>%(corner)s</th>%(head)s"
            "<th class='text-end px-3'>%(total)s</th></tr></thead><tbody>%(body)s<tr><th>%(total)s</th>%(foot)s"
            "<td class='text-end fw-bold px-3'>%(all)s</td></tr></tbody></table>"
        ) % {
            'corner': self.env._("Before ↓ / After →"), 'head': head, 'total': self.env._("Total"), 'body': body,
            'foot': foot, 'all': sum(counts.values()),
        }

    @api.model
    def _matrix_cell(self, count, steps):
        if not count:
            return Markup("<td class='text-end text-muted px-3'>–</td>")
        color = 'table-danger' if steps > 0 else 'table-success' if steps else 'table-light'
        return Markup("<td class='text-end px-3 %s'>%s</td>") % (color, count)
