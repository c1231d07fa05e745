"""Writes rating sheets: reads the input for many customers at once, scores it, and creates or refreshes sheets.

The number of queries doesn't depend on the number of customers, except for the batched writes of refreshed sheets. New
quarterly sheets are inserted with COPY, see :mod:`.bulk`.
"""

from bisect import bisect_left

from psycopg2 import DataError
from psycopg2.errors import DiskFull, OutOfMemory

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from . import bulk, scoring
from .metrics import NO_DOCUMENTS, compute_metrics, whole_books
from .own_definitions import EARLY
from .own_values import own_values
from .payments import early_payment_rates

# States of sheets that are still being filled in, and of all sheets before confirmation.
EDITABLE_STATES = ('draft', 'assessing')
UNCONFIRMED_STATES = (*EDITABLE_STATES, 'ready')
# Number of customers whose metrics are read at once, for several batches of sheets.
READ_AHEAD = 100_000


class SheetWriter:
    """Rates customers of one company for one quarter.

    It uses the rights of its environment: callers check who may rate, and use ``sudo``.
    """

    def __init__(self, env, company, quarter, upcoming=()):
        """Prepare for a company and quarter.

        :param upcoming: ids of the customers who will be rated in several batches, in order; the books are then read
            for several batches at once
        """
        self.env = env(context=dict(
            env.context, tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True,
        ))
        self.company = company.with_env(self.env)
        self.quarter = quarter
        self.schemes = self.env['tianyuan.rating.scheme']._applicable(company, quarter.date_to)
        self.specs = {}
        self.upcoming = upcoming
        self.ahead = {}
        self.own_ahead = {}
        self.own_definitions = {}

    def _spec(self, scheme):
        if scheme not in self.specs:
            self.specs[scheme] = scheme._spec()
        return self.specs[scheme]

    def problem_reason(self, partner):
        """Return the kind of a customer's problem, ``channel`` or ``scheme``, or None if it can be rated."""
        if not partner.tianyuan_channel:
            return 'channel'
        return None if partner.tianyuan_channel in self.schemes else 'scheme'

    def problem(self, partner):
        """Return why a customer can't be rated and what to do about it, or None."""
        reason = self.problem_reason(partner)
        if reason == 'channel':
            return self.env._("The customer has no channel. Set distributor or direct on its Archive page.")
        if reason == 'scheme':
            return self.env._(
                "No active rating scheme for this channel covers %(quarter)s in company %(company)s. "
                "Activate one under Configuration.",
                quarter=self.quarter.name, company=self.company.name,
            )
        return None

    def rate(self, partners, run=None, kind='quarterly'):
        """Create the sheets of customers, or refresh open ones.

        :param partners: commercial ``res.partner`` records without a :meth:`problem`
        :param run: the ``tianyuan.rating.run`` of the sheets
        :param kind: ``quarterly``, or ``prospect``: nothing is computed, every line waits for an estimate
        :return: the ``tianyuan.rating`` sheets; closed ones aren't changed
        """
        sheets = self.env['tianyuan.rating'].search([
            ('partner_id', 'in', partners.ids),
            ('company_id', '=', self.company.id),
            ('date_from', '=', self.quarter.date_from),
            ('kind', '=', kind),
            ('state', '!=', 'cancelled'),
        ])
        self.refresh(sheets.filtered(lambda sheet: sheet.state in EDITABLE_STATES), run)
        return sheets + self._create(partners - sheets.partner_id, run, kind)

    def refresh(self, sheets, run=None):
        """Read the metrics of open sheets again; assessments and adjustments by users stay.

        A sheet keeps its scheme unless it was retired or the customer's channel has changed.
        """
        missing = []
        dropped = self.env['tianyuan.rating.line']
        for (scheme, kind), group in sheets.grouped(lambda sheet: (self._scheme_of(sheet), sheet.kind)).items():
            specs = self._line_specs(scheme, kind)
            inputs = self._inputs(scheme, group.partner_id, kind)
            for sheet in group:
                partner_id = sheet.partner_id.id
                lines = {line.indicator_id.id: line for line in sheet.line_ids}
                same_scheme = sheet.scheme_id == scheme
                sheet.write({
                    **self._sheet_vals(scheme, kind, partner_id, inputs),
                    'run_id': run.id if run else sheet.run_id.id,
                })
                for vals in self._line_vals(specs, partner_id, inputs):
                    line = lines.pop(vals['indicator_id'], None)
                    if line is None:
                        missing.append({**vals, 'rating_id': sheet.id})
                    elif same_scheme and line.origin in ('assessed', 'adjusted'):
                        self._write_changes(line, self._kept_vals(line, vals))
                    else:
                        self._write_changes(line, vals)
                dropped = dropped.union(*lines.values())
        dropped.unlink()
        self.env['tianyuan.rating.line'].create(missing)
        self._reopen_incomplete(sheets)

    @staticmethod
    def _reopen_incomplete(sheets):
        """Reopen a submitted side if one of its lines has lost its data."""
        for side in ('sales', 'finance'):
            sheets.filtered(lambda sheet, side=side: sheet[f'{side}_done'] and any(
                line.responsibility == side and line.origin == 'missing' for line in sheet.line_ids
            )).write({f'{side}_done': False})

    def compare_anew(self, sheets, lost):
        """Compare open sheets with the confirmed ones there are now, and carry points over from these.

        The books aren't read. Of sheets being assessed, the lines without data change, with one write for all that get
        the same points. Submitted ones keep theirs, unless they were carried over from a sheet that is no more: these
        are shown as changed.

        :param sheets: open quarterly ``tianyuan.rating`` of the quarter
        :param lost: those of them that had points from a sheet that is no more
        """
        previous = self.env['tianyuan.rating']._previous(self.company, sheets.partner_id, self.quarter.date_from)
        for sheet in sheets.with_env(self.env):
            last = previous.get(sheet.partner_id.id, sheet.browse())
            if sheet.previous_rating_id != last:
                sheet.previous_rating_id = last
        points, fresh = self._points(previous), {}
        for sheet in sheets.filtered(lambda sheet: sheet.state == 'assessing' or sheet in lost).with_env(self.env):
            specs = self._spec(sheet.scheme_id).lines
            for line in sheet.line_ids:
                spec = specs.get(line.indicator_id.id)
                if spec and line.origin in ('missing', 'carried'):
                    scored = scoring.score_line(spec, None, points.get((sheet.partner_id.id, line.indicator_id.id)))
                    if (scored.origin, scored.points) != (line.origin, line.points):
                        fresh.setdefault((scored.origin, scored.points), []).append(line.id)
        changed = self.env['tianyuan.rating.line'].browse(ids for rows in fresh.values() for ids in rows).rating_id
        submitted = changed.filtered(lambda sheet: sheet.state == 'ready')
        self._note_former_scores(submitted)
        submitted.write({'state': 'assessing'})
        for (origin, given), line_ids in fresh.items():
            self.env['tianyuan.rating.line'].browse(line_ids).write({
                'origin': origin, 'points': given, 'computed_points': given,
            })
        self._reopen_incomplete(changed)
        submitted.filtered(lambda sheet: sheet.sales_done and sheet.finance_done).write({'state': 'ready'})

    def outdated(self, sheets):
        """Return submitted quarterly sheets to which the books would now give other points, bad debt or major account.

        Their schemes are used unchanged, and points given by users are ignored.

        :return: ``tianyuan.rating``
        """
        known = self._computed_points(sheets)
        result = sheets.browse()
        for scheme, group in sheets.filtered('scheme_id').grouped('scheme_id').items():
            spec = self._spec(scheme)
            inputs = self._inputs(scheme, group.partner_id, 'quarterly', self.upcoming and self._metrics_ahead)
            thresholds = {threshold.tier: threshold for threshold in spec.thresholds}
            for sheet in group:
                partner_id = sheet.partner_id.id
                # Ignore points that are carried over for lack of data: they don't come from the books.
                lines_differ = any(
                    vals['source'] == 'computed' and vals['indicator_id'] in known[sheet.id]
                    and scoring.total([vals['computed_points']]) != known[sheet.id][vals['indicator_id']][0]
                    and (vals['has_value'] or known[sheet.id][vals['indicator_id']][1])
                    for vals in self._line_vals(spec.lines, partner_id, inputs)
                )
                annual = inputs['metrics'].get(partner_id, NO_DOCUMENTS)['annual_purchase']
                if (
                    lines_differ
                    or sheet.has_bad_debt != (partner_id in inputs['bad_debt'])
                    or sheet.is_major_account != scoring.is_major(thresholds.get(sheet.tier_id.id), annual)
                ):
                    result += sheet
        return result

    def _computed_points(self, sheets):
        """Return the points that were computed when the sheets were created.

        :return: dict of sheet id → dict of indicator id → (points, whether the books had data)
        """
        self.env['tianyuan.rating.line'].flush_model(
            ['rating_id', 'indicator_id', 'source', 'has_value', 'origin', 'computed_points'],
        )
        result = {sheet_id: {} for sheet_id in sheets.ids}
        for sheet_id, indicator_id, points, had_data in self.env.execute_query(SQL(
            """
            SELECT rating_id, indicator_id, computed_points, has_value AND origin <> 'assessed'
              FROM tianyuan_rating_line WHERE rating_id = ANY(%s) AND source = 'computed'
            """, sheets.ids,
        )):
            result[sheet_id][indicator_id] = scoring.total([float(points or 0)]), had_data
        return result

    def bring_up_to_date(self, sheets):
        """Read the metrics of submitted sheets again; sheets stay ready unless a line has lost its data."""
        self._note_former_scores(sheets)
        self.refresh(sheets)
        sheets.filtered(lambda sheet: sheet.sales_done and sheet.finance_done).write({'state': 'ready'})

    @staticmethod
    def _note_former_scores(sheets):
        for sheet in sheets:
            sheet.write({'books_changed': True, 'former_score': sheet.score})

    @staticmethod
    def _write_changes(line, vals):
        """Write only changed values: most lines don't change, and writing is much slower than comparing."""
        def differs(name, value):
            field, stored = line._fields[name], line[name]
            fresh = field.convert_to_cache(value, line)
            return ((stored.id if field.relational else stored) or False) != (fresh or False)

        if any(differs(name, value) for name, value in vals.items()):
            line.write(vals)

    def _scheme_of(self, sheet):
        channel = sheet.partner_id.tianyuan_channel
        keeps = sheet.scheme_id.state == 'active' and sheet.scheme_id.channel == channel
        return sheet.scheme_id if keeps else self.schemes[channel]

    @staticmethod
    def _kept_vals(line, fresh):
        """Return the values to write to an adjusted line: its points stay, the computed number is updated."""
        if not fresh['has_value']:
            return {'origin': line.origin, 'computed_points': fresh['computed_points']}
        return {
            'origin': line.origin,
            'metric_value': fresh['metric_value'],
            'has_value': True,
            'computed_points': fresh['computed_points'],
        }

    def preview(self, partner):
        """Return the sheet that a customer would get if the quarter were rated now; nothing is written.

        Lines that users assess, and lines without data, get the points of the last confirmed sheet.

        :param partner: a commercial ``res.partner`` without a :meth:`problem`
        :return: ``tianyuan.rating``, a new record in memory
        """
        scheme = self.schemes[partner.tianyuan_channel]
        specs = self._carrying_specs(scheme)
        return self.env['tianyuan.rating'].new(
            self._new_vals(scheme, 'quarterly', specs, partner, self._inputs(scheme, partner, 'quarterly')),
        )

    def _carrying_specs(self, scheme, unknown=()):
        """Return the specs by which lines that users assess, and lines without data, keep the last confirmed points.

        :param unknown: metrics that say nothing yet; no data is no purchases for all others with the policy ``zero``
        """
        return {
            key: spec
            if spec.source == 'computed' and spec.no_data_policy == 'zero' and spec.metric not in unknown
            else spec._replace(no_data_policy='carry')
            for key, spec in self._spec(scheme).lines.items()
        }

    def outlook(self, partners):
        """Compute the quarterly sheets that customers would get now; nothing is written.

        :param partners: commercial ``res.partner`` records without a :meth:`problem`
        :return: list of (values of the lines, outcome if what is missing gets no points, outcome if it gets all)
        """
        result = []
        for channel, group in partners.grouped('tianyuan_channel').items():
            scheme = self.schemes[channel]
            spec = self._spec(scheme)
            inputs = self._inputs(scheme, group, 'quarterly', self.upcoming and self._metrics_ahead)
            for partner_id in group.ids:
                vals = self._sheet_vals(scheme, 'quarterly', partner_id, inputs)
                lines = self._line_vals(spec.lines, partner_id, inputs)
                filled = [
                    {**line, 'points': line['max_points']} if line['origin'] == 'missing' else line for line in lines
                ]
                result.append((lines, *(
                    self._outcome(spec.thresholds, vals, rows, None) for rows in (lines, filled)
                )))
        return result

    def _line_specs(self, scheme, kind):
        """Return the specs of a sheet's lines.

        Nothing can be computed for a prospect: users enter the number of a computed indicator, and its levels score it.
        """
        specs = self._spec(scheme).lines
        if kind == 'quarterly':
            return specs
        return {
            key: spec._replace(
                source='value' if spec.source == 'computed' else spec.source, no_data_policy='assess',
            ) for key, spec in specs.items()
        }

    def _create(self, partners, run, kind):
        if kind == 'quarterly' and bulk.can_insert(self.env):
            return self._insert(partners, run)
        vals_list = []
        for channel, group in partners.grouped('tianyuan_channel').items():
            scheme = self.schemes[channel]
            specs = self._line_specs(scheme, kind)
            inputs = self._inputs(scheme, group, kind)
            vals_list += [
                {**self._new_vals(scheme, kind, specs, partner, inputs), 'run_id': run.id if run else False}
                for partner in group
            ]
        return self.env['tianyuan.rating'].create(vals_list)

    def _insert(self, partners, run):
        """Insert quarterly sheets, with the same result as ``create`` but faster."""
        Rating = self.env['tianyuan.rating']
        partners.fetch(['name', 'commercial_partner_id', 'tianyuan_channel'])
        Rating._check_customers(partners)
        if partners:
            Rating._check_period(self.quarter.date_to)
        common = {
            'kind': 'quarterly',
            'origin': 'computed',
            'company_id': self.company.id,
            'currency_id': self.company.currency_id.id,
            'date_from': self.quarter.date_from,
            'date_to': self.quarter.date_to,
            'run_id': run.id if run else False,
        }
        sheets = []
        for channel, group in partners.grouped('tianyuan_channel').items():
            scheme = self.schemes[channel]
            spec = self._spec(scheme)
            inputs = self._inputs(scheme, group, 'quarterly', self._metrics_ahead)
            standings = Rating._standings(inputs['previous'])
            for partner in group:
                vals = {
                    **self._sheet_vals(scheme, 'quarterly', partner.id, inputs),
                    **common,
                    'name': Rating._sheet_name(self.quarter, partner),
                    'partner_id': partner.id,
                }
                lines = self._line_vals(spec.lines, partner.id, inputs)
                vals.update(self._outcome(spec.thresholds, vals, lines, standings.get(partner.id)))
                sheets.append((vals, lines))
        return bulk.insert_sheets(self.env(context={
            **self.env.context, 'allowed_company_ids': self.company.ids,
        }), sheets).with_env(self.env)

    @staticmethod
    def _outcome(thresholds, vals, lines, previous):
        """Return the values of the sheet's computed fields: the scores, and what follows from them.

        :param previous: :class:`~.scoring.Standing` of the last confirmed sheet, or None
        """
        points = [(line['responsibility'], line['points']) for line in lines]
        score = scoring.total(given for _side, given in points)
        marks = {line['indicator_id']: (line['points'], line['max_points']) for line in lines}
        outcome = scoring.outcome(
            thresholds, score, marks, vals['annual_purchase'], vals['has_bad_debt'], previous,
        )
        return {
            'score': score,
            'sales_score': scoring.total(given for side, given in points if side == 'sales'),
            'finance_score': scoring.total(given for side, given in points if side == 'finance'),
            **outcome._asdict(),
        }

    def _new_vals(self, scheme, kind, specs, partner, inputs):
        return {
            **self._sheet_vals(scheme, kind, partner.id, inputs),
            'kind': kind,
            'name': self.env['tianyuan.rating']._sheet_name(self.quarter, partner),
            'partner_id': partner.id,
            'company_id': self.company.id,
            'date_from': self.quarter.date_from,
            'date_to': self.quarter.date_to,
            'line_ids': [Command.create(vals) for vals in self._line_vals(specs, partner.id, inputs)],
        }

    def _metrics(self, scheme, partner_ids):
        return compute_metrics(
            self.env, self.company, self.quarter, partner_ids, scheme.grace_days, scheme.volume_basis,
            scheme.apply_unmatched_credits,
        )

    def _metrics_ahead(self, scheme, partner_ids):
        """Return the metrics of these customers, which are read together with those of the next batches."""
        basis = scheme.grace_days, scheme.volume_basis, scheme.apply_unmatched_credits
        if not self.ahead.get(basis, {}).keys() >= set(partner_ids):
            self.ahead[basis] = self._read_ahead(scheme, partner_ids)
        return self.ahead[basis]

    def _read_ahead(self, scheme, partner_ids):
        return self._several_batches(lambda ids: self._metrics(scheme, ids), partner_ids)

    def _several_batches(self, read, partner_ids):
        """Return what ``read`` gives for these customers and those of the next batches."""
        start = bisect_left(self.upcoming, min(partner_ids))
        customers = self.upcoming[start:start + READ_AHEAD]
        if len(customers) > 2 * len(partner_ids):
            try:
                with self.env.cr.savepoint(), whole_books(self.env.cr):
                    return read({*customers, *partner_ids})
            except (DataError, DiskFull, OutOfMemory):
                # Either one customer's numbers are out of range, which the single batches will show, or the server
                # lacks memory or disk space for so many customers at once, as in a small container.
                self.upcoming = ()
        return read(partner_ids)

    def _own(self, scheme, partner_ids, is_ahead):
        """Return the values of the scheme's own indicators.

        :param bool is_ahead: read them together with those of the next batches
        :return: dict of metric key → dict of partner id → value, or None for no data
        """
        if not partner_ids:
            return {}
        result = {}
        for key, read in self._own_readers(scheme).items():
            known = self.own_ahead.get(key, {})
            if not is_ahead:
                known = read(partner_ids)
            elif not known.keys() >= set(partner_ids):
                known = self.own_ahead[key] = self._several_batches(read, partner_ids)
            result[key[0]] = known
        return result

    def _own_readers(self, scheme):
        """Return the functions that read what the scheme has beside the seven metrics.

        :return: dict of (metric key, what else the values depend on) → function of partner ids
        """
        readers = {}
        for definition in self._own_definitions(scheme):
            def read(ids, definition=definition):
                return own_values(self.env, self.company, self.quarter, definition, ids)

            readers[definition.key, None] = read
        if any(spec.metric == EARLY for spec in self._spec(scheme).lines.values()):
            basis = scheme.grace_days, scheme.apply_unmatched_credits
            readers[EARLY, basis] = lambda ids: dict.fromkeys(ids) | early_payment_rates(
                self.company, self.quarter, list(ids), *basis,
            )
        return readers

    def _own_definitions(self, scheme):
        if scheme not in self.own_definitions:
            indicators = self.env['tianyuan.rating.indicator'].sudo().browse(self._spec(scheme).lines)
            self.own_definitions[scheme] = [
                indicator._own_definition() for indicator in indicators if indicator._is_own()
            ]
        return self.own_definitions[scheme]

    def _inputs(self, scheme, partners, kind, read_metrics=None):
        """Return everything that scoring needs for these partners, as dicts by partner id."""
        previous = self.env['tianyuan.rating']._previous(
            self.company, partners, self.quarter.date_from, kinds=(kind,),
        )
        return {
            'metrics': (read_metrics or self._metrics)(scheme, partners.ids) if kind == 'quarterly' else {},
            'own': self._own(scheme, partners.ids, bool(read_metrics)) if kind == 'quarterly' else {},
            'bad_debt': self.env['tianyuan.bad.debt']._owed(
                self.company, self.quarter.date_to, partners.ids,
            ),
            'previous': previous,
            'points': self._points(previous),
        }

    def _points(self, previous):
        """Return the points of previous sheets by customer and indicator."""
        self.env['tianyuan.rating.line'].flush_model(['rating_id', 'partner_id', 'indicator_id', 'points'])
        return {
            (partner_id, indicator_id): float(points or 0)
            for partner_id, indicator_id, points in self.env.execute_query(SQL(
                "SELECT partner_id, indicator_id, points FROM tianyuan_rating_line WHERE rating_id = ANY(%s)",
                [sheet.id for sheet in previous.values()],
            ))
        } if previous else {}

    def _sheet_vals(self, scheme, kind, partner_id, inputs):
        previous = inputs['previous'].get(partner_id)
        annual = {
            'annual_purchase': inputs['metrics'].get(partner_id, NO_DOCUMENTS)['annual_purchase'],
            'annual_year': self.quarter.annual_year,
        } if kind == 'quarterly' else {}    # Sales estimate the amount for a prospect.
        amount, since = inputs['bad_debt'].get(partner_id, (0.0, False))
        return {
            **annual,
            'channel': scheme.channel,
            'scheme_id': scheme.id,
            'state': 'assessing',
            'has_bad_debt': partner_id in inputs['bad_debt'],
            'bad_debt_amount': amount,
            'bad_debt_date': since,
            'previous_rating_id': previous.id if previous else False,
            'computed_on': fields.Datetime.now(),
        }

    @staticmethod
    def _value(spec, partner_id, metrics, own):
        """Return the computed value of a line, or None if nothing is computed or there is no data.

        :param dict metrics: the customer's metrics
        :param dict own: values of own indicators, see :meth:`_own`
        """
        if spec.source != 'computed':
            return None
        return own[spec.metric].get(partner_id) if spec.metric in own else metrics[spec.metric]

    @staticmethod
    def _line_vals(specs, partner_id, inputs):
        metrics = inputs['metrics'].get(partner_id, NO_DOCUMENTS)
        result = []
        for sequence, (indicator_id, spec) in enumerate(specs.items(), start=1):
            value = SheetWriter._value(spec, partner_id, metrics, inputs['own'])
            scored = scoring.score_line(spec, value, inputs['points'].get((partner_id, indicator_id)))
            result.append({
                'sequence': sequence,
                'indicator_id': indicator_id,
                'category_id': spec.category,
                'responsibility': spec.responsibility,
                'source': spec.source,
                'max_points': spec.max_points,
                'metric_value': value or 0.0,
                'has_value': value is not None,
                'computed_points': scored.points,
                'points': scored.points,
                'level_id': scored.level.id if scored.level else False,
                'origin': scored.origin,
            })
        return result


class SheetWriters:
    """The writers of several quarters, for batches that read the books once for all of them."""

    def __init__(self, writers=()):
        """Store the writers.

        :param dict writers: (company id, first day of the quarter) → :class:`SheetWriter`
        """
        self._writers = dict(writers)

    def get(self, env, company, quarter):
        """Return the quarter's writer, or a new one."""
        return self._writers.get((company.id, quarter.date_from)) or SheetWriter(env, company, quarter)
