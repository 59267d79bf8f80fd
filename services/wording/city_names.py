"""City names: what regions, accounts and staff are called, as the cities of this ledger call them.

Holds: names only, for screens and papers; nothing is decided by them. Like the language, whose
       names are meant is chosen once for a request or a command.
"""

from contextvars import ContextVar

from policies.cities import NO_CITY, BankAccount, Cities

_CITIES: ContextVar[Cities] = ContextVar("cities", default=NO_CITY)


def choose(cities: Cities) -> None:
    """Say whose names are meant from here on."""
    _CITIES.set(cities)


def region_name(code: str | None) -> str:
    """A region by name; what nobody names stays a code."""
    return _CITIES.get().regions.get(code or "", code or "")


def staff_name(member: str) -> str:
    """A member of staff by name; whom no city names stays an id."""
    known = _CITIES.get().staff.get(member)
    return known.name if known else member


def account_title(alias: str) -> str:
    """An account as people call it: bank, ****, four digits, title."""
    known = _CITIES.get().accounts.get(alias)
    return title_of(known) if known else alias


def title_of(account: BankAccount) -> str:
    """An account as people call it, never its full number."""
    return f"{account.bank} ****{account.last_four} {account.title}"
