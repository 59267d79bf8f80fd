"""matchings: books against bank, matched once for what is known, however many pages look at it.

In:   the snapshot of a visit
Out:  every account beside its bank, and the differences, at the close of a day
Holds: the key is the position vector that the snapshot has read, so nothing stale is ever shown
"""

import asyncio
from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from projections.queries import freshness
from projections.queries.differences import BankDifference
from projections.queries.reconciliation import differences
from services.banking.reconciliation.balance_statement import BalanceStatement, balance_statement
from services.banking.reconciliation.reading import AccountOverview, accounts_overview
from services.web.request.visit import Visit

_MOST = 16

Key = tuple[object, ...]


class Matched(NamedTuple):
    """What the matching says of a day."""

    overview: list[AccountOverview]
    differences: list[BankDifference]

    def statement_of(self, account: str, as_of: date) -> BalanceStatement | None:
        """One account's 余额调节表; None where the bank's statement of that month is missing."""
        own = next((row for row in self.overview if row.account == account), None)
        if own is None or own.bank_balance is None:
            return None
        return balance_statement(
            account,
            as_of,
            own.book_balance,
            own.bank_balance,
            self.of(account),
            own.in_transit,
        )

    def of(self, account: str) -> list[BankDifference]:
        """The differences of one account."""
        return [one for one in self.differences if one.account == account]


class Matchings:
    """The latest results, by day, knowledge and position vector."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Matched] = OrderedDict()
        self._one_by_one = asyncio.Lock()
        self.made = 0

    async def of(self, visit: Visit, as_of: date | None = None) -> Matched:
        """The result for a visit's snapshot; made by whoever comes first."""
        day, known = as_of or visit.scope.as_of, visit.scope.known_on
        key = (day, known, await freshness.vector(visit.db))
        async with self._one_by_one:
            if key not in self._known:
                self._known[key] = Matched(
                    await accounts_overview(visit.db, visit.cities, day, known),
                    await differences(visit.db, day, known_on=known),
                )
                self.made += 1
            self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
            return self._known[key]


async def matched(visit: Visit, as_of: date | None = None) -> Matched:
    """Books against bank as of a visit's scope, or of a day that a page names."""
    kept: Matchings = visit.request.app.state.matchings
    return await kept.of(visit, as_of)
