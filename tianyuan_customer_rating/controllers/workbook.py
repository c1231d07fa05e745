"""What the controllers answer when a workbook is downloaded."""
from odoo.http import content_disposition, request
from odoo.tools import osutil

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


def download(name, content):
    """Return the response with which the browser saves a workbook.

    :param str name: name of the file
    :param bytes content: the workbook
    """
    return request.make_response(content, headers=[
        ('Content-Type', XLSX),
        ('Content-Disposition', content_disposition(osutil.clean_filename(name))),
    ])
