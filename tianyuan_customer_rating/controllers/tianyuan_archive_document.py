from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

# MIME types that a browser shows without executing anything.
INLINE_TYPES = {'application/pdf', 'text/plain', 'image/png', 'image/jpeg', 'image/gif', 'image/bmp', 'image/webp'}


class ArchiveDocument(http.Controller):
    """The only route to the files of the archives (design §7)."""

    @http.route('/tianyuan/archive/document/<int:document_id>', type='http', auth='user', methods=['GET'])
    def open_document(self, document_id, download=None, **_params):
        """Return the file as the user may have it now, or a page with the reason for the refusal.

        :param download: any value: send the file as a download; otherwise browsers show it if they can
        :return: 200 with the file, 403 for a confidential document, 404 for an unknown or somebody else's one, 422 if
            there is no file or no copy can be made
        """
        document = request.env['tianyuan.archive.document'].browse(document_id).exists()
        if not document:
            raise request.not_found()
        try:
            content, name, mimetype = document._open()
        except AccessError as error:
            if not document.has_access('read'):
                # The response is the same as for a document that doesn't exist.
                raise request.not_found() from None
            return self._refusal(document, error, 403)
        except UserError as error:
            return self._refusal(document, error, 422)
        shown = mimetype in INLINE_TYPES and not download
        return request.make_response(content, headers=[
            ('Content-Type', mimetype or 'application/octet-stream'),
            ('Content-Length', len(content)),
            ('Content-Disposition', content_disposition(name, 'inline' if shown else 'attachment')),
            ('X-Content-Type-Options', 'nosniff'),
            ('Cache-Control', 'no-store'),
            # PDF viewers don't start in a sandbox; any other content is sandboxed.
            *([] if mimetype == 'application/pdf' else [
                ('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
            ]),
        ])

    def _refusal(self, document, error, status):
        response = request.render('tianyuan_customer_rating.archive_document_refused', {
            'document': document, 'message': error.args[0], 'confidential': status == 403,
        }, status=status)
        response.headers['Cache-Control'] = 'no-store'
        return response
