import hashlib
import hmac
import json
import logging
import random
import re
import time

from markupsafe import Markup
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL, config

from ...tools import names as person_names
from ...tools.roles import check_manager, managers_of

BATCH_SIZE = 5000
MAX_TRIES = 20
LOCK_TIMEOUT = '10s'
# Key of the companies whose log this transaction has appended to; their heads stay locked until it ends.
APPENDED_KEY = 'tianyuan_archive_access_log.appended'
# Key of the companies whose log got rows by :meth:`_note` since this transaction began, so that it can't lock their
# heads any more without a serialization failure.
NOTED_KEY = 'tianyuan_archive_access_log.noted'
SECRET_OPTION = 'tianyuan_log_secret'    # option in the configuration file of the server
# Values that a row's hash covers: plain values only, which neither merging partners nor deleting records changes.
HASHED_FIELDS = (
    'number', 'company_id', 'date', 'action', 'user_ref', 'user_login', 'partner_ref', 'partner_name',
    'document_ref', 'document_name', 'document_checksum', 'borrow_number', 'ip',
)
INTEGER_FIELDS = {'number', 'company_id', 'user_ref', 'partner_ref', 'document_ref'}
# Values that may name a person. Erasing a person blanks them.
NAME_FIELDS = ('partner_name', 'document_name')
# The hash can't cover links, as merging and deleting records change them. A link is valid if it is empty or agrees with
# the reference that the hash covers.
SOUND_LINKS = """
    (l.user_id IS NULL OR l.user_id = l.user_ref)
    AND (l.document_id IS NULL OR l.document_id = l.document_ref)
    AND (l.partner_id IS NULL OR l.partner_id = l.partner_ref
         OR NOT EXISTS (SELECT FROM res_partner p WHERE p.id = l.partner_ref))
    AND (l.borrow_id IS NULL OR EXISTS (
         SELECT FROM tianyuan_archive_borrow b WHERE b.id = l.borrow_id AND b.name = l.borrow_number))
"""
_logger = logging.getLogger(__name__)
# Company, row, hash. Mail programs may break the line anywhere.
SEAL = re.compile(r'TYLOG1/(\d+)/(\d+)/([0-9a-f]{64})')


class TianyuanArchiveAccessLog(models.Model):
    """The log of who opened, borrowed or returned what in the archives (policy 档案 6, design §7).

    Nobody changes or deletes rows, not even the superuser. :meth:`_append` logs changes of archives, in the same
    transaction; :meth:`_note` logs openings and attempts, in a transaction of its own. Each row's hash covers its
    values and the hash of the company's previous row, so :meth:`_verify` finds rows that were changed, removed, added
    or moved in the database.

    Whoever can write to the database could rewrite the whole log. Two things prevent that: a secret in the server's
    configuration, with which hashes are keyed (HMAC) as soon as it is set, and seals, which keep the last hash of each
    day outside of the database.

    ``_cron_seal`` mails the seals to the managers, whose mailboxes the database's administrator can't change.

    Erasing a person (个人信息保护法 47) blanks the names in the rows about them (:meth:`_redact`). A row without its
    names doesn't fit its hash any more. A later row of the action ``erased`` therefore lists it, with its hash and with
    a hash over what is left in it, and :meth:`_verify` accepts exactly that.
    """

    _name = 'tianyuan.archive.access.log'
    _description = "Archive Access Log"
    _inherit = ['tianyuan.append.only.mixin', 'tianyuan.plain.text.mixin']
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
            ('protected', "Made confidential"), ('released', "Not confidential any more"),
            ('type_protected', "Type made confidential"), ('type_released', "Type not confidential any more"),
            ('profile', "Personal profile opened"), ('exported', "Personal data exported"),
            ('erased', "Personal data erased"),
            ('prolonged', "Prolonged"), ('checked', "Checked and deleted"), ('destroyed', "Destroyed"),
            ('held', "Legal hold set"), ('hold_lifted', "Legal hold lifted"),
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
    borrow_number = fields.Char(string="Reference", readonly=True, help="Number of the borrowing or the destruction.")
    ip = fields.Char(string="IP Address", readonly=True)
    hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    key_id = fields.Char(
        readonly=True,
        help="Which secret of the server's configuration the fingerprint is keyed with (HMAC-SHA256). "
             "Empty: it isn't keyed (SHA-256).",
    )

    # JSON as text, because the hash covers it as it was written: lists of row number, hash, and hash of what is left.
    redactions = fields.Text(string="Rows without Names", readonly=True, export_string_translation=False)

    _number_unique = models.UniqueIndex('(company_id, number)', "Each row of the access log has its own number.")

    @api.model_create_multi
    def create(self, vals_list):
        if not vals_list:
            return self.browse()
        raise UserError(self.env._("The access log writes itself; nothing can be added to it."))

    def action_verify(self, seal=None):
        """Verify the logs of the user's companies and show the result.

        :param str seal: text with one or more mailed seals; the sealed rows must still be in the logs
        :raise AccessError: the user is no manager
        :raise UserError: the text has no seal, or none of one of the user's companies
        """
        check_manager(self)
        companies, seals = self.env.companies, {}
        if seal:
            seals = self._seals_in(seal)
            companies = companies.filtered(lambda company: company.id in seals)
            if not companies:
                raise UserError(self.env._("This is a seal of a company that you don't work in at the moment."))
        # sudo: verifying includes rows that nobody may read.
        log = self.sudo()
        outcomes = [(company, *log._verify(company, seals.get(company.id, ()))) for company in companies]
        sound = not any(problem for _company, _count, problem in outcomes)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if sound else 'danger',
                'sticky': not sound,
                'title': self.env._("Access log verified") if sound else self.env._("The access log is broken"),
                'message': "\n".join(
                    f"{company.name}: " + self._outcome_message(company, count, problem, seals.get(company.id))
                    for company, count, problem in outcomes
                ),
            },
        }

    @api.model
    def _append_only_message(self):
        return self.env._("The access log is append-only.")

    def _outcome_message(self, company, count, problem, seals):
        if problem:
            return self._problem_message(problem)
        parts = [self.env._("all %s rows are sound", count)]
        # sudo: the caller has checked that the user is a manager.
        first = self.sudo().search([('company_id', '=', company.id), ('key_id', '!=', False)], order='number', limit=1)
        if first:
            parts.append(self.env._("keyed from row %s on", first.number))
        erasures = self.sudo().search_count([('company_id', '=', company.id), ('redactions', '!=', False)])
        if erasures:
            parts.append(self.env._("%s of them list rows in which names were erased", erasures))
        if seals:
            parts.append(self.env._("as sealed up to row %s", max(seals)))
        return "; ".join(parts)

    @api.model
    def _append(
        self, action, documents, user=None, borrow=None, partner=None, company=None, name=None, number=None,
    ):
        """Add a row for each document, or one for the customer, in this transaction. The caller has checked access.

        The row is committed together with the change it logs. Of two transactions that append to the log of one company
        at the same time, the later one waits and then fails with a serialization error, and Odoo repeats the request. A
        transaction that has noted an opening would fail in the same way, so its rows are added as :meth:`_note` does.

        :param str action: a key of the field ``action``
        :param documents: documents of one company
        :param user: who acted; by default the current user
        :param borrow: the borrowing concerned
        :param partner: the customer, if there is no document
        :param company: company of the log, if there is neither document nor borrowing
        :param str name: what the row shows as document, if there is none
        :param str number: number of what the row is about, if there is no borrowing
        """
        company, vals_list = self._rows(action, documents, user, borrow, partner, company, name, number)
        if company.id in self.env.cr.postcommit.data.get(NOTED_KEY, ()):
            return self._chain_separately(company, vals_list)
        return self._chain(company, vals_list)

    @api.model
    def _note(self, action, documents, borrow=None, partners=None, company=None):
        """Add rows like :meth:`_append`, in a short transaction of their own. The caller has checked access.

        Users who open documents at the same time only wait for that short transaction, and an attempt stays logged when
        its request fails.

        :param partners: customers that get a row each, if there are no documents
        :param company: company of the log, if there is neither document nor borrowing
        :raise psycopg2.OperationalError: the log stays locked by others
        """
        rows = [
            self._rows(action, documents, borrow=borrow, partner=partner, company=company)
            for partner in (partners or [None])
        ]
        company, vals_list = rows[0][0], [vals for _company, vals_list in rows for vals in vals_list]
        if company.id in self.env.cr.postcommit.data.get(APPENDED_KEY, ()):
            # Use this transaction: another one would wait for the lock that this one holds, and deadlock.
            self._chain(company, vals_list)
        else:
            self._chain_separately(company, vals_list)

    def _chain_separately(self, company, vals_list):
        """Add rows to the end of a company's log in a transaction of their own.

        Records that this transaction has just made don't exist in the other one, so their rows are added in this one.
        """
        tries_left = MAX_TRIES
        while True:
            try:
                with self.env.registry.cursor() as cr:
                    # sudo: the caller has checked access.
                    apart = self.with_env(self.env(cr=cr, su=True))
                    committed = apart._links_exist(vals_list)
                    cr.rollback()    # start a new snapshot, with all rows appended so far
                    if committed:
                        cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
                        rows = apart._chain(company.with_env(apart.env), vals_list)
                break
            except SerializationFailure:
                # Another transaction has appended a row since this one began.
                tries_left -= 1
                if not tries_left:
                    raise
                time.sleep(random.uniform(0, 0.02))
        if not committed:
            return self._chain(company, vals_list)
        self.env.cr.postcommit.data.setdefault(NOTED_KEY, set()).add(company.id)
        return self.browse(rows.ids)

    def _links_exist(self, vals_list):
        """Return whether all linked records are visible to this transaction; uncommitted ones of others aren't."""
        return all(
            len(linked) == len(linked.exists())
            for field in self._fields.values() if field.type == 'many2one'
            for linked in [self.env[field.comodel_name].browse({vals[field.name] for vals in vals_list} - {False})]
        )

    def _rows(
        self, action, documents, user=None, borrow=None, partner=None, company=None, name=None, number=None,
    ):
        """Return the values of rows, without their place in the chain.

        :return: tuple of the company and a list of dicts
        """
        # sudo: the caller has checked access, and the log includes what the user may not read.
        user = (user or self.env.user).sudo()
        borrow = (borrow or self.env['tianyuan.archive.borrow']).sudo()
        documents = documents.sudo()
        company = (company or documents.company_id or borrow.company_id).ensure_one()
        vals_list = []
        for document in documents or [documents]:
            customer = (document.partner_id or partner or borrow.partner_id).sudo()
            vals_list.append({
                'company_id': company.id,
                'date': fields.Datetime.now(),
                'action': action,
                'user_id': user.id, 'user_ref': user.id, 'user_login': user.login,
                'partner_id': customer.id, 'partner_ref': customer.id, 'partner_name': customer.name,
                'document_id': document.id, 'document_ref': document.id, 'document_name': document.name or name,
                'document_checksum': document.checksum,
                'borrow_id': borrow.id, 'borrow_number': borrow.name or number,
                'ip': request.httprequest.remote_addr if request else False,
            })
        return company, vals_list

    def _chain(self, company, vals_list):
        """Add rows to the end of a company's log, and keep the log locked until the transaction ends.

        :raise UserError: the log is keyed, and the server has no secret or another one
        """
        last, previous, last_key_id = self._lock_head(company)
        secret = self._secret()
        key_id = self._key_id(secret)
        if last_key_id and last_key_id != key_id:
            # Refuse: rows without the key could be forged, like those of an unkeyed log.
            raise UserError(self.env._(
                "Nothing can be noted in the access log of %(company)s, and so nothing be opened: it is keyed, and "
                "the server's configuration has lost or changed its %(option)s. Ask your administrator to set the "
                "former one again.", company=company.sudo().name, option=SECRET_OPTION,
            ))
        for number, vals in enumerate(vals_list, last + 1):
            vals.update(number=number, key_id=key_id)
            vals['hash'] = previous = self._hash(previous, vals, secret)
        # Skip this class's own create(), which refuses everyone.
        rows = super(TianyuanArchiveAccessLog, self.sudo()).create(vals_list)  # pylint: disable=super-method-mismatch
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_archive_access_head SET number = %s, hash = %s, key_id = %s WHERE company_id = %s",
            last + len(vals_list), previous, key_id or None, company.id,
        ))
        return rows

    def _lock_head(self, company):
        """Lock the head of a company's log until the transaction ends.

        :return: number, hash and key id of the last row
        """
        lock = SQL(
            "SELECT number, hash, key_id FROM tianyuan_archive_access_head WHERE company_id = %s FOR UPDATE",
            company.id,
        )
        # Don't log the serialization error: the caller tries again.
        self.env.cr.execute(lock, log_exceptions=False)
        head = self.env.cr.fetchone()
        if not head:
            self.env.cr.execute(SQL(
                "INSERT INTO tianyuan_archive_access_head (company_id, number) VALUES (%s, 0)"
                " ON CONFLICT (company_id) DO NOTHING", company.id,
            ), log_exceptions=False)
            self.env.cr.execute(lock, log_exceptions=False)
            head = self.env.cr.fetchone()
        self.env.cr.postcommit.data.setdefault(APPENDED_KEY, set()).add(company.id)
        return head

    @api.model
    def _secret(self):
        """Return the secret from the server's configuration, or None."""
        return (config.get(SECRET_OPTION) or '').strip() or None

    @api.model
    def _key_id(self, secret):
        """Return an id that identifies the secret without revealing it."""
        return secret and hmac.new(secret.encode(), SECRET_OPTION.encode(), hashlib.sha256).hexdigest()[:8]

    @api.model
    def _hash(self, previous, values, secret=None):
        """Return the SHA-256 over the previous row's hash and a row's values; with a secret, the HMAC."""
        text = (previous or '') + self._plain(values)
        if secret:
            return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _plain(self, values):
        """Return a row's values as the text that its hash covers."""
        # Rows that redact none are hashed as before there were redactions.
        names = (*HASHED_FIELDS, 'redactions') if values.get('redactions') else HASHED_FIELDS
        plain = [
            values[name].isoformat() if name == 'date'
            else int(values[name] or 0) if name in INTEGER_FIELDS
            else None if values[name] is False else values[name]
            for name in names
        ]
        return json.dumps(plain, ensure_ascii=False, separators=(',', ':'))

    # -- redaction ------------------------------------------------------------------------------------------------

    @api.model
    def _naming(self, person, names):
        """Return which rows name a person. A merged contact stands in its rows as it was, and is linked as it is.

        Other customers' rows are left alone: the name may be a namesake's, or a common word.

        :param person: ``res.partner``
        :param names: texts that name the person
        :return: two SQL conditions: the row is about the person and has their name; it is about the person or their
            customer, and its document's name names the person
        """
        self.flush_model()
        about = SQL("(partner_ref IN %(ids)s OR partner_id IN %(ids)s)", ids=tuple(person.ids))
        theirs = tuple((person + person.commercial_partner_id).ids)
        named = SQL(
            "(partner_ref IN %(ids)s OR partner_id IN %(ids)s) AND document_name ~* %(pattern)s",
            ids=theirs, pattern=person_names.pattern(names),
        ) if names else SQL("FALSE")
        return SQL("(%s AND partner_name IS NOT NULL)", about), SQL("(%s)", named)

    @api.model
    def _count_naming(self, person, names):
        """Return how many rows :meth:`_redact` would blank, as a dict of company → number."""
        rows = self.env.execute_query(SQL(
            "SELECT company_id, count(*) FROM tianyuan_archive_access_log"
            " WHERE redactions IS NULL AND (%s OR %s) GROUP BY company_id", *self._naming(person, names),
        ))
        return {self.env['res.company'].browse(company_id): count for company_id, count in rows}

    @api.model
    def _redact(self, person, alias, names, companies):
        """Blank the names of an erased person in the rows about them, and log which rows that were.

        Each company gets a row of the action ``erased`` even if no row named the person. The caller has checked access.

        :param person: ``res.partner``
        :param str alias: what stands in the place of the person's name in the new row
        :param names: texts that name the person; a row of the person or their customer is blanked if its document's
            name contains one
        :param companies: ``res.company`` that erase the person
        """
        self.env.flush_all()
        about, named = self._naming(person, names)
        for company in companies.sorted('id'):
            self._lock_head(company)    # From here on, nobody adds a row that names the person.
            blanked = self.env.execute_query(SQL(
                """
                UPDATE tianyuan_archive_access_log
                   SET partner_name = CASE WHEN %(about)s THEN NULL ELSE partner_name END,
                       document_name = CASE WHEN %(named)s THEN NULL ELSE document_name END
                 WHERE company_id = %(company)s AND redactions IS NULL AND (%(about)s OR %(named)s)
             RETURNING %(columns)s
                """,
                about=about, named=named, company=company.id,
                columns=SQL(", ").join(map(SQL.identifier, ('hash', *HASHED_FIELDS))),
            ))
            rows = [dict(zip(('hash', *HASHED_FIELDS), row)) for row in blanked]
            company, [vals] = self._rows(
                'erased', self.env['tianyuan.archive.document'], partner=person, company=company)
            vals['partner_name'] = alias
            vals['redactions'] = json.dumps(sorted(
                [row['number'], row['hash'], self._remains(row)] for row in rows
            )) if rows else False
            self._chain(company, [vals])
        self.env.invalidate_all()

    @api.model
    def _remains(self, row):
        """Return the hash over what is left in a row whose names were blanked.

        It needs no key: the row that lists it is keyed.
        """
        return hashlib.sha256(self._plain(row).encode()).hexdigest()

    @api.model
    def _resolve_redactions(self, row, redacted):
        """Take the rows that a sound row lists from those that lack names.

        :param dict redacted: row number → its hash, the hash over what is left in it, and its date; changed
        """
        for number, row_hash, remains in json.loads(row['redactions'] or '[]'):
            if redacted.get(number, ())[:2] == (row_hash, remains):
                del redacted[number]

    @api.model
    def _verify(self, company, seals=()):
        """Check the chain of a company's log from its first row to its last.

        :param seals: pairs of a row's number and the hash it had, or a dict of them
        :return: the number of valid rows, and None or the first problem: a dict of ``kind``, ``number`` and ``date``
            (None if the row is missing). Kinds: ``changed``, ``missing``, ``order``, ``added``, ``unkeyed`` (without a
            key after rows with one), ``secret`` (keyed with a secret this server doesn't have), ``sealed`` (differs
            from the sealed row)
        """
        seals = sorted(dict(seals).items())
        secret = self._secret()
        known_key_id, last_key_id = self._key_id(secret), None
        self.env.flush_all()
        head = self.env.execute_query(SQL(
            "SELECT number, hash FROM tianyuan_archive_access_head WHERE company_id = %s", company.id,
        ))
        last, last_hash = head[0] if head else (0, None)
        count, previous, redacted = 0, None, {}
        rows = self._stream(company)
        for row in rows:
            expected = count + 1
            kind = None
            if row['number'] > expected:
                if not self._has_number(company, expected):
                    return self._first_problem(count, {'kind': 'missing', 'number': expected, 'date': None}, redacted)
                kind = 'order'
            elif row['number'] < expected:
                kind = 'order'
            elif expected > last:
                kind = 'added'
            elif last_key_id and not row['key_id']:
                kind = 'unkeyed'
            elif row['key_id'] and row['key_id'] != known_key_id:
                kind = 'secret'
            elif (
                not row['sound_links'] or (expected == last and row['hash'] != last_hash)
                or not self._is_sound(row, previous, row['key_id'] and secret, redacted)
            ):
                kind = 'changed'
            if not kind and seals and seals[0][0] == expected and seals.pop(0)[1] != row['hash']:
                kind = 'sealed'
            if kind:
                problem = {'kind': kind, 'number': row['number'], 'date': row['date']}
                return self._first_problem(count, problem, self._unlisted(rows, row, secret, redacted))
            count, previous, last_key_id = expected, row['hash'], row['key_id']
        if count < last or seals:
            # With a seal left, the sealed row is beyond the head: rows were removed, and the head was reset to hide it.
            return self._first_problem(count, {'kind': 'missing', 'number': count + 1, 'date': None}, redacted)
        return self._first_problem(count, None, redacted)

    @api.model
    def _is_sound(self, row, previous, secret, redacted):
        """Return whether a row fits its hash, or may be one whose names were blanked.

        A row that lists others must fit: what it says must be sure before the others are accepted.

        :param previous: hash of the row before
        :param dict redacted: rows without names that no later row has listed so far; changed
        """
        if row['hash'] == self._hash(previous, row, secret):
            self._resolve_redactions(row, redacted)
            return True
        if row['redactions'] or all(row[name] is not None for name in NAME_FIELDS):
            return False
        redacted[row['number']] = (row['hash'], self._remains(row), row['date'])
        return True

    @api.model
    def _unlisted(self, rows, row, secret, redacted):
        """Return which rows without names aren't listed by the rows that follow the first problem.

        :param rows: iterator of the rows that are left
        :param row: the row with the problem
        :param dict redacted: rows without names that no row has listed so far
        """
        if row['key_id'] and row['key_id'] != self._key_id(secret):
            return {}    # Without the secret it can't be known.
        previous = row['hash']
        for later in rows if redacted else ():
            if later['hash'] == self._hash(previous, later, later['key_id'] and secret):
                self._resolve_redactions(later, redacted)
            previous = later['hash']
        return redacted

    @api.model
    def _first_problem(self, count, problem, redacted):
        """Return the result of :meth:`_verify`: rows without names that no later row lists come first."""
        if not redacted:
            return count, problem
        number = min(redacted)
        return number - 1, {'kind': 'changed', 'number': number, 'date': redacted[number][2]}

    def _stream(self, company):
        """Yield a company's rows as dicts, in the order they were added."""
        names = ('id', 'hash', 'key_id', 'redactions', *HASHED_FIELDS)
        columns = SQL(", ").join(SQL.identifier('l', name) for name in names)
        last_id = 0
        while rows := self.env.execute_query(SQL(
            "SELECT %s, (%s) FROM tianyuan_archive_access_log l"
            " WHERE l.company_id = %s AND l.id > %s ORDER BY l.id LIMIT %s",
            columns, SQL(SOUND_LINKS), company.id, last_id, BATCH_SIZE,
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
        messages = {
            'order': self.env._("row %(number)s of %(time)s is out of order", number=number, time=moment),
            'added': self.env._("row %(number)s of %(time)s was added in the database", number=number, time=moment),
            'changed': self.env._("row %(number)s of %(time)s was changed", number=number, time=moment),
            'unkeyed': self.env._(
                "row %(number)s of %(time)s isn't keyed, though rows before it are: the log was made anew from there",
                number=number, time=moment,
            ),
            'secret': self.env._(
                "row %(number)s of %(time)s and those after it can't be checked: they are keyed with another "
                "%(option)s than this server's configuration has", number=number, time=moment, option=SECRET_OPTION,
            ),
            'sealed': self.env._(
                "row %(number)s of %(time)s isn't the one that was sealed: the log was made anew",
                number=number, time=moment,
            ),
        }
        return messages[problem['kind']]

    @api.model
    def _cron_seal(self):
        """Mail the last hash of each company's log that has grown since the last seal."""
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
        """Return the text of the seal of a row, which covers all rows before it too."""
        return f'TYLOG1/{company.id}/{number}/{row_hash}'

    @api.model
    def _seals_in(self, text):
        """Return the seals in a text.

        :return: dict of company id → dict of row number → hash
        :raise UserError: the text has no seal, or two contradict each other
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
        """Mail a seal to the company's address for seals, else to its managers, each in their language.

        :return: the mails
        """
        if company.tianyuan_log_seal_email:
            recipients = [(company.tianyuan_log_seal_email, company.partner_id.lang)]
        else:
            managers = managers_of(company).filtered('email')
            recipients = [(manager.email_formatted, manager.lang) for manager in managers]
        seal = self._seal(company, number, last_hash)
        # sudo: users can't create mails; the seal holds nothing of the user's.
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
