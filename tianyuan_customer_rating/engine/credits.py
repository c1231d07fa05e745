"""Resolves what a credit on a receivable counts as, in parts (design §4).

The rules, in this order:

- if the entry doesn't exist yet at the quarter's end, or belongs to a failed payment, the credit counts as nothing;
- a credit note reduces the claim;
- if the entry moves the claim to another receivable, the claim continues there;
- a bill is paid when it is received or when it is cashed, depending on the company's setting; a dishonoured one is
  never paid, and one that nobody has cashed by its due date is owed;
- the rest is written off as far as the entry charges a bad-debt account, less the money in the entry, and paid as far
  as that is later recovered in money;
- anything else is paid on the entry's date.

A claim that continues in an item is settled as that item is settled, by the same rules.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .bad_debts import ledger_debts, recovering_claims
from .entries import ONE, ZERO

PAID, CREDITED, OPEN, CLOSED = 'paid', 'credited', 'open', 'closed'


class Part(NamedTuple):
    """A share of a credit (the whole is one), and what it counts as.

    It is ``paid`` or ``credited`` on a day, ``open`` (still owed, in ``item`` if the claim continues there), or
    ``closed`` (still owed, but nothing more is expected: written off, or a bill that isn't due).
    """

    share: Decimal
    kind: str
    day: date = None
    item: int = None


class Returned(NamedTuple):
    """A bill that came back: when, with which entry, and how much of it is owed (company currency)."""

    day: date
    entry: int
    amount: Decimal


class Credits:
    """Resolves the credit items of loaded entries."""

    def __init__(self, books):
        self.books = books
        self.accounts = books.accounts
        self.debts = defaultdict(list)
        for debt in ledger_debts(books):
            self.debts[debt.entry.id, debt.customer].append(debt)
        self.carriers = {    # Debit items in which an older claim continues.
            claim.id for debts in self.debts.values() for debt in debts for allocation in debt.allocations
            if allocation.paid < ONE for claim, _part in recovering_claims(books, allocation, debt.customer)
        }
        self._resolved = {}
        self.special = {
            item.id: self.parts(item.id) for item in books.items.values()
            if item.balance < 0 and item.account in self.accounts.receivables
        }

    def parts(self, item_id):
        """Return what the credit item counts as.

        :return: tuple of :class:`Part`; their shares add up to one
        """
        item = self.books.items[item_id]
        return self._resolve(item, item.customer)

    def returned_bills(self):
        """Return the bills that came back, as far as the claims that they became again are open.

        A bill comes back with an entry that credits a bill account and debits a receivable; whether anybody has matched
        it with the bill doesn't matter.

        :return: dict of customer → list of :class:`Returned`, oldest first
        """
        claims = defaultdict(list)
        for entry in self.books.entries.values():
            settled = {} if entry.is_void else entry.total(-1, self.accounts.bills)
            for customer in {item.customer for item in entry.items} - {None} if settled else ():
                left = settled.get(customer, ZERO) + settled.get(None, ZERO)
                for item in entry.own(customer):
                    if item.balance > 0 and item.account in self.accounts.receivables and left > ZERO:
                        claims[customer].append((entry, item, min(item.balance, left)))
                        left -= item.balance
        again = {item.id for found in claims.values() for _entry, item, _amount in found}
        return {
            customer: sorted(
                Returned(entry.day, entry.id, amount * self._open_share(item, again)) for entry, item, amount in found
            ) for customer, found in claims.items()
        }

    def _open_share(self, item, counted):
        """Return which share of a debit item is owed; what continues in the ``counted`` items is owed there."""
        share = ONE
        for partial in self.books.settled_by[item.id]:
            if partial.credit in self.books.items:    # else it doesn't exist yet
                share -= partial.fraction * sum((
                    part.share for part in self.parts(partial.credit) if part.kind != OPEN or part.item in counted
                ), ZERO)
        return max(share, ZERO)

    def _resolve(self, item, customer, bill_day=None):
        """Resolve a credit item, and remember the result.

        :param customer: the customer of the credit; for a bill item without a partner, the customer of the bill
        :param bill_day: the day on which the bill settled by it counts as paid
        """
        key = item.id, customer, bill_day
        if key not in self._resolved:
            self._resolved[key] = (Part(ONE, OPEN),)    # ends circular settlements
            self._resolved[key] = merged(self._resolve_item(item, customer, bill_day))
        return self._resolved[key]

    def _resolve_item(self, item, customer, bill_day):
        entry = self.books.entry_of(item)
        if entry.is_void:
            return [Part(ONE, OPEN)]
        if entry.is_credit_note:
            return [Part(ONE, CREDITED, entry.day)]
        credit = self._credit(entry, item, customer)
        result, rest = [], ONE
        for debit, share in self._moved_claims(entry, item, customer, credit):
            self.carriers.add(debit.id)
            result += scaled(share, self._resolve_carried(debit, customer, bill_day or entry.day))
            rest -= share
        if rest > ZERO:
            result += scaled(rest, self._resolve_rest(entry, customer, credit * rest, bill_day))
        return result

    def _moved_claims(self, entry, item, customer, credit):
        """Return the customer's receivables and bills that replace the credited claim.

        :return: list of (debit item, share of the credit)
        """
        weights = entry.weights(-1, self.books.claims)
        debits = [
            (debit, amount / credit)
            for debit, amount in entry.amounts(1, self.books.claims, customer, weights)
            if debit.account != item.account
        ]
        whole = sum((share for _debit, share in debits), ZERO)
        return [(debit, share / max(whole, ONE)) for debit, share in debits]

    def _credit(self, entry, item, customer):
        """Return the customer's credits in the entry; those of a bill without a partner belong to who gave the bill."""
        return sum(
            -other.balance for other in entry.of(customer)
            if other.balance < 0 and other.account in self.books.claims
            and (other.customer == customer or (other.customer is None and item.customer is None))
        )

    def _resolve_carried(self, debit, customer, day):
        """Return how a claim that continues in a debit item was settled.

        :param day: the day on which a bill counts as paid if bills count when received; None if they don't
        """
        is_bill = debit.account in self.accounts.bills
        bill_day = day if is_bill and not self.accounts.bills_pay_when_cashed else None
        result, rest = [], ONE
        for partial in self.books.settled_by[debit.id]:
            credit = self.books.items.get(partial.credit)
            if credit is None or rest <= ZERO:    # ``credit`` is None if it doesn't exist yet at the quarter's end.
                continue
            share = min(partial.fraction, rest)
            if is_bill:
                parts = self._resolve(credit, credit.customer or customer, bill_day)
            else:
                parts = self.parts(credit.id)
            result += scaled(share, parts)
            rest -= share
        if rest > ZERO:
            if bill_day:
                result.append(Part(rest, PAID, bill_day))
            else:
                is_expected = is_bill and not debit.is_due(self.books.as_of, self.books.entry_of(debit).day)
                result.append(Part(rest, CLOSED) if is_expected else Part(rest, OPEN, item=debit.id))
        return result

    def _resolve_rest(self, entry, customer, credit, bill_day):
        """Return what the part that is neither moved nor taken as a bill counts as: written off or paid.

        :param credit: the amount of this part
        """
        debts = self.debts.get((entry.id, customer))
        if not debts and not self._charges(entry, customer):
            return (Part(ONE, PAID, bill_day or entry.day),)
        weights = entry.weights(-1, self.books.claims)
        money = sum((amount for _item, amount in entry.amounts(1, self.accounts.money, customer, weights)), ZERO)
        paid = min(money / credit, ONE)
        result = [Part(paid, PAID, entry.day)] if paid else []
        lost = ONE - paid
        whole = sum((debt.amount for debt in debts or ()), ZERO)
        left = lost
        for debt in debts or ():
            for allocation in debt.allocations:
                share = lost * allocation.amount / whole
                left -= share
                if allocation.paid:
                    result.append(Part(share * allocation.paid, PAID, allocation.day))
                if allocation.paid < ONE:
                    for claim, part in recovering_claims(self.books, allocation, customer):
                        # A bill that was returned counts as paid only when it is cashed.
                        carried = self._resolve_carried(claim, customer, None)
                        result += scaled(share * (ONE - allocation.paid) * part, carried)
        if left > ZERO:
            result.append(Part(left, CLOSED))
        return result

    def _charges(self, entry, customer):
        """Return whether the entry charges a bad-debt account for the customer, net of the customer's credits there."""
        weights = entry.weights(-1, self.books.claims)
        sides = [
            sum((amount for _item, amount in entry.amounts(sign, self.accounts.bad_debts, customer, weights)), ZERO)
            for sign in (1, -1)
        ]
        return sides[0] - sides[1] > ZERO


def scaled(share, parts):
    return [part._replace(share=share * part.share) for part in parts]


def merged(parts):
    """Merge parts that differ only in their share."""
    shares = defaultdict(Decimal)
    for part in parts:
        shares[part.kind, part.day, part.item] += part.share
    return tuple(Part(share, *key) for key, share in shares.items())
