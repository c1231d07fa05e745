from odoo import api, models

from ..engine import workbook
from ..engine.workbook import Table


class TianyuanRatingDashboard(models.AbstractModel):
    """The dashboard as a workbook: the numbers of the screen, under headings in the user's language."""

    _inherit = 'tianyuan.rating.dashboard'

    @api.model
    def _export(self, date_from=None):
        """The workbook of a quarter.

        :param date_from: as for :meth:`get_data`
        :return: (file name, bytes of an xlsx file)
        :raise AccessError: the user has none of the four roles
        """
        data = self.get_data(date_from)
        quarter = data['quarter'] and data['quarter']['name']
        name = " ".join(filter(None, [self.env._("Customer Ratings"), data['company']['name'], quarter]))
        return f"{name}.xlsx", workbook.build(self._tables(data))

    @api.model
    def _tables(self, data):
        """The sheets of the workbook.

        :param dict data: of :meth:`get_data`
        :return: list of :class:`Table`
        """
        tables = [self._summary_table(data)]
        if data['quarter']:
            tables += [
                self._tiers_table(data), self._categories_table(data), self._by_tier_table(data),
                self._movers_table(data),
            ]
        return tables

    @api.model
    def _summary_table(self, data):
        facts = [(self.env._("Company"), data['company']['name'], '')]
        if data['quarter']:
            facts.append((self.env._("Quarter"), data['quarter']['name'], ''))
            facts += [(tile['label'], tile['value'], tile['note']) for tile in data['results'] + data['work']]
        return Table(
            self.env._("Summary"),
            [(self.env._("Figure"), 'text'), (self.env._("Value"), ''), (self.env._("Note"), 'text')],
            facts,
        )

    @api.model
    def _tiers_table(self, data):
        tiers = data['tiers']
        quarters = [(name, 'number') for name in tiers['quarters']]
        return Table(
            self.env._("Tier distribution"),
            [(self.env._("Tier"), 'text'), *quarters],
            [[tier['name'], *(count['value'] for count in tier['counts'])] for tier in tiers['series']],
        )

    @api.model
    def _categories_table(self, data):
        return Table(
            self.env._("Categories"),
            [
                (self.env._("Category"), 'text'), (self.env._("Share of Maximum (%)"), 'percent'),
                (self.env._("Quarter Before (%)"), 'percent'),
            ],
            [[row['name'], row['share'], row['previous_share']] for row in data['categories']],
        )

    @api.model
    def _by_tier_table(self, data):
        return Table(
            self.env._("By tier"),
            [
                (self.env._("Tier"), 'text'), (self.env._("Customers"), 'number'),
                (self.env._("Purchases (%s)", self.env.company.currency_id.name), 'decimal'),
                (self.env._("On-Time Rate (%)"), 'percent'),
            ],
            [[row['name'], row['customers'], row['purchases'], row['on_time_rate']] for row in data['by_tier']],
        )

    @api.model
    def _movers_table(self, data):
        labels = {'up': self.env._("Moved Up"), 'down': self.env._("Moved Down")}
        return Table(
            self.env._("Movers"),
            [
                (self.env._("Change"), 'text'), (self.env._("Customer"), 'text'), (self.env._("Salesperson"), 'text'),
                (self.env._("Previous Tier"), 'text'), (self.env._("Tier"), 'text'),
                (self.env._("Score"), 'decimal'), (self.env._("Score Change"), 'decimal'),
            ],
            [
                [labels[change], row['customer'], row['salesperson'], row['previous_tier'], row['tier'],
                 row['score'], row['score_change']]
                for change in ('up', 'down') for row in data['movers'][change]
            ],
        )
