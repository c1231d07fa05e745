from odoo import api, fields, models
from odoo.exceptions import UserError


class TianyuanRatingTier(models.Model):
    _name = 'tianyuan.rating.tier'
    _description = "Customer Tier"
    _inherit = ['tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The best tier comes first.")
    color = fields.Integer()
    threshold_ids = fields.One2many('tianyuan.rating.threshold', 'tier_id', export_string_translation=False)

    _name_unique = models.Constraint('UNIQUE(name)', "There is already a tier of this name.")

    def _companies_using(self, others):
        return self._companies_of_schemes(self.threshold_ids.scheme_id, others)

    @api.model
    def _shared_advice(self):
        return self.env._("Create another one for your company's own scheme.")

    def write(self, vals):
        """Refuse to reorder tiers of used schemes, since the order decides which tier is awarded."""
        if 'sequence' in vals:
            for tier in self.filtered(lambda tier: tier.sequence != vals['sequence']):
                # sudo: schemes of other companies count too.
                if tier.sudo().with_context(active_test=False).threshold_ids.scheme_id._used_schemes():
                    raise UserError(self.env._(
                        "Tier %s is part of a scheme that confirmed ratings use, so its place in the order can't be "
                        "changed.", tier.name,
                    ))
        return super().write(vals)

    def _fetch_query(self, query, fields):
        # Fetch the name together with the color: badges read both, which would take two queries on a customer's form.
        if self._fields['color'] in fields:
            fields = [*fields, self._fields['name']]
        return super()._fetch_query(query, fields)

    def _rank(self):
        """Return the value by which tiers are compared.

        See :func:`~odoo.addons.tianyuan_customer_rating.engine.scoring.tier_change`.

        :return: tuple of sequence and id, or None for no tier
        """
        return (self.sequence, self.id) if self else None
