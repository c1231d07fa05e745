import base64

from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, request, route


class TianyuanArchiveUpload(Controller):

    @route('/tianyuan/archive/upload', type='http', methods=['POST'], auth='user')
    def upload(self, partner_id, type_id=None, company_id=None, **kwargs):
        """Add the files of a form (``ufile``) to a customer's archive.

        Each file is added separately, so a refused one doesn't stop the others.

        :return: JSON with the ids of the ``documents`` added, ``error.message`` if a file was refused, and
            ``warning.message`` if one was added that can't be consulted
        """
        documents, refusals, warnings = [], [], []
        try:
            env = self._env(company_id)
            partner = env['res.partner'].browse(int(partner_id)).exists()
            document_type = env['tianyuan.archive.document.type'].browse(int(type_id or 0)).exists()
            partner.check_access('read')
            document_type.check_access('read')
            env['tianyuan.archive.document'].check_access('create')
            if not partner:
                raise UserError(env._("This customer doesn't exist any more."))
        except ValueError:
            return request.make_json_response({'error': {'message': "partner_id, type_id"}}, status=400)
        except (AccessError, UserError) as error:
            return request.make_json_response({'documents': [], 'error': {'message': str(error)}}, status=403)
        for file in request.httprequest.files.getlist('ufile'):
            try:
                with env.cr.savepoint():
                    document = env['tianyuan.archive.document']._file_upload(
                        partner, file.filename or '', base64.b64encode(file.read()), document_type,
                    )
                    env.flush_all()
                    warning = document._consultation_warning()
                documents.append(document.id)
                warnings += [warning] if warning else []
            except (AccessError, UserError) as error:
                refusals.append(str(error))
        answer = {'documents': documents}
        if refusals:
            answer['error'] = {'message': "\n".join(refusals)}
        if warnings:
            answer['warning'] = {'message': "\n".join(warnings)}
        return request.make_json_response(answer)

    def _env(self, company_id):
        """Return the user's environment in the company selected in the web client.

        :raise AccessError: the company isn't one of the user's
        """
        if not company_id:
            return request.env
        env = request.env(context={**request.env.context, 'allowed_company_ids': [int(company_id)]})
        env.company.check_access('read')
        return env
