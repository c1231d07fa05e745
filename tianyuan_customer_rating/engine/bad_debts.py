"""Finds bad debts in the ledger, and what was recovered of them (design §5).

A bad debt is a debit on a bad-debt account in an entry that credits a receivable or bill of the customer. So a
provision (expense against allowance) is none, and if one entry has a provision and its use, only the use is one.

A recovery is a credit on a bad-debt account in an entry that debits either money or a receivable or bill of the
customer. With money the debt was paid; with a receivable the claim continues there. A recovery that was reversed
doesn't count. Recoveries are allocated in the order of their dates: a reversal first to the debts of the entry that it
reverses, everything else to the oldest debt.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from .entries import HALF_A_CENT, ZERO, Books, Entry, Item, subtract


class Allocation(NamedTuple):
    """What a recovery brought for one debt; ``paid`` is the part in money, and the claim continues for the rest."""

    day: date
    amount: Decimal
    item: Item
    paid: Decimal


class Debt:
    """A bad debt of one customer on one journal item, with its allocations in the order of their dates."""

    def __init__(self, item, entry, customer, amount):
        self.item = item
        self.entry = entry
        self.customer = customer
        self.amount = amount
        self.allocations = []

    @property
    def day(self):
        return self.entry.day

    @property
    def recovered(self):
        return sum((allocation.amount for allocation in self.allocations), ZERO)

    @property
    def open(self):
        """Return the amount still lost; less than half a cent is zero."""
        left = self.amount - self.recovered
        return left if left >= HALF_A_CENT else ZERO


class Recovery:
    """What one entry recovered of one customer's bad debts."""

    def __init__(self, entry: Entry, customer, amounts, paid):
        self.entry = entry
        self.customer = customer
        self.amounts = amounts    # list of (item, amount)
        self.paid = paid


def ledger_entry_ids(env, accounts, as_of=None, partner_ids=None):
    """Return the ids of posted entries with an item on a bad-debt account.

    :param partner_ids: commercial partners that have an item in the entry; None for all
    :return: list of ids
    """
    partners = SQL() if partner_ids is None else SQL(
        """
        AND EXISTS (
            SELECT FROM account_move_line o JOIN res_partner p ON p.id = o.partner_id
             WHERE o.move_id = l.move_id AND p.commercial_partner_id = ANY(%s)
        )
        """, list(partner_ids),
    )
    return [entry_id for [entry_id] in env.execute_query(SQL(
        """
        SELECT DISTINCT l.move_id
          FROM account_move_line l
         WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(companies)s)
           AND l.parent_state = 'posted' AND l.date <= %(as_of)s %(partners)s
        """,
        accounts=list(accounts.bad_debts), companies=list(accounts.companies), as_of=as_of or date.max,
        partners=partners,
    ))]


def ledger_debts(books: Books):
    """Return the bad debts in these entries, with what was recovered of them.

    :return: list of :class:`Debt`, oldest first
    """
    return _Ledger(books).debts


class _Ledger:

    def __init__(self, books):
        accounts = books.accounts
        self.accounts = accounts.bad_debts
        self.claims = books.claims
        self.money = accounts.money
        self.debts = []
        self.of_entry = defaultdict(list)       # (entry id, customer) → debts
        self.recoveries = {}                    # (entry id, customer) → Recovery
        self.reversed = defaultdict(Decimal)    # (entry id, customer) → reversed amount of the recovery
        for entry in sorted(books.entries.values(), key=lambda entry: (entry.day, entry.id)):
            self._process_entry(entry)
        self.debts.sort(key=lambda debt: (debt.day, debt.item.id))
        self.of_customer = defaultdict(list)
        for debt in self.debts:
            self.of_customer[debt.customer].append(debt)
        for recovery in sorted(self.recoveries.values(), key=lambda recovery: (recovery.entry.day, recovery.entry.id)):
            self._allocate(recovery)

    def _process_entry(self, entry):
        if not any(item.account in self.accounts for item in entry.items):
            return
        settled = entry.total(-1, self.claims)
        for customer, amounts in self._net(entry, 1, self.claims).items():
            if customer in settled and not self._reverses_recovery(entry, customer):
                for item, amount in amounts:
                    debt = Debt(item, entry, customer, amount)
                    self.debts.append(debt)
                    self.of_entry[entry.id, customer].append(debt)
        # The reversal of a recovery counts even if the entry has no claim.
        for customer, amounts in self._net(entry, 1, self.claims | self.money).items():
            if self._reverses_recovery(entry, customer):
                self.reversed[entry.reverses, customer] += sum(amount for _item, amount in amounts)
        came_back = self._net(entry, -1, self.claims | self.money)
        money = self._shared_money(entry, came_back)
        for customer, amounts in came_back.items():
            paid = self._paid(entry, customer, money.get(customer, ZERO))
            if paid is not None:
                self.recoveries[entry.id, customer] = Recovery(entry, customer, amounts, paid)

    def _reverses_recovery(self, entry, customer):
        return (entry.reverses, customer) in self.recoveries

    def _net(self, entry, sign, claims):
        """Return the customers' net amounts on one side of the bad-debt accounts.

        :return: dict of customer → list of (item, amount)
        """
        weights = entry.weights(-sign, claims)
        customers = {item.customer for item in entry.items if item.account in self.accounts} | weights.keys()
        result = {}
        for customer in customers - {None}:
            there = entry.amounts(sign, self.accounts, customer, weights)
            back = entry.amounts(-sign, self.accounts, customer, weights)
            if left := subtract(there, sum((amount for _item, amount in back), ZERO)):
                result[customer] = left
        return result

    def _shared_money(self, entry, came_back):
        """Share money without a partner among the customers whose own items don't cover their recovery.

        :return: dict of customer → amount
        """
        shared = sum(item.balance for item in entry.own(None) if item.balance > 0 and item.account in self.money)
        if not shared:
            return {}
        left = {
            customer: max(sum(amount for _item, amount in amounts) - sum(
                item.balance for item in entry.own(customer) if item.balance > 0 and item.account not in self.accounts
            ), ZERO)
            for customer, amounts in came_back.items()
        }
        whole = sum(left.values())
        return {customer: shared * amount / whole for customer, amount in left.items()} if whole else {}

    def _paid(self, entry, customer, shared_money):
        """Return the part of a recovery that came in money; None if neither money nor a claim came for it."""
        weights = entry.weights(1, self.claims)
        claim = sum((amount for _item, amount in entry.amounts(1, self.claims, customer, weights)), ZERO)
        own = sum(item.balance for item in entry.own(customer) if item.balance > 0 and item.account in self.money)
        money = own + shared_money
        return money / (money + claim) if money + claim else None

    def _allocate(self, recovery):
        entry, customer = recovery.entry, recovery.customer
        first = self.of_entry.get((entry.reverses, customer), [])
        others = [debt for debt in self.of_customer[customer] if debt.day <= entry.day]
        for item, amount in subtract(recovery.amounts, self.reversed[entry.id, customer]):
            for debt in (*first, *others):
                used = min(amount, debt.open)
                if used > ZERO:
                    debt.allocations.append(Allocation(entry.day, used, item, recovery.paid))
                    amount -= used


def recovering_claims(books, allocation, customer):
    """Return the customer's receivables and bills in which a recovered claim continues.

    :return: list of (:class:`Item`, part of one)
    """
    entry = books.entry_of(allocation.item)
    amounts = entry.amounts(1, books.claims, customer, entry.weights(1, books.claims))
    whole = sum((amount for _item, amount in amounts), ZERO)
    return [(item, amount / whole) for item, amount in amounts] if whole else []
