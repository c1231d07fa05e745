from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ...engine.periods import Quarter
from ...tools.roles import FINANCE, MANAGER, SALES, SPECIALIST

MODULE = 'tianyuan_customer_rating'
ROWS_SHOWN = 6           # maximum number of rows of a card; its list has all of them
CUSTOMERS_SHOWN = 10
CUSTOMERS_COMPARED = 500    # Of more customers than this, the best rated are compared by what they owe.
ENDING_WITHIN_DAYS = 30
ROLES = {'sales': SALES, 'finance': FINANCE, 'specialist': SPECIALIST, 'manager': MANAGER}


class TianyuanWorkbench(models.AbstractModel):
    """What waits to be done by the user, as cards for each of the user's roles.

    A card has a number and the list on which the work is done; the number is that of the list's records. Everything is
    read as the user, so that a card shows only what its list would. Other addons add cards by extending :meth:`_cards`,
    and columns of the salesperson's customers by extending :meth:`_customer_columns`.

    Numbers are of the user's current company. The number of queries doesn't depend on the number of records.
    """

    _name = 'tianyuan.workbench'
    _description = "Workbench"

    @api.model
    @api.readonly
    def get_data(self):
        """Return the cards of the user's roles.

        :return: dict that JSON can carry: ``company`` (name, ``currency_id``) and ``roles``, a list of dicts ``key``,
            ``name`` and ``cards`` (see :meth:`_card`)
        :raise AccessError: the user has none of the four roles and is no administrator
        """
        if not self.env.user.has_group('base.group_system'):    # Administrators set the ratings up.
            self.env['tianyuan.rating'].check_access('read')
        names = {
            'sales': self.env._("Sales"), 'finance': self.env._("Finance"),
            'specialist': self.env._("Archive"), 'manager': self.env._("Management"),
        }
        company = self.env.company.root_id
        return {
            'company': {'id': company.id, 'name': company.name, 'currency_id': company.currency_id.id},
            'roles': [
                {'key': role, 'name': names[role], 'cards': [
                    card for card in self._cards(role) if card and (card['value'] or card['note'] or not card['rare'])
                ]} for role, group in ROLES.items() if self.env.user.has_group(group)
            ],
        }

    @api.model
    def _cards(self, role):
        """Return the cards of a role, in the order of the page.

        :param str role: ``sales``, ``finance``, ``specialist`` or ``manager``
        :return: list of :meth:`_card`
        """
        return {
            'sales': self._sales_cards, 'finance': self._finance_cards,
            'specialist': self._specialist_cards, 'manager': self._manager_cards,
        }[role]()

    @api.model
    def _card(self, key, title, icon, action, domain, *, value=None, note='', warning=False, rare=False, **content):
        """Return a card, or None if the user can't read the records of its list.

        :param str key: identifies the card on the page
        :param str icon: class of an icon
        :param str action: external id of the list that the number opens
        :param domain: the records of the list; it replaces the action's own domain
        :param value: the number, by default that of the records
        :param str note: what the number consists of
        :param bool warning: whether the number is bad news if it isn't zero
        :param bool rare: whether the card is left out while nothing waits
        :param content: ``rows`` of records, ``lines`` to assess with the number of ``complete`` sheets to submit, or a
            ``table`` of customers
        :return: dict that JSON can carry
        """
        model = self.env[self.env['ir.actions.act_window']._for_xml_id(action)['res_model']]
        if not model.has_access('read'):
            return None
        return {
            'key': key, 'title': title, 'icon': icon, 'model': model._name, 'action': action,
            'domain': list(Domain(domain)),
            'value': model.search_count(domain) if value is None else value, 'note': note, 'warning': warning,
            'rare': rare, **content,
        }

    @api.model
    def _row(self, record, title, note='', right='', *, danger=False, buttons=()):
        """Return a row of a card; a click on it opens the record.

        :param right: what stands at the end of the row
        :param bool danger: whether the end of the row is bad news
        :param buttons: tuples of a method of the record and the button's label
        :return: dict that JSON can carry
        """
        return {
            'id': record.id, 'model': record._name, 'title': title, 'note': note, 'right': right, 'danger': danger,
            'buttons': [{'method': method, 'label': label} for method, label in buttons],
        }

    @api.model
    def _today(self):
        return self.env.company._tianyuan_today()

    @api.model
    def _of_company(self):
        """Return the domain of records that belong to the company without a parent."""
        return Domain('company_id', '=', self.env.company.root_id.id)

    # -- sales ----------------------------------------------------------------------------------------------------

    @api.model
    def _sales_cards(self):
        return [self._lines_card('sales'), self._held_card(), self._customers_card()]

    @api.model
    def _lines_card(self, side):
        """Return the card of the sheets that wait for a side, with its lines that are still to be assessed."""
        done = 'sales_done' if side == 'sales' else 'finance_done'
        waiting = self._of_company() & Domain('responsibility', '=', side) & Domain(f'waits_for_{side}', '=', True)
        missing = waiting & Domain('origin', '=', 'missing')
        by_quarter = self.env['tianyuan.rating']._read_group(
            self._of_company() & Domain('state', '=', 'assessing') & Domain(done, '=', False),
            ['date_from:quarter'], ['__count'], order='date_from:quarter desc',
        )
        Line = self.env['tianyuan.rating.line']
        progress = Line.assessment_progress(list(waiting))
        parts = [self.env._("%s lines left", progress['missing']) if by_quarter else ''] + [
            f"{Quarter.containing(day).name}: {count}" for day, count in by_quarter
        ]
        return self._card(
            f'{side}_lines', self.env._("Sheets to Score"), 'fa-pencil-square-o',
            f'{MODULE}.tianyuan_rating_line_action_{side}',
            waiting & (
                Domain('source', '!=', 'computed') | Domain('origin', 'in', ('missing', 'assessed', 'adjusted'))
            ),
            value=sum(count for _day, count in by_quarter), note=" · ".join(filter(None, parts)),
            complete=progress['ready'],
            lines=[self._line(line) for line in Line.search(missing, order='rating_id, sequence', limit=ROWS_SHOWN)],
        )

    @api.model
    def _line(self, line):
        """Return a line to assess, with its levels as buttons or with a field for its number."""
        previous = line.previous_level_id.name or (line.previous_has_value and f"{line.previous_value:g}") or ''
        return {
            'id': line.id,
            'sheet_id': line.rating_id.id,
            'customer': line.partner_id.display_name,
            'quarter': Quarter.containing(line.date_from).name,
            'indicator': line.indicator_id.name,
            'previous': self.env._("last: %s", previous) if previous else '',
            'levels': [
                {'id': level.id, 'name': level.name, 'points': level.points}
                for level in line.available_level_ids.sorted('points', reverse=True)
            ] if line.source == 'level' else [],
        }

    @api.model
    def _held_card(self):
        domain = Domain('borrower_id', '=', self.env.uid) & Domain('state', '=', 'out')
        return self._card(
            'held', self.env._("Papers I Hold"), 'fa-folder-open-o', f'{MODULE}.tianyuan_archive_borrow_action', domain,
            rows=[
                self._row(
                    borrow, borrow.partner_id.display_name, borrow.purpose or '',
                    self.env._("due %s", format_date(self.env, borrow.date_due)), danger=borrow.is_overdue,
                ) for borrow in self.env['tianyuan.archive.borrow'].search(domain, order='date_due', limit=ROWS_SHOWN)
            ],
        )

    @api.model
    def _customers_card(self):
        """Return the card of the salesperson's customers; those who owe most beyond the due date come first."""
        action = f'{MODULE}.res_partner_action_customers'
        domain = Domain([
            ('user_id', '=', self.env.uid), ('is_company', '=', True), ('tianyuan_channel', '!=', False),
        ])
        customers = self.env['res.partner'].search(domain, order='tianyuan_score desc, id', limit=CUSTOMERS_COMPARED)
        shown = customers.sorted('tianyuan_overdue_amount', reverse=True)[:CUSTOMERS_SHOWN]
        columns = self._customer_columns(shown)
        return self._card(
            'customers', self.env._("My Customers"), 'fa-users', action, domain,
            table={
                'columns': [
                    {'name': name, 'label': label, 'type': kind} for name, label, kind, _values in columns
                ],
                'rows': [{
                    'id': customer.id, 'name': customer.display_name,
                    'cells': {name: values.get(customer.id, False) for name, _label, _kind, values in columns},
                } for customer in shown],
            },
        )

    @api.model
    def _customer_columns(self, customers):
        """Return the columns of the salesperson's customers.

        :param customers: ``res.partner``
        :return: list of tuples: name, heading, type (``tier``, ``move``, ``course``, ``money`` or ``date``) and dict of
            values by partner id
        """
        sheets = self.env['tianyuan.rating'].search(
            self._of_company() & Domain('partner_id', 'in', customers.ids) & Domain('state', '=', 'confirmed')
            & Domain('kind', '=', 'quarterly') & Domain('is_last_rated_quarter', '=', True),
        )
        no_tier = self.env._("No tier")
        return [
            ('tier', self.env._("Tier"), 'tier', {
                customer.id: {'name': customer.tianyuan_tier_id.name, 'color': customer.tianyuan_tier_id.color}
                for customer in customers if customer.tianyuan_tier_id
            }),
            ('move', self.env._("Movement"), 'move', {
                sheet.partner_id.id: {
                    'before': sheet.previous_tier_id.name or no_tier, 'now': sheet.tier_id.name or no_tier,
                    'direction': sheet.tier_change, 'change': sheet.score_change,
                } for sheet in sheets if sheet.previous_rating_id
            }),
            ('overdue', self.env._("Overdue"), 'money', {
                customer.id: customer.tianyuan_overdue_amount for customer in customers
            }),
        ]

    # -- finance --------------------------------------------------------------------------------------------------

    @api.model
    def _finance_cards(self):
        open_debts = self._of_company() & Domain('state', '=', 'open')
        changed = self._of_company() & Domain('books_changed', '=', True) & Domain('state', '=', 'ready')
        return [
            self._lines_card('finance'),
            self._card(
                'bad_debts', self.env._("Open Bad Debts"), 'fa-exclamation-triangle',
                f'{MODULE}.tianyuan_bad_debt_action', open_debts, warning=True,
            ),
            self._card(
                'changed', self.env._("Sheets Changed by the Books"), 'fa-refresh',
                f'{MODULE}.tianyuan_rating_action_changed', changed, warning=True,
            ),
        ]

    # -- archive --------------------------------------------------------------------------------------------------

    @api.model
    def _specialist_cards(self):
        forms = Domain('state', '=', 'submitted')
        requests = Domain('state', '=', 'requested')
        mine = Domain('specialist_id', 'in', (self.env.uid, False))
        reviews = Domain('tianyuan_archive_state', 'in', ('filed', 'review_due')) & Domain(
            'tianyuan_archive_review_due_on', '<=', fields.Date.context_today(self),
        )
        return [
            self._card(
                'forms', self.env._("Collection Forms to Review"), 'fa-wpforms',
                f'{MODULE}.tianyuan_archive_collection_action', forms,
            ),
            self._card(
                'requests', self.env._("Borrowing Requests"), 'fa-inbox', f'{MODULE}.tianyuan_archive_borrow_action',
                requests,
                rows=[
                    self._row(
                        borrow, borrow.partner_id.display_name,
                        " · ".join(filter(None, [borrow.borrower_id.name, borrow.purpose])),
                        format_date(self.env, borrow.date_due), buttons=[('action_approve', self.env._("Approve"))],
                    ) for borrow in self.env['tianyuan.archive.borrow'].search(
                        requests, order='requested_on, id', limit=ROWS_SHOWN,
                    )
                ],
            ),
            self._card(
                'gaps', self.env._("Missing and Expiring Papers"), 'fa-calendar-times-o',
                f'{MODULE}.tianyuan_archive_document_gap_action', mine, warning=True,
                note=self._problems(mine),
            ),
            self._card(
                'reviews', self.env._("Archive Reviews Due"), 'fa-check-square-o',
                f'{MODULE}.res_partner_action_reviews', reviews,
            ),
        ]

    @api.model
    def _problems(self, domain):
        Gap = self.env['tianyuan.archive.document.gap']
        labels = dict(Gap._fields['problem']._description_selection(self.env))
        return " · ".join(
            f"{labels[problem]}: {count}" for problem, count in Gap._read_group(domain, ['problem'], ['__count'])
        )

    # -- management -----------------------------------------------------------------------------------------------

    @api.model
    def _manager_cards(self):
        sheets = self._of_company() & Domain('kind', '=', 'quarterly')
        down = (
            sheets & Domain('state', '=', 'confirmed') & Domain('tier_change', '=', 'down')
            & Domain('is_last_rated_quarter', '=', True)
        )
        late = sheets & Domain('state', '=', 'assessing') & Domain('assessment_due_on', '<', self._today())
        overrides = self._of_company() & Domain('state', '=', 'active')
        ending = overrides & Domain('date_to', '<=', fields.Date.add(self._today(), days=ENDING_WITHIN_DAYS))
        no_tier = self.env._("No tier")
        return [
            self._card(
                'confirm', self.env._("Sheets to Confirm"), 'fa-check-square-o', f'{MODULE}.tianyuan_rating_action',
                self._of_company() & Domain('state', '=', 'ready'),
            ),
            self._card(
                'late', self.env._("Assessments Overdue"), 'fa-clock-o', f'{MODULE}.tianyuan_rating_action', late,
                warning=True,
            ),
            self._card(
                'down', self.env._("Downgrades"), 'fa-arrow-down', f'{MODULE}.tianyuan_rating_action_movers', down,
                warning=True,
                rows=[
                    self._row(
                        sheet, sheet.partner_id.display_name, sheet.user_id.name or '',
                        f"{sheet.previous_tier_id.name or no_tier} → {sheet.tier_id.name or no_tier}", danger=True,
                    ) for sheet in self.env['tianyuan.rating'].search(down, order='score_change, id', limit=ROWS_SHOWN)
                ],
            ),
            self._card(
                'overrides', self.env._("Running Class Overrides"), 'fa-hourglass-end',
                f'{MODULE}.tianyuan_class_override_action', overrides,
                note=self.env._(
                    "%(count)s end within %(days)s days", days=ENDING_WITHIN_DAYS,
                    count=self.env['tianyuan.class.override'].search_count(ending),
                ),
            ),
            self._runs_card(),
        ]

    @api.model
    def _runs_card(self):
        states = dict(self.env['tianyuan.rating.run']._fields['state']._description_selection(self.env))
        return self._card(
            'runs', self.env._("Rating Runs"), 'fa-cogs', f'{MODULE}.tianyuan_rating_run_action', self._of_company(),
            rows=[
                self._row(
                    run, run.name,
                    self.env._("%(done)s of %(total)s rated", done=run.done_count, total=run.total_count)
                    + (f" · {self.env._('%s errors', run.error_count)}" if run.error_count else ''),
                    states[run.state], danger=bool(run.error_count),
                ) for run in self.env['tianyuan.rating.run'].search(self._of_company(), order='id desc', limit=3)
            ],
        )
