"""What the tests of own indicators share."""
from ...engine.own_values import own_values
from .sheets import SheetCommon


class OwnCommon(SheetCommon):
    """Indicators are defined by the manager, as on the screen; the quarter under test is 2024 Q2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env['tianyuan.rating.category'].search([], limit=1)

    @classmethod
    def own_values_of(cls, **definition):
        """The values of an indicator of records, but for the definition given: orders by the day."""
        return {
            'name': "Own", 'code': f"own_{cls.env['tianyuan.rating.indicator'].sudo().search_count([])}",
            'category_id': cls.category.id, 'source': 'computed', 'metric': 'own_records',
            'no_data_policy': 'zero', 'own_model': 'sale.order', 'own_partner_path': 'partner_id',
            'own_measure': 'count', 'own_domain': "[('state', '=', 'sale')]", 'own_date_field': 'date_order',
            'own_period': 'quarter', **definition,
        }

    @classmethod
    def own_indicator(cls, user=None, **definition):
        return cls.env['tianyuan.rating.indicator'].with_user(user or cls.rating_manager).create(
            cls.own_values_of(**definition))

    @classmethod
    def number_indicator(cls, field, user=None, **values):
        return cls.own_indicator(
            user, metric='own_field', own_model=False, own_partner_path=False, own_measure=False, own_domain=False,
            own_date_field=False, own_period=False, own_field=field, **values)

    def values(self, indicator, *customers, quarter=None, company=None):
        """The values of customers, by default of the one under test; a single one is returned bare."""
        asked = customers or (self.customer,)
        found = own_values(
            self.env, company or self.company, quarter or self.quarter, indicator.sudo()._own_definition(),
            [customer.id for customer in asked],
        )
        result = [found[customer.id] for customer in asked]
        return result if customers else result[0]
