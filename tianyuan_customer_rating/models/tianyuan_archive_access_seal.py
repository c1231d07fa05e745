import logging
import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .tianyuan_roles import managers_of

_logger = logging.getLogger(__name__)

# company, row, hash; mail programs may break the line anywhere
SEAL = re.compile(r'TYLOG1/(\d+)/(\d+)/([0-9a-f]{64})')


class TianyuanArchiveAccessLog(models.Model):
    """Each day's last hash is kept where who administers the database can't change it: in the managers' mailboxes."""

    _inherit = 'tianyuan.archive.access.log'

    @api.model
    def _cron_seal(self):
        """Mail the last hash of each company's log, if it has grown since the last time."""
        self.env.flush_all()
        for company_id, number, last_hash in self.env.execute_query(SQL(
            "SELECT company_id, number, hash FROM tianyuan_archive_access_head"
            " WHERE number > COALESCE(sealed_number, 0) ORDER BY company_id",
        )):
            company = self.env['res.company'].browse(company_id)
            if not self._mail_seal(company, number, last_hash):
                _logger.warning("The access log of %s is not sealed: no manager has an e-mail address.", company.name)
                continue
            self.env.cr.execute(SQL(
                "UPDATE tianyuan_archive_access_head SET sealed_number = %s WHERE company_id = %s", number, company_id,
            ))

    @api.model
    def _seal(self, company, number, row_hash):
        """The text that stands for a row and all before it."""
        return f'TYLOG1/{company.id}/{number}/{row_hash}'

    @api.model
    def _seals_in(self, text):
        """The seals that a text contains.

        :return: dict of company id → dict of row number → hash
        :raise UserError: there is none, or two of them contradict each other
        """
        found = {}
        for company_id, number, row_hash in SEAL.findall(re.sub(r'\s+', '', text)):
            seals = found.setdefault(int(company_id), {})
            if seals.setdefault(int(number), row_hash) != row_hash:
                raise UserError(self.env._(
                    "Two of these seals are of the same row, but differ: one of them is forged.",
                ))
        if not found:
            raise UserError(self.env._(
                "There is no seal in this text. Paste the line of the mail that begins with %s.", "TYLOG1/",
            ))
        return found

    def _mail_seal(self, company, number, last_hash):
        """Send a seal to the address that the company has set, or else to its managers, each in their language.

        :return: the mails
        """
        if company.tianyuan_log_seal_email:
            recipients = [(company.tianyuan_log_seal_email, company.partner_id.lang)]
        else:
            managers = managers_of(company).filtered('email')
            recipients = [(manager.email_formatted, manager.lang) for manager in managers]
        seal = self._seal(company, number, last_hash)
        # sudo: mails are made by the system; what they say is the company's own
        return self.env['mail.mail'].sudo().create([
            self.with_context(lang=lang)._seal_mail(company, number, seal, address) for address, lang in recipients
        ])

    def _seal_mail(self, company, number, seal, address):
        today = fields.Date.to_string(company._tianyuan_today())
        return {
            'subject': self.env._(
                "Seal of the archive access log: %(company)s, %(day)s", company=company.name, day=today,
            ),
            'body_html': Markup("<p>%s</p><p><code>%s</code></p><p>%s</p>") % (
                self.env._(
                    "On %(day)s the access log of %(company)s ended with row %(number)s:",
                    day=today, company=company.name, number=number,
                ),
                seal,
                self.env._(
                    "Keep this mail. In the access log, under Check a Seal, the line above tells whether the log still "
                    "has these rows unchanged, whoever may have had the database in their hands.",
                ),
            ),
            'email_to': address,
            'email_from': company.email_formatted or self.env.user.email_formatted,
            'auto_delete': False,
        }
