from odoo import models
from odoo.tools import SQL

# what is about customers, never about their contacts, and names them in ``partner_id``
ABOUT_CUSTOMERS = (
    'tianyuan.contract', 'tianyuan.contract.paper', 'tianyuan.visit', 'tianyuan.visit.finding',
    'tianyuan.market.insight.share.log', 'tianyuan.policy.application.line',
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """What there was about a person who is merged into a customer's contact is about that customer then.

    A company merged so stays a customer of its own.
    """

    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_values(self, src_partners, dst_partner):
        super()._update_values(src_partners, dst_partner)
        keeper = dst_partner.commercial_partner_id
        if keeper == dst_partner:
            return
        self.env.flush_all()
        for model in ABOUT_CUSTOMERS:
            # behind the ORM's back as merging is: what was signed or logged stays as it is
            self.env.cr.execute(SQL(
                "UPDATE %s SET partner_id = %s WHERE partner_id = %s",
                SQL.identifier(self.env[model]._table), keeper.id, dst_partner.id,
            ))
        self.env.invalidate_all()
