import base64
from urllib.parse import quote as url_quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...engine import bulk, scoring
from ...tools import tables
from ...tools.earlier_template import Column, Template, build
from ...tools.roles import check_manager
from ...tools.text import listed
from ..mixins.tianyuan_protected_mixin import without_discussion
from .reader import Reader
from .tianyuan_rating import OPEN_STATES

# Fields that managers may enter; the file only before it is imported.
ENTRY_FIELDS = {'company_id', 'file', 'file_name'}
UNIMPORTED = ('draft', 'checked')


class TianyuanRatingImport(models.Model):
    """A list of ratings that were given before this system was used (policy 客户评价每季度评定一次).

    A manager fills in the template, checks it as often as needed, which writes no rating, and imports it: all rows or
    none. The ratings become confirmed sheets of origin *imported*. Until it is removed as a whole, nobody changes an
    imported rating; the record of the import stays in any case.
    """

    _name = 'tianyuan.rating.import'
    _description = "Import of Earlier Ratings"
    _inherit = ['tianyuan.step.mixin', 'tianyuan.plain.text.mixin']
    _order = 'id desc'

    _tianyuan_numbers = ('tianyuan.rating.import', 'ER')

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company.root_id,
    )
    file = fields.Binary(copy=False, help="An Excel workbook (xlsx), or a text file (csv) in UTF-8 or GBK.")
    file_name = fields.Char(copy=False)
    template = fields.Binary(compute='_compute_template', export_string_translation=False)
    state = fields.Selection(
        [('draft', "Draft"), ('checked', "Checked"), ('done', "Imported"), ('removed', "Removed")],
        required=True, readonly=True, default='draft', copy=False, index=True, tracking=True,
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False, aggregator=None)
    wrong_row_count = fields.Integer(string="Wrong Rows", readonly=True, copy=False, aggregator=None)
    checked_on = fields.Datetime(readonly=True, copy=False)
    ignored_columns = fields.Char(
        readonly=True, copy=False, help="Columns of the file that mean nothing here. They aren't imported.",
    )
    note = fields.Char(string="Where It Stands", compute='_compute_note')
    problem_ids = fields.One2many('tianyuan.rating.import.problem', 'import_id', string="What Is Wrong", copy=False)
    rating_ids = fields.One2many('tianyuan.rating', 'import_id', string="Imported Ratings")
    # Stored: the numbers stay when the ratings are removed.
    rating_count = fields.Integer(string="Sheets", readonly=True, copy=False)
    customer_count = fields.Integer(string="Customers", readonly=True, copy=False, aggregator=None)
    date_from = fields.Date(string="First Quarter", readonly=True, copy=False)
    date_to = fields.Date(string="Last Quarter", readonly=True, copy=False)
    imported_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    imported_on = fields.Datetime(readonly=True, copy=False)
    removed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    removed_on = fields.Datetime(readonly=True, copy=False)
    removal_reason = fields.Char(readonly=True, copy=False)

    @api.depends('company_id')
    @api.depends_context('lang')
    def _compute_template(self):
        for batch in self:
            batch.template = base64.b64encode(build(batch._template()))

    @api.depends('state', 'file', 'checked_on', 'row_count', 'wrong_row_count', 'removed_on', 'removal_reason')
    @api.depends_context('lang', 'tz')
    def _compute_note(self):
        for batch in self:
            batch.note = batch._note()

    @api.constrains('company_id')
    def _check_no_branch(self):
        self.company_id._check_tianyuan_not_a_branch()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        for batch in self:
            if batch.state not in UNIMPORTED:
                raise UserError(self.env._(
                    "%s was imported, so its record is kept. To delete its ratings, use “Remove”.", batch.name,
                ))

    def write(self, vals):
        """Write values; another file has to be checked again."""
        result = super().write(vals)
        if not self.env.su and 'file' in vals:
            self.sudo()._forget_check()
        return result

    def _tianyuan_protected_fields(self):
        return without_discussion(self._fields) - ENTRY_FIELDS

    def _check_tianyuan_protected(self, vals):
        super()._check_tianyuan_protected(vals)
        if not self.env.su and ENTRY_FIELDS & vals.keys():
            for batch in self:
                if batch.state not in UNIMPORTED or 'company_id' in vals and batch.state != 'draft':
                    raise UserError(self.env._(
                        "The company and the file of %s can't be changed any more. Make a new import.", batch.name,
                    ))

    # -- steps -------------------------------------------------------------------------------------

    def action_download_template(self):
        """Download the workbook to fill in, with a column for each indicator of the company's schemes.

        :return: action
        :raise AccessError: the user is no manager
        """
        check_manager(self)
        self.ensure_one()
        name = url_quote(self.env._("Earlier Ratings"))
        return {
            'type': 'ir.actions.act_url',
            'url': f"/web/content/{self._name}/{self.id}/template/{name}.xlsx?download=true",
            'target': 'download',
        }

    def action_check(self):
        """Check the file without writing a rating: each wrong row is listed with what to do.

        :return: True; the state tells whether the file can be imported
        :raise AccessError: the user is no manager
        :raise UserError: it is imported already, or there is no file
        """
        check_manager(self, 'write')
        self._check_step(*UNIMPORTED)
        for batch in self:
            batch.sudo()._check_file()
        return True

    def action_import(self):
        """Import the file: every row becomes a confirmed rating, or none does.

        The file is checked once more. If a row is wrong by now, it is listed, and nothing is imported.

        :return: True; the state tells whether the file was imported
        :raise AccessError: the user is no manager
        :raise UserError: the file isn't checked, or a row was wrong
        """
        check_manager(self, 'write')
        self._check_step('checked')
        for batch in self:
            batch.sudo()._import()
        return True

    def action_ask_remove(self):
        """Ask for the reason, and then remove the imported ratings.

        :return: action
        :raise AccessError: the user is no manager
        """
        check_manager(self, 'write')
        self._check_step('done')
        return self.env['tianyuan.reason']._ask(self, 'action_remove')

    def action_remove(self, reason=None):
        """Delete all ratings of the import; customers get what the other confirmed ratings decide.

        Points that confirmed sheets carried over from them stay, and so does what these sheets were compared with: a
        confirmed rating is never rewritten. Open sheets are compared and computed anew.

        :param str reason: why they are removed
        :raise AccessError: the user is no manager
        :raise UserError: it isn't imported, or the reason is missing
        """
        check_manager(self, 'write')
        self._check_step('done')
        if not (reason or '').strip():
            raise UserError(self.env._("Say why the imported ratings are removed."))
        for batch in self:
            batch.sudo()._remove(reason.strip())
        return True

    def action_open_ratings(self):
        """Open the imported ratings.

        :return: action
        """
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'domain': [('import_id', '=', self.id)],
            'name': self.env._("Imported Ratings"),
            'res_model': 'tianyuan.rating',
            'view_mode': 'list,form,pivot,graph',
            'context': {'create': False, 'tianyuan_show_imported': True},
        }

    def _note(self):
        """Return where the import stands and what comes next, or False."""
        if self.state == 'removed':
            return self.env._(
                "%(person)s removed these ratings on %(date)s: %(reason)s", person=self.removed_by_id.name,
                date=format_date(self.env, self.removed_on), reason=self.removal_reason,
            )
        if self.state == 'checked':
            return self.env._("All %s rows can be imported.", self.row_count)
        if self.state == 'done':
            return False
        if not self.checked_on:
            return self.env._(
                "Download the template, fill in one rating a row, and upload the file here. A list of your own will "
                "do, too, if its headings are those of the template. Nothing is written before you press “Import”.",
            )
        if not self.row_count:
            return self.env._("The list can't be read yet. Correct the file as said below, and upload it again.")
        return self.env._(
            "%(wrong)s of %(rows)s rows are wrong, so nothing can be imported yet. Correct the file as said below, "
            "and upload it again.", wrong=self.wrong_row_count, rows=self.row_count,
        )

    # -- checking ----------------------------------------------------------------------------------

    def _forget_check(self):
        self.problem_ids.unlink()
        self.write({
            'state': 'draft', 'row_count': 0, 'wrong_row_count': 0, 'checked_on': False, 'ignored_columns': False,
            'customer_count': 0, 'date_from': False, 'date_to': False,
        })

    def _check_file(self):
        """Check the file and store the result.

        :return: list of :class:`~.reader.EarlierRating`, empty if anything is wrong
        """
        self._forget_check()
        reader = Reader(self, self._rows())
        ratings, problems = reader.read()
        self.env['tianyuan.rating.import.problem'].create([
            {'import_id': self.id, 'row': row, 'customer': customer, 'message': message}
            for row, customer, message in problems
        ])
        self.write({
            'state': 'draft' if problems else 'checked',
            'row_count': reader.row_count,
            'wrong_row_count': len({row for row, _customer, _message in problems}),
            'checked_on': fields.Datetime.now(),
            'ignored_columns': listed(self.env, reader.unknown) or False,
            'customer_count': len({rating.partner_id for rating in ratings}),
            'date_from': min((rating.quarter.date_from for rating in ratings), default=False),
            'date_to': max((rating.quarter.date_to for rating in ratings), default=False),
        })
        return [] if problems else ratings

    def _rows(self):
        """Return the rows of the file.

        :raise UserError: there is no file, or it can't be read
        """
        if not self.file:
            raise UserError(self.env._("Upload the list first: an Excel workbook (xlsx) or a text file (csv)."))
        try:
            return tables.read(base64.b64decode(self.file))
        except tables.TableError as error:
            raise UserError({
                tables.KIND: self.env._(
                    "This is neither an Excel workbook (xlsx) nor a text file (csv). Save the list as one of these, "
                    "without macros, and upload it again."),
                tables.SIZE: self.env._("The file is too large. Delete what doesn't belong to the list, or split it."),
                tables.DAMAGED: self.env._("The file is damaged. Save the list anew, and upload it again."),
                tables.ENCODING: self.env._(
                    "The characters of the text file can't be read. Save it in UTF-8 or GBK, or as an Excel workbook."),
                tables.ROWS: self.env._(
                    "The list has more than %s rows. Split it into several files.", f"{tables.MOST_ROWS:,}"),
            }[error.reason]) from None

    def _schemes(self):
        """Return the company's active schemes by channel: a company's own before the common one, newest first."""
        schemes = self.env['tianyuan.rating.scheme'].sudo().search([
            ('state', '=', 'active'), ('company_id', 'in', (self.company_id.id, False)),
        ]).sorted(lambda scheme: (bool(scheme.company_id), scheme.date_from, scheme.id), reverse=True)
        return schemes.grouped('channel')

    # -- template ----------------------------------------------------------------------------------

    @api.model
    def _column_labels(self):
        """Return the headings of the template's columns by kind, in the user's language."""
        return {
            'number': self.env._("Archive Number"),
            'vat': self.env._("Tax ID"),
            'name': self.env._("Customer"),
            'quarter': self.env._("Quarter"),
            'channel': self.env._("Channel"),
            'tier': self.env._("Tier"),
            'class': self.env._("Class"),
            'confirmed_on': self.env._("Confirmed On"),
            'total': self.env._("Total"),
        }

    @api.model
    def _column_hints(self):
        """Return what to write into the template's columns by kind, in the user's language."""
        return {
            'number': self.env._("text: the number that the customer has, or a former one"),
            'vat': self.env._("text: the customer's tax ID"),
            'name': self.env._("the company's full name; one of these three columns is enough"),
            'quarter': self.env._("text: such as 2024 Q1, 2024年1季度, or a day of the quarter"),
            'channel': self.env._("only if it isn't the customer's channel of today"),
            'tier': self.env._("the tier that was given, or “none”"),
            'class': self.env._("may stay empty: it then follows from the tier, as the rating scheme says"),
            'confirmed_on': self.env._("may stay empty; a day such as 2024-04-10"),
            'total': self.env._("0 to 100; may stay empty if the points of the indicators are given"),
        }

    def _template(self):
        """Return what the template says, in the user's language.

        :return: :class:`~odoo.addons.tianyuan_customer_rating.tools.earlier_template.Template`
        """
        labels, hints = self._column_labels(), self._column_hints()
        channels = dict(self.env['tianyuan.rating']._fields['channel']._description_selection(self.env))
        tiers = self.env['tianyuan.rating.tier'].search([]).mapped('name')
        none = self.env._("none")
        choices = {
            'channel': tuple(channels.values()),
            'tier': (*tiers, none),
            'class': (self.env._("Key"), self.env._("Ordinary"), self.env._("Major Account")),
        }
        indicators = self._template_indicators(channels)
        examples = {
            'number': "FX-0088", 'name': self.env._("Example Coatings Co., Ltd."), 'quarter': "2024 Q1",
            'tier': (*tiers, none)[0], 'confirmed_on': "2024-04-10",
            'total': sum(column.example for column in indicators) or None,
        }
        columns = {
            kind: Column(labels[kind], hints[kind], examples.get(kind), choices.get(kind, ())) for kind in labels
        }
        total = columns.pop('total')
        return Template(
            sheets=(self.env._("Earlier Ratings"), self.env._("How to Fill In"), self.env._("Example")),
            text=list(columns.values()),
            points=[total, *indicators],
            steps=[
                self.env._(
                    "1. Write one rating a row on the first sheet: one customer, one quarter. Keep the headings. Only "
                    "that sheet is imported."),
                self.env._(
                    "2. Name the customer by archive number, tax ID or full name. If you give several, they must be "
                    "the same customer's."),
                self.env._(
                    "3. Give the points of all indicators, or the total alone. From a total alone nothing can be "
                    "carried over into later ratings."),
                self.env._(
                    "4. Archive number, tax ID and quarter are text, so that Excel changes none of them. If you "
                    "paste, paste the values only."),
                self.env._(
                    "5. Upload the file and press “Check”. Correct what is said of the rows, and upload the file "
                    "again. Nothing is written before you press “Import”."),
            ],
            refusal=self.env._("Choose one of the list."),
        )

    def _template_indicators(self, channels):
        """Return the columns of the indicators of the company's schemes.

        :param dict channels: channel → label
        """
        company = self.company_id.root_id
        current = self.env['tianyuan.rating.scheme']._applicable(company, fields.Date.context_today(self))
        maximum = {}
        for channel, scheme in sorted(current.items()):
            for line in scheme.line_ids:
                maximum.setdefault(line.indicator_id, {})[channels[channel]] = line.max_points
        return [
            Column(
                indicator.with_env(self.env).name,
                self.env._("points, at most: %s", listed(self.env, [
                    f"{channel} {most:g}" for channel, most in maximum[indicator].items()
                ])),
                max(maximum[indicator].values()),
            ) for indicator in sorted(
                maximum, key=lambda it: (it.category_id.sequence, it.category_id.id, it.sequence, it.id),
            )
        ]

    # -- importing ---------------------------------------------------------------------------------

    def _import(self):
        self.write({'state': 'done'})    # Two imports of one file at the same time: the second one fails here.
        self.flush_recordset(['state'])
        ratings = self._check_file()
        if not ratings:
            return
        self.write({
            'state': 'done', 'rating_count': len(ratings), 'imported_by_id': self.env.uid,
            'imported_on': fields.Datetime.now(),
        })
        sheets = self._insert(ratings)
        sheets._chain_imported(self.company_id, sheets.partner_id)
        self._award(sheets)
        self._message_log(body=self.env._(
            "%(ratings)s ratings of %(customers)s customers imported from %(file)s.", ratings=self.rating_count,
            customers=self.customer_count, file=self.file_name or "–",
        ))
        self.env['tianyuan.rating']._open_sheets_of(self.company_id, sheets.partner_id)._compare_anew()
        # What became of customers after the imported quarters is read from the books.
        self.env.ref('tianyuan_customer_rating.ir_cron_read_outcomes')._trigger()

    def _insert(self, ratings):
        """Write the sheets, oldest first, compared with nothing yet.

        :param ratings: list of :class:`~.reader.EarlierRating`
        :return: the ``tianyuan.rating`` sheets
        """
        Rating = self.env['tianyuan.rating'].with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True,
            allowed_company_ids=self.company_id.ids,
        )
        partners = self.env['res.partner'].browse({rating.partner_id for rating in ratings})
        names = {partner.id: partner for partner in partners}
        specs = {scheme: scheme._spec().lines for scheme in {rating.scheme for rating in ratings} if scheme}
        return self._write_sheets(Rating, [
            (
                self._sheet_vals(
                    rating, Rating._sheet_name(rating.quarter, names[rating.partner_id]), specs.get(rating.scheme, {}),
                ),
                self._line_vals(rating, specs.get(rating.scheme, {})),
            ) for rating in sorted(ratings, key=lambda rating: rating.quarter)
        ]).with_env(self.env)

    def _write_sheets(self, Rating, rows):
        """Write sheets with their lines, by COPY, or by the ORM where another addon extends sheets."""
        if bulk.can_insert(Rating.env):
            return bulk.insert_sheets(Rating.env, rows)
        sheets = Rating.create([
            {**vals, 'state': 'ready', 'line_ids': [Command.create(line) for line in lines]}
            for vals, lines in rows
        ])
        sheets.write({'state': 'confirmed'})    # Lines can't be added to a confirmed sheet.
        return sheets

    def _sheet_vals(self, rating, name, specs):
        def given(side):
            return scoring.total(
                points for indicator_id, points in rating.points.items()
                if specs[indicator_id].responsibility == side
            )

        return {
            'name': name,
            'partner_id': rating.partner_id,
            'company_id': self.company_id.id,
            'currency_id': self.company_id.currency_id.id,
            'channel': rating.channel,
            'kind': 'quarterly',
            'origin': 'imported',
            'import_id': self.id,
            'scheme_id': rating.scheme.id,
            'state': 'confirmed',
            'date_from': rating.quarter.date_from,
            'date_to': rating.quarter.date_to,
            'sales_done': True,
            'finance_done': True,
            'confirmed_on': rating.confirmed_on,
            'score': rating.score,
            'sales_score': given('sales'),
            'finance_score': given('finance'),
            'tier_id': rating.tier_id,
            'customer_class': rating.customer_class,
            'is_major_account': rating.is_major,
            'previous_rating_id': False,
            **scoring.movement(rating.score, None, None),
            'has_bad_debt': False,
            'annual_purchase': 0.0,
        }

    @staticmethod
    def _line_vals(rating, specs):
        if not rating.points:
            return []
        return [{
            'sequence': sequence,
            'indicator_id': indicator_id,
            'category_id': spec.category,
            'responsibility': spec.responsibility,
            'source': spec.source,
            'max_points': spec.max_points,
            'points': rating.points[indicator_id],
            'has_value': False,
            'origin': 'imported',
        } for sequence, (indicator_id, spec) in enumerate(specs.items(), start=1)]

    def _award(self, sheets):
        """Write tier and class to the customers of whom no later confirmed rating decides."""
        last = self._last_sheets(sheets.partner_id)
        deciding = sheets.filtered(lambda sheet: last.get(sheet.partner_id.id) == sheet)
        for group in deciding.grouped('date_from').values():
            group._write_partners(self.company_id, {sheet.partner_id: sheet for sheet in group}, self.env._(
                "Rating of %(quarter)s imported (%(number)s)", quarter=group[0].quarter.name, number=self.name,
            ))

    def _last_sheets(self, partners):
        """Return the confirmed sheet that decides on each customer.

        :return: dict of partner id → ``tianyuan.rating``
        """
        return self.env['tianyuan.rating']._previous(
            self.company_id, partners, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
        )

    # -- removing ----------------------------------------------------------------------------------

    def _remove(self, reason):
        self.write({
            'state': 'removed', 'removed_by_id': self.env.uid, 'removed_on': fields.Datetime.now(),
            'removal_reason': reason,
        })
        self.flush_recordset(['state'])
        Rating = self.env['tianyuan.rating']
        sheets = Rating.search([('import_id', '=', self.id)])
        partners = sheets.partner_id
        last = self._last_sheets(partners)
        removed_ids = set(sheets.ids)
        decided = partners.filtered(lambda partner: partner.id in last and last[partner.id].id in removed_ids)
        followers = Rating.search([('previous_rating_id', 'in', sheets.ids)]) - sheets
        confirmed = followers.filtered(lambda sheet: sheet.state == 'confirmed')
        opened = followers.filtered(lambda sheet: sheet.state in OPEN_STATES)
        lost = opened.filtered(lambda sheet: 'carried' in sheet.line_ids.mapped('origin'))
        sheets.with_context(tracking_disable=True).unlink()
        Rating._chain_imported(self.company_id, partners)
        last = self._last_sheets(decided)
        Rating._write_partners(self.company_id, {
            partner: last.get(partner.id, Rating.browse()) for partner in decided
        }, self.env._("Import %(number)s removed: %(reason)s", reason=reason, number=self.name))
        if confirmed:
            confirmed._message_log_batch({
                sheet.id: self.env._(
                    "The imported rating with which this one was compared was removed (%(number)s): %(reason)s. "
                    "Points that were carried over from it stay.", reason=reason, number=self.name,
                ) for sheet in confirmed
            })
        self._message_log(body=self.env._(
            "%(ratings)s imported ratings removed: %(reason)s", ratings=len(sheets), reason=reason,
        ))
        Rating._open_sheets_of(self.company_id, partners)._compare_anew(lost)
