"""An indicator of the customers' satisfaction, from the preset."""
from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.engine.own_values import own_values

from .questionnaires import QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestSatisfactionIndicator(QuestionnaireCommon):

    def test_the_average_of_what_was_answered_in_the_year_up_to_the_quarters_end(self):
        Indicator = self.env['tianyuan.rating.indicator'].with_user(self.rating_manager)
        indicator = Indicator.create({
            'code': "satisfaction", 'category_id': self.env['tianyuan.rating.category'].search([], limit=1).id,
            'source': 'computed', **Indicator._own_presets()['satisfaction'],
        })
        for moment, points in (
            ('2023-06-30 04:00:00', (1, 1, 1, 1, 1)), ('2023-07-01 04:00:00', (5, 5, 5, 5, 4)),    # too long ago; 95
            ('2024-06-30 04:00:00', (3, 3, 3, 3, 2)), ('2024-07-01 04:00:00', (1, 1, 1, 1, 1)),    # 45; too late
        ):
            with freeze_time(moment):
                self.answer(self.send(), *points)
        found = own_values(
            self.env, self.company, self.quarter, indicator.sudo()._own_definition(),
            (self.customer + self.other_customer).ids)
        # (95 + 45) ÷ 2; nothing answered is no data
        self.assertEqual(found, {self.customer.id: 70.0, self.other_customer.id: None})
