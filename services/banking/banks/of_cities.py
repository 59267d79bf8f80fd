"""Of cities: the banks that ship and, beside them, what a city says itself of its own accounts' banks.

In:   a city's `layouts/<bank>.yaml`, as this folder's; its `profiles/<name>.yaml`, with `title` and
      `statement` alone
Out:  CityBanks, by the alias of an account
Holds: a city's own file goes before what ships under its name, for its own accounts alone; an account
       that names a layout or a profile which is none is refused before anything is paid
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from policies.cities import BankAccount, Cities, City
from policies.cities.reading import ACCOUNTS
from policies.vocabulary.files import FileProblem, FileProblems, each_problem, parsed
from services.banking.banks.layouts import Bank, PaymentFileLayout, StatementLayout
from services.banking.banks.registry import (
    BankUnreadable,
    bank_from,
    files_in,
    shipped_banks,
    shipped_folder,
    written_out,
)

LAYOUTS, PROFILES = "layouts", "profiles"
"""A city's folders of banks."""


class AccountWithoutBank(LookupError):
    """An alias that is no city's account, or whose bank's file says nothing of what is asked."""


class CityBanks:
    """The banks of some cities' accounts."""

    def __init__(self, cities: Cities) -> None:
        self._cities = cities
        self._own = {city.code: _banks_of(city) for city in cities}

    def bank(self, alias: str) -> Bank:
        """The bank that an account is paid from.

        Raises: AccountWithoutBank
        """
        account, own = self._account(alias)
        return own.layouts[account.layout]

    def payment_file(self, alias: str) -> PaymentFileLayout:
        """How an account's bank wants to be told what to pay.

        Raises: AccountWithoutBank
        """
        layout = self.bank(alias).payment_file
        assert layout is not None, "an account of such a bank is refused when the banks are read"
        return layout

    def statement(self, alias: str) -> StatementLayout:
        """How an account's bank writes statements.

        Raises: AccountWithoutBank where its file has no `statement`
        """
        account, own = self._account(alias)
        layout = own.profiles[account.statement_layout].statement
        if layout is None:
            raise AccountWithoutBank(f"{alias}: {account.statement_layout} has no statement")
        return layout

    def banks(self) -> Iterator[Bank]:
        """Every bank from which an account is paid, each once."""
        found = {id(bank): bank for bank in map(self.bank, self._cities.accounts)}
        yield from found.values()

    def answering(self) -> dict[str, Bank]:
        """The banks that answer in a sheet, by the name by which people choose one.

        Shape:  what ships goes by its name, a city's own by the city's code and its name; with one
                city alone by its name
        """
        found = dict(shipped_banks())
        for code, own in self._own.items():
            found |= {self._named(code, name): own.layouts[name] for name in own.own}
        return {name: bank for name, bank in found.items() if bank.answer}

    def writing_statements(self) -> dict[str, StatementLayout]:
        """How statements are written, by the same names; a city's profiles go before its layouts."""
        return {name: bank.statement for name, bank in self._stating().items() if bank.statement}

    def titles_of_statements(self) -> dict[str, str]:
        """What each of these layouts is called."""
        return {name: bank.title for name, bank in self._stating().items() if bank.statement}

    def _stating(self) -> dict[str, Bank]:
        found = dict(shipped_banks())
        for code, own in self._own.items():
            names = own.own + own.own_profiles
            found |= {self._named(code, name): own.profiles[name] for name in names}
        return found

    def _named(self, code: str, name: str) -> str:
        return name if len(self._own) == 1 else f"{code}/{name}"

    def own_names(self, code: str) -> tuple[str, ...]:
        """The files that a city has itself, layouts first; one of a shipped name goes before that."""
        return self._own[code].own + self._own[code].own_profiles

    def _account(self, alias: str) -> "tuple[BankAccount, _BanksOfCity]":
        account = self._cities.accounts.get(alias)
        city = self._cities.city_of_account(alias)
        if account is None or city is None:
            raise AccountWithoutBank(f"no city has the account {alias}")
        return account, self._own[city.code]


class _BanksOfCity(NamedTuple):
    """What a city's accounts may name: the banks, what describes statements, and which are its own."""

    layouts: Mapping[str, Bank]
    profiles: Mapping[str, Bank]
    own: tuple[str, ...]
    own_profiles: tuple[str, ...]


@lru_cache(maxsize=16)
def city_banks(cities: Cities) -> CityBanks:
    """The banks of some cities' accounts, read once for each that is loaded.

    Raises: BankUnreadable
    """
    try:
        return CityBanks(cities)
    except FileProblem as problem:
        raise BankUnreadable(problem) from problem


def bank_problems(cities: Cities) -> Iterator[FileProblem]:
    """Everything that is wrong with the cities' layouts and profiles, and with who names them."""
    for city in cities:
        try:
            _banks_of(city)
        except FileProblem as problem:
            yield from each_problem(problem)


def _banks_of(city: City) -> _BanksOfCity:
    """Read a city's banks and see that every account names one that pays and one with statements.

    Raises: FileProblem
    """
    ours = written_out(files_in(shipped_folder()))
    layouts = files_in(city.folder / LAYOUTS)
    profiles = files_in(city.folder / PROFILES, ("title", "statement"))
    own = ours | written_out(layouts)
    shipped = shipped_banks()
    banks = shipped | {name: bank_from(name, file, own) for name, file in layouts.items()}
    own |= written_out(profiles)
    described = {name: bank_from(name, file, own) for name, file in profiles.items()}
    for name, bank in described.items():
        if bank.statement is None:
            raise FileProblem(profiles[name].path, 1, "profiles 里的文件须写 statement")
    found = _BanksOfCity(banks, banks | described, tuple(layouts), tuple(profiles))
    if wrong := [*_misnamed(city, found)]:
        raise FileProblems(wrong)
    return found


def _misnamed(city: City, banks: _BanksOfCity) -> Iterator[FileProblem]:
    """Accounts whose layout or profile is none."""
    if not city.accounts:
        return
    file = parsed(city.folder / ACCOUNTS)
    paying = [name for name, bank in banks.layouts.items() if bank.payment_file]
    stating = [name for name, bank in banks.profiles.items() if bank.statement]
    for index, account in enumerate(city.accounts):
        for word, name, known in (
            ("layout", account.layout, paying),
            ("profile", account.profile or stating[0], stating),
        ):
            if name not in known:
                near = get_close_matches(name, known, 1)
                meant = f"是不是 {near[0]}？" if near else f"只有 {'、'.join(sorted(known))}"
                lacking = "没有写 payment_file" if name in banks.layouts else "没有这个文件"
                wrong = f"{account.alias} 的 {word} 写的 {name} {lacking}，{meant}"
                yield FileProblem(file.path, file.line(("accounts", index, word)), wrong)
