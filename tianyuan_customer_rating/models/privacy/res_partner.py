import io
import re
import zipfile

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, email_split, escape_psql, html2plaintext
from odoo.tools.mail import email_split_and_format

from ...engine.workbook import Table, build
from ...tools import names as person_names
from ...tools.roles import keeps_archives

# What is known about a person beside the name. A contact shares the address and the tax ID of its company.
PERSONAL_FIELDS = (
    'phone', 'email', 'function', 'comment', 'website', 'barcode', 'ref', 'company_name', 'image_1920', 'tianyuan_qq',
    'tianyuan_wechat', 'tianyuan_legal_representative',
)
ADDRESS_FIELDS = ('street', 'street2', 'zip', 'city')
OWN_FIELDS = ('vat', 'company_registry')
ACTIVITY_TEXTS = ('summary', 'note', 'feedback')
# Fields of a partner that say nothing about the person.
TECHNICAL_TYPES = ('one2many', 'many2many', 'binary', 'json', 'properties', 'properties_definition', 'reference')
TECHNICAL_FIELDS = {'display_name', 'write_uid', 'create_uid', 'message_main_attachment_id'}
# Name and phone of a contact in a collection form.
FORM_CONTACTS = (('first_contact_name', 'first_contact_phone'), ('second_contact_name', 'second_contact_phone'))
SHORTEST_NAME = 2    # A shorter text stands in too many words to be looked for.
# Columns with addresses, and which rows: mails that wait to be sent still need them.
ADDRESS_COLUMNS = (
    (
        'mail_message', ('email_from', 'reply_to', 'incoming_email_to', 'incoming_email_cc', 'outgoing_email_to'),
        SQL("TRUE"),
    ),
    ('mail_mail', ('email_to', 'email_cc'), SQL("state <> 'outgoing'")),
)


def _file_name(name):
    """Return a name that no file system takes for a folder or refuses."""
    return re.sub(r'[\\/:*?"<>|]', ' ', name or '').strip() or '-'


class ResPartner(models.Model):
    """What the company holds on a person is exported on request, and erased (个人信息保护法 45, 47).

    The addons that stand on this one add what they store by extending :meth:`_tianyuan_personal_data`,
    :meth:`_tianyuan_erasure_plan` and :meth:`_tianyuan_erase_person` with ``super()``.
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    # -- export ---------------------------------------------------------------------------------------------------

    def action_tianyuan_export_personal_data(self):
        """Download what the company holds on a person.

        :raise AccessError: the user keeps neither profiles nor is a manager
        :raise UserError: the partner is a company
        """
        self._tianyuan_check_person_access()
        return {'type': 'ir.actions.act_url', 'url': f'/tianyuan/personal_data/{self.id}', 'target': 'download'}

    def _tianyuan_personal_data_file(self):
        """Return a ZIP with a workbook of all that the company holds on the person, and the profile's files; log it.

        :return: tuple of bytes and file name
        :raise AccessError: the user keeps neither profiles nor is a manager
        :raise UserError: the partner is a company
        """
        self._tianyuan_check_person_access()
        # sudo: the person may ask for all that is stored, not only for what this user may read.
        person = self.sudo()
        self.env['tianyuan.archive.access.log']._note(
            'exported', self.env['tianyuan.archive.document'], partners=person, company=self.env.company)
        tables = [
            Table(
                title, [(heading, 'text') for heading in headings],
                [[self._tianyuan_cell(value) for value in row] for row in rows],
            ) for title, headings, rows in person._tianyuan_personal_data() if rows
        ]
        target = io.BytesIO()
        name = _file_name(self.name)
        with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f'{name}.xlsx', build(tables))
            for number, (file_name, content) in enumerate(person._tianyuan_personal_files(), 1):
                archive.writestr(f'{number:02} {_file_name(file_name)}', content)
        return target.getvalue(), f'{name}.zip'

    @api.model
    def _tianyuan_cell(self, value):
        return value if isinstance(value, str) else '' if value in (None, False) else str(value)

    def _tianyuan_check_person_access(self):
        """Refuse users who may not deal with a person's data, and partners that are no persons.

        :raise AccessError: the user keeps neither profiles nor is a manager
        :raise UserError: the partner is a company
        """
        self.ensure_one()
        self.check_access('read')
        if not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers can do this."))
        if self.is_company:
            raise UserError(self.env._("%s is a company: personal data is about a person.", self.display_name))

    def _tianyuan_personal_data(self):
        """Return what is stored on this person, read as superuser, in the user's companies.

        :return: list of tuples: title, headings, and rows of texts, dates or numbers
        """
        self.ensure_one()
        profiles = self._tianyuan_profiles()
        return [
            (self.env._("Contact"), [self.env._("Field"), self.env._("Value")], self._tianyuan_field_rows()),
            (self.env._("Contact Profile"), [self.env._("Field"), self.env._("Value")], [
                row for profile in profiles for row in self._tianyuan_profile_rows(profile)
            ]),
            (
                self.env._("Notes"), [self.env._("Time"), self.env._("Author"), self.env._("On"), self.env._("Text")],
                [
                    [message.date, message.author_id.name or message.email_from, message.record_name,
                     self._tianyuan_message_text(message)]
                    for message in self._tianyuan_messages(profiles)
                ],
            ),
            (
                self.env._("Activities"), [self.env._("Due On"), self.env._("User"), self.env._("Text")],
                [
                    [activity.date_deadline, activity.user_id.name,
                     " ".join(filter(None, [activity.summary, html2plaintext(activity.note or '')]))]
                    for activity in self._tianyuan_activities_about(profiles)
                ],
            ),
            (
                self.env._("Collection Forms"),
                [self.env._("Collected On"), self.env._("Customer"), self.env._("Name"), self.env._("Phone")],
                [
                    [form.date, form.customer_name or form.partner_id.name, form[name], form[phone]]
                    for form, name, phone in self._tianyuan_form_contacts() if form.company_id in self.env.companies
                ],
            ),
            (
                self.env._("Documents"), [self.env._("Type"), self.env._("Document"), self.env._("Valid From")],
                [
                    [document.type_id.name, document.name, document.valid_from]
                    for document in self._tianyuan_held_here(self._tianyuan_named_documents())
                ],
            ),
            (
                self.env._("Access Log"), [self.env._("Time"), self.env._("Action"), self.env._("User")],
                self._tianyuan_log_rows(),
            ),
        ]

    def _tianyuan_held_here(self, records, field='company_id'):
        """Return those of the records, read as superuser, that belong to the user's companies."""
        return records.filtered(lambda record: record[field] in self.env.companies)

    def _tianyuan_profiles(self):
        """Return the person's profiles in the user's companies."""
        return self.env['tianyuan.contact.profile'].search([
            ('partner_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids),
        ])

    def _tianyuan_field_rows(self):
        rows = []
        for name, field in sorted(self._fields.items(), key=lambda item: item[1]._description_string(self.env)):
            if not field.store or field.type in TECHNICAL_TYPES or name in TECHNICAL_FIELDS or name == 'id':
                continue
            value = field.convert_to_export(self[name], self) if self[name] else False
            if value:
                rows.append([field._description_string(self.env), str(value)])
        return rows

    @api.model
    def _tianyuan_profile_rows(self, profile):
        names = ['company_id', *profile._content_fields(), 'legal_basis', 'consent_date', 'purpose', 'keep_until']
        return [
            [profile._fields[name]._description_string(self.env),
             str(profile._fields[name].convert_to_export(profile[name], profile))]
            for name in names if profile[name]
        ]

    def _tianyuan_messages(self, profiles):
        """Return the notes on the person and on their profiles, and those of their customer that name them."""
        about = Domain('model', '=', self._name) & Domain('res_id', '=', self.id)
        about |= Domain('model', '=', profiles._name) & Domain('res_id', 'in', profiles.ids)
        if self._tianyuan_has_name() and self.commercial_partner_id != self:
            about |= Domain('id', 'in', self._tianyuan_notes_naming(self.commercial_partner_id).ids)
        return self.env['mail.message'].search(about, order='id')

    def _tianyuan_naming(self, model, partners, names):
        """Return the records about partners in which a text names the person.

        :param str model: model that links to records by ``res_id``
        :param names: fields with texts, plain or HTML
        """
        records = self.env[model].with_context(active_test=False)
        if not self._tianyuan_has_name() or not partners:
            return records
        about = Domain('res_model' if 'res_model' in records._fields else 'model', '=', self._name)
        spellings = person_names.spellings(self.name)
        found = records.search(about & Domain('res_id', 'in', partners.ids) & Domain.OR(
            Domain(name, 'ilike', spelling) for name in names for spelling in spellings
        ), order='id')
        named = re.compile(person_names.pattern(spellings), re.IGNORECASE)
        return found.filtered(lambda record: any(named.search(record[name] or '') for name in names))

    def _tianyuan_notes_naming(self, partners):
        return self._tianyuan_naming('mail.message', partners, ('body', 'subject'))

    def _tianyuan_activities_naming(self, partners):
        return self._tianyuan_naming('mail.activity', partners, ACTIVITY_TEXTS)

    def _tianyuan_former_customers(self):
        """Return the customers whose contact the person once was, as far as the notes on the person tell."""
        changes = self.env['mail.tracking.value'].search([
            ('field_id', '=', self.env['ir.model.fields']._get(self._name, 'parent_id').id),
            ('mail_message_id.model', '=', self._name), ('mail_message_id.res_id', '=', self.id),
        ])
        former = self.browse(set(changes.mapped('old_value_integer')) - {0}).exists()
        return former.commercial_partner_id - self.commercial_partner_id - self

    @api.model
    def _tianyuan_message_text(self, message):
        changes = [
            f"{value.field_id.field_description}: {value.old_value_char or ''} → {value.new_value_char or ''}"
            for value in message.tracking_value_ids
        ]
        return "\n".join(filter(None, [html2plaintext(message.body or ''), *changes]))

    def _tianyuan_activities_about(self, profiles):
        return self.env['mail.activity'].search(
            Domain('res_model', '=', self._name) & Domain('res_id', '=', self.id)
            | Domain('res_model', '=', profiles._name) & Domain('res_id', 'in', profiles.ids)
        ) | self._tianyuan_activities_naming(self.commercial_partner_id - self)

    def _tianyuan_has_name(self):
        return len((self.name or '').strip()) >= SHORTEST_NAME

    def _tianyuan_names(self):
        """Return the texts that name the person and can be looked for."""
        return [self.name] if self._tianyuan_has_name() else []

    def _tianyuan_own_addresses(self):
        """Return the person's e-mail addresses that no other contact has: a shared one is not the person's alone."""
        addresses = {email_normalize(address) for address in email_split(self.email or '')} - {False}
        shared = self.search([('email_normalized', 'in', list(addresses)), ('id', '!=', self.id)])
        return addresses - set(shared.mapped('email_normalized'))

    def _tianyuan_form_contacts(self):
        """Return the collection forms that name the person: of their customer, or with their phone.

        :return: list of tuples: form, and the names of its fields with the person's name and phone
        """
        if not self._tianyuan_has_name():
            return []
        found = []
        for name, phone in FORM_CONTACTS:
            theirs = Domain('partner_id', '=', self.commercial_partner_id.id)
            if self.phone:
                theirs |= Domain(phone, '=', self.phone)
            forms = self.env['tianyuan.archive.collection'].search(theirs & Domain(name, '=', self.name))
            found += [(form, name, phone) for form in forms]
        return found

    def _tianyuan_named_documents(self):
        """Return the documents of the person's customer whose names name the person."""
        return self._tianyuan_papers_naming('tianyuan.archive.document', ('name', 'check_note'))

    @api.model
    def _tianyuan_unchangeable(self, documents):
        """Return those of the documents that are without their file, so that nobody can rename them."""
        return documents.filtered(lambda document: document.destroyed_on or document.checked_on)

    def _tianyuan_destruction_lines(self):
        """Return the lines of destructions that name the person."""
        return self._tianyuan_papers_naming(
            'tianyuan.archive.destruction.line', ('document_name', 'partner_name', 'remark'))

    def _tianyuan_papers_naming(self, model, names):
        """Return the records about the person's customer in which a text names the person."""
        records = self.env[model].with_context(active_test=False)
        if not self._tianyuan_has_name():
            return records
        found = records.search(Domain('partner_id', '=', self.commercial_partner_id.id) & Domain.OR(
            Domain(name, 'ilike', self.name) for name in names
        ))
        named = re.compile(person_names.pattern(self._tianyuan_names()), re.IGNORECASE)
        return found.filtered(lambda record: any(named.search(record[name] or '') for name in names))

    def _tianyuan_ratings(self):
        return self.env['tianyuan.rating'].with_context(active_test=False).search([('partner_id', '=', self.id)])

    def _tianyuan_log_rows(self):
        log = self.env['tianyuan.archive.access.log']
        actions = dict(log._fields['action']._description_selection(self.env))
        return [
            [row.date, actions[row.action], row.user_id.name or row.user_login]
            for row in log.search([
                '|', ('partner_ref', '=', self.id), ('partner_id', '=', self.id),
                ('company_id', 'in', self.env.companies.ids),
            ], order='id')
        ]

    def _tianyuan_personal_files(self):
        """Return the files of the person's profiles as pairs of name and bytes."""
        profiles = self._tianyuan_profiles()
        evidence = self.env['ir.attachment'].search([
            ('res_model', '=', profiles._name), ('res_id', 'in', profiles.ids), ('res_field', '=', 'evidence'),
        ])
        names = {profile.id: profile.evidence_name for profile in profiles}
        files = [(names[attachment.res_id] or attachment.name, attachment.raw) for attachment in evidence]
        attachments = self.env['ir.attachment'].search([
            ('res_model', '=', profiles._name), ('res_id', 'in', profiles.ids),
        ])
        return files + [(attachment.name, attachment.raw) for attachment in attachments if attachment.raw]

    # -- erasing --------------------------------------------------------------------------------------------------

    def action_tianyuan_ask_erasure(self):
        """Open the request to erase a person, with the list of what is erased and what stays.

        :raise AccessError: the user keeps neither profiles nor is a manager
        :raise UserError: the person can't be erased
        """
        self._tianyuan_check_person_access()
        self._tianyuan_check_erasable()
        Erasure = self.env['tianyuan.personal.erasure']
        asked = Erasure.search([('partner_id', '=', self.id), ('state', '=', 'asked')], limit=1)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Erase a Person"),
            'res_model': Erasure._name,
            'res_id': asked.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'context': {'default_partner_id': self.id},
        }

    def _tianyuan_check_erasable(self):
        """Refuse partners that can't be erased as a person.

        Ratings tell who was a customer. A contact with ratings is a former customer, which joined its group, and no
        person. A customer who is a person can be erased when nothing of its archive has to be kept any more.

        :raise UserError: says why
        """
        self.ensure_one()
        # sudo: says only why the person can't be erased.
        person = self.sudo().with_context(active_test=False)
        if person.is_company:
            raise UserError(self.env._("%s is a company: personal data is about a person.", self.display_name))
        if person.user_ids:
            raise UserError(self.env._(
                "%s is a user. Users stay, because the access log must say who acted; archive the user instead.",
                self.display_name,
            ))
        is_rated = bool(person._tianyuan_ratings())
        if person.commercial_partner_id != person:
            if is_rated:
                raise UserError(self.env._(
                    "%s was a customer of its own and has ratings, which are kept: it isn't erased as a person.",
                    self.display_name,
                ))
        elif person._tianyuan_archive_is_begun() or is_rated:
            papers = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False).search_count([
                ('partner_id', '=', person.id), ('destroyed_on', '=', False), ('checked_on', '=', False),
            ])
            hold = self.env['tianyuan.archive.hold'].sudo().search_count([
                ('partner_id', '=', person.id), ('state', '=', 'active'),
            ])
            if person.tianyuan_archive_state != 'closed' or papers or hold:
                raise UserError(self.env._(
                    "%s is a customer with an archive or ratings. Its archive is closed first, and its papers are "
                    "destroyed when they needn't be kept any more and no legal hold is left.", self.display_name,
                ))

    def _tianyuan_erased_name(self):
        return self.env._("Erased contact %s", self.id)

    def _tianyuan_accounting_documents(self):
        """Return the posted invoices and confirmed orders that are made out to the person."""
        moves = self.env['account.move'].search([
            ('partner_id', '=', self.id), ('move_type', '!=', 'entry'), ('state', '=', 'posted'),
        ])
        orders = self.env['sale.order'].search([
            '|', ('partner_id', '=', self.id), ('partner_invoice_id', '=', self.id), ('state', '=', 'sale'),
        ])
        return moves, orders

    def _tianyuan_erasure_plan(self):
        """Return what erasing this person, read as superuser, does; no line names the person.

        :return: dict of ``erased`` (what is gone), ``kept`` (what must stay, and why) and ``check`` (texts that may
            name the person, to be read by somebody) → lists of texts
        """
        self.ensure_one()
        profiles = self.env['tianyuan.contact.profile'].search([('partner_id', '=', self.id)])
        moves, orders = self._tianyuan_accounting_documents()
        forms, documents = self._tianyuan_form_contacts(), self._tianyuan_named_documents()
        logged = sum(self.env['tianyuan.archive.access.log']._count_naming(self, self._tianyuan_names()).values())
        gone, lines = self._tianyuan_unchangeable(documents), self._tianyuan_destruction_lines()
        ratings = self._tianyuan_ratings()
        erased = [
            self.env._("The contact's phone, e-mail, position, picture and remarks; it is archived."),
            self.env._("The notes and files on the contact, and its name in notes and activities on the customer."),
        ]
        kept, check = [], []
        if not moves + orders.invoice_ids and not orders:
            erased.insert(0, self.env._("The contact's name: it becomes “%s”.", self._tianyuan_erased_name()))
        if profiles:
            erased.append(self.env._("%s contact profiles with notes, files and evidence of consent.", len(profiles)))
        if forms:
            erased.append(self.env._("Name and phone in %s collection forms.", len(forms)))
        if logged:
            erased.append(self.env._("The name in %s rows of the access log; the rows stay.", logged))
        if gone or lines:
            erased.append(self.env._(
                "The name in %(documents)s destroyed documents and %(lines)s lines of destructions.",
                documents=len(gone), lines=len(lines),
            ))
        if ratings:
            kept.append(self.env._(
                "%s ratings, and what else was noted of it as a customer; they show the name it has then.",
                len(ratings),
            ))
        if moves or orders:
            kept.append(self.env._(
                "The contact's name, because %(invoices)s invoices and %(orders)s orders are made out to it: the "
                "accounting law asks to keep them as they are.", invoices=len(moves), orders=len(orders),
            ))
        check += [
            self.env._("Document “%(type)s” (no. %(number)s) names the person.", type=document.type_id.name,
                       number=document.id) for document in documents - gone
        ]
        notes_elsewhere = self._tianyuan_notes_naming(self._tianyuan_former_customers())
        for number, notes in notes_elsewhere.grouped('res_id').items():
            check.append(self.env._(
                "%(count)s notes on the former customer (contact no. %(number)s) name the person.",
                count=len(notes), number=number,
            ))
        customer = self.commercial_partner_id
        if customer != self and self._tianyuan_has_name() and customer.tianyuan_legal_representative == self.name:
            kept.append(self.env._("The customer's legal representative, who stands in the public register."))
        banks = self.bank_ids
        if banks:
            check.append(self.env._("%s bank accounts of the contact.", len(banks)))
        written = self.env['mail.message'].search_count([('author_id', '=', self.id)])
        if written:
            check.append(self.env._("%s messages that the person wrote.", written))
        return {'erased': erased, 'kept': kept, 'check': check}

    def _tianyuan_companies_holding(self):
        """Return the companies that hold something that erasing this person, read as superuser, changes."""
        companies = self.env['tianyuan.contact.profile'].search([('partner_id', '=', self.id)]).company_id
        companies = companies.union(*(form.company_id for form, _name, _phone in self._tianyuan_form_contacts()))
        companies |= (self + self.commercial_partner_id).company_id
        companies = companies.union(*(records.company_id for records in self._tianyuan_accounting_documents()))
        companies |= self._tianyuan_ratings().company_id | self._tianyuan_named_documents().company_id
        companies |= self._tianyuan_destruction_lines().destruction_id.company_id
        logged = self.env['tianyuan.archive.access.log']._count_naming(self, self._tianyuan_names())
        return companies.union(*logged)

    def _tianyuan_erase_person(self, alias):
        """Erase this person, read as superuser; the caller has checked everything.

        :param str alias: what stands in the place of the person's name
        """
        self.ensure_one()
        person = self.with_context(tracking_disable=True, mail_notrack=True)
        person._tianyuan_erase_in_forms(alias)
        person._tianyuan_erase_in_papers(alias)
        self.env['tianyuan.contact.profile'].with_context(active_test=False).search(
            [('partner_id', '=', self.id)]).unlink()
        person._tianyuan_scrub_notes(alias)
        customers = self.with_context(active_test=False).search([
            '|', ('tianyuan_primary_contact_id', '=', self.id), ('tianyuan_secondary_contact_id', '=', self.id),
        ]).with_context(tracking_disable=True)
        for customer in customers:
            customer.write({
                name: False for name in ('tianyuan_primary_contact_id', 'tianyuan_secondary_contact_id')
                if customer[name] == self
            })
        moves, orders = self._tianyuan_accounting_documents()
        blank = [*PERSONAL_FIELDS]
        if not self.parent_id or self.type != 'contact':
            blank += ADDRESS_FIELDS
        if self.commercial_partner_id == self:
            blank += OWN_FIELDS
        values = {name: False for name in blank if name in self._fields and self[name]}
        if not moves and not orders:
            values['name'] = alias
        person.write({**values, 'active': False})
        # Writing the largest picture clears the smaller ones, unless it is missing already.
        self.env.flush_all()
        self.env['ir.attachment'].search([
            ('res_model', '=', self._name), ('res_id', '=', self.id), ('res_field', '=like', 'image_%'),
        ]).unlink()
        self.env.invalidate_all()

    def _tianyuan_erase_in_forms(self, alias):
        """Replace the person's name in collection forms, and delete the phone."""
        for form, name, phone in self._tianyuan_form_contacts():
            former, prefilled = form[name], form.prefilled or {}
            for line in form.line_ids:
                if line.key == name:
                    line.write({
                        value: [alias, False] for value in ('old_value', 'new_value')
                        if line[value] and line[value][0] == former
                    })
            if prefilled.get(name) and prefilled[name][0] == former:
                form.prefilled = {**prefilled, name: [alias, False]}
            form.write({name: alias, phone: False})
        own = self.env['tianyuan.archive.collection'].search([
            ('partner_id', '=', self.id), ('customer_name', '=', self.name),
        ])
        if own:
            own.write({'customer_name': alias})

    def _tianyuan_erase_in_papers(self, alias):
        """Replace the person's name where nobody else can: on documents without their file, and in destructions."""
        for document in self._tianyuan_unchangeable(self._tianyuan_named_documents()):
            document.with_context(tracking_disable=True).write({
                name: person_names.without(document[name], self.name, alias)
                for name in ('name', 'check_note') if document[name]
            })
        for line in self._tianyuan_destruction_lines():
            line.write({
                name: person_names.without(line[name], self.name, alias)
                for name in ('document_name', 'partner_name', 'remark') if line[name]
            })

    def _tianyuan_scrub_notes(self, alias):
        """Delete the notes on the person, and take their name out of the notes that stay on other records.

        This is the only way in which a note that stays is changed (``mail.message._tianyuan_kept``): as superuser, for
        a person who is erased, and logged as ``erased`` in the access log.
        """
        self.env.flush_all()
        notes = Domain('model', '=', self._name) & Domain('res_id', '=', self.id)
        self.env['mail.message'].search(notes).unlink()
        self.env['mail.activity'].with_context(active_test=False).search(
            Domain('res_model', '=', self._name) & Domain('res_id', '=', self.id)).unlink()
        self.env['ir.attachment'].search([
            ('res_model', '=', self._name), ('res_id', '=', self.id), ('res_field', '=', False),
        ]).unlink()
        self.env['mail.followers'].search([('partner_id', '=', self.id)]).unlink()
        if self._tianyuan_has_name() and self.commercial_partner_id != self:
            customer = self.commercial_partner_id
            for message in self._tianyuan_notes_naming(customer):
                message.write({
                    'body': Markup(person_names.without(str(message.body or ''), self.name, str(escape(alias)))),
                    'subject': person_names.without(message.subject or '', self.name, alias) or False,
                })
            for activity in self._tianyuan_activities_naming(customer):
                activity.write({
                    'summary': person_names.without(activity.summary or '', self.name, alias) or False,
                    'note': Markup(person_names.without(str(activity.note or ''), self.name, str(escape(alias)))),
                    'feedback': person_names.without(activity.feedback or '', self.name, alias) or False,
                })
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            UPDATE mail_tracking_value v
               SET old_value_char = CASE WHEN old_value_integer = %(person)s THEN %(alias)s ELSE old_value_char END,
                   new_value_char = CASE WHEN new_value_integer = %(person)s THEN %(alias)s ELSE new_value_char END
              FROM ir_model_fields f
             WHERE f.id = v.field_id AND f.relation = 'res.partner'
               AND (old_value_integer = %(person)s OR new_value_integer = %(person)s)
            """, person=self.id, alias=alias,
        ))
        self._tianyuan_scrub_addresses()
        self.env.invalidate_all()

    def _tianyuan_scrub_addresses(self):
        """Take the person's e-mail addresses out of messages, mails and what tells whom they reached.

        Other addresses of the same mail stay, as others may still wait for it.
        """
        cr, addresses = self.env.cr, self._tianyuan_own_addresses()
        cr.execute(SQL("UPDATE mail_message SET email_from = NULL WHERE author_id = %s", self.id))
        # A notification without a contact must have an address.
        cr.execute(SQL(
            """
            UPDATE mail_notification SET mail_email_address = '-'
             WHERE mail_email_address IS NOT NULL AND (
                   res_partner_id = %s OR res_partner_id IS NULL AND lower(mail_email_address) = ANY(%s))
            """, self.id, sorted(addresses),
        ))
        for table, columns, condition in ADDRESS_COLUMNS if addresses else ():
            listed = SQL(", ").join(map(SQL.identifier, columns))
            rows = self.env.execute_query(SQL(
                "SELECT id, %s FROM %s WHERE %s AND lower(concat_ws(' ', %s)) LIKE ANY(%s)",
                listed, SQL.identifier(table), condition, listed,
                [f'%{escape_psql(address)}%' for address in sorted(addresses)],
            ))
            for row_id, *values in rows:
                cr.execute(SQL(
                    "UPDATE %s SET %s WHERE id = %s", SQL.identifier(table), SQL(", ").join(
                        SQL("%s = %s", SQL.identifier(column), self._tianyuan_other_addresses(value, addresses))
                        for column, value in zip(columns, values, strict=True)
                    ), row_id,
                ))

    @api.model
    def _tianyuan_other_addresses(self, text, addresses):
        """Return a list of addresses, as text, without some of them; a list that has none of them stays as it is."""
        entries = email_split_and_format(text or '')
        others = [entry for entry in entries if email_normalize(entry) not in addresses]
        return text if len(others) == len(entries) else ", ".join(others) or None
