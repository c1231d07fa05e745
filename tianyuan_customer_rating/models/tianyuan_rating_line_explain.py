from odoo import fields, models
from odoo.tools import format_date


class TianyuanRatingLine(models.Model):
    """Says why a line has its points, from what the line itself has kept."""

    _inherit = 'tianyuan.rating.line'

    def _explain(self):
        """Why the line has its points.

        :return: text
        """
        self.ensure_one()
        number = self.rating_id._explain_number
        if self.origin == 'missing':
            return self.env._("Missing: %s has not assessed it yet.", self._side_name())
        if self.origin == 'carried':
            return self._explain_carried()
        if self.origin == 'adjusted':
            return self.env._(
                "%(computed)s %(person)s adjusted %(before)s to %(points)s points on %(date)s: “%(note)s”",
                computed=self._explain_value() if self.has_value else self.env._("No data in the quarter."),
                before=number(self.computed_points), points=number(self.points),
                note=self.note or "", **self._explain_assessor(),
            )
        if self.origin == 'assessed':
            return self._explain_assessed()
        return self._explain_reached() if self.has_value else self.env._("No data in the quarter, so no points.")

    def _explain_carried(self):
        previous = self.rating_id.previous_rating_id
        if previous:
            return self.env._("No data in the quarter: carried over from %s.", previous.name)
        return self.env._("No data in the quarter: carried over from an earlier rating.")

    def _explain_value(self):
        return self.env._("The value is %s.", self.rating_id._explain_number(self.metric_value, 4))

    def _explain_reached(self):
        value = self.rating_id._explain_number(self.metric_value, 4)
        if self.level_id:
            return self.env._("%(value)s reaches “%(level)s”.", value=value, level=self.level_id.name)
        return self.env._("%s reaches no level.", value)

    def _explain_assessed(self):
        if self.source == 'value' and self.has_value and self.rating_id.kind == 'prospect':
            text = self.env._("%(reached)s Estimated by %(person)s on %(date)s.",
                              reached=self._explain_reached(), **self._explain_assessor())
        elif self.source == 'value' and self.has_value:
            text = self.env._("%(reached)s Entered by %(person)s on %(date)s.",
                              reached=self._explain_reached(), **self._explain_assessor())
        elif self.level_id:
            text = self.env._("%(person)s chose “%(level)s” on %(date)s.",
                              level=self.level_id.name, **self._explain_assessor())
        else:
            text = self.env._("%(person)s gave %(points)s points on %(date)s.",
                              points=self.rating_id._explain_number(self.points), **self._explain_assessor())
        return f"{text} “{self.note}”" if self.note else text

    def _explain_assessor(self):
        day = fields.Datetime.context_timestamp(self, self.assessed_on).date() if self.assessed_on else False
        # the name alone: a colleague's user may belong to companies the reader has no access to
        return {'person': self.assessor_id.sudo().name or "–", 'date': format_date(self.env, day) or "–"}
