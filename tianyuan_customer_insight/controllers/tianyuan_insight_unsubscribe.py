from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang


class InsightUnsubscribe(http.Controller):
    """How readers of market insight leave it, without an account (policy 6.3). The link in the mail is the key."""

    @http.route('/tianyuan/insight/unsubscribe', type='http', auth='public', methods=['GET', 'POST'])
    def unsubscribe(self, share=None, token=None, **_params):
        """Ask on GET, which mail scanners call too, and unsubscribe on POST.

        :return: 200 with a page in the reader's language; 404 for any link that no mail has brought
        """
        row = self._row(share, token)
        if request.httprequest.method == 'POST':
            row._unsubscribe()
        response = request.render('tianyuan_customer_insight.insight_unsubscribe', {
            'row': row, 'token': token, 'done': row._unsubscribed(),
        })
        response.headers['Cache-Control'] = 'no-store'
        response.headers['Referrer-Policy'] = 'no-referrer'
        response.headers['X-Robots-Tag'] = 'noindex'
        return response

    # csrf: called by mail programs, which have no session (RFC 8058); the token says who asks
    @http.route('/tianyuan/insight/unsubscribe/one-click', type='http', auth='public', methods=['POST'], csrf=False)
    def unsubscribe_one_click(self, share=None, token=None, **_params):
        """:return: 200, or 404 as above"""
        self._row(share, token)._unsubscribe()
        return request.make_response('', headers=[('Cache-Control', 'no-store')])

    def _row(self, share, token):
        # sudo: the token stands for the reader, and nothing but the row it was made for is used
        row = request.env['tianyuan.market.insight.share.log'].sudo()._of_token(share, token)
        if not row:
            raise request.not_found()
        reader = row.contact_id.lang or row.partner_id.lang
        request.update_context(lang=get_lang(request.env, reader).code)
        return row.with_context(lang=request.env.context['lang'])
