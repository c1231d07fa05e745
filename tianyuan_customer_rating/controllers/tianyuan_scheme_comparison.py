from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from .workbook import download


class TianyuanSchemeComparison(http.Controller):

    @http.route('/tianyuan/scheme_comparison/<int:comparison_id>/xlsx', type='http', auth='user', methods=['GET'],
                readonly=True)
    def export_xlsx(self, comparison_id, **_kwargs):
        """Return a comparison as a workbook.

        The status is 403 for a comparison that the user didn't open, or that no longer exists.
        """
        comparison = request.env['tianyuan.scheme.comparison'].with_context(
            allowed_company_ids=request.env.user.company_ids.ids,
        ).browse(comparison_id)
        try:
            name, content = comparison._export()
        except (AccessError, MissingError) as error:
            raise Forbidden(str(error))
        return download(name, content)
