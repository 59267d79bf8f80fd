"""Paying accounts: the cities' own accounts and their real numbers, typed by two people.

In:   the cities; a number from a terminal or from standard input, never from the command line
Out:  the number in the vault; what each account pays and whether its number is kept
Holds: what is printed has the last four digits and no more
"""

import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import NamedTuple

import asyncpg

from policies.cities import BankAccount
from services.runtime.city import cities_of
from services.runtime.errors import DatabaseAway, OperatingFailure
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from services.runtime.vault.city_accounts import KeptNumber
from services.tools.staff.bank_files import NoSuchAccount


class NumberDoesNotFit(OperatingFailure):
    """What was typed is not this account's number."""

    def __init__(self, alias: str, misfit: str) -> None:
        super().__init__(f"账户 {alias}：{misfit}，没有收下。", "请对照开户许可证重新录入。")


class AccountOfAnother(OperatingFailure):
    """Whoever types is of another city than the account."""

    def __init__(self, alias: str, objection: str) -> None:
        super().__init__(f"账户 {alias}：{objection}，没有收下。", "请由该市的人员录入和复核。")


class AccountState(NamedTuple):
    """One account, and what keeps it from paying; empty where nothing does."""

    account: BankAccount
    kept: bool
    obstacle: str


def obstacle_of(
    account: BankAccount, kept: Mapping[str, KeptNumber], waiting: Mapping[str, str]
) -> str:
    """What keeps an account from paying, in words; empty where nothing does."""
    number = kept.get(account.alias)
    if number is None:
        stated_by = waiting.get(account.alias)
        if stated_by:
            return f"{stated_by} 录入的账号等待另一人复核：accounts confirm {account.alias}"
        return f"身份库里没有账号：accounts set {account.alias}"
    return account.misfit_of(number.number)


async def account_states(settings: Settings) -> list[AccountState]:
    """Every account of the cities.

    Raises: NotConfigured, DatabaseAway
    """
    cities = cities_of(settings)
    async with _vault(settings) as vault:
        kept, waiting = await vault.city_accounts(), await vault.city_accounts_waiting()
    return [
        AccountState(one, one.alias in kept, obstacle_of(one, kept, waiting))
        for one in cities.accounts.values()
    ]


def without_number(states: list[AccountState], day: date) -> list[AccountState]:
    """The accounts that are in use on a day and cannot pay."""
    return [one for one in states if one.obstacle and one.account.pays_on(day)]


async def set_number(settings: Settings, alias: str, typed: str, by: str) -> BankAccount:
    """Keep a number until another person has typed the same.

    Raises: NoSuchAccount, AccountOfAnother, NumberDoesNotFit; NotConfigured, DatabaseAway
    """
    account, number, who = _fitting(settings, alias, typed, by)
    async with _vault(settings) as vault:
        await vault.state_city_account(alias, number, who)
    return account


async def confirm_number(settings: Settings, alias: str, typed: str, by: str) -> BankAccount:
    """Let an account pay, as another person.

    Raises: NoSuchAccount, AccountOfAnother, NumberDoesNotFit, NothingToConfirm, SamePerson,
            NumbersDiffer; NotConfigured, DatabaseAway
    """
    account, number, who = _fitting(settings, alias, typed, by)
    async with _vault(settings) as vault:
        await vault.confirm_city_account(alias, number, who)
    return account


def _fitting(settings: Settings, alias: str, typed: str, by: str) -> tuple[BankAccount, str, str]:
    """The account, its number in plain digits, and by which id whoever types is known."""
    cities = cities_of(settings)
    account = cities.accounts.get(alias)
    if account is None:
        raise NoSuchAccount(alias, list(cities.accounts))
    if objection := cities.objection_to_staff(by, account.district):
        raise AccountOfAnother(alias, objection)
    number = plain_number(typed)
    if misfit := account.misfit_of(number):
        raise NumberDoesNotFit(alias, misfit)
    return account, number, cities.known_as(by)


def plain_number(typed: str) -> str:
    """A number as people write it, without blanks and dashes, in plain digits."""
    return "".join(unicodedata.normalize("NFKC", typed).replace("-", "").split())


@asynccontextmanager
async def _vault(settings: Settings) -> AsyncIterator[Vault]:
    try:
        async with asyncpg.create_pool(
            settings.postgres_dsn, min_size=1, max_size=1, timeout=10
        ) as pool:
            yield await Vault.open(pool, settings.vault_key_file)
    except (OSError, TimeoutError, asyncpg.PostgresConnectionError) as error:
        address = settings.postgres_dsn.rpartition("@")[2]
        raise DatabaseAway(address, str(error) or type(error).__name__) from error
