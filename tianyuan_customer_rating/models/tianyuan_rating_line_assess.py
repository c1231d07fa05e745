from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .wording import listed

NAMED_ROWS = 10    # how many rows a message names


class TianyuanRatingLine(models.Model):
    """Assessing many lines at once: the last quarter beside the new one, filling and submitting in bulk."""

    _inherit = 'tianyuan.rating.line'

    channel = fields.Selection(related='rating_id.channel')
    # whether the line's sheet is being assessed, and the side has not submitted it yet
    waits_for_sales = fields.Boolean(
        compute='_compute_waits_for', search='_search_waits_for_sales', export_string_translation=False,
    )
    waits_for_finance = fields.Boolean(
        compute='_compute_waits_for', search='_search_waits_for_finance', export_string_translation=False,
    )
    has_previous = fields.Boolean(compute='_compute_previous', export_string_translation=False)
    previous_has_value = fields.Boolean(compute='_compute_previous', export_string_translation=False)
    previous_value = fields.Float(string="Last Value", compute='_compute_previous', digits=(16, 4))
    previous_level_id = fields.Many2one('tianyuan.rating.level', string="Last Level", compute='_compute_previous')
    previous_points = fields.Float(string="Last Points", compute='_compute_previous', digits=(5, 2))

    @api.depends('rating_id.state', 'rating_id.sales_done', 'rating_id.finance_done')
    def _compute_waits_for(self):
        for line in self:
            sheet = line.rating_id
            line.waits_for_sales = sheet.state == 'assessing' and not sheet.sales_done
            line.waits_for_finance = sheet.state == 'assessing' and not sheet.finance_done

    def _search_waits_for_sales(self, operator, value):
        return self._search_waits_for('sales', operator)

    def _search_waits_for_finance(self, operator, value):
        return self._search_waits_for('finance', operator)

    @api.model
    def _search_waits_for(self, side, operator):
        if operator != 'in':
            return NotImplemented
        # without the sheets' own rules: those of the lines ask the same, and asking twice takes twice as long
        return Domain('rating_id', 'any!', Domain('state', '=', 'assessing') & Domain(f'{side}_done', '=', False))

    @api.depends('rating_id.previous_rating_id', 'indicator_id')
    def _compute_previous(self):
        """The same indicator on the customer's previous sheet, for a whole list in one query.

        Whoever may read a line may read the one before: both belong to the same customer and company.
        """
        self.env['tianyuan.rating'].flush_model(['previous_rating_id'])
        self.flush_model(['rating_id', 'indicator_id', 'has_value', 'metric_value', 'level_id', 'points'])
        previous = {
            line_id: values for line_id, *values in self.env.execute_query(SQL(
                """
                SELECT line.id, previous.has_value, previous.metric_value, previous.level_id, previous.points
                  FROM tianyuan_rating_line line
                  JOIN tianyuan_rating sheet ON sheet.id = line.rating_id
                  JOIN tianyuan_rating_line previous
                    ON previous.rating_id = sheet.previous_rating_id AND previous.indicator_id = line.indicator_id
                 WHERE line.id = ANY(%s)
                """,
                self._origin.ids,
            ))
        }
        for line in self:
            line.has_previous = line._origin.id in previous
            has_value, value, level_id, points = previous.get(line._origin.id, (False, 0.0, False, 0.0))
            line.previous_has_value = has_value
            line.previous_value = value
            line.previous_level_id = level_id
            line.previous_points = points

    @api.model
    @api.readonly
    def assessment_progress(self, domain):
        """How much is left of what people assess, for the user's list; one query, however long the list.

        :param list domain: lines, whole sides of their sheets
        :return: dict of ``total`` and ``missing`` lines, ``customers`` (sheets), and how many of them are
            ``ready`` to be submitted
        :raise AccessError: the user has no role
        """
        self.check_access('read')
        self.flush_model(['rating_id', 'responsibility', 'source', 'origin'])
        lines = self._search(domain).select(*(
            SQL.identifier(self._table, name) for name in ('rating_id', 'responsibility', 'source', 'origin')
        ))
        [[total, missing, customers, ready]] = self.env.execute_query(SQL(
            """
            SELECT COALESCE(SUM(total), 0)::int, COALESCE(SUM(missing), 0)::int,
                   COUNT(*)::int, COUNT(*) FILTER (WHERE missing = 0)::int
              FROM (
                  SELECT COUNT(*) FILTER (
                             WHERE source <> 'computed' OR origin IN ('missing', 'assessed')
                         ) AS total,
                         COUNT(*) FILTER (WHERE origin = 'missing') AS missing
                    FROM (%s) line
                   GROUP BY rating_id, responsibility
              ) sheet
            """,
            lines,
        ))
        return {'total': total, 'missing': missing, 'customers': customers, 'ready': ready}

    def write(self, vals):
        """Fill several lines at once, where they ask for the same.

        :raise UserError: a value, level or points for lines of different indicators or schemes
        """
        if len(self) > 1 and not self.env.su:
            self.check_access('write')    # before a message names customers
            self._check_bulk(vals)
        return super().write(vals)

    def action_submit(self):
        """Submit the sheets of these lines, for the side the lines belong to.

        :raise AccessError: the user isn't responsible for that side of a sheet
        :raise UserError: a sheet isn't being assessed, or lines of it still miss an assessment
        """
        self.check_access('read')
        for side, lines in self.grouped('responsibility').items():
            sheets = lines.rating_id
            if side == 'sales':
                sheets.action_submit_sales()
            else:
                sheets.action_submit_finance()
        return True

    def _check_bulk(self, vals):
        """One value or level fits several lines only if they are of one indicator and of one scheme's levels."""
        filled = {'metric_value', 'level_id', 'points'}.intersection(vals)
        if filled and len(self.indicator_id) > 1:
            raise UserError(self.env._(
                "Lines of different indicators can't be filled together: %s. Select the lines of one indicator.",
                self.indicator_id.mapped('name'),
            ))
        if not vals.get('level_id'):
            return
        foreign = self.filtered(lambda line: vals['level_id'] not in line.available_level_ids.ids)
        if foreign and foreign != self:
            raise UserError(self.env._(
                "This level belongs to another rating scheme than the one of: %s. "
                "Select the lines of customers with the same scheme (distributors or direct customers).",
                listed(self.env, foreign[:NAMED_ROWS].partner_id.sudo().mapped('name'))
                + (" …" if len(foreign) > NAMED_ROWS else ""),
            ))
