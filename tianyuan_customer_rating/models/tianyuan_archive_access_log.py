import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

BATCH = 5000
# what a row's hash covers: plain values, which no merge of partners and no deletion rewrites
HASHED = (
    'number', 'company_id', 'date', 'action', 'user_ref', 'user_login', 'partner_ref', 'partner_name',
    'document_ref', 'document_name', 'document_checksum', 'borrow_number', 'ip',
)
INTEGERS = {'number', 'company_id', 'user_ref', 'partner_ref', 'document_ref'}
# Links the hash can't cover, as a merge or deletion changes them; what they may say follows from what it covers.
SOUND_LINKS = """
    (l.user_id IS NULL OR l.user_id = l.user_ref)
    AND (l.document_id IS NULL OR l.document_id = l.document_ref)
    AND (l.partner_id IS NULL OR l.partner_id = l.partner_ref
         OR NOT EXISTS (SELECT FROM res_partner p WHERE p.id = l.partner_ref))
    AND (l.borrow_id IS NULL OR EXISTS (
         SELECT FROM tianyuan_archive_borrow b WHERE b.id = l.borrow_id AND b.name = l.borrow_number))
"""


class TianyuanArchiveAccessLog(models.Model):
    """Who opened, took out or brought back what of the archives (policy 档案 6, design §7).

    Append-only for everyone, the system included, through :meth:`_append`. Each row's hash covers its values
    and the hash of the row before it in its company, so :meth:`_verify` finds rows that were changed, removed,
    added or moved in the database.
    """

    _name = 'tianyuan.archive.access.log'
    _description = "Archive Access Log"
    _inherit = ['tianyuan.guarded', 'tianyuan.append.only.mixin', 'tianyuan.plain.text.mixin']
    _log_access = False
    _order = 'date desc, id desc'
    _rec_name = 'number'

    number = fields.Integer(required=True, readonly=True, aggregator=None)
    date = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='restrict')
    action = fields.Selection(
        [
            ('original', "Original opened"), ('copy', "Copy opened"), ('refused', "Opening refused"),
            ('handed_out', "Handed out"), ('returned', "Returned"), ('lost', "Lost"),
        ],
        required=True, readonly=True,
    )
    user_id = fields.Many2one('res.users', readonly=True, index='btree_not_null', ondelete='set null')
    user_ref = fields.Integer(string="User ID", readonly=True, aggregator=None)
    user_login = fields.Char(string="Login", readonly=True)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", readonly=True, index='btree_not_null', ondelete='set null',
    )
    partner_ref = fields.Integer(string="Customer ID", readonly=True, aggregator=None)
    partner_name = fields.Char(string="Customer Name", readonly=True)
    document_id = fields.Many2one(
        'tianyuan.archive.document', readonly=True, index='btree_not_null', ondelete='set null',
    )
    document_ref = fields.Integer(string="Document ID", readonly=True, aggregator=None)
    document_name = fields.Char(readonly=True)
    document_checksum = fields.Char(readonly=True, help="SHA-256 of the file at that time.")
    borrow_id = fields.Many2one(
        'tianyuan.archive.borrow', string="Borrowing", readonly=True, index='btree_not_null', ondelete='set null',
    )
    borrow_number = fields.Char(readonly=True)
    ip = fields.Char(string="IP Address", readonly=True)
    hash = fields.Char(string="Fingerprint", required=True, readonly=True)

    _number_unique = models.UniqueIndex('(company_id, number)', "Each row of the access log has its own number.")

    @api.model_create_multi
    def create(self, vals_list):
        if not vals_list:
            return self.browse()
        raise UserError(self.env._("The access log writes itself; nothing can be added to it."))

    @api.model
    def _append_only_message(self):
        return self.env._("The access log is append-only.")

    def action_verify(self):
        """Check the logs of the user's companies and show the outcome.

        :raise AccessError: the user is no manager
        """
        self._check_manager()
        outcomes = [(company, *self.sudo()._verify(company)) for company in self.env.companies]
        sound = not any(problem for _company, _count, problem in outcomes)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if sound else 'danger',
                'sticky': not sound,
                'title': self.env._("Access log verified") if sound else self.env._("The access log is broken"),
                'message': "\n".join(
                    f"{company.name}: "
                    + (self._problem_message(problem) if problem else self.env._("all %s rows are sound", count))
                    for company, count, problem in outcomes
                ),
            },
        }

    @api.model
    def _append(self, action, documents, user=None, borrow=None, partner=None):
        """Add a row for each document, or one for the customer if there is none. The caller has checked access.

        Who appends at the same moment to the log of one company waits, and then finds its transaction
        outdated: Odoo repeats the request.

        :param str action: one of the field's keys
        :param documents: documents of one company
        :param user: whose action it is; by default the current user's
        :param borrow: the borrowing by which it happened
        :param partner: the customer, where there is no document
        """
        user = (user or self.env.user).sudo()
        borrow = (borrow or self.env['tianyuan.archive.borrow']).sudo()
        documents = documents.sudo()
        company = (documents.company_id or borrow.company_id).ensure_one()
        number, previous = self._lock_head(company)
        vals_list = []
        for document in documents or [documents]:
            customer = (document.partner_id or partner or borrow.partner_id).sudo()
            number += 1
            vals = {
                'number': number,
                'company_id': company.id,
                'date': fields.Datetime.now(),
                'action': action,
                'user_id': user.id, 'user_ref': user.id, 'user_login': user.login,
                'partner_id': customer.id, 'partner_ref': customer.id, 'partner_name': customer.name,
                'document_id': document.id, 'document_ref': document.id, 'document_name': document.name,
                'document_checksum': document.checksum,
                'borrow_id': borrow.id, 'borrow_number': borrow.name,
                'ip': request.httprequest.remote_addr if request else False,
            }
            vals['hash'] = previous = self._hash(previous, vals)
            vals_list.append(vals)
        # past the class's own create(), which refuses everyone
        rows = super(TianyuanArchiveAccessLog, self.sudo()).create(vals_list)  # pylint: disable=super-method-mismatch
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_archive_access_head SET number = %s, hash = %s WHERE company_id = %s",
            number, previous, company.id,
        ))
        return rows

    def _lock_head(self, company):
        """The last row's number and hash, locked until the transaction ends."""
        self.env.cr.execute(SQL(
            "INSERT INTO tianyuan_archive_access_head (company_id, number) VALUES (%s, 0)"
            " ON CONFLICT (company_id) DO NOTHING", company.id,
        ))
        return self.env.execute_query(SQL(
            "SELECT number, hash FROM tianyuan_archive_access_head WHERE company_id = %s FOR UPDATE", company.id,
        ))[0]

    @api.model
    def _hash(self, previous, values):
        """SHA-256 over the hash of the row before and a row's values in one fixed notation."""
        plain = [
            values[name].isoformat() if name == 'date'
            else int(values[name] or 0) if name in INTEGERS
            else None if values[name] is False else values[name]
            for name in HASHED
        ]
        text = (previous or '') + json.dumps(plain, ensure_ascii=False, separators=(',', ':'))
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _verify(self, company):
        """Follow the chain of a company's log from its first row to its last.

        :return: the number of sound rows, and None or the first problem: a dict of ``kind`` (``changed``,
            ``missing``, ``order``, ``added``), ``number`` and ``date`` (None if the row is gone)
        """
        self.env.flush_all()
        head = self.env.execute_query(SQL(
            "SELECT number, hash FROM tianyuan_archive_access_head WHERE company_id = %s", company.id,
        ))
        last, last_hash = head[0] if head else (0, None)
        count, previous = 0, None
        for row in self._stream(company):
            expected = count + 1
            kind = None
            if row['number'] > expected:
                if not self._has_number(company, expected):
                    return count, {'kind': 'missing', 'number': expected, 'date': None}
                kind = 'order'
            elif row['number'] < expected:
                kind = 'order'
            elif expected > last:
                kind = 'added'
            elif (
                not row['sound_links'] or row['hash'] != self._hash(previous, row)
                or (expected == last and row['hash'] != last_hash)
            ):
                kind = 'changed'
            if kind:
                return count, {'kind': kind, 'number': row['number'], 'date': row['date']}
            count, previous = expected, row['hash']
        if count < last:
            return count, {'kind': 'missing', 'number': count + 1, 'date': None}
        return count, None

    def _stream(self, company):
        """A company's rows in the order they were added, as dicts."""
        names = ('id', 'hash', *HASHED)
        columns = SQL(", ").join(SQL.identifier('l', name) for name in names)
        last_id = 0
        while rows := self.env.execute_query(SQL(
            "SELECT %s, (%s) FROM tianyuan_archive_access_log l"
            " WHERE l.company_id = %s AND l.id > %s ORDER BY l.id LIMIT %s",
            columns, SQL(SOUND_LINKS), company.id, last_id, BATCH,
        )):
            for row in rows:
                yield dict(zip((*names, 'sound_links'), row))
            last_id = rows[-1][0]

    def _has_number(self, company, number):
        return bool(self.env.execute_query(SQL(
            "SELECT 1 FROM tianyuan_archive_access_log WHERE company_id = %s AND number = %s", company.id, number,
        )))

    def _problem_message(self, problem):
        number = problem['number']
        if problem['kind'] == 'missing':
            return self.env._("row %s is missing", number)
        moment = fields.Datetime.to_string(fields.Datetime.context_timestamp(self, problem['date']))
        if problem['kind'] == 'order':
            return self.env._("row %(number)s of %(time)s is out of order", number=number, time=moment)
        if problem['kind'] == 'added':
            return self.env._("row %(number)s of %(time)s was added in the database", number=number, time=moment)
        return self.env._("row %(number)s of %(time)s was changed", number=number, time=moment)
