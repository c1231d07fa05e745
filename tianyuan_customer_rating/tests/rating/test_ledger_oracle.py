"""Random (but always the same) books of the untidiest kind, on which the engine and the oracle of design §4 and §5
must agree."""
import itertools
import random
from collections import defaultdict
from datetime import date, timedelta

from odoo import Command
from odoo.fields import Date
from odoo.tests import tagged

from ...engine.metrics import compute_metrics
from .bookkeeping import BookkeepingCommon
from .ledger_oracle import HALF_CENT, AsOf, BadDebts, Books
from ..properties import customers

QUARTER_ENDS = ('2023-12-31', '2024-03-31', '2024-06-30', '2024-09-30', '2024-12-31')
FIRST_DAY, LAST_DAY = date(2023, 10, 1), date(2024, 12, 31)


class HostileBooks(BookkeepingCommon):
    """Customers to whom everything happens that a bookkeeper can write down."""

    seed = 20240930
    customer_count = customers(few=10)
    stories = 3                 # of each customer
    wildness = 2                # entries of each customer that nobody would write
    draft_chance = 0.04         # of an entry to be a draft again in the end
    undoings = 'action_draft', 'action_reject'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_receivable = cls._create_account("More receivables", 'TY1122B', 'asset_receivable', reconcile=True)
        cls.other_bills = cls._create_account("Commercial bills", 'TY1121B', 'asset_receivable', reconcile=True)
        cls.other_claims = cls._create_account(
            "Other receivables", 'TY1221', 'asset_receivable', reconcile=True, non_trade=True)
        cls.payables = cls._create_account("Suppliers", 'TY2202', 'liability_current')
        cls.company.write({
            'tianyuan_doubtful_account_ids': cls.doubtful.ids,
            'tianyuan_bill_account_ids': (cls.bills + cls.other_bills).ids,
            'tianyuan_claim_journal_ids': cls.openings.ids,
        })
        cls.branch = cls.env['res.company'].create({'name': "Hostile branch", 'parent_id': cls.company.id})
        cls.env.user.company_ids += cls.branch
        cls.env.cr.flush()
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': (cls.company + cls.branch).ids})
        cls.usd = cls.new_usd(('2020-01-01', 8.0), ('2024-02-01', 6.25), ('2024-04-20', 7.1), ('2024-09-01', 6.87))
        cls.customers = cls.env['res.partner'].concat(*(
            cls.new_customer(f"Hostile {number}") for number in range(cls.customer_count)))
        cls.contacts = {customer: cls.new_contact(customer) for customer in cls.customers}
        for number, customer in enumerate(cls.customers):
            cls.live(number, customer)
            cls.analyze()
        cls.env['tianyuan.bad.debt'].sudo()._sync_ledger(cls.company)

    @classmethod
    def live(cls, number, customer):
        """All that happens to a customer."""
        cls.who, cls.losses, cls.lying, cls.written, cls.wild = customer, [], [], [], []
        cls.step = (1, 10, 1, 15)[number % 4]     # days from one event to the next are multiples of it
        for story in range(cls.stories):
            cls.pick = random.Random(f'{cls.seed}-{number}-{story}')
            cls.one_of(
                cls.tell_of_invoice, cls.tell_of_invoice, cls.tell_of_invoice, cls.tell_of_invoice, cls.tell_of_opening,
                cls.tell_of_little, cls.tell_of_bundle,
            )()
        cls.pick = random.Random(f'{cls.seed}-{number}')
        for loss in cls.losses:
            if cls.pick.random() < 0.7:
                cls.recover_something(*loss)
        for _entry in range(cls.wildness):
            cls.tell_of_anything()
        cls.match_anything()
        cls.match_what_lies_around()
        for move in cls.written:
            if cls.maybe(cls.draft_chance) and move.state == 'posted':
                move.button_draft()

    # --- chance -----------------------------------------------------------

    @classmethod
    def one_of(cls, *things):
        return cls.pick.choice(things)

    @classmethod
    def maybe(cls, chance):
        return cls.pick.random() < chance

    @classmethod
    def some_day(cls, earliest=FIRST_DAY, latest=LAST_DAY):
        return cls.soon(earliest, (latest - earliest).days)

    @classmethod
    def soon(cls, day, days=110):
        return day + timedelta(days=cls.pick.randint(0, max(days // cls.step, 0)) * cls.step)

    @classmethod
    def part_of(cls, amount):
        """All of an amount, or some of it."""
        return amount if cls.maybe(0.5) else max(round(amount * cls.pick.uniform(0.1, 0.9), 2), 0.01)

    # --- entries ------------------------------------------------------------

    @classmethod
    def write(cls, day, *lines, journal=None, reverses=None, currency=None):
        """An entry; lines that come to nothing are left away.

        :param currency: it is written in this currency, at a rate of its own
        """
        lines = [
            (account, partner, round(amount, 2), *due) for account, partner, amount, *due in lines if round(amount, 2)]
        worth = [amount for _account, _partner, amount, *_due in lines]
        if currency:
            rate = cls.pick.uniform(6, 8)
            worth = [round(amount * rate, 2) for amount in worth]
            worth[-1] -= sum(worth)
        company = reverses.company_id if reverses else cls.one_of(cls.company, cls.company, cls.company, cls.branch)
        move = cls.env['account.move'].with_company(company).create({
            'move_type': 'entry', 'date': day, 'journal_id': (journal or cls.misc).id,
            'reversed_entry_id': reverses and reverses.id,
            'line_ids': [Command.create({
                'account_id': account.id, 'partner_id': partner and partner.id, 'balance': round(balance, 2),
                'date_maturity': due[0] if due else False,
                **({'currency_id': currency.id, 'amount_currency': amount} if currency else {}),
            }) for (account, partner, amount, *due), balance in zip(lines, worth)],
        })
        move.action_post()
        cls.written.append(move)
        return move

    @classmethod
    def items(cls, move, account, sign):
        return move.line_ids.filtered(
            lambda line: line.account_id == account and line.balance * sign > 0 and not line.reconciled)

    @classmethod
    def settle(cls, debit, move):
        """Match the entry's credits on the debit's account with the debit: now, or later with whatever comes."""
        credits = cls.items(move, debit.account_id, -1)
        if cls.maybe(0.75):
            cls.bring_together(debit, credits)
        else:
            cls.lying += [debit, credits]

    @classmethod
    def bring_together(cls, *lines):
        lines = cls.env['account.move.line'].concat(*lines).exists()
        lines = lines.filtered(lambda line: not line.reconciled and line.parent_state == 'posted')
        if len(lines.account_id) == 1 and len(lines) > 1:
            lines.reconcile()

    @classmethod
    def match_what_lies_around(cls):
        lines = cls.env['account.move.line'].concat(*cls.lying).exists().filtered(
            lambda line: not line.reconciled and line.parent_state == 'posted')
        by_account = defaultdict(list)
        for line in lines.sorted('id'):
            if cls.maybe(0.5):
                by_account[line.account_id].append(line)
        for found in by_account.values():
            cls.pick.shuffle(found)
            for first, second in zip(found[::2], found[1::2]):
                if first.balance * second.balance < 0:
                    cls.bring_together(first, second)

    # --- stories --------------------------------------------------------------

    @classmethod
    def tell_of_invoice(cls):
        day = cls.some_day(FIRST_DAY, date(2024, 9, 30))
        invoice = cls.invoice(
            cls.one_of(cls.who, cls.who, cls.contacts[cls.who]), day, round(cls.pick.uniform(300, 5000), 2),
            term=cls.one_of(None, None, cls.two_instalments), due=cls.soon(day, 60),
            currency=cls.one_of(None, None, None, cls.usd), tax=cls.one_of(None, cls.tax_13),
            kind=cls.one_of('out_invoice', 'out_invoice', 'out_invoice', 'out_receipt'),
            company=cls.one_of(None, None, None, cls.branch),
            accounting_date=cls.soon(day, 60) if cls.maybe(0.1) else None,
        )
        if cls.maybe(0.3):
            cls.give_credit(invoice)
        for debit in cls.receivables(invoice):
            cls.deal_with(debit)

    @classmethod
    def tell_of_opening(cls):
        day = cls.some_day(FIRST_DAY, date(2024, 6, 30))
        account = cls.one_of(cls.receivable_account, cls.receivable_account, cls.doubtful)
        due = [cls.soon(day, 40)] if cls.maybe(0.7) else []
        entry = cls.write(
            day, (account, cls.who, 1500, *due), (cls.revenue, None, -1500),
            journal=cls.one_of(cls.openings, cls.openings, cls.misc))
        cls.deal_with(cls.items(entry, account, 1))

    @classmethod
    def tell_of_bundle(cls):
        """Two claims leave for other accounts in one entry."""
        day = cls.some_day(FIRST_DAY, date(2024, 6, 30))
        first, second = (
            cls.receivables(cls.invoice(cls.who, day, amount, due=cls.soon(day, 40))) for amount in (800, 1200))
        move, other = cls.soon(day, 60), cls.one_of(*(cls.customers - cls.who))
        form = cls.one_of('doubtful', 'doubtful and bill', 'two accounts', 'another too', 'with loss')
        receivable, who = cls.receivable_account, cls.who
        entry = cls.write(move, *{
            'doubtful': [(cls.doubtful, who, 2000)],
            'doubtful and bill': [(cls.doubtful, who, 1500), (cls.bills, who, 500)],
            'two accounts': [(cls.doubtful, None, 1000), (cls.second_receivable, who, 1000)],
            'another too': [(cls.doubtful, None, 2500), (receivable, other, -500)],
            'with loss': [
                (cls.doubtful, None, 900), (cls.expense, None, 300), (cls.expense, who, 500), (cls.bank, None, 300)],
        }[form], (receivable, who, -800), (receivable, who, -1200), journal=cls.one_of(cls.misc, cls.openings))
        credits = cls.items(entry, receivable, -1).filtered(lambda line: line.partner_id == who)
        cls.bring_together(first, credits[:1])
        if cls.maybe(0.7):
            cls.bring_together(second, credits[1:])
        else:
            cls.lying += [second, credits[1:]]
        for account in (cls.doubtful, cls.second_receivable):
            cls.deal_with(cls.items(entry, account, 1), 1)
        cls.deal_with_bill(cls.items(entry, cls.bills, 1))
        if form == 'with loss':
            cls.losses.append((entry, receivable, 800))

    @classmethod
    def tell_of_little(cls):
        """Something that belongs to no claim."""
        day, amount = cls.some_day(), round(cls.pick.uniform(100, 1500), 2)
        event = cls.one_of('provision', 'release', 'back', 'refund', 'note', 'payment', 'opened bill', 'to another')
        if event == 'provision':
            cls.write(day, (cls.expense, cls.who, amount), (cls.allowance, cls.one_of(cls.who, None), -amount))
        elif event == 'release':
            cls.write(day, (cls.allowance, cls.who, amount), (cls.expense, cls.who, -amount))
        elif event == 'back':
            entry = cls.write(
                day, (cls.receivable_account, cls.who, amount), (cls.bank, None, -amount),
                journal=cls.one_of(cls.misc, cls.misc, cls.openings))
            cls.lying.append(cls.items(entry, cls.receivable_account, 1))
        elif event == 'note':
            note = cls.invoice(
                cls.who, day, amount, kind='out_refund', accounting_date=cls.soon(day, 60) if cls.maybe(0.3) else None)
            cls.lying.append(cls.receivables(note))
        elif event == 'refund':
            cls.lying.append(cls.receivables(cls.pay_back(day, amount)))
        elif event == 'payment':
            cls.lying.append(cls.receive(cls.who, day, round(amount / 7, 2), currency=cls.usd))
        elif event == 'opened bill':
            entry = cls.write(day, (cls.bills, cls.who, amount), (cls.revenue, None, -amount))
            cls.deal_with_bill(cls.items(entry, cls.bills, 1))
        else:
            other = cls.one_of(*cls.customers)
            entry = cls.write(day, (cls.receivable_account, other, amount), (cls.receivable_account, cls.who, -amount))
            cls.lying += [line for line in entry.line_ids if line.partner_id == cls.who]

    @classmethod
    def tell_of_anything(cls):
        """An entry nobody would write, matched with whatever there is."""
        other = cls.one_of(*(cls.customers - cls.who))
        accounts = [
            cls.receivable_account, cls.receivable_account, cls.second_receivable, cls.doubtful, cls.bills, cls.expense,
            cls.allowance, cls.bank, cls.revenue, cls.other_claims,
        ]
        lines = [(
            cls.one_of(*accounts), cls.one_of(cls.who, cls.who, cls.who, None, other),
            cls.one_of(-1, 1) * cls.one_of(100, 200, 300, 500),
        ) for _line in range(cls.pick.randint(1, 4))]
        total = sum(amount for _account, _partner, amount in lines)
        lines.append((cls.one_of(*accounts), cls.one_of(cls.who, cls.who, None), -total))
        earlier = cls.one_of(*cls.written) if cls.written and cls.maybe(0.3) else None
        entry = cls.write(
            cls.soon(earlier.date) if earlier else cls.some_day(), *lines,
            journal=cls.one_of(cls.misc, cls.openings), reverses=earlier)
        cls.wild += entry.line_ids

    @classmethod
    def match_anything(cls):
        """Match what can be matched of the wild entries with each other, and with other items."""
        lines = cls.env['account.move.line'].concat(*cls.wild, *cls.lying).exists().filtered(
            lambda line: line.account_id.reconcile and not line.reconciled and line.parent_state == 'posted')
        for _account, found in lines.grouped('account_id').items():
            debits, credits = ([line for line in found.sorted('id') if line.balance * sign > 0] for sign in (1, -1))
            for credit in credits:
                if debits and cls.maybe(0.7):
                    cls.bring_together(credit, cls.one_of(*debits))

    @classmethod
    def pay_back(cls, day, amount):
        payment = cls.env['account.payment'].create({
            'payment_type': 'outbound', 'partner_type': 'customer', 'partner_id': cls.who.id, 'amount': amount,
            'date': day, 'journal_id': cls.company_data['default_journal_bank'].id,
        })
        payment.outstanding_account_id = cls.outstanding_account
        payment.action_post()
        return payment.move_id

    @classmethod
    def deal_with(cls, debit, depth=0):
        """Up to three things that happen to a claim."""
        if not debit or depth > 3:
            return
        for _event in range(cls.pick.randint(0 if depth else 1, 3)):
            debit.invalidate_recordset()
            if not debit.exists() or debit.reconciled or debit.parent_state != 'posted' or debit.amount_residual < 1:
                return
            day = cls.soon(max(debit.date, FIRST_DAY))
            amount = cls.part_of(debit.amount_residual)
            event = cls.one_of(
                cls.get_paid, cls.get_paid, cls.get_paid, cls.lose_something, cls.lose_something, cls.move_claim,
                cls.take_bill, cls.take_bill,
            )
            event(debit, day, amount, depth)

    @classmethod
    def give_credit(cls, invoice):
        """A credit note that reverses the invoice, matched with it or not."""
        day = cls.soon(invoice.invoice_date, 60)
        note = cls.invoice(
            cls.who, day, round(invoice.amount_untaxed * cls.pick.uniform(0.1, 0.6), 2), kind='out_refund',
            currency=invoice.currency_id, company=invoice.company_id)
        if cls.maybe(0.7):
            note.reversed_entry_id = invoice
        if cls.maybe(0.5):
            cls.bring_together(cls.receivables(invoice), cls.receivables(note))
        else:
            cls.lying.append(cls.receivables(note))

    @classmethod
    def get_paid(cls, debit, day, amount, depth):
        account = debit.account_id
        early = day - timedelta(days=cls.pick.randint(0, 40)) if cls.maybe(0.2) else day
        if account == cls.receivable_account and cls.maybe(0.6):
            currency = cls.one_of(cls.cny, cls.cny, cls.usd)
            payer = cls.one_of(cls.who, cls.who, cls.who, cls.contacts[cls.who], cls.one_of(*cls.customers))
            worth = amount if currency == cls.cny else max(round(amount / 7, 2), 0.01)
            received = cls.receive(payer, early, worth, currency=currency)
            if cls.maybe(0.75):
                cls.bring_together(debit, received)
            else:
                cls.lying += [debit, received]
            if cls.maybe(0.15):
                getattr(received.payment_id, cls.one_of(*cls.undoings))()
        else:
            partner = cls.one_of(cls.who, cls.who, cls.who, None)
            entry = cls.write(early, (cls.bank, None, amount), (account, partner, -amount))
            cls.settle(debit, entry)
            if cls.maybe(0.1):
                cls.reverse(entry)

    @classmethod
    def reverse(cls, entry):
        return entry._reverse_moves([{'date': cls.soon(entry.date)}], cancel=True)

    @classmethod
    def lose_something(cls, debit, day, amount, depth):
        """Some of a claim is written off, in one of the many ways there are."""
        account, who, other = debit.account_id, cls.who, cls.one_of(*(cls.customers - cls.who))
        loss = cls.one_of(cls.expense, cls.expense, cls.allowance)
        form = cls.one_of(
            'plain', 'plain', 'claim only', 'loss only', 'nobody', 'tax', 'with money', 'two', 'two, losses for nobody',
            'one pays', 'another pays', 'provision and use', 'register', 'two accounts', 'in dollars',
        )
        if form == 'register':
            invoice = debit.move_id
            if invoice.move_type == 'out_invoice' and invoice.company_id == cls.company and invoice.amount_residual > 2:
                cls.pay_and_write_off(invoice, day, round(invoice.amount_residual * cls.pick.uniform(0.2, 0.9), 2))
            return
        if form == 'in dollars' and debit.currency_id != cls.usd:
            form = 'plain'
        tax, dollars = round(amount * 0.13 / 1.13, 2), round(amount / 7, 2)
        paid = round(amount * cls.pick.uniform(0.1, 0.9), 2)
        theirs = round(cls.pick.uniform(50, 900), 2)
        owed, both_owed = (account, who, -amount), [(account, who, -amount), (account, other, -theirs)]
        entry = cls.write(day, *{
            'plain': [(loss, who, amount), owed],
            'claim only': [(loss, None, amount), owed],
            'loss only': [(loss, who, amount), (account, None, -amount)],
            'nobody': [(loss, None, amount), (account, None, -amount)],
            'tax': [(loss, cls.one_of(who, None), amount - tax), (cls.tax, None, tax), owed],
            'with money': [(cls.bank, None, paid), (loss, cls.one_of(who, None), amount - paid), owed],
            'two': [(loss, who, amount), (loss, other, theirs), *both_owed],
            'two, losses for nobody': [(loss, None, amount + theirs), *both_owed],
            'one pays': [(cls.bank, other, theirs), (loss, cls.one_of(None, who), amount), *both_owed],
            'another pays': [(cls.bank, None, theirs), (loss, who, amount), *both_owed],
            'two accounts': [(cls.expense, who, tax), (cls.allowance, None, amount - tax), owed],
            'in dollars': [(loss, who, dollars), (account, who, -dollars)],
            'provision and use': [
                (cls.expense, who, amount), (cls.allowance, who, -amount), (cls.allowance, who, amount), owed],
        }[form], currency=cls.usd if form == 'in dollars' else None)
        credits = cls.items(entry, account, -1)
        ours = credits.filtered(lambda line: line.partner_id != other)
        cls.lying.append(credits - ours)
        if cls.maybe(0.8):
            cls.bring_together(debit, ours)
        else:
            cls.lying += [debit, ours]
        cls.losses.append((entry, account, amount))

    @classmethod
    def recover_something(cls, entry, account, amount):
        """What had been written off comes back: in money, as a claim, or both; and some of that is undone."""
        if entry.state != 'posted':
            return
        day, amount, who = cls.soon(entry.date), cls.part_of(amount), cls.who
        loss, other = cls.one_of(cls.expense, cls.allowance), cls.one_of(*(cls.customers - who))
        half = round(amount / 2, 2)
        form = cls.one_of(
            'money', 'money', 'money', 'reversal', 'reversal', 'whole reversal', 'claim', 'both', 'money and reversal',
            'nobody', 'a bill', 'two', 'two, claims',
        )
        if form == 'whole reversal':
            recovery = cls.reverse(entry)
            if cls.maybe(0.3):
                cls.reverse(recovery)
            return
        back, lost = (account, who, amount), (loss, who, -amount)
        recovery = cls.write(day, *{
            'money': [(cls.bank, None, amount), lost],
            'money and reversal': [(cls.bank, who, amount), lost],
            'reversal': [back, lost],
            'claim': [back, lost],
            'both': [(cls.bank, None, half), (account, who, amount - half), lost],
            'nobody': [back, (loss, None, -amount)],
            'a bill': [(cls.bills, who, amount), lost],
            'two': [(cls.bank, None, amount + 100), lost, (loss, other, -100)],
            'two, claims': [
                back, (account, other, 100), (loss, cls.one_of(None, who), -amount),
                (loss, cls.one_of(None, other), -100)],
        }[form], reverses=entry if 'reversal' in form else None, journal=cls.one_of(cls.misc, cls.misc, cls.openings))
        claims = cls.items(recovery, account, 1)
        if cls.maybe(0.3):
            cls.bring_together(claims, cls.items(entry, account, -1))
        cls.deal_with(claims[:1], 2)
        cls.deal_with_bill(cls.items(recovery, cls.bills, 1), 2)
        if cls.maybe(0.3) and form in ('money', 'money and reversal', 'reversal', 'claim'):
            undone = cls.part_of(amount)
            again = cls.write(
                cls.soon(day), (loss, who, undone), (cls.bank if 'money' in form else account, who, -undone),
                reverses=recovery)
            if cls.maybe(0.5):
                cls.bring_together(claims, cls.items(again, account, -1))

    @classmethod
    def move_claim(cls, debit, day, amount, depth):
        """The claim goes on in another account."""
        account = cls.one_of(*(cls.doubtful + cls.second_receivable + cls.receivable_account - debit.account_id))
        currency = cls.usd if debit.currency_id == cls.usd and cls.maybe(0.5) else None
        if currency:
            amount = cls.part_of(debit.amount_residual_currency)
        rest = round(amount * cls.pick.uniform(0.1, 0.5), 2) if cls.maybe(0.3) else 0
        entry = cls.write(
            day, (account, cls.one_of(cls.who, cls.who, None), amount - rest),
            (cls.one_of(cls.bank, cls.expense), cls.one_of(cls.who, None), rest), (debit.account_id, cls.who, -amount),
            journal=cls.one_of(cls.misc, cls.misc, cls.openings), currency=currency,
        )
        cls.settle(debit, entry)
        cls.deal_with(cls.items(entry, account, 1), depth + 1)

    @classmethod
    def take_bill(cls, debit, day, amount, depth):
        account = cls.one_of(cls.bills, cls.bills, cls.other_bills)
        rest = round(amount * cls.pick.uniform(0.1, 0.5), 2) if cls.maybe(0.3) else 0
        entry = cls.write(
            day, (account, cls.one_of(cls.who, cls.who, None), amount - rest),
            (cls.one_of(cls.bank, cls.expense), cls.one_of(cls.who, None), rest), (debit.account_id, cls.who, -amount))
        cls.settle(debit, entry)
        cls.deal_with_bill(cls.items(entry, account, 1), depth + 1)

    @classmethod
    def deal_with_bill(cls, bill, depth=1):
        """Up to two things that happen to a bill."""
        for _event in range(cls.pick.randint(0, 2)):
            if not bill or bill.reconciled:
                return
            account, who = bill.account_id, cls.who
            day, amount = cls.soon(bill.date, 90), cls.part_of(bill.amount_residual)
            costs, half = round(amount * 0.02, 2), round(amount / 2, 2)
            holder = cls.one_of(who, who, None)
            form = cls.one_of(
                'cashed', 'discounted', 'endorsed', 'protested', 'protested', 'half protested', 'renewed', 'lost',
                'half lost',
            )
            entry = cls.write(day, *{
                'cashed': [(cls.bank, None, amount), (account, holder, -amount)],
                'discounted': [
                    (cls.bank, None, amount - costs), (cls.revenue, None, costs), (account, holder, -amount)],
                'endorsed': [(cls.payables, None, amount), (account, holder, -amount)],
                'protested': [(cls.receivable_account, who, amount), (account, who, -amount)],
                'half protested': [
                    (cls.receivable_account, who, half), (cls.bank, None, amount - half), (account, who, -amount)],
                'renewed': [(cls.bills + cls.other_bills - account, who, amount), (account, who, -amount)],
                'lost': [(cls.expense, cls.one_of(who, None), amount), (account, who, -amount)],
                'half lost': [(cls.expense, who, half), (cls.bank, None, amount - half), (account, who, -amount)],
            }[form], journal=cls.one_of(cls.misc, cls.misc, cls.openings))
            cls.bring_together(bill, cls.items(entry, account, -1))
            if 'lost' in form:
                cls.losses.append((entry, cls.receivable_account, amount if form == 'lost' else half))
            cls.deal_with(cls.items(entry, cls.receivable_account, 1), depth + 1)


@tagged('post_install', '-at_install')
class TestLedgerAgainstOracle(HostileBooks):

    def assertSame(self, got, expected):
        if got is None or expected is None:
            self.assertEqual(got, expected)
        else:
            self.assertAlmostEqual(got, expected, delta=0.00011)

    def test_engine_and_oracle_agree_on_every_customers_payments(self):
        seen = defaultdict(set)
        for mode in ('receipt', 'cashed'):
            self.company.tianyuan_bill_payment = mode
            books = Books(self.company)
            for quarter in map(self.quarter_of, QUARTER_ENDS):
                oracle = AsOf(books, quarter.date_to, mode)
                for grace_days, unmatched in itertools.product((0, 5), (True, False)):
                    computed = compute_metrics(
                        self.env, self.company, quarter, grace_days=grace_days, apply_unmatched_credits=unmatched)
                    for customer in self.customers:
                        expected = oracle.metrics(customer.id, quarter.date_from, grace_days, unmatched)
                        for code, value in expected.items():
                            with self.subTest(
                                customer=customer.name, mode=mode, quarter=quarter, grace_days=grace_days,
                                unmatched=unmatched, metric=code,
                            ):
                                self.assertSame(computed.get(customer.id, {}).get(code), value)
                            seen[code].add(value)
        # The books must be rich enough for the comparison to mean something.
        self.assertGreater(len(seen['on_time_rate']), 20)
        self.assertGreater(len(seen['days_beyond_terms']), 100)

    def test_one_customer_alone_has_the_same_metrics_as_among_all(self):
        for quarter in map(self.quarter_of, QUARTER_ENDS):
            everyone = compute_metrics(self.env, self.company, quarter)
            for customer in self.customers:
                alone = self.metrics(customer, quarter)
                for code in ('on_time_rate', 'days_beyond_terms'):
                    with self.subTest(customer=customer.name, quarter=quarter, metric=code):
                        self.assertEqual(alone[code], everyone.get(customer.id, {}).get(code))

    def test_the_ledgers_bad_debts_are_the_oracles(self):
        expected = {(debt.item.id, debt.customer): debt for debt in BadDebts(Books(self.company)).debts}
        found = {
            (debt.move_line_id.id, debt.partner_id.id): debt
            for debt in self.env['tianyuan.bad.debt'].search(
                [('company_id', '=', self.company.id), ('state', '!=', 'cancelled')])
        }
        self.assertEqual(set(found), set(expected))
        for key, debt in expected.items():
            with self.subTest(entry=debt.entry.id, customer=self.env['res.partner'].browse(debt.customer).name):
                self.assertAlmostEqual(found[key].amount, float(debt.amount), delta=0.006)
                self.assertAlmostEqual(found[key].recovered_amount, float(debt.amount - debt.open), delta=0.006)
                self.assertEqual(found[key].state, 'open' if debt.open >= HALF_CENT else 'recovered')
        self.assertEqual({debt.state for debt in found.values()}, {'open', 'recovered'})

    def test_who_has_bad_debt_on_a_day(self):
        books = Books(self.company)
        for day in (*QUARTER_ENDS, '2024-02-15', '2024-05-20', '2024-08-08', '2024-11-11', '2025-06-30'):
            day = Date.to_date(day)
            with self.subTest(day=day):
                found = self.env['tianyuan.bad.debt']._partners_with_bad_debt(self.company, day, self.customers.ids)
                self.assertEqual(found, BadDebts(books, day).owing() & set(self.customers.ids))
