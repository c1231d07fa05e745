from odoo import models


class TianyuanVisitFinding(models.Model):
    """Quality feedback is noted on its product once its visit is reported (policy 6.4)."""

    _inherit = 'tianyuan.visit.finding'

    def _tell_products(self):
        """Note quality feedback on its product, once, and notify whom the company has chosen for it.

        The customer isn't named: more people read products than read the visits.
        """
        for finding in self.sudo().filtered(lambda finding: finding.is_quality and not finding.told_product):
            reader = finding.company_id.tianyuan_quality_user_id
            product = finding.product_id.with_context(lang=reader.lang or finding.company_id.partner_id.lang)
            product.message_post(
                body=product.env._(
                    "Quality feedback %(number)s: %(text)s", number=finding.name, text=finding.description,
                ),
                author_id=self.env.user.partner_id.id, partner_ids=reader.partner_id.ids,
                message_type='notification', subtype_xmlid='mail.mt_note',
            )
            finding.told_product = True
