from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang


class InsightUnsubscribe(http.Controller):
    """Unsubscribing from market insight by the link in the mail, without an account (policy 6.3)."""

    @http.route('/tianyuan/insight/unsubscribe', type='http', auth='public', methods=['GET', 'POST'])
    def unsubscribe(self, share=None, token=None, **_params):
        """Show a question on GET, and unsubscribe on POST, because mail scanners call GET, too.

        :return: 200 with a page in the reader's language; 404 for a link that isn't from a mail
        """
        row = self._find_recipient(share, token)
        if request.httprequest.method == 'POST':
            row._unsubscribe()
        response = request.render('tianyuan_customer_insight.insight_unsubscribe', {
            'row': row, 'token': token, 'done': row._unsubscribed(),
        })
        response.headers['Cache-Control'] = 'no-store'
        response.headers['Referrer-Policy'] = 'no-referrer'
        response.headers['X-Robots-Tag'] = 'noindex'
        return response

    # csrf=False: mail programs call this without a session (RFC 8058); the token identifies the reader.
    @http.route('/tianyuan/insight/unsubscribe/one-click', type='http', auth='public', methods=['POST'], csrf=False)
    def unsubscribe_one_click(self, share=None, token=None, **_params):
        """Unsubscribe at once, called by mail programs.

        :return: 200; 404 for a link that isn't from a mail
        """
        self._find_recipient(share, token)._unsubscribe()
        return request.make_response('', headers=[('Cache-Control', 'no-store')])

    def _find_recipient(self, share, token):
        # sudo: the token is the reader's permission, and only the row of that token is used
        row = request.env['tianyuan.market.insight.share.log'].sudo()._find_by_token(share, token)
        if not row:
            raise request.not_found()
        reader = row.contact_id.lang or row.partner_id.lang
        request.update_context(lang=get_lang(request.env, reader).code)
        return row.with_context(lang=request.env.context['lang'])
