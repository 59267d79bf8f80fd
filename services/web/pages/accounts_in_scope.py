"""accounts_in_scope: which bank accounts a page shows, by the district and fund of its scope."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from policies.bank_accounts import BankAccount, bank_accounts
from services.web.scope import Scope
from services.web.sources import Db


class OfAccount(Protocol):
    """Whatever belongs to one bank account."""

    @property
    def account(self) -> str: ...


Item = TypeVar("Item", bound=OfAccount)


def in_scope(items: Iterable[Item], scope: Scope) -> list[Item]:
    """Keep what belongs to the district and fund; an account nobody has named belongs to all."""
    named = bank_accounts()
    return [item for item in items if _shown(named.get(item.account), scope)]


def _shown(account: BankAccount | None, scope: Scope) -> bool:
    if account is None:
        return scope.district is None and scope.fund is None
    return scope.district in (None, account.district) and scope.fund in (None, account.fund)


async def latest_statement_day(db: Db, scope: Scope) -> date | None:
    """The last day, up to the scope's, that any statement has a line for."""
    last: date | None = await db.fetchval(
        """SELECT max(booked_on) FROM books.statement_lines
           WHERE booked_on <= $1 AND recorded_at < $2""",
        scope.as_of,
        scope.known_until,
    )
    return last
