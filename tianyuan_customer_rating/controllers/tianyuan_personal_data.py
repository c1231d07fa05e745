from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request


class PersonalData(http.Controller):
    """The file of all that the company holds on a person; no copy of it stays in the database."""

    @http.route('/tianyuan/personal_data/<int:partner_id>', type='http', auth='user', methods=['GET'])
    def personal_data(self, partner_id, **_params):
        """Return the ZIP file.

        :return: 200 with the file; 404 for an unknown person, a company, or users who may not have it
        """
        try:
            person = request.env['res.partner'].browse(partner_id).exists()
            if not person:
                raise request.not_found()
            content, name = person._tianyuan_personal_data_file()
        except (AccessError, UserError):
            raise request.not_found() from None
        return request.make_response(content, headers=[
            ('Content-Type', 'application/zip'),
            ('Content-Length', len(content)),
            ('Content-Disposition', content_disposition(name)),
            ('X-Content-Type-Options', 'nosniff'),
            ('Cache-Control', 'no-store'),
        ])
