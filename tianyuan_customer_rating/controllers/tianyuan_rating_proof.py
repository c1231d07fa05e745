from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from .workbook import download


class TianyuanRatingProof(http.Controller):

    @http.route('/tianyuan/proof/<int:report_id>/xlsx', type='http', auth='user', methods=['GET'], readonly=True)
    def export_xlsx(self, report_id, **_kwargs):
        """Return a report that the user has opened as a workbook; the status is 403 for those of others."""
        report = request.env['tianyuan.rating.proof'].browse(report_id).exists()
        if not report:
            raise NotFound()
        try:
            name, content = report.with_context(allowed_company_ids=request.env.user.company_ids.ids)._export()
        except AccessError as error:
            raise Forbidden(str(error))
        return download(name, content)
