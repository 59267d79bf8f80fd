"""The invented city that is played: its folder and its accounts."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from policies.cities import BankAccount, Cities, read_cities

FOLDER = Path(__file__).parents[3] / "cities" / "211200"


@cache
def city() -> Cities:
    """The city as its folder says it."""
    return read_cities(FOLDER)


def bank_accounts() -> Mapping[str, BankAccount]:
    """Its accounts by alias."""
    return city().accounts


def account_for(fund: str, district: str) -> BankAccount | None:
    """Find the account that pays out of a fund in a district."""
    return next((one for one in bank_accounts().values() if one.serves(fund, district)), None)
