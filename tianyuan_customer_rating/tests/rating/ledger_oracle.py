"""The payment metrics and the ledger's bad debts once more, in plain Python that follows design §4 and §5 sentence by
sentence.

The engine resolves entries to rows and joins them in a few SQL queries; this walks from item to item, in fractions.
"""
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from types import SimpleNamespace

HALF_CENT = Fraction(1, 200)
DOCUMENTS = ('out_invoice', 'out_refund', 'out_receipt')

# What becomes of a part of a claim. Only what is open can take unmatched credits: neither what is written off nor that
# for which there is a bill not yet cashed.
SHRINK, PAID, LOST, AWAITED, OPEN = 'shrink', 'paid', 'lost', 'awaited', 'open'


def exact(amount):
    return Fraction(Decimal(repr(round(amount, 6))))


def rounded(value):
    """Four decimals, half up."""
    return None if value is None else floor(value * 10_000 + Fraction(1, 2)) / 10_000


class Books:
    """A company's posted entries, read once: entries with items, and who is matched with whom."""

    def __init__(self, company):
        self.env, self.company = company.sudo().env, company.sudo()
        self.read_accounts()
        self.read_entries()
        self.read_partials()

    def read_accounts(self):
        company = self.company
        self.bad_debt = set(company.tianyuan_bad_debt_account_ids.ids)
        self.doubtful = set(company.tianyuan_doubtful_account_ids.ids)
        self.bills = set(company.tianyuan_bill_account_ids.ids)
        accounts = self.env['account.account'].search([('company_ids', 'child_of', company.id)])
        self.receivable = {
            account.id for account in accounts if account.account_type == 'asset_receivable' and not account.non_trade
        } | self.doubtful
        self.receivable -= self.bills
        journals = self.env['account.journal'].search([('company_id', 'child_of', company.id)])
        methods = journals.inbound_payment_method_line_ids + journals.outbound_payment_method_line_ids
        inbound = self.env['account.payment'].search(
            [('company_id', 'child_of', company.id), ('payment_type', '=', 'inbound')])
        self.money = {account.id for account in accounts if account.account_type == 'asset_cash'}
        self.money |= set((methods.payment_account_id + inbound.outstanding_account_id).ids)
        self.money -= self.doubtful | self.bills

    def read_entries(self):
        partials = self.env['account.partial.reconcile'].search([('company_id', 'child_of', self.company.id)])
        exchange = partials.exchange_move_id
        moves = self.env['account.move'].search(
            [('company_id', 'child_of', self.company.id), ('state', '=', 'posted')], order='id')
        exchange += moves.filtered(lambda move: move.journal_id == self.company.currency_exchange_journal_id)
        payments = {payment.move_id: payment for payment in self.env['account.payment'].search(
            [('move_id', 'in', moves.ids)])}
        self.entries, self.items = {}, {}
        self.exchange_items = {}    # they count nowhere, but what they are matched with isn't open
        for move in moves:
            payment = payments.get(move)
            entry = SimpleNamespace(
                id=move.id, kind=move.move_type, reverses=move.reversed_entry_id.id, items=[],
                day=move.invoice_date if move.move_type in DOCUMENTS else move.date,
                in_claim_journal=move.journal_id in self.company.tianyuan_claim_journal_ids,
                is_payment=bool(payment), is_void=bool(payment) and payment.state in ('draft', 'canceled', 'rejected'),
            )
            items = self.items
            if move in exchange:
                items = self.exchange_items
            else:
                self.entries[move.id] = entry
            for line in move.line_ids.sorted('id'):
                if line.display_type in ('line_section', 'line_subsection', 'line_note'):
                    continue
                item = items[line.id] = SimpleNamespace(
                    id=line.id, entry=entry, account=line.account_id.id, balance=exact(line.balance),
                    in_currency=abs(exact(line.amount_currency)), is_term=line.display_type == 'payment_term',
                    matched=[], customer=line.partner_id.commercial_partner_id.id or None,
                    due=line.date_maturity or move.move_type in DOCUMENTS and move.invoice_date_due or entry.day,
                )
                entry.items.append(item)

    def read_partials(self):
        """``matched`` of an item: the other item, and the share of this item that is matched with it."""
        for partial in self.env['account.partial.reconcile'].search([('company_id', 'child_of', self.company.id)]):
            debit, credit = (
                self.items.get(line.id) or self.exchange_items.get(line.id)
                for line in (partial.debit_move_id, partial.credit_move_id))
            if not debit or not credit:
                continue
            if debit.in_currency:
                debit.matched.append((credit, abs(exact(partial.debit_amount_currency)) / debit.in_currency))
            if credit.in_currency:
                credit.matched.append((debit, abs(exact(partial.credit_amount_currency)) / credit.in_currency))

    # --- what an entry holds for a customer -----------------------------

    def share(self, entry, customer, accounts, sign, own_accounts=frozenset()):
        """The customer's share of the entry's items without a partner.

        :param accounts: the entry is shared among those whose items on these accounts
        :param sign: it credits (-1) or debits (1)
        :param own_accounts: accounts that count as well, but not without a partner
        """
        worth, left = defaultdict(Fraction), {}
        for item in entry.items:
            if item.balance * sign > 0 and (item.account in accounts or item.customer and item.account in own_accounts):
                worth[item.customer] += abs(item.balance)
        for one, amount in worth.items():
            others = sum(abs(item.balance) for item in entry.items
                         if one and item.customer == one and item.balance * sign < 0)
            left[one] = max(amount - others, Fraction(0))
        if not sum(left.values()):
            left = worth
        return left.get(customer, Fraction(0)) / sum(left.values()) if left else Fraction(0)

    @staticmethod
    def held(entry, customer, accounts, sign, share):
        """What the entry debits (1) or credits (-1) on accounts for a customer, as [(item, amount)]."""
        found = []
        for item in entry.items:
            if item.account in accounts and item.balance * sign > 0:
                part = share if item.customer is None else int(item.customer == customer)
                if part:
                    found.append((item, abs(item.balance) * part))
        return found

    @classmethod
    def total(cls, *which):
        return sum((amount for _item, amount in cls.held(*which)), Fraction(0))


class BadDebts:
    """The ledger's bad debts and their recoveries as of a day (None: all there is), after design §5."""

    def __init__(self, books, day=None):
        self.books, self.day = books, day
        self.claims = books.receivable | books.bills
        self.entries = [entry for entry in books.entries.values() if day is None or entry.day <= day]
        self.recoveries = [recovery for entry in self.entries for recovery in self.recoveries_in(entry)]
        self.debts = [debt for entry in self.entries for debt in self.debts_in(entry)]
        self.take_off_what_was_reversed()
        self.allocate()

    def customers_on_bad_debt(self, entry):
        """The customers of an entry that touches a bad-debt account."""
        if any(item.account in self.books.bad_debt for item in entry.items):
            return {item.customer for item in entry.items} - {None}
        return ()

    def net_loss(self, entry, customer):
        """What the entry debits on bad-debt accounts for the customer, less what it credits there."""
        share = self.books.share(entry, customer, self.claims, -1)
        debits, credits = (self.books.total(entry, customer, self.books.bad_debt, sign, share) for sign in (1, -1))
        return debits - credits

    def debts_in(self, entry):
        """The entry's debts, one per item and customer; its own credits are taken off the first items."""
        books = self.books
        for customer in self.customers_on_bad_debt(entry):
            if not any(item.account in self.claims and item.balance < 0 and item.customer == customer
                       for item in entry.items):
                continue
            if any(recovery.customer == customer and recovery.entry.id == entry.reverses
                   for recovery in self.recoveries):
                continue    # a reversal of a recovery
            share = books.share(entry, customer, self.claims, -1)
            taken_off = books.total(entry, customer, books.bad_debt, -1, share)
            for item, amount in books.held(entry, customer, books.bad_debt, 1, share):
                off = min(amount, taken_off)
                taken_off -= off
                if amount > off:
                    yield SimpleNamespace(
                        entry=entry, item=item, customer=customer, day=entry.day, amount=amount - off,
                        open=amount - off, allocations=[])

    def recoveries_in(self, entry):
        """What the entry recovers of each customer, and by what: ``parts`` are (item or None for money, part)."""
        books, worth, left = self.books, {}, {}
        for customer in self.customers_on_bad_debt(entry):
            share = books.share(entry, customer, self.claims, 1, books.money)
            credits, debits = (books.total(entry, customer, books.bad_debt, sign, share) for sign in (-1, 1))
            if credits > debits:
                worth[customer] = credits - debits
                others = sum(item.balance for item in entry.items if item.customer == customer and item.balance > 0)
                left[customer] = max(credits - others, Fraction(0))
        if not any(left.values()):
            left = worth
        for customer, amount in worth.items():
            # Money without a partner is shared by what each one's own debits leave of what they recover.
            money = books.total(entry, customer, books.money, 1, left[customer] / sum(left.values()))
            parts = [(None, money), *books.held(entry, customer, self.claims, 1, Fraction(0))]
            total = sum(part for _item, part in parts)
            if total:
                yield SimpleNamespace(
                    entry=entry, customer=customer, day=entry.day, amount=amount,
                    parts=[(item, part / total) for item, part in parts if part])

    def take_off_what_was_reversed(self):
        for recovery in self.recoveries:
            for entry in self.entries:
                if entry.reverses == recovery.entry.id:
                    reversed_part = max(self.net_loss(entry, recovery.customer), Fraction(0))
                    recovery.amount = max(recovery.amount - reversed_part, Fraction(0))

    def allocate(self):
        for recovery in sorted(self.recoveries, key=lambda recovery: (recovery.day, recovery.entry.id)):
            debts = sorted(
                (debt for debt in self.debts if debt.customer == recovery.customer
                 and (debt.day <= recovery.day or debt.entry.id == recovery.entry.reverses)),
                key=lambda debt: (debt.entry.id != recovery.entry.reverses, debt.day, debt.item.id))
            for debt in debts:
                amount = min(debt.open, recovery.amount)
                if amount > 0:
                    debt.open -= amount
                    recovery.amount -= amount
                    debt.allocations.append((recovery, amount))

    def owing(self):
        """The customers with a bad debt as of the day."""
        return {debt.customer for debt in self.debts if debt.open >= HALF_CENT}


class AsOf:
    """The books as of a day, after design §4."""

    def __init__(self, books, day, bill_payment):
        self.books, self.day, self.cashed = books, day, bill_payment == 'cashed'
        self.bad_debts = BadDebts(books, day)
        self._rows, self._walking = {}, set()
        self.continued = {          # items in which an older claim goes on
            claim.id for debt in self.bad_debts.debts for recovery, _amount in debt.allocations
            for claim, _part in recovery.parts if claim}
        for item in books.items.values():
            if self.is_credit(item):
                self.rows(item)

    def exists(self, item):
        return item.entry.day <= self.day

    def is_credit(self, item):
        return item.account in self.books.receivable and item.balance < 0

    def is_debit(self, item):
        return item.account in self.books.receivable and item.balance > 0 and self.exists(item)

    # --- what a receivable credit counts as -----------------------------

    def rows(self, item):
        """[(share, kind, day)] of a receivable credit, with shares that add up to 1."""
        if item.id in self._walking:
            return [(Fraction(1), OPEN, None)]
        if item.id not in self._rows:
            self._walking.add(item.id)
            self._rows[item.id] = self.find_rows(item)
            self._walking.remove(item.id)
        return self._rows[item.id]

    def find_rows(self, item):
        entry, books, customer = item.entry, self.books, item.customer
        if not self.exists(item) or entry.is_void:
            return [(Fraction(1), OPEN, None)]
        if entry.kind == 'out_refund':
            return [(Fraction(1), SHRINK, entry.day)]
        claims = books.receivable | books.bills
        share = books.share(entry, customer, claims, -1)
        credits = sum(-other.balance for other in entry.items
                      if other.account in claims and other.balance < 0 and other.customer == customer)
        rows, rest = [], Fraction(1)
        targets = [
            (debit, amount / credits)
            for debit, amount in books.held(entry, customer, claims, 1, share)
            if debit.account != item.account
        ]
        scale = max(sum(part for _debit, part in targets), Fraction(1))
        for debit, part in targets:
            rest -= part / scale
            rows += self.times(part / scale, self.in_item(debit, customer, self.day_of_bill(entry)))
        if rest > 0:
            rows += self.times(rest, self.without_claims(entry, customer, rest * credits, share, entry.day))
        return rows

    @staticmethod
    def times(factor, rows):
        return [(factor * share, kind, day) for share, kind, day in rows]

    def without_claims(self, entry, customer, amount, share, day):
        """Rules 3 and 4, for the amount that is left of the entry's credits after rule 2.

        :param day: when it is paid unless something of it is written off; then the money came on the entry's day
        """
        books = self.books
        debits, credits = (books.total(entry, customer, books.bad_debt, sign, share) for sign in (1, -1))
        if debits <= credits:
            return [(Fraction(1), PAID, day)]
        paid = min(books.total(entry, customer, books.money, 1, share) / amount, Fraction(1))
        return [(paid, PAID, entry.day), *self.times(1 - paid, self.written_off(entry, customer))]

    def written_off(self, entry, customer):
        rows, rest = [], Fraction(1)
        debts = [debt for debt in self.bad_debts.debts if debt.entry is entry and debt.customer == customer]
        total = sum(debt.amount for debt in debts)
        for debt in debts:
            for recovery, amount in debt.allocations:
                rest -= amount / total
                for claim, part in recovery.parts:
                    how = self.in_item(claim, customer, None) if claim else [(Fraction(1), PAID, recovery.day)]
                    rows += self.times(part * amount / total, how)
        return [*rows, (rest, LOST, None)]

    def in_item(self, item, customer, received):
        """What becomes of a claim that goes on in a debit, or for which a bill was taken."""
        if item.account in self.books.bills:
            return self.bill(item, customer, received)
        self.continued.add(item.id)
        return self.settlements(item)

    def settlements(self, item):
        rows, rest = [], Fraction(1)
        for credit, share in item.matched:
            if self.exists(credit) and credit.id not in self.books.exchange_items:
                rest -= share
                rows += self.times(share, self.rows(credit))
        return [*rows, (rest, OPEN, None)]

    def day_of_bill(self, entry):
        """When a bill that the entry takes is a payment: on its day, or (None) when it is settled."""
        return None if self.cashed else entry.day

    def bill(self, item, customer, received):
        """What becomes of a claim for which there is a bill.

        :param received: the day on which taking it was a payment; None if it is one when it is settled
        """
        if item.id in self._walking:
            return [(Fraction(1), AWAITED, None)]
        self._walking.add(item.id)
        rows, rest = [], Fraction(1)
        for credit, share in item.matched:
            if self.exists(credit) and not credit.entry.is_void and credit.id not in self.books.exchange_items:
                rest -= share
                rows += self.times(share, self.settled_bill(credit, customer, received))
        self._walking.remove(item.id)
        return [*rows, (rest, PAID, received) if received else (rest, AWAITED, None)]

    def settled_bill(self, credit, customer, received):
        """What becomes of it by the entry that settles the bill: the claim may go on, or there is another bill."""
        entry, books = credit.entry, self.books
        claims = books.receivable | books.bills
        customer = credit.customer or customer
        share = books.share(entry, customer, claims, -1)
        credits = sum(-other.balance for other in entry.items
                      if other.account in claims and other.balance < 0 and other.customer == credit.customer)
        rows, rest = [], Fraction(1)
        targets = [(debit, amount / credits) for debit, amount in books.held(entry, customer, claims, 1, share)
                   if debit.account != credit.account]
        scale = max(sum(part for _debit, part in targets), Fraction(1))
        for debit, part in targets:
            rest -= part / scale
            rows += self.times(part / scale, self.in_item(debit, customer, received or self.day_of_bill(entry)))
        if rest > 0:
            rows += self.times(rest, self.without_claims(entry, customer, rest * credits, share, received or entry.day))
        return rows

    # --- obligations ----------------------------------------------------

    def is_obligation(self, item):
        if not self.is_debit(item):
            return False
        if item.entry.kind in ('out_invoice', 'out_receipt'):
            return item.is_term
        return (item.entry.kind == 'entry' and item.entry.in_claim_journal and not item.entry.is_payment
                and item.id not in self.continued)

    def claims(self, customer, grace_days):
        """The customer's obligations that are due by the day or belong to an invoice, in the order they are paid."""
        claims = [
            SimpleNamespace(
                item=item, due=item.due, deadline=item.due + timedelta(days=grace_days), amount=item.balance,
                rows=[[item.balance * share, kind, day] for share, kind, day in self.settlements(item)])
            for item in self.books.items.values() if item.customer == customer and self.is_obligation(item)
        ]
        return sorted(claims, key=lambda claim: (claim.deadline, claim.item.id))

    # --- unmatched credits ----------------------------------------------

    def open_part(self, item):
        matched = sum((share for other, share in item.matched if self.exists(other)), Fraction(0))
        return abs(item.balance) * (1 - matched)

    def unmatched(self, customer):
        """The parts of open credits that count as paid or as a credit note, in the order in which they are used."""
        units = []
        for item in self.books.items.values():
            if item.customer == customer and self.is_credit(item) and self.exists(item):
                for share, kind, day in self.rows(item):
                    if kind in (PAID, SHRINK):
                        units.append(SimpleNamespace(item=item, kind=kind, day=day, left=share * self.open_part(item)))
        return sorted(units, key=lambda unit: (unit.day, unit.kind != SHRINK, unit.item.id))

    def money_paid_back(self, customer):
        return sum((
            self.open_part(item) for item in self.books.items.values()
            if item.customer == customer and self.is_debit(item) and item.id not in self.continued
            and not self.is_obligation(item)
        ), Fraction(0))

    @staticmethod
    def apply(unit, claim):
        for row in claim.rows:
            amount = min(row[0], unit.left) if row[1] == OPEN else Fraction(0)
            if amount > 0:
                row[0] -= amount
                unit.left -= amount
                claim.rows.append([amount, unit.kind, unit.day])

    def apply_unmatched(self, customer, claims):
        units = self.unmatched(customer)
        for unit in units:
            if unit.kind == SHRINK and unit.item.entry.reverses:
                for claim in claims:
                    if claim.item.entry.id == unit.item.entry.reverses:
                        self.apply(unit, claim)
        paid_back = self.money_paid_back(customer)
        for unit in units:
            taken = min(unit.left, paid_back)
            unit.left -= taken
            paid_back -= taken
        for unit in units:
            for claim in claims:
                if claim.deadline <= self.day:
                    self.apply(unit, claim)

    # --- the metrics ----------------------------------------------------

    def metrics(self, customer, start, grace_days=0, apply_unmatched_credits=True):
        claims = self.claims(customer, grace_days)
        if apply_unmatched_credits:
            self.apply_unmatched(customer, claims)
        total = on_time = weighted = Fraction(0)
        for claim in claims:
            if claim.deadline > self.day:
                continue
            parts = []      # (amount, days late)
            paid_by_then = Fraction(0)
            for amount, kind, day in claim.rows:
                if kind in (OPEN, LOST, AWAITED):
                    parts.append((amount, (self.day - claim.due).days))
                elif kind == PAID:
                    day = max(day, claim.item.entry.day)
                    if day <= claim.deadline:
                        if claim.deadline >= start:
                            paid_by_then += amount
                            parts.append((amount, 0))
                    elif claim.deadline >= start or day >= start:
                        parts.append((amount, (day - claim.due).days))
            amount = sum(part for part, _days in parts)
            if amount < HALF_CENT:
                continue
            total += amount
            on_time += paid_by_then
            weighted += sum(part * days for part, days in parts)
        if not total:
            return {'on_time_rate': None, 'days_beyond_terms': None}
        return {'on_time_rate': rounded(100 * on_time / total), 'days_beyond_terms': rounded(weighted / total)}
