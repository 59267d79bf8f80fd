"""Reading: the reconciliation pages' rows, from the books at the close of a day.

In:   a connection on which `books` can be read, the cities' accounts, the last legal day that counts,
      and the last day whose knowledge does
Out:  AccountOverview, BalanceStatement
Units: fen
Holds: nothing is stored: the same tables and day give the same rows, so a rebuild changes nothing.
"""

from collections.abc import Collection
from datetime import date
from typing import Literal, NamedTuple

from policies.cities import Cities
from projections.queries import bank_words, reconciliation
from projections.queries.bank_words import Span
from projections.queries.connection import Db
from projections.queries.reconciliation import BankBalance, OpenDifferences, SentUnanswered
from services.banking.reconciliation.balance_statement import (
    BalanceStatement,
    InTransit,
    balance_statement,
)
from services.banking.reconciliation.missing_days import BankWord, bank_word

AccountState = Literal[
    "agreed", "to_explain", "unexplained", "misstated", "days_missing", "no_statement"
]


class AccountOverview(NamedTuple):
    """One bank account beside the books; the state follows the count, never a netted sum.

    `difference` is bank − books; `unexplained` is what the listed differences do not account for
    (the two sides began with different opening balances), and 0 where all is well. `missing` are the
    days that nothing proves, `breaks` those on which the bank's balances do not add up.
    """

    account: str
    state: AccountState
    book_balance: int
    bank_balance: int | None
    difference: int | None
    open_count: int
    open_absolute: int
    oldest_days: int | None
    unexplained: int
    in_transit: InTransit
    last_booked_on: date | None
    proven_until: date | None
    missing: tuple[date, ...] = ()
    breaks: tuple[date, ...] = ()

    def proved_on(self, day: date) -> bool:
        """Whether the bank's own words reach that day; nothing is proved beyond its last one."""
        return self.state == "agreed" and self.proven_until is not None and day <= self.proven_until


async def accounts_overview(
    connection: Db, cities: Cities, as_of: date, known_on: date = date.max
) -> list[AccountOverview]:
    """List every bank account that the books or a statement know, by alias."""
    books = await reconciliation.book_balances(connection, as_of, known_on)
    banks = await reconciliation.bank_balances(connection, as_of, known_on)
    items = await reconciliation.open_differences(connection, as_of, known_on)
    transit = await reconciliation.sent_unanswered(connection, as_of, known_on)
    words = await words_of(connection, cities, banks, as_of, known_on)
    return [
        _overview(
            account,
            books.get(account, 0),
            banks.get(account),
            words.get(account),
            items.get(account),
            _in_transit(transit.get(account)),
        )
        for account in sorted(books.keys() | banks.keys())
    ]


async def words_of(
    connection: Db,
    cities: Cities,
    accounts: Collection[str],
    as_of: date,
    known_on: date = date.max,
) -> dict[str, BankWord]:
    """How far the bank has spoken of each account in the month of a day, up to that day."""
    spans = [span for one in accounts if (span := _in_use(cities, one, as_of))]
    stated = await bank_words.stated_balances(connection, spans, known_on)
    between = [
        (account, stated[account][0].day, max(last, stated[account][-1].day))
        for account, _, last in spans
        if account in stated
    ]
    lines = await bank_words.sums_by_day(connection, between, known_on)
    found: dict[str, BankWord] = {}
    for account, first, last in spans:
        word = bank_word(stated.get(account, ()), lines.get(account, {}), first, last)
        # an account that is given up has nothing more to be told of
        until = as_of if word.until == last else word.until
        found[account] = BankWord(word.lacking(as_of), word.breaks, until)
    return found


def _in_use(cities: Cities, alias: str, as_of: date) -> Span | None:
    """The days of a day's month, up to it, on which an account is in use."""
    account, first = cities.accounts.get(alias), as_of.replace(day=1)
    if account is None:
        return alias, first, as_of
    first, last = max(first, account.from_), min(as_of, account.to)
    return (alias, first, last) if first <= last else None


async def statement_of(
    connection: Db, account: str, as_of: date, known_on: date = date.max
) -> BalanceStatement | None:
    """Draw up one account's 余额调节表; None where the bank's statement of that month is missing."""
    books = await reconciliation.book_balances(connection, as_of, known_on)
    banks = await reconciliation.bank_balances(connection, as_of, known_on)
    if account not in banks:
        return None
    transit = await reconciliation.sent_unanswered(connection, as_of, known_on)
    return balance_statement(
        account,
        as_of,
        books.get(account, 0),
        banks[account].balance_fen,
        await reconciliation.differences(connection, as_of, account=account, known_on=known_on),
        _in_transit(transit.get(account)),
    )


def _in_transit(sent: SentUnanswered | None) -> InTransit:
    return InTransit(sent.number, sent.total_fen) if sent else InTransit(0, 0)


def _overview(
    account: str,
    book_balance: int,
    bank: BankBalance | None,
    word: BankWord | None,
    items: OpenDifferences | None,
    in_transit: InTransit,
) -> AccountOverview:
    count = items.number if items and bank else 0
    listed = items.difference_fen if items and bank else 0
    difference = bank.balance_fen - book_balance if bank else None
    unexplained = 0 if difference is None else difference - listed
    state: AccountState = "agreed"
    if bank is None:
        state = "no_statement"
    elif bank.misstated or (word and word.breaks):
        state = "misstated"
    elif word and word.missing:
        # what is unequal waits for somebody all the same; nothing else can be said yet
        state = "to_explain" if count else "days_missing"
    elif unexplained:
        state = "unexplained"
    elif count:
        state = "to_explain"
    return AccountOverview(
        account=account,
        state=state,
        book_balance=book_balance,
        bank_balance=bank.balance_fen if bank else None,
        difference=difference,
        open_count=count,
        open_absolute=items.absolute_fen if items and bank else 0,
        oldest_days=items.oldest_days if items and bank else None,
        unexplained=unexplained,
        in_transit=in_transit,
        last_booked_on=bank.last_booked_on if bank else None,
        proven_until=word.until if word else None,
        missing=word.missing if word else (),
        breaks=word.breaks if word else (),
    )
