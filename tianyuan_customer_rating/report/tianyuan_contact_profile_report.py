from odoo import api, models


class ReportContactProfile(models.AbstractModel):
    """The printed profile; users who print several must have access to each of them."""

    _name = 'report.tianyuan_customer_rating.report_tianyuan_contact_profile'
    _description = "Printed Contact Profile"

    @api.model
    def _get_report_values(self, docids, data=None):
        profiles = self.env['tianyuan.contact.profile'].browse(docids)
        # Check access first: reading one profile may bring the others into the cache.
        profiles.check_access('read')
        profiles._note_opening()
        return {'doc_ids': docids, 'doc_model': profiles._name, 'docs': profiles}
