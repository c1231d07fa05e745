from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter
from odoo.addons.tianyuan_customer_rating.engine.population import since
from odoo.addons.tianyuan_customer_rating.models.watch.tianyuan_watch_item import Reason

from ..tools.licences import expiring_licences


class TianyuanWatchItem(models.Model):
    """A licence that expires, and that is needed for what a customer buys, is a reason to look (policy 9.1).

    The days of the company's warning of required papers count.
    """

    _inherit = 'tianyuan.watch.item'

    reason = fields.Selection(selection_add=[('licence', "Licence Expires")], ondelete={'licence': 'cascade'})

    @api.model
    def _reasons(self):
        return {**super()._reasons(), 'licence': Reason(    # licences that have expired
            'specialist', step=1, for_archive=True, behind='document_id', event=True,
        )}

    @api.model
    def _findings(self, company, today, partners):
        found = super()._findings(company, today, partners)
        if days := company.tianyuan_watch_paper_days:
            first = since(Quarter.containing(today))
            found += expiring_licences(self.env, company, today, days, partners.ids, first)
        return found

    @api.model
    def _texts(self):
        return {**super()._texts(), 'licence': lambda item: item._paper_text()}

    @api.model
    def _sources(self):
        return {**super()._sources(), 'licence': lambda item: item._open_document()}
