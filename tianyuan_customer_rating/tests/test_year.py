"""A year played through: four quarters run, assessed by both departments and confirmed, while customers buy, pay,
fail and merge. ``year_story`` holds the facts, ``year_oracle`` works out from them what every number must be.
"""
from collections import defaultdict
from datetime import date
from itertools import groupby

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .rating import year_story as story
from .rating.sheets import SheetCommon
from .rating.year_oracle import (
    SCHEMES,
    TERMS,
    YEAR,
    CreditNote,
    Oracle,
    Payment,
    Recovery,
    Row,
    Sale,
    Standing,
    WriteOff,
    bounds_of,
    gross,
)

UNLOGGED = {'tracking_disable': True}    # the books' own chatter only takes time
OVERRIDE_REASON = "Its plant stands still"
REOPEN_REASON = "Loyalty was another customer's"


@tagged('post_install', '-at_install')
class TestYear(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {name: cls.new_role_user('sales_user', login=f'year_{name}') for name in ('zhang', 'li', 'wang')}
        cls.env['crm.team'].create({
            'name': "East", 'company_id': cls.company.id, 'user_id': cls.people['wang'].id,
            'member_ids': [Command.set(cls.people['li'].ids)],
        })
        cls.people.update(manager=cls.rating_manager, finance=cls.finance_assessor, books=cls.env.user)
        cls.partners = {
            name: cls.new_customer(
                name, customer.channel, tianyuan_cooperation_start_date=customer.since,
                user_id=cls.people[story.SALESPEOPLE[name]].id if story.SALESPEOPLE[name] else False)
            for name, customer in story.CUSTOMERS.items()
        }
        cls.terms = {
            name: cls.env['account.payment.term'].create({'name': name, 'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 100 / len(days), 'delay_type': 'days_after', 'nb_days': number})
                for number in days
            ]}) for name, days in TERMS.items()
        }
        cls.product = cls.env['product.product'].create({
            'name': "Caustic soda", 'type': 'service', 'invoice_policy': 'order', 'taxes_id': [Command.set(cls.tax_13.ids)],
            'property_account_income_id': cls.company_data['default_account_revenue'].id,
        })
        cls.bank = cls.company_data['default_journal_bank']
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.outstanding_account

        cls.oracle = Oracle(story.CUSTOMERS)
        cls.to_come = story.facts()
        cls.invoices = {}
        cls.sheets = {}       # (customer, quarter) → tianyuan.rating
        cls.snapshots = {}    # sheet → everything stored of it when it was confirmed

    # -- the books ---------------------------------------------------------------------------------

    def until(self, day):
        """Enter in the books what happens up to and on a day, and live on that day."""
        entered = 0
        due = [fact for fact in self.to_come if fact[0] <= day]
        for (today, kind), group in groupby(due, key=lambda pair: (pair[0], type(pair[1]))):
            self.live_on(today)
            batch = [fact for _day, fact in group]
            {Sale: self.sell, Payment: self.receive_payments, CreditNote: self.credit, WriteOff: self.give_up,
             Recovery: self.recover}[kind](batch)
            self.oracle.books.facts.extend(batch)
            entered += len(batch)
            self.analyze()    # Odoo's own query for an invoice's payments takes minutes without
        del self.to_come[:entered]
        self.live_on(day)

    def live_on(self, day):
        self.clock.move_to(f'{day} 04:00:00')    # noon in Shanghai

    def sell(self, sales):
        """Orders confirmed and invoiced the same day."""
        orders = self.env['sale.order'].with_context(UNLOGGED).create([{
            'partner_id': self.partners[sale.customer].id,
            'payment_term_id': self.terms[sale.term].id,
            'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 1, 'price_unit': sale.amount})],
        } for sale in sales])
        if sales[0].day == story.FIRST_ORDER_OF_PROSPECT:
            self.oracle.change_class(
                'Iris', 'ordinary', sales[0].day, f"First order {orders.name} confirmed", 'books')
        orders.action_confirm()
        invoices = orders._create_invoices()
        invoices.invoice_date = sales[0].day
        invoices.action_post()
        for sale, order in zip(sales, orders):
            self.invoices[sale.ref] = order.invoice_ids

    def receive_payments(self, payments):
        """Registered together where they settle whole invoices, else one by one."""
        whole = [
            payment for payment in payments
            if self.invoices[payment.ref].amount_residual == self.invoices[payment.ref].amount_total == payment.amount
        ]
        if whole:
            self.register([payment.ref for payment in whole])
        for payment in payments:
            if payment not in whole:
                self.register([payment.ref], amount=float(payment.amount), payment_difference_handling='open')

    def register(self, refs, **values):
        moves = self.env['account.move'].concat(*(self.invoices[ref] for ref in refs))
        self.env['account.payment.register'].with_context(
            **UNLOGGED, active_model='account.move', active_ids=moves.ids,
        ).create({'journal_id': self.bank.id, 'group_payment': False, **values})._create_payments()

    def credit(self, notes):
        for note in notes:
            invoice = self.invoices[note.ref]
            wizard = self.env['account.move.reversal'].with_context(
                active_model='account.move', active_ids=invoice.ids,
            ).create({'journal_id': invoice.journal_id.id, 'date': note.day, 'reason': "Goods sent back"})
            wizard.refund_moves()
            refund = wizard.new_move_ids
            refund.invoice_line_ids.price_unit = note.amount
            refund.action_post()
            (self.receivables(invoice).filtered(lambda line: not line.reconciled) + self.receivables(refund)).reconcile()

    def give_up(self, write_offs):
        for write_off in write_offs:
            self.pay_and_write_off(self.invoices[write_off.ref], write_off.day, float(write_off.paid))

    def recover(self, recoveries):
        for recovery in recoveries:
            partner = self.partners[recovery.customer]
            self.env['account.move'].create({
                'move_type': 'entry', 'date': recovery.day, 'journal_id': self.company_data['default_journal_misc'].id,
                'line_ids': [
                    Command.create({'account_id': self.outstanding_account.id, 'debit': float(recovery.amount)}),
                    Command.create({'account_id': self.bad_debt_account.id, 'partner_id': partner.id, 'credit': float(recovery.amount)}),
                ],
            }).action_post()

    # -- the ratings -------------------------------------------------------------------------------

    def quarter_rated(self, number, month, year=YEAR):
        """Run on the 12th, assessed on the 14th and 15th, confirmed on the 18th of the month after the quarter."""
        self.until(date(year, month, 12))
        names = self.run_quarter(number)
        self.until(date(year, month, 14))
        self.judge(number, names, 'sales')
        self.until(date(year, month, 15))
        self.judge(number, names, 'finance')
        self.until(date(year, month, 18))
        sheets = self.env['tianyuan.rating'].concat(*(self.sheets[name, number] for name in names))
        sheets.with_user(self.rating_manager).action_confirm()
        self.oracle.confirm(names, number, date(year, month, 18), 'manager')
        self.assertYear(number)
        self.keep(sheets)

    def run_quarter(self, number):
        first, last = bounds_of(number)
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
            'company_id': self.company.id, 'date_from': first, 'date_to': last,
        })
        run.action_start()
        run._process()
        names = self.oracle.run(number)
        self.assertEqual(set(run.rating_ids.partner_id.mapped('name')), names)
        self.assertEqual((run.state, run.done_count, run.error_count), ('done', len(names), 0))
        for sheet in run.rating_ids:
            self.sheets[sheet.partner_id.name, number] = sheet.with_env(self.env)
        return names

    def judge(self, number, names, side):
        """One side fills what it has to say, and submits."""
        for name in sorted(names):
            judged = story.JUDGEMENTS[number][name]
            for code, judgement in judged.items():
                if SCHEMES[story.CUSTOMERS[name].channel][code].side == side:
                    self.judge_line(name, number, code, judgement)
            sheet = self.sheets[name, number].with_user(self.assessor(name, number, side))
            sheet.action_submit_sales() if side == 'sales' else sheet.action_submit_finance()

    def judge_line(self, name, number, code, judgement):
        expected = self.oracle.sheets[name, number]
        expected.judge(code, judgement)
        side = SCHEMES[expected.channel][code].side
        line = self.line(self.sheets[name, number], code).with_user(self.assessor(name, number, side))
        if code == 'willingness':
            level = line.available_level_ids.filtered(lambda level: level.points == judgement.points)
            vals = {'level_id': level.id}
        elif judgement.value is not None:
            vals = {'metric_value': float(judgement.value)}
        else:
            vals = {'points': judgement.points}
        line.write({**vals, **({'note': judgement.note} if judgement.note else {})})

    def assessor(self, name, number, side):
        if side == 'finance':
            return self.finance_assessor
        person = story.SALESPEOPLE[name] or 'manager'
        if (person, number) == ('li', 3):
            person = 'wang'    # on holiday: the team's leader stands in
        return self.people[person]

    # -- what happens between ----------------------------------------------------------------------

    def prospect(self, day):
        """A prospect is rated on paper, and becomes a potential customer."""
        self.until(day)
        first, last = bounds_of(1)
        sheet = self.env['tianyuan.rating'].with_user(self.rating_manager).create({
            'partner_id': self.partners['Iris'].id, 'company_id': self.company.id, 'kind': 'prospect',
            'date_from': first, 'date_to': last,
        })
        sheet.action_compute()
        for code, points in story.PROSPECT.items():
            side = SCHEMES['direct'][code].side
            self.line(sheet, code).with_user(self.assessor('Iris', 1, side)).write({
                'points': points, 'note': story.PROSPECT_NOTE,
            })
        sheet.with_user(self.people['zhang']).action_submit_sales()
        sheet.with_user(self.finance_assessor).action_submit_finance()
        sheet.action_confirm()
        self.assertEqual(
            (sheet.score, sheet.tier_id.name, sheet.customer_class, sheet.is_major_account, sheet.tier_change),
            (94, 'AAA', 'potential', False, 'new'))
        self.oracle.stand(
            'Iris', Standing('AAA', 'potential', 94), day, f"Rating of {YEAR} Q1 confirmed", 'manager')
        self.assertPartners()
        self.keep(sheet.with_env(self.env))

    def assertFirstOrder(self):
        """The order has ended "potential", and somebody is to think of support."""
        activity = self.partners['Iris'].activity_ids
        self.assertEqual((activity.summary, activity.user_id),
                         ("Consider marketing policy support for the first deal", self.people['zhang']))
        self.assertPartners()

    def override(self, day, last_day):
        self.until(day)
        self.env['tianyuan.class.override'].with_user(self.rating_manager).create({
            'partner_id': self.partners['Cedar'].id, 'company_id': self.company.id, 'customer_class': 'ordinary',
            'date_to': last_day, 'reason': OVERRIDE_REASON,
        })
        self.oracle.override(
            'Cedar', 'ordinary', day, f"Class overridden until {last_day}: {OVERRIDE_REASON}", 'manager')
        self.assertPartners()

    def reopen(self, day, confirmed_on):
        """Juniper's second quarter: one number was another customer's."""
        self.until(day)
        sheet = self.sheets['Juniper', 2].with_user(self.rating_manager)
        sheet.action_reopen(REOPEN_REASON)
        self.oracle.reopen('Juniper', 2, day, REOPEN_REASON, 'manager')
        self.assertPartners()
        self.judge_line('Juniper', 2, 'loyalty', story.JUDGEMENTS[3]['Juniper']['loyalty'])
        sheet.with_user(self.people['li']).action_submit_sales()
        sheet.with_user(self.finance_assessor).action_submit_finance()
        self.until(confirmed_on)
        sheet.action_confirm()
        self.oracle.confirm(['Juniper'], 2, confirmed_on, 'manager')
        self.assertYear(2)
        self.keep(sheet.with_env(self.env))

    def merge(self, day):
        """Hazel was Grove all along."""
        self.until(day)
        grove, hazel = self.partners['Grove'], self.partners['Hazel']
        gone = self.sheets['Hazel', 1] + self.sheets['Hazel', 2]
        lines = self.stored(gone.line_ids, 'partner_id')
        self.env['base.partner.merge.automatic.wizard'].sudo().create({
            'partner_ids': [Command.set((grove + hazel).ids)], 'dst_partner_id': grove.id, 'state': 'selection',
        }).action_merge()
        self.oracle.merge('Hazel', 'Grove', day, 'books')
        self.partners['Hazel'] = grove    # its invoices are paid by Grove
        self.assertFalse(hazel.exists())
        self.assertEqual(set(gone.mapped('state')), {'cancelled'})
        self.assertEqual(self.stored(gone.line_ids, 'partner_id'), lines, "what was cancelled stays readable")
        confirmed = grove.tianyuan_rating_ids.filtered(lambda sheet: sheet.state == 'confirmed')
        self.assertEqual(confirmed, self.sheets['Grove', 2] + self.sheets['Grove', 1], "one sheet a quarter")
        for sheet in gone:
            del self.snapshots[sheet]
        self.assertPartners()

    def end_of_override(self, last_day, day_after):
        for day in (last_day, day_after):
            self.until(day)
            self.env['tianyuan.class.override'].with_user(self.env.ref('base.user_root'))._cron_end()
            if day == day_after:
                self.oracle.end_override('Cedar', day, f"Override ended: {OVERRIDE_REASON}", 'root')
            self.assertPartners()

    # -- comparing ---------------------------------------------------------------------------------

    def assertYear(self, number):
        """Every number of a quarter's sheets, of the partners and of their history."""
        mismatches = []
        for (name, quarter), expected in self.oracle.sheets.items():
            if quarter == number and (name, quarter) in self.oracle.confirmed:
                mismatches += self.compare(f"{name} Q{quarter}", self.sheet_values(self.sheets[name, quarter]),
                                           self.expected_values(expected))
        self.assertFalse(mismatches, "\n" + "\n".join(mismatches))
        self.assertPartners()

    def assertPartners(self):
        self.env.invalidate_all()
        mismatches = []
        for name, partner in self.partners.items():
            if name in self.oracle.books.merged:
                continue
            tier, customer_class, score, major = self.oracle.standing[name]
            mismatches += self.compare(name, {
                'tier': partner.tianyuan_tier_id.name or None, 'class': partner.tianyuan_customer_class or None,
                'score': partner.tianyuan_score, 'major': partner.tianyuan_is_major_account,
            }, {'tier': tier, 'class': customer_class, 'score': score, 'major': major})
        expected, found = defaultdict(list), defaultdict(list)
        for row in self.oracle.history:
            expected[row.name].append(row)
        for row in self.history_rows():
            found[row.name].append(row)
        for name in {**expected, **found}:
            mismatches += self.compare(
                f"{name}, history", dict(enumerate(self.in_order(found[name]))),
                dict(enumerate(self.in_order(expected[name]))))
        self.assertFalse(mismatches, "\n" + "\n".join(mismatches))

    @staticmethod
    def compare(whose, found, expected):
        return [
            f"{whose}, {what}: expected {expected.get(what)!r}, got {found.get(what)!r}"
            for what in {**expected, **found} if found.get(what) != expected.get(what)
        ]

    def history_rows(self):
        logins = {user: name for name, user in self.people.items()} | {self.env.ref('base.user_root'): 'root'}
        rows = self.env['tianyuan.class.history'].search([('company_id', '=', self.company.id)], order='id')
        return [Row(
            row.partner_id.name, row.date, row.old_tier_id.name or None, row.new_tier_id.name or None,
            row.old_class or None, row.new_class or None, row.reason, self.quarter_number(row.rating_id),
            logins[row.user_id],
        ) for row in rows]

    @staticmethod
    def in_order(rows):
        """Merged customers have rows of the same day, in no order of their own."""
        return sorted(rows, key=lambda row: tuple(map(str, row)))

    @staticmethod
    def quarter_number(sheet):
        if sheet.kind == 'prospect':
            return 'prospect'
        return (sheet.date_from.month + 2) // 3 if sheet else None

    def sheet_values(self, sheet):
        values = {
            'state': sheet.state, 'kind': sheet.kind, 'channel': sheet.channel, 'score': sheet.score,
            'sales score': sheet.sales_score, 'finance score': sheet.finance_score,
            'tier': sheet.tier_id.name or None, 'class': sheet.customer_class, 'major': sheet.is_major_account,
            'annual purchase': f'{sheet.annual_purchase:.4f}', 'annual year': sheet.annual_year,
            'bad debt': sheet.has_bad_debt, 'previous': self.quarter_number(sheet.previous_rating_id),
            'score change': sheet.score_change, 'tier change': sheet.tier_change,
        }
        for line in sheet.line_ids:
            code = line.indicator_id.code
            values |= {
                f'{code} value': f'{line.metric_value:.4f}' if line.has_value and line.source != 'level' else None,
                f'{code} maximum': line.max_points,
                f'{code} computed points': line.computed_points,
                f'{code} points': line.points,
                f'{code} level': f'{line.level_id.bound:.2f}' if line.level_id else None,
                f'{code} origin': line.origin,
                f'{code} note': line.note or None,
                f'{code} assessor': line.assessor_id.login or None,
            }
        return values

    def expected_values(self, sheet):
        values = {
            'state': 'confirmed', 'kind': 'quarterly', 'channel': sheet.channel, 'score': sheet.points(),
            'sales score': sheet.points('sales'), 'finance score': sheet.points('finance'),
            'tier': sheet.tier, 'class': sheet.customer_class, 'major': sheet.is_major,
            'annual purchase': str(sheet.annual), 'annual year': sheet.annual_year, 'bad debt': sheet.bad_debt,
            'previous': sheet.previous.quarter if sheet.previous else None,
            'score change': sheet.score_change, 'tier change': sheet.tier_change,
        }
        for code, line in sheet.lines.items():
            indicator = SCHEMES[sheet.channel][code]
            judged = line.origin in ('assessed', 'adjusted')
            values |= {
                f'{code} value': f'{line.value:.4f}' if line.value is not None else None,
                f'{code} maximum': indicator.maximum,
                f'{code} computed points': line.computed,
                f'{code} points': line.points,
                f'{code} level': f'{line.bound:.2f}' if line.bound is not None else None,
                f'{code} origin': line.origin,
                f'{code} note': line.note,
                f'{code} assessor': self.assessor(sheet.name, sheet.quarter, indicator.side).login if judged else None,
            }
        return values

    # -- snapshots ---------------------------------------------------------------------------------

    def stored(self, records, *without):
        """Every column of the records' table, as text."""
        self.env.flush_all()
        return self.env.execute_query(SQL(
            "SELECT id, (TO_JSONB(r) - %s::text[])::text FROM %s r WHERE id = ANY(%s) ORDER BY id",
            list(without), SQL.identifier(records._table), records.ids,
        ))

    def keep(self, sheets):
        for sheet in sheets:
            self.snapshots[sheet] = self.stored(sheet), self.stored(sheet.line_ids)

    def assertUnchanged(self):
        for sheet, (values, lines) in self.snapshots.items():
            self.assertEqual(self.stored(sheet), values, sheet.name)
            self.assertEqual(self.stored(sheet.line_ids), lines, sheet.name)

    # -- the year ----------------------------------------------------------------------------------

    def test_a_year_of_ratings(self):
        with freeze_time('2024-01-01 04:00:00') as self.clock:
            self.quarter_rated(1, month=4)
            self.prospect(date(YEAR, 4, 22))
            self.override(date(YEAR, 5, 20), last_day=date(YEAR, 8, 31))
            self.assertFirstOrder()
            self.assertUnchanged()

            self.quarter_rated(2, month=7)
            self.reopen(date(YEAR, 7, 25), confirmed_on=date(YEAR, 7, 28))
            self.merge(date(YEAR, 8, 5))
            self.end_of_override(date(YEAR, 8, 31), date(YEAR, 9, 1))
            self.assertUnchanged()

            self.quarter_rated(3, month=10)
            self.quarter_rated(4, month=1, year=YEAR + 1)
        self.assertStory()
        for number in (1, 2, 3, 4):
            self.assertYear(number)
        self.assertUnchanged()

    def assertStory(self):
        """The year was what it set out to be."""
        for name, tiers in story.TIERS_BY_HAND.items():
            sheets = [self.sheets[name, number] for number in (1, 2, 3, 4) if (name, number) in self.sheets]
            self.assertEqual([sheet.tier_id.name or '–' for sheet in sheets],
                             [tier for tier in tiers.split() if tier != 'prospect'], name)
        # 10 first ratings; prospect, override and first order; 8 in Q2, of which one is taken back by reopening;
        # the end of the override; 4 in Q3 and 4 in Q4
        self.assertEqual(len(self.history_rows()), 10 + 3 + 8 + 1 + 1 + 4 + 4)
        self.assertEqual(len(self.snapshots), 8 + 1 + 9 + 9 + 9 + 1)
        majors = [self.sheets['Apex', number].is_major_account for number in (1, 2, 3, 4)]
        self.assertEqual(majors, [True, True, True, False], "22 million in 2024, 19.5 million in 2025")
        for name, number, summary in (('Apex', 2, "Customer promoted"), ('Elm', 3, "Customer demoted")):
            self.assertEqual(self.sheets[name, number].activity_ids.mapped('summary'), [summary])
        debt = self.env['tianyuan.bad.debt'].search([('partner_id', '=', self.partners['Dune'].id)])
        self.assertEqual((debt.date, debt.amount, debt.origin, debt.state),
                         (date(YEAR, 6, 20), story.WRITTEN_OFF, 'ledger', 'recovered'))
        remaining = {
            name: self.invoices[f'{name} {YEAR} 11'].amount_residual for name in ('Grove', 'Fir')
        }
        self.assertEqual(remaining, {'Grove': gross(250_000) - 200_000, 'Fir': 0})
