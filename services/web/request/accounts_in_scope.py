"""accounts_in_scope: which bank accounts a page shows, by the district and fund of its scope."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from policies.cities import BankAccount, Cities
from projections.queries.scope import Scope


class OfAccount(Protocol):
    """Whatever belongs to one bank account."""

    @property
    def account(self) -> str: ...


Item = TypeVar("Item", bound=OfAccount)


def in_scope(items: Iterable[Item], scope: Scope, cities: Cities) -> list[Item]:
    """Keep what belongs to the district and fund; an account nobody has named belongs to all."""
    return [item for item in items if _shown(cities.accounts.get(item.account), scope)]


def shows(account: str, scope: Scope, cities: Cities) -> bool:
    """Whether a scope shows what belongs to an account."""
    return _shown(cities.accounts.get(account), scope)


def aliases(scope: Scope, cities: Cities) -> tuple[str, ...] | None:
    """The accounts of the district and fund; None where the scope asks for neither."""
    if scope.district is None and scope.fund is None:
        return None
    return tuple(alias for alias, account in cities.accounts.items() if _shown(account, scope))


def _shown(account: BankAccount | None, scope: Scope) -> bool:
    if account is None:
        return scope.district is None and scope.fund is None
    return any(map(scope.holds, account.districts)) and scope.fund in (None, account.fund)
