from odoo import api, fields, models

from ...engine import bulk
from ...tools.selections import CUSTOMER_CLASSES

COLUMNS = frozenset({
    'partner_id', 'company_id', 'date', 'old_class', 'new_class', 'old_tier_id', 'new_tier_id', 'reason', 'rating_id',
    'user_id',
})


class TianyuanClassHistory(models.Model):
    """A change of a customer's tier or class, with its reason. Rows are never changed or deleted (policy 6.5, 7.3)."""

    _name = 'tianyuan.class.history'
    _description = "Tier and Class History"
    _inherit = ['tianyuan.append.only.mixin', 'tianyuan.plain.text.mixin']
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, readonly=True, ondelete='restrict',
    )
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    old_class = fields.Selection(CUSTOMER_CLASSES, readonly=True)
    new_class = fields.Selection(CUSTOMER_CLASSES, readonly=True)
    old_tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True, ondelete='restrict')
    new_tier_id = fields.Many2one('tianyuan.rating.tier', readonly=True, ondelete='restrict')
    reason = fields.Char(required=True, readonly=True)
    rating_id = fields.Many2one('tianyuan.rating', readonly=True, index='btree_not_null', ondelete='restrict')
    user_id = fields.Many2one('res.users', string="Changed By", required=True, readonly=True)

    @api.model
    def _changes(self, company, changes):
        """Return the values of history rows for changes that are about to be written.

        It must be called before the change, because it reads the customers' current class and tier.

        :param company: ``res.company`` whose values change
        :param dict changes: commercial partner → values of its row: ``new_class``, ``reason``, and optionally
            ``new_tier_id`` (by default the tier stays) and ``rating_id``
        :return: values of new rows, for customers whose tier or class changes
        """
        today = fields.Date.context_today(self)
        rows = []
        for customer, change in changes.items():
            partner = customer.sudo().with_company(company)
            row = {
                'partner_id': partner.id,
                'company_id': company.id,
                'date': today,
                'old_class': partner.tianyuan_customer_class,
                'old_tier_id': partner.tianyuan_tier_id.id,
                'new_tier_id': partner.tianyuan_tier_id.id,
                'user_id': self.env.uid,
                **change,
            }
            if (row['old_class'], row['old_tier_id']) != (row['new_class'], row['new_tier_id']):
                rows.append(row)
        return rows

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self._class_changed(vals_list)
        return rows

    @api.model
    def _add(self, vals_list):
        """Create rows, by COPY if there are several and no other code depends on their creation.

        :param vals_list: values from :meth:`_changes`, all with the same keys
        """
        if len(vals_list) > 1 and bulk.can_copy(self, COLUMNS):
            bulk.copy_rows(self, vals_list)
            self._class_changed(vals_list)
        else:
            self.create(vals_list)

    @api.model
    def _class_changed(self, vals_list):
        """Called after classes and tiers were written; extend it for what depends on a customer's class.

        :param vals_list: values of the new rows
        """

    @api.model
    def _append_only_message(self):
        return self.env._("The history of tiers and classes is append-only.")
