"""Balance statement: 银行存款余额调节表, one bank account at the close of one day.

In:   both balances, the account's differences, what is in transit
Out:  BalanceStatement
Units: fen
Holds: books + (bank received − bank paid, books not) ± unequal amounts
       = bank + (books received − books paid, bank not), as far as the openings are equal;
       every difference stands in exactly one item list.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from projections.queries.differences import BankDifference


class Items(NamedTuple):
    """One line of the statement with what it sums."""

    items: tuple[BankDifference, ...]
    total: int

    @property
    def number(self) -> int:
        """How many differences the line sums."""
        return len(self.items)


class InTransit(NamedTuple):
    """Sent, and not answered by the bank yet: a memo, no outstanding item."""

    number: int
    total: int


class BalanceStatement(NamedTuple):
    """The statement as accountants print it: books on the left, bank on the right."""

    account: str
    as_of: date
    book_balance: int
    bank_received: Items
    bank_paid: Items
    unequal: Items
    adjusted_book: int
    bank_balance: int
    book_received: Items
    book_paid: Items
    bank_errors: Items
    adjusted_bank: int
    in_transit: InTransit

    @property
    def difference_after(self) -> int:
        """Books less bank after adjustment; anything but 0 is not explained by the items."""
        return self.adjusted_book - self.adjusted_bank

    @property
    def differences(self) -> tuple[BankDifference, ...]:
        """Every item of the statement."""
        return (
            self.bank_received.items
            + self.bank_paid.items
            + self.unequal.items
            + self.book_received.items
            + self.book_paid.items
        )


def balance_statement(
    account: str,
    as_of: date,
    book_balance: int,
    bank_balance: int,
    differences: Iterable[BankDifference],
    in_transit: InTransit,
) -> BalanceStatement:
    """Lay the differences out under the two balances.

    Units: fen; totals of what was paid are positive, and taken off
    """
    found = tuple(differences)
    bank_alone = [d for d in found if d.book_amount is None]
    book_alone = [d for d in found if d.bank_amount is None]
    unequal = [d for d in found if d.book_amount is not None and d.bank_amount is not None]
    bank_received = _items(bank_alone, incoming=True)
    bank_paid = _items(bank_alone, incoming=False)
    book_received = _items(book_alone, incoming=True)
    book_paid = _items(book_alone, incoming=False)
    both = Items(tuple(unequal), sum(d.difference for d in unequal))
    return BalanceStatement(
        account=account,
        as_of=as_of,
        book_balance=book_balance,
        bank_received=bank_received,
        bank_paid=bank_paid,
        unequal=both,
        adjusted_book=book_balance + bank_received.total - bank_paid.total + both.total,
        bank_balance=bank_balance,
        book_received=book_received,
        book_paid=book_paid,
        bank_errors=Items((), 0),
        adjusted_bank=bank_balance + book_received.total - book_paid.total,
        in_transit=in_transit,
    )


def _items(differences: list[BankDifference], *, incoming: bool) -> Items:
    """Take the differences of one side that go one way, with their sum as a positive amount."""
    taken = tuple(d for d in differences if (_amount(d) > 0) == incoming)
    return Items(taken, sum(abs(_amount(d)) for d in taken))


def _amount(difference: BankDifference) -> int:
    one_side = difference.bank_amount if difference.book_amount is None else difference.book_amount
    assert one_side is not None
    return one_side
