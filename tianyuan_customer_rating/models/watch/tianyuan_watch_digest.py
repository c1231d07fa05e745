import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_date

from ...tools.halves import work_together
from ...tools.roles import SALES, managers_of

FIRST_DAYS = 7    # days that the first e-mail of a company looks back
ENDING_WITHIN_DAYS = 7
ROWS_SHOWN = 20    # in one e-mail; the list has the others
LIST_ACTION = 'tianyuan_customer_rating.tianyuan_watch_item_action'
TEMPLATE = 'tianyuan_customer_rating.tianyuan_watch_digest_mail'

_logger = logging.getLogger(__name__)


class TianyuanWatchDigest(models.AbstractModel):
    """The week's early warnings and good news, by e-mail to the leaders of sales teams (policy 6.5 动态管理).

    A warning goes to the leader of the team of the customer's salesperson; where there is none who works in the company
    and uses the addon, to the managers. Each reader gets one e-mail a company, in the reader's language, or none if
    nothing happened. A company's e-mail begins with the day after the last one's, so that no warning is told twice or
    is missed, on whatever day the scheduled action runs.
    """

    _name = 'tianyuan.watch.digest'
    _description = "Weekly E-mail of Early Warnings"

    @api.model
    def _cron_send(self):
        """Send the e-mails of all companies that want them; an error in one company doesn't stop the others."""
        companies = self.env['res.company'].search([
            ('parent_id', '=', False), ('tianyuan_watch_digest', '=', True), ('tianyuan_watched_on', '!=', False),
        ])
        cron = self.env['ir.cron']
        for [company_id] in cron._tianyuan_batches(companies.ids, 1):
            try:
                with cron._tianyuan_apart():
                    self._send(companies.browse(company_id))
                    self.env.flush_all()
            except Exception:
                _logger.exception("The early warnings of company %s can't be sent", company_id)
        if companies:
            self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()

    @api.model
    def _send(self, company):
        """Put the e-mails of a company into Odoo's mail queue, and note until which day it has been told.

        :param company: ``res.company`` without a parent
        :return: ``mail.mail``
        """
        until = company.tianyuan_watched_on
        since = company.tianyuan_watch_digest_on or fields.Date.subtract(until, days=FIRST_DAYS)
        mails = self.env['mail.mail']
        by_reader = self._by_reader(company, self._items(company, since, until))
        for lang, readers in self.env['res.users'].union(*by_reader).grouped(lambda user: user.lang).items():
            writer = self.with_context(lang=lang or self.env.lang).with_company(company)
            made = work_together(
                readers,
                lambda some, writer=writer: writer._make_mails(company, some, by_reader, since, until),
                lambda reader, error: _logger.warning(
                    "Early warnings: the e-mail to user %s can't be made: %s", reader.id, error,
                ),
            )
            mails = mails.union(*made)
        company.tianyuan_watch_digest_on = until
        return mails

    @api.model
    def _items(self, company, since, until):
        """Return what happened after a day, and the acknowledged warnings whose time ends in the week to come.

        These are told once too: in the last e-mail before the day.
        """
        happened = Domain.OR([
            Domain(name, '>', since) & Domain(name, '<=', until) for name in ('found_on', 'worsened_on', 'cleared_on')
        ])
        ending = Domain([
            ('state', '=', 'acknowledged'),
            ('acknowledged_until', '>', fields.Date.add(since, days=ENDING_WITHIN_DAYS)),
            ('acknowledged_until', '<=', fields.Date.add(until, days=ENDING_WITHIN_DAYS)),
        ])
        return self.env['tianyuan.watch.item'].search(
            Domain('company_id', '=', company.id) & (happened | ending), order='found_on desc, id',
        )

    @api.model
    def _by_reader(self, company, items):
        """Return who is told of which items.

        :return: dict of ``res.users`` → ids of items
        """
        leaders = items.partner_id.user_id.sale_team_id.user_id.filtered(
            lambda user: user.active and company in user.company_ids and user.has_group(SALES),
        )
        managers = managers_of(company)
        by_reader = defaultdict(list)
        for item in items:
            leader = item.partner_id.user_id.sale_team_id.user_id
            for reader in leader if leader in leaders else managers:
                by_reader[reader].append(item.id)
        return by_reader

    @api.model
    def _make_mails(self, company, readers, by_reader, since, until):
        """Make the e-mails to readers of one language, which is that of the environment.

        :raise UserError: a reader has no e-mail address
        """
        items = self.env['tianyuan.watch.item'].browse({item_id for ids in by_reader.values() for item_id in ids})
        known = {item.id: item for item in items}
        vals_list = []
        for reader in readers:
            if not email_normalize(reader.email):
                raise UserError(self.env._("%s has no valid e-mail address.", reader.name))
            sections = self._sections([known[item_id] for item_id in by_reader[reader]], since, until)
            if sections:
                vals_list.append(self._mail_vals(company, reader, sections, since, until))
        return self.env['mail.mail'].create(vals_list)

    @api.model
    def _sections(self, items, since, until):
        """Return the parts of an e-mail that aren't empty, each item in one of them.

        :return: list of dicts ``key``, ``title``, ``count``, and the first ``items``, so many as there is room for
        """
        titles = {
            'new': self.env._("New Warnings"), 'worse': self.env._("Got Worse"),
            'ending': self.env._("Acknowledged, Back on the List Soon"), 'good': self.env._("Good News"),
            'cleared': self.env._("Cleared"),
        }
        parts = defaultdict(list)
        for item in items:
            parts[self._section(item, since, until)].append(item)
        sections, room = [], ROWS_SHOWN
        for key, title in titles.items():
            if parts[key]:
                sections.append({'key': key, 'title': title, 'count': len(parts[key]), 'items': parts[key][:room]})
                room -= len(sections[-1]['items'])
        return sections

    @api.model
    def _section(self, item, since, until):
        """Return the part of an e-mail that tells an item, or None if it needn't be told."""
        if item.state == 'cleared':
            return None if item.is_good else 'cleared'
        if item.is_good:
            return 'good' if item.found_on > since else None
        if item.found_on > since:
            return 'new'
        if item.worsened_on and since < item.worsened_on <= until:
            return 'worse'
        return 'ending'

    @api.model
    def _mail_vals(self, company, reader, sections, since, until):
        base_url = company.get_base_url()
        left = sum(part['count'] - len(part['items']) for part in sections)
        body = self.env['ir.qweb']._render(TEMPLATE, {
            'company': company, 'sections': sections,
            'greeting': self.env._("Dear %s,", reader.name),
            'period': self.env._(
                "This is what the watch list has on your customers from %(first)s to %(last)s.",
                first=format_date(self.env, fields.Date.add(since, days=1)), last=format_date(self.env, until),
            ),
            'url': lambda item: f'{base_url}/mail/view?model={item._name}&res_id={item.id}',
            'note_of': self._note_of,
            'list_url': f'{base_url}/odoo/action-{LIST_ACTION}',
            'rest': left and self.env._("%s more are on the watch list", left),
        })
        counts = {part['key']: part['count'] for part in sections}
        return {
            'subject': self.env._(
                "Early warnings in %(company)s: %(new)s new, %(worse)s worse, %(cleared)s cleared",
                company=company.name, **{key: counts.get(key, 0) for key in ('new', 'worse', 'cleared')},
            ),
            'body_html': body,
            'email_from': company.email_formatted or self.env.user.email_formatted,
            'email_to': reader.email_formatted,
            'auto_delete': True,
            'headers': repr({'X-Auto-Response-Suppress': 'OOF'}),
        }

    @api.model
    def _note_of(self, item):
        """Return what is said of an item beside its description, or an empty text."""
        if item.state == 'acknowledged':
            return self.env._(
                "Acknowledged until %(day)s: %(note)s",
                day=format_date(self.env, item.acknowledged_until), note=item.acknowledged_note,
            )
        return self.env._("Cleared on %s", format_date(self.env, item.cleared_on)) if item.state == 'cleared' else ''
