from odoo import fields, models


class TianyuanRatingTier(models.Model):
    _name = 'tianyuan.rating.tier'
    _description = "Customer Tier"
    _order = 'sequence, id'

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The best tier comes first.")
    color = fields.Integer()

    _name_unique = models.Constraint('UNIQUE(name)', "There is already a tier of this name.")

    def _fetch_query(self, query, fields):
        # a badge is read as color, then name: on a customer's form, two queries for one tier
        if self._fields['color'] in fields:
            fields = [*fields, self._fields['name']]
        return super()._fetch_query(query, fields)

    def _rank(self):
        """What tiers are compared by, see :func:`~odoo.addons.tianyuan_customer_rating.engine.scoring.tier_change`.

        :return: tuple of sequence and id, or None for no tier
        """
        return (self.sequence, self.id) if self else None
