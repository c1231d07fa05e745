from datetime import timedelta
from typing import NamedTuple

from odoo.fields import Domain

from ...engine import earlier, scoring
from ...engine.accounts import with_branches
from ...engine.earlier_customers import Finder
from ...engine.purchases import datetime_bounds
from ...tools import imported
from ...tools.limits import FIRST_DAY
from ...tools.text import listed

IDENTITIES = ('number', 'vat', 'name')
MOST_POINTS = 100
HALF_DAY = timedelta(hours=12)


class EarlierRating(NamedTuple):
    """One row of the file that can be imported."""

    partner_id: int
    quarter: object
    channel: str
    scheme: object    # ``tianyuan.rating.scheme``; empty if only the total is given
    points: dict      # indicator id → points
    score: float
    tier_id: int | bool
    customer_class: str
    is_major: bool
    confirmed_on: object    # datetime or False


class Reader:
    """Reads the rows of a file, and says what is wrong with each."""

    def __init__(self, batch, rows):
        self.env, self.company = batch.env, batch.company_id
        self.batch, self.rows = batch, rows
        self.row_count, self.unknown = 0, []
        self.problems, self.ratings = [], []
        self.seen = {}     # (customer, first day of the quarter) → row
        self.noons = {}    # day → its noon where the company is, in UTC

    def read(self):
        """Read all rows, with a number of queries that doesn't depend on theirs.

        :return: list of :class:`EarlierRating`, and list of problems: tuples of row, customer as written, and message
        """
        if not self.rows:
            return [], [(1, False, self.env._("The file is empty. Fill in the template, and upload it."))]
        self._read_set_up()
        (heading_row, cells), *rows = self.rows
        self.columns, double, self.unknown = earlier.columns_of(cells, self._headings())
        rows = [(row, self._by_kind(cells)) for row, cells in rows if not earlier.is_empty(cells)]
        self.row_count = len(rows)
        problems = [(heading_row, False, message) for message in self._heading_problems(double)]
        if not problems and not rows:
            problems = [(heading_row, False, self.env._("There is no rating below the headings."))]
        if problems:
            return [], problems
        self.finder = Finder(
            self.env, with_branches(self.company).ids,
            {text for _row, cells in rows if (text := earlier.number_of(cells.get('number')))},
            {text for _row, cells in rows if (text := earlier.number_of(cells.get('vat')))},
            {text for _row, cells in rows if (text := earlier.text_of(cells.get('name')))},
        )
        read = [(row, cells, *self._customer(cells), *self._quarter(cells)) for row, cells in rows]
        self._read_rated(read)
        for row, cells, partner, found, quarter, understood in read:
            messages = [*found, *understood]
            if partner and quarter:
                messages += self._twice(row, partner, quarter)
            rating, wrong = self._rating(cells, partner, quarter)
            messages += wrong
            if messages:
                self.problems += [(row, self._named(cells), message) for message in messages]
            else:
                self.ratings.append(rating)
        return self.ratings, self.problems

    # -- what is known ---------------------------------------------------------------------------

    def _read_set_up(self):
        env = self.env
        self.schemes = self.batch._schemes()
        self.specs = {scheme: scheme._spec() for schemes in self.schemes.values() for scheme in schemes}
        indicator_ids = {key for spec in self.specs.values() for key in spec.lines}
        self.indicators = env['tianyuan.rating.indicator'].browse(indicator_ids)
        self.names = {indicator.id: indicator.name for indicator in self.indicators}
        tiers = env['tianyuan.rating.tier'].search([])
        self.tiers = {tier.name.strip().casefold(): tier.id for tier in tiers}
        self.tier_names = tiers.mapped('name')
        self.today = self.company._tianyuan_today()
        self.labels = self.batch._column_labels()
        self.languages = [code for code, _name in env['res.lang'].get_installed()]
        channels, classes = {}, {}
        for lang in self.languages:
            inside = env['tianyuan.rating'].with_context(lang=lang)
            channels.update(self._labels(inside, 'channel'))
            classes.update(self._labels(inside, 'customer_class'))
        self.channels = channels
        self.classes = {text: value for text, value in classes.items() if value != 'potential'}

    @staticmethod
    def _labels(records, name):
        return {
            label.casefold(): value for value, label in records._fields[name]._description_selection(records.env)
        }

    def _headings(self):
        """Return the headings of the template and of the indicators, in all languages."""
        found = {}
        for lang in self.languages:
            batch = self.batch.with_context(lang=lang)
            found.update({label: kind for kind, label in batch._column_labels().items()})
            found.update({indicator.name: indicator.id for indicator in self.indicators.with_context(lang=lang)})
        found.update({indicator.code: indicator.id for indicator in self.indicators if indicator.code})
        return found

    def _by_kind(self, cells):
        return {kind: cells[position] for position, kind in self.columns.items() if position < len(cells)}

    def _heading_problems(self, double):
        kinds = set(self.columns.values())
        for found in double.values():
            yield self.env._(
                "Several columns mean the same: %s. Delete or rename all but one.", listed(self.env, found),
            )
        if not kinds & set(IDENTITIES):
            yield self.env._("No column names the customer. Add one with the archive number, the tax ID or the name.")
        if 'quarter' not in kinds:
            yield self.env._("The column with the quarter is missing. Add it, with values such as 2024 Q1.")
        if 'tier' not in kinds:
            yield self.env._("The column with the tier is missing. Add it; write “none” where no tier was given.")
        if 'total' not in kinds and not any(isinstance(kind, int) for kind in kinds):
            yield self.env._("There are no points. Add the columns of the indicators, or one with the total.")

    def _read_rated(self, read):
        """Read which quarters of these customers have a rating already."""
        partner_ids = {partner.id for _row, _cells, partner, *_rest in read if partner}
        days = {quarter.date_from for *_rest, quarter, _understood in read if quarter}
        groups = self.env['tianyuan.rating']._read_group(Domain([
            ('company_id', '=', self.company.id), ('partner_id', 'in', list(partner_ids)),
            ('date_from', 'in', list(days)), ('kind', '=', 'quarterly'), ('state', '!=', 'cancelled'),
        ]), ['partner_id', 'date_from:day', 'origin', 'state']) if partner_ids and days else []
        self.rated = {(partner.id, day): (origin, state) for partner, day, origin, state in groups}

    # -- one row ---------------------------------------------------------------------------------

    @staticmethod
    def _named(cells):
        """Return the customer as the row names it."""
        return next((text for kind in ('name', 'number', 'vat') if (text := earlier.text_of(cells.get(kind)))), False)

    def _customer(self, cells):
        """Return the customer that a row means, or None, and the list of what is wrong."""
        given = {
            'number': earlier.number_of(cells.get('number')),
            'vat': earlier.number_of(cells.get('vat')),
            'name': earlier.text_of(cells.get('name')),
        }
        given = {kind: text for kind, text in given.items() if text}
        if not given:
            return None, [self.env._("The customer is missing: give the archive number, the tax ID or the name.")]
        ruined = [message for kind, text in given.items() if (message := self._ruined(kind, text))]
        if ruined:
            return None, ruined
        found = {kind: getattr(self.finder, f'by_{kind}')(text) for kind, text in given.items()}
        kind, text = next(iter(given.items()))
        partners = self._chosen(found[kind])
        if len(partners) > 1:    # The row may say more.
            partners = next((
                both for other in list(given)[1:]
                if len(both := [partner for partner in partners if partner in found[other]]) == 1
            ), partners)
        problem = self._customer_problem(self.labels[kind], text, partners)
        if problem:
            return None, [problem]
        [partner] = partners
        for other, written in given.items():
            # A tax ID that nobody has may be one that the customer's record lacks.
            agrees = partner in found[other] or (other == 'vat' and not found[other] and not partner.vat)
            if not agrees:
                return None, [self.env._(
                    "%(column)s: “%(text)s” isn't the one of %(customer)s, whom the row names, too. Correct it, or "
                    "delete what is wrong.", column=self.labels[other], text=written, customer=partner.name,
                )]
        return partner, []

    def _customer_problem(self, column, text, partners):
        """Return why the found partners aren't the one customer of a row, or None."""
        if not partners:
            return self.env._(
                "%(column)s: no customer has “%(text)s”. Correct it, or create the customer first.", column=column,
                text=text,
            )
        if len(partners) > 1:
            return self.env._(
                "%(column)s: %(count)s customers have “%(text)s”. Give the archive number of the right one.",
                column=column, count=len(partners), text=text,
            )
        if partners[0].id != partners[0].customer_id:
            return self.env._(
                "%(contact)s is a contact: name its company %(company)s.", contact=partners[0].name or text,
                company=self.env['res.partner'].browse(partners[0].customer_id).name,
            )
        return None

    def _chosen(self, found):
        """Return those of the found partners that come first: customers, and active ones."""
        for test in (
            lambda partner: partner.id == partner.customer_id,
            lambda partner: partner.active,
        ):
            found = [partner for partner in found if test(partner)] or found
        return found

    def _ruined(self, kind, text):
        """Return what a spreadsheet has done to a number, or None."""
        if imported.is_error_value(text):
            return self.env._("The spreadsheet shows %s instead of a value. Correct the cell in the file.", text)
        finding = kind != 'name' and imported.judge_number(text, kind == 'vat', kind == 'number')
        if not finding or not finding.error:
            return None
        if finding.kind == 'date':
            return self.env._(
                "The spreadsheet has turned a number into a date (%s). Format the column as text and enter the number "
                "again.", text)
        return self.env._(
            "The spreadsheet has ruined a number (%s); its last digits are lost. Format the column as text and enter "
            "the number again.", text)

    def _quarter(self, cells):
        """Return the quarter of a row, or None, and the list of what is wrong."""
        text = earlier.text_of(cells.get('quarter'))
        if not text:
            return None, [self.env._("The quarter is missing. Write it like 2024 Q1.")]
        quarter = earlier.quarter_of(cells['quarter'])
        if not quarter or quarter.date_from < FIRST_DAY:
            return None, [self.env._("“%s” is no quarter. Write it like 2024 Q1.", text)]
        if quarter.date_to >= self.today:
            return None, [self.env._(
                "%s isn't over yet. Ratings of this quarter and later ones are made here.", quarter.name,
            )]
        return quarter, []

    def _twice(self, row, partner, quarter):
        """Return what is wrong because the customer's quarter has a rating, here or in the file."""
        key = (partner.id, quarter.date_from)
        first = self.seen.setdefault(key, row)
        if first != row:
            return [self.env._(
                "Row %(row)s has the rating of %(customer)s for %(quarter)s already. Delete one of the two.",
                row=first, customer=partner.name, quarter=quarter.name,
            )]
        if key not in self.rated:
            return []
        origin, state = self.rated[key]
        if origin == 'imported':
            return [self.env._("%s of this customer has been imported already. Delete the row.", quarter.name)]
        if state == 'confirmed':
            return [self.env._("%s of this customer has been rated here already. Delete the row.", quarter.name)]
        return [self.env._(
            "%s of this customer is being rated here. Delete the row, or cancel that rating first.", quarter.name,
        )]

    def _rating(self, cells, partner, quarter):
        """Return the rating of a row, and what is wrong with its points, tier, class, channel and date."""
        channel, messages = self._channel(cells, partner)
        scheme = self._scheme(channel, quarter)
        points, score, wrong = self._points(cells, channel, scheme)
        messages += wrong
        tier_id, wrong = self._tier(cells)
        messages += wrong
        customer_class, is_major, wrong = self._class(cells, tier_id, scheme)
        messages += wrong
        confirmed_on, wrong = self._confirmed_on(cells, quarter)
        messages += wrong
        if messages or not partner or not quarter:
            return None, messages
        return EarlierRating(
            partner.id, quarter, channel, scheme if points else self.env['tianyuan.rating.scheme'], points, score,
            tier_id, customer_class, is_major, confirmed_on,
        ), []

    def _channel(self, cells, partner):
        text = earlier.text_of(cells.get('channel'))
        if text:
            channel = earlier.channel_of(text, self.channels)
            return channel, [] if channel else [self.env._(
                "“%s” is no channel. Write distributor or direct, or leave it empty.", text,
            )]
        if partner and not partner.channel:
            return None, [self.env._(
                "The customer has no channel. Write distributor or direct into the row, or set it on the customer.",
            )]
        return partner.channel if partner else None, []

    def _scheme(self, channel, quarter):
        """Return the scheme of a channel in a quarter; for quarters before all schemes, the oldest."""
        schemes = self.schemes.get(channel) or self.env['tianyuan.rating.scheme']
        for scheme in schemes:
            if not quarter or scheme.date_from <= quarter.date_to:
                return scheme
        return schemes.filtered(lambda scheme: scheme.company_id == schemes[0].company_id)[-1:]

    def _points(self, cells, channel, scheme):
        """Return the points by indicator (empty if only the total is given), the score, and what is wrong."""
        messages = []
        given = {
            kind: cells[kind] for kind in cells if isinstance(kind, int) and earlier.text_of(cells[kind])
        }
        total = cells.get('total') if earlier.text_of(cells.get('total')) else None
        if not given and total is None:
            return {}, 0.0, [self.env._("There are no points. Give those of all indicators, or the total.")]
        score = None
        if total is not None:
            score, wrong = self._number(self.env._("Total"), total, MOST_POINTS)
            messages += wrong
        if not given:
            return {}, score, messages
        lines = self.specs[scheme].lines if scheme else {}
        points = {}
        for key, cell in given.items():
            if scheme and key not in lines:
                messages.append(self.env._(
                    "%(indicator)s isn't rated with scheme %(scheme)s. Leave it empty, or correct the channel.",
                    indicator=self.names[key], scheme=scheme.name,
                ))
                continue
            points[key], wrong = self._number(self.names[key], cell, lines[key].max_points if scheme else MOST_POINTS)
            messages += wrong
        if channel and not scheme:
            messages.append(self.env._(
                "No active rating scheme for this channel: activate one, or give only the total.",
            ))
        missing = [self.names[key] for key in lines if key not in given]
        if missing:
            messages.append(self.env._(
                "Points are missing: %s. Give those of all indicators, or only the total.", listed(self.env, missing),
            ))
        if messages:
            return {}, 0.0, messages
        summed = scoring.total(points.values())
        if score is not None and round(score, 2) != summed:
            messages.append(self.env._(
                "The total is %(total)s, but the points add up to %(sum)s. Correct the one or the others.",
                total=f"{score:g}", sum=f"{summed:g}",
            ))
        return points, summed, messages

    def _number(self, label, cell, most):
        text, points = earlier.text_of(cell), earlier.points_of(cell)
        if points is None:
            return None, [self.env._("%(column)s: “%(text)s” is no number.", column=label, text=text)]
        if not points.exact:
            return None, [self.env._(
                "%(column)s: %(text)s has more than two decimals. Round it.", column=label, text=text,
            )]
        if not 0 <= points.value <= round(most, 2):
            return None, [self.env._(
                "%(column)s: %(points)s points are out of range. Give 0 to %(maximum)s.", column=label,
                points=f"{points.value:g}", maximum=f"{most:g}",
            )]
        return points.value, []

    def _tier(self, cells):
        text = earlier.text_of(cells.get('tier'))
        if not text:
            return False, [self.env._("The tier is missing. Write “none” if no tier was given.")]
        tier_id = earlier.tier_of(text, self.tiers)
        if tier_id is None:
            return False, [self.env._(
                "There is no tier “%(text)s”. The tiers are %(tiers)s; write “none” if no tier was given.",
                text=text, tiers=listed(self.env, self.tier_names),
            )]
        return tier_id, []

    def _class(self, cells, tier_id, scheme):
        """Return the class, whether it is a major account, and what is wrong."""
        text = earlier.text_of(cells.get('class'))
        if not text:
            thresholds = self.specs[scheme].thresholds if scheme else ()
            is_key = any(threshold.tier == tier_id and threshold.is_key for threshold in thresholds)
            return 'key' if is_key else 'ordinary', False, []
        found = earlier.class_of(text, self.classes)
        if not found:
            return False, False, [self.env._(
                "“%s” is no class. Write key, ordinary or major account, or leave it empty.", text,
            )]
        return 'ordinary' if found == 'ordinary' else 'key', found == 'major', []

    def _confirmed_on(self, cells, quarter):
        text = earlier.text_of(cells.get('confirmed_on'))
        if not text:
            return False, []
        day = earlier.day_of(cells['confirmed_on'])
        if not day:
            return False, [self.env._("“%s” is no date. Write the day of confirmation like 2024-04-10.", text)]
        if day > self.today:
            return False, [self.env._("%s lies ahead, so the rating can't have been confirmed then.", day.isoformat())]
        if quarter and day <= quarter.date_to:
            return False, [self.env._(
                "%(day)s: on that day %(quarter)s wasn't over yet, so the rating can't have been confirmed then.",
                day=day.isoformat(), quarter=quarter.name,
            )]
        if day not in self.noons:
            self.noons[day] = datetime_bounds(self.company, (day, day))[0] + HALF_DAY
        return self.noons[day], []
