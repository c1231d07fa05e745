"""What a credit on a receivable counts as, in parts (design §4).

Nothing, if its entry isn't there as of the quarter's end or is of a payment that came to nothing. A credit note shrinks
the claim. Where the entry moves the claim to another receivable, the claim goes on there. A bill is paid when it is
taken, or when it is cashed, as the company has set; a dishonoured one never was. What of the rest is charged to a
bad-debt account, less the money in the entry, is written off, and paid as far as it is recovered in money. All else is
paid on the entry's day.

A claim that goes on in an item is settled as that item is settled, by the same rules.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .bad_debts import ledger_debts, recovering_claims
from .entries import ONE, ZERO

PAID, CREDITED, OPEN, CLOSED = 'paid', 'credited', 'open', 'closed'


class Part(NamedTuple):
    """A share (of one) of a credit: ``paid`` or ``credited`` on a day; ``open``: still owed, in ``item`` if the claim
    goes on there; ``closed``: still owed, but nothing more is expected (written off, or a bill that isn't due)."""

    share: Decimal
    kind: str
    day: date = None
    item: int = None


class Credits:
    """Resolves credit items of the entries that have been loaded."""

    def __init__(self, books):
        self.books = books
        self.accounts = books.accounts
        self.debts = defaultdict(list)
        for debt in ledger_debts(books):
            self.debts[debt.entry.id, debt.customer].append(debt)
        self.carriers = {    # debit items in which an older claim goes on
            claim.id for debts in self.debts.values() for debt in debts for allocation in debt.allocations
            if allocation.paid < ONE for claim, _part in recovering_claims(books, allocation, debt.customer)
        }
        self._resolved = {}
        self.special = {
            item.id: self.parts(item.id) for item in books.items.values()
            if item.balance < 0 and item.account in self.accounts.receivables
        }

    def parts(self, item_id):
        """:return: tuple of :class:`Part`; their shares add up to one"""
        item = self.books.items[item_id]
        return self._resolve(item, item.customer)

    def _resolve(self, item, customer, bill_day=None):
        """:param customer: whose credit it is; where a bill's says nothing of it, that of the bill
        :param bill_day: the day on which the bill it settles counts as paid
        """
        key = item.id, customer, bill_day
        if key not in self._resolved:
            self._resolved[key] = (Part(ONE, OPEN),)    # for entries that settle each other in a circle
            self._resolved[key] = merged(self._look_into(item, customer, bill_day))
        return self._resolved[key]

    def _look_into(self, item, customer, bill_day):
        entry = self.books.entry_of(item)
        if entry.is_void:
            return [Part(ONE, OPEN)]
        if entry.is_credit_note:
            return [Part(ONE, CREDITED, entry.day)]
        credit = self._credit(entry, item, customer)
        result, rest = [], ONE
        for debit, share in self._moved(entry, item, customer, credit):
            self.carriers.add(debit.id)
            result += scaled(share, self._carried(debit, customer, bill_day or entry.day))
            rest -= share
        if rest > ZERO:
            result += scaled(rest, self._rest(entry, customer, credit * rest, bill_day))
        return result

    def _moved(self, entry, item, customer, credit):
        """The customer's receivables and bills that take the credit's place.

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
        """The customer's credits in the entry; a bill's without a partner is of whoever gave the bill."""
        return sum(
            -other.balance for other in entry.of(customer)
            if other.balance < 0 and other.account in self.books.claims
            and (other.customer == customer or (other.customer is None and item.customer is None))
        )

    def _carried(self, debit, customer, day):
        """How a claim was settled that goes on in a debit item.

        :param day: on which a bill counts as paid where it counts when it is taken; None if it doesn't
        """
        is_bill = debit.account in self.accounts.bills
        bill_day = day if is_bill and not self.accounts.bills_pay_when_cashed else None
        result, rest = [], ONE
        for partial in self.books.settled_by[debit.id]:
            credit = self.books.items.get(partial.credit)
            if credit is None or rest <= ZERO:    # not there yet
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
                result.append(Part(rest, CLOSED) if is_bill else Part(rest, OPEN, item=debit.id))
        return result

    def _rest(self, entry, customer, credit, bill_day):
        """What is neither moved nor taken as a bill: written off, or paid.

        :param credit: the amount of this rest
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
                        # a bill taken back brings nothing before it is cashed
                        result += scaled(share * (ONE - allocation.paid) * part, self._carried(claim, customer, None))
        if left > ZERO:
            result.append(Part(left, CLOSED))
        return result

    def _charges(self, entry, customer):
        """Whether the entry charges a bad-debt account for the customer, less its own credits there."""
        weights = entry.weights(-1, self.books.claims)
        sides = [
            sum((amount for _item, amount in entry.amounts(sign, self.accounts.bad_debts, customer, weights)), ZERO)
            for sign in (1, -1)
        ]
        return sides[0] - sides[1] > ZERO


def scaled(share, parts):
    return [part._replace(share=share * part.share) for part in parts]


def merged(parts):
    """Parts that differ in their share only, put together."""
    shares = defaultdict(Decimal)
    for part in parts:
        shares[part.kind, part.day, part.item] += part.share
    return tuple(Part(share, *key) for key, share in shares.items())
