from werkzeug.exceptions import BadRequest, Forbidden

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .workbook import download


class TianyuanRatingDashboard(http.Controller):

    @http.route('/tianyuan/dashboard/xlsx', type='http', auth='user', methods=['GET'], readonly=True)
    def export_xlsx(self, date_from=None, company_id=None, **_kwargs):
        """Return the dashboard of a quarter as a workbook; by default of the last rated quarter of the user's company.

        The status is 403 without one of the four roles or for a company that isn't the user's, 400 for an invalid
        request.
        """
        user = request.env.user
        try:
            company_id = int(company_id) if company_id else user.company_id.id
        except ValueError:
            raise BadRequest()
        if company_id not in user.company_ids.ids:
            raise Forbidden()
        dashboard = request.env['tianyuan.rating.dashboard'].with_context(allowed_company_ids=[company_id])
        try:
            name, content = dashboard._export(date_from)
        except AccessError as error:
            raise Forbidden(str(error))
        except UserError as error:
            raise BadRequest(str(error))
        return download(name, content)
