from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import workbook
from ...engine.periods import Quarter
from ...engine.sheets import UNCONFIRMED_STATES
from ...engine.workbook import Table
from ...tools.roles import MANAGER

QUARTERS_SHOWN = 8
MOVERS_SHOWN = 10


class TianyuanRatingDashboard(models.AbstractModel):
    """The numbers of the dashboard and of its workbook, read as the user, so that record rules apply.

    Every number comes with the domain of its records, so that the dashboard and the lists agree. The number of queries
    doesn't depend on the number of customers or quarters. Results are those of confirmed quarterly sheets of one
    quarter; open tasks are counted over all quarters.

    The workbook has the numbers of the screen, with headings in the user's language.
    """

    _name = 'tianyuan.rating.dashboard'
    _description = "Rating Dashboard"

    @api.model
    @api.readonly
    def get_data(self, date_from=None):
        """Return all numbers of the dashboard for the user's current company (policy 2: 利用客户档案,进行客户分析).

        Money is in the company's currency, rates and shares are percentages. A number without data is False.

        :param date_from: a day of the quarter to show, by default the last one with a confirmed rating
        :return: dict that JSON can carry; ``quarter`` is False as long as there is no rating
        :raise AccessError: the user has none of the four roles
        :raise UserError: ``date_from`` is no date, or of a quarter without ratings
        """
        self.env['tianyuan.rating'].check_access('read')
        company = self.env.company
        counts = self._sheet_counts(company)
        data = {
            'company': {'id': company.id, 'name': company.name, 'currency_id': company.currency_id.id},
            'can_run': self.env.user.has_group(MANAGER),
            'quarter': False,
            'quarters': [],
        }
        if not counts:
            return data
        quarter = self._quarter(date_from, counts)
        days = sorted({day for day, *_rest in counts}, reverse=True)
        tiers = self.env['tianyuan.rating.tier'].search([])
        confirmed = self._confirmed(company, quarter)
        line_sums = self._line_sums(company, quarter)
        return {
            **data,
            'quarter': {'date_from': str(quarter.date_from), 'name': quarter.name},
            'quarters': [{'date_from': str(day), 'name': Quarter.containing(day).name} for day in days],
            'changed_on': fields.Datetime.to_string(max(row[-1] for row in counts)),
            'results': self._results(counts, quarter, confirmed, company),
            'work': self._work(company),
            'tiers': self._tiers(counts, quarter, company, tiers),
            'categories': self._categories(company, quarter, line_sums),
            'by_tier': self._by_tier(counts, quarter, company, tiers, line_sums),
            'movers': {change: self._movers(confirmed, change) for change in ('up', 'down')},
        }

    # -- domains and counts -----------------------------------------------------------------------------------

    @api.model
    def _sheets(self, company):
        return [('company_id', '=', company.id), ('kind', '=', 'quarterly')]

    @api.model
    def _confirmed(self, company, quarter):
        """Return the domain of the confirmed sheets of a quarter."""
        return [*self._sheets(company), ('state', '=', 'confirmed'), ('date_from', '=', str(quarter.date_from))]

    @api.model
    def _sheet_counts(self, company):
        """Return a list of (first day of the quarter, state, tier, number of sheets, sum of scores, last change).

        All counts over quarters use this one query.
        """
        return self.env['tianyuan.rating']._read_group(
            [*self._sheets(company), ('state', '!=', 'cancelled')],
            ['date_from:quarter', 'state', 'tier_id'], ['__count', 'score:sum', 'write_date:max'],
        )

    @api.model
    def _quarter(self, date_from, counts):
        if date_from:
            try:
                quarter = Quarter.containing(fields.Date.to_date(date_from))
            except (ValueError, TypeError):
                raise UserError(self.env._("%s is not a date.", date_from))
            if all(day != quarter.date_from for day, *_rest in counts):
                raise UserError(self.env._("There are no ratings of %s.", quarter.name))
            return quarter
        confirmed = [day for day, state, *_rest in counts if state == 'confirmed']
        return Quarter.containing(max(confirmed or [day for day, *_rest in counts]))

    # -- tiles ----------------------------------------------------------------------------------------------

    @api.model
    def _tile(self, key, label, value, domain, note=''):
        return {'key': key, 'label': label, 'value': value, 'domain': domain, 'note': note}

    @api.model
    def _results(self, counts, quarter, confirmed, company):
        """Return the tiles with the results of the quarter."""
        rows = self.env['tianyuan.rating']._read_group(
            confirmed, ['tier_change', 'customer_class', 'is_major_account', 'has_bad_debt'], ['__count'],
        )

        def number(test):
            return sum(count for *facts, count in rows if test(*facts))

        sheets = sum(row[3] for row in counts if row[0] == quarter.date_from)
        average, before = (self._average_score(counts, period) for period in (quarter, quarter.previous()))
        note = ''
        if average is not False and before is not False:
            note = self.env._("%(difference)s against %(quarter)s", difference=f"{average - before:+.1f}",
                              quarter=quarter.previous().name)
        return [
            self._tile('rated', self.env._("Customers Rated"), number(lambda *_facts: True), confirmed,
                       self.env._("of %s sheets", sheets)),
            self._tile('score', self.env._("Average Score"), average, confirmed, note),
            self._tile('major', self.env._("Major Accounts"), number(lambda _move, _class, major, _debt: major),
                       [*confirmed, ('is_major_account', '=', True)]),
            self._tile('key', self.env._("Key Customers"), number(lambda _move, cls, _major, _debt: cls == 'key'),
                       [*confirmed, ('customer_class', '=', 'key')]),
            self._tile('bad_debt', self.env._("With Bad Debt"), number(lambda _move, _class, _major, debt: debt),
                       [*confirmed, ('has_bad_debt', '=', True)]),
            self._tile('up', self.env._("Moved Up"), number(lambda move, *_facts: move == 'up'),
                       [*confirmed, ('tier_change', '=', 'up')]),
            self._tile('down', self.env._("Moved Down"), number(lambda move, *_facts: move == 'down'),
                       [*confirmed, ('tier_change', '=', 'down')]),
        ]

    @api.model
    def _average_score(self, counts, quarter):
        rows = [row for row in counts if row[0] == quarter.date_from and row[1] == 'confirmed']
        number = sum(row[3] for row in rows)
        return round(sum(row[4] for row in rows) / number, 2) if number else False

    @api.model
    def _work(self, company):
        """Return the tiles with the open tasks of all quarters."""
        sheets = self._sheets(company)
        today = str(fields.Date.context_today(self))
        late = [*sheets, ('state', '=', 'assessing'), ('assessment_due_on', '<', today)]
        rows = self.env['tianyuan.rating']._read_group(
            [*sheets, ('state', 'in', UNCONFIRMED_STATES)], ['state', 'sales_done', 'finance_done'], ['__count'],
        )

        def number(wanted, side=None):
            return sum(
                count for state, sales, finance, count in rows
                if state == wanted and not {'sales': sales, 'finance': finance}.get(side)
            )

        return [
            self._tile('sales', self.env._("Waiting for Sales"), number('assessing', 'sales'),
                       [*sheets, ('state', '=', 'assessing'), ('sales_done', '=', False)]),
            self._tile('finance', self.env._("Waiting for Finance"), number('assessing', 'finance'),
                       [*sheets, ('state', '=', 'assessing'), ('finance_done', '=', False)]),
            self._tile('confirm', self.env._("Waiting for Confirmation"), number('ready'),
                       [*sheets, ('state', '=', 'ready')]),
            self._tile('overdue', self.env._("Assessments Overdue"),
                       self.env['tianyuan.rating'].search_count(late), late),
        ]

    # -- charts ---------------------------------------------------------------------------------------------

    @api.model
    def _tiers(self, counts, quarter, company, tiers):
        """Return how many customers had each tier, over the quarters up to the selected one."""
        quarters = [quarter]
        while len(quarters) < QUARTERS_SHOWN:
            quarters.insert(0, quarters[0].previous())
        first = min((row[0] for row in counts if row[1] == 'confirmed'), default=quarter.date_from)
        quarters = [period for period in quarters if period.date_from >= min(first, quarter.date_from)]
        numbers = {(day, tier): count for day, state, tier, count, *_rest in counts if state == 'confirmed'}
        return {
            'quarters': [period.name for period in quarters],
            'series': [{
                'name': tier.name or self.env._("No tier"),
                'color': tier.color if tier else -1,
                'counts': [{
                    'value': numbers.get((period.date_from, tier), 0),
                    'domain': [*self._confirmed(company, period), ('tier_id', '=', tier.id)],
                } for period in quarters],
            } for tier in [*tiers, tiers.browse()]],
        }

    @api.model
    def _line_sums(self, company, quarter):
        """Return the sums over the lines of the quarter and the one before, in the only query on the many lines.

        :return: list of (first day, category, tier, metric, points, maximum, purchases, mean on-time rate, number of
            rates)
        """
        return self.env['tianyuan.rating.analysis']._read_group(
            [
                *self._sheets(company), ('state', '=', 'confirmed'),
                ('date_from', 'in', [str(quarter.date_from), str(quarter.previous().date_from)]),
            ],
            ['date_from:quarter', 'category_id', 'tier_id', 'metric'],
            ['points:sum', 'max_points:sum', 'purchase_amount:sum', 'on_time_rate:avg', 'on_time_rate:count'],
        )

    @api.model
    def _categories(self, company, quarter, line_sums):
        """Return the points as a share of the maximum per category, in the quarter and in the one before."""
        before = quarter.previous()
        sums = {}
        for day, category, _tier, _metric, points, maximum, *_rest in line_sums:
            earlier = sums.get((day, category), (0, 0))
            sums[day, category] = earlier[0] + points, earlier[1] + maximum

        def share(period, category):
            points, maximum = sums.get((period.date_from, category), (0, 0))
            return round(100 * points / maximum, 1) if maximum else False

        categories = self.env['tianyuan.rating.category'].union(*(category for _day, category in sums)).sorted()
        return [{
            'name': category.name,
            'share': share(quarter, category),
            'previous_share': share(before, category),
            'domain': [*self._confirmed(company, quarter), ('category_id', '=', category.id)],
            'previous_domain': [*self._confirmed(company, before), ('category_id', '=', category.id)],
        } for category in categories]

    @api.model
    def _by_tier(self, counts, quarter, company, tiers, line_sums):
        """Return customers, purchases of the quarter and mean on-time rate per tier."""
        purchases, rates = {}, {}
        for day, _category, tier, metric, _points, _maximum, amount, rate, known in line_sums:
            if day == quarter.date_from and metric == 'purchase_amount':
                purchases[tier] = purchases.get(tier, 0.0) + (amount or 0.0)
            elif day == quarter.date_from and metric == 'on_time_rate' and known:
                rates.setdefault(tier, []).append((rate, known))
        numbers = {row[2]: row[3] for row in counts if row[0] == quarter.date_from and row[1] == 'confirmed'}
        result = []
        for tier in [*tiers, tiers.browse()]:
            known = sum(number for _rate, number in rates.get(tier, ()))
            result.append({
                'name': tier.name or self.env._("No tier"),
                'color': tier.color if tier else -1,
                'customers': numbers.get(tier, 0),
                'purchases': purchases.get(tier, 0.0),
                'on_time_rate': round(sum(rate * number for rate, number in rates[tier]) / known, 1)
                if known else False,
                'domain': [*self._confirmed(company, quarter), ('tier_id', '=', tier.id)],
            })
        return result

    # -- lists ----------------------------------------------------------------------------------------------

    @api.model
    def _movers(self, confirmed, change):
        """Return the customers whose tier changed, largest change of score first."""
        order = 'score_change desc, id' if change == 'up' else 'score_change, id'
        sheets = self.env['tianyuan.rating'].search(
            [*confirmed, ('tier_change', '=', change)], order=order, limit=MOVERS_SHOWN,
        )
        none = self.env._("No tier")
        return [{
            'id': sheet.id,
            'customer': sheet.partner_id.display_name,
            'salesperson': sheet.user_id.name or '',
            'previous_tier': sheet.previous_tier_id.name or none,
            'tier': sheet.tier_id.name or none,
            'score': sheet.score,
            'score_change': sheet.score_change,
        } for sheet in sheets]

    @api.model
    def _export(self, date_from=None):
        """Return the dashboard of a quarter as a workbook.

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
        """Return the sheets of the workbook.

        :param dict data: result of :meth:`get_data`
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
            self.env._("Tier Changes"),
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
