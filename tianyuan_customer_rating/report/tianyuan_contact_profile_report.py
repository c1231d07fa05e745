from odoo import api, models


class ReportContactProfile(models.AbstractModel):
    """The printed profile: whoever prints several may read every one of them."""

    _name = 'report.tianyuan_customer_rating.report_tianyuan_contact_profile'
    _description = "Printed Contact Profile"

    @api.model
    def _get_report_values(self, docids, data=None):
        profiles = self.env['tianyuan.contact.profile'].browse(docids)
        # asked first: reading one may bring the others into the cache
        profiles.check_access('read')
        profiles._note_opening()
        return {'doc_ids': docids, 'doc_model': profiles._name, 'docs': profiles}
