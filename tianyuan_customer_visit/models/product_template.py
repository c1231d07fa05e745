from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES


class ProductTemplate(models.Model):
    """Customers' feedback on the quality of a product, as far as the user may read it (policy 6.4)."""

    _inherit = 'product.template'

    tianyuan_quality_feedback_count = fields.Integer(
        string="Quality Feedback", compute='_compute_tianyuan_quality_feedback_count', groups=ROLES,
    )

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_quality_feedback_count(self):
        counts = dict(self.env['tianyuan.visit.finding']._read_group(
            [('product_id', 'in', self.ids), ('is_quality', '=', True)], ['product_id'], ['__count'],
        ))
        for product in self:
            product.tianyuan_quality_feedback_count = counts.get(product._origin, 0)

    def action_tianyuan_quality_feedback(self):
        """Open the quality feedback on the product.

        :return: action
        :raise AccessError: the user may not read the product, or has no role
        """
        self.ensure_one()
        self.check_access('read')
        self.env['tianyuan.visit.finding'].check_access('read')
        return {
            **self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_visit.tianyuan_visit_finding_action'),
            'domain': [('product_id', '=', self.id), ('is_quality', '=', True)],
            'context': {'create': False},
        }
