"""Bank accounts: the city's own accounts, by alias, fund and district.

In:   a YAML file; the one beside this module serves the demo city
Out:  BankAccount
Holds: an alias, and a pair of fund and district, name at most one account.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import Field

from events.values import Document


class BankAccount(Document):
    """One account of the city; the full number is the bank's and the vault's business.

    Shape:  `layouts` names the file that describes how its bank exchanges files
    """

    alias: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")
    bank: str
    last_four: str = Field(pattern=r"^[0-9]{4}$")
    fund: str
    district: str
    title: str
    layouts: str


@cache
def bank_accounts(file: Path | None = None) -> dict[str, BankAccount]:
    """Read the accounts, by alias.

    Raises: ValueError when an alias, or a fund and district, is named twice
    """
    text = (file or files("policies") / "bank_accounts.yaml").read_text(encoding="utf-8")
    accounts = [BankAccount.model_validate(row) for row in yaml.safe_load(text)["accounts"]]
    by_alias = {account.alias: account for account in accounts}
    if len(by_alias) < len(accounts) or len({(a.fund, a.district) for a in accounts}) < len(
        accounts
    ):
        raise ValueError("bank accounts: an alias, or a fund and district, is named twice")
    return by_alias


def account_for(accounts: dict[str, BankAccount], fund: str, district: str) -> BankAccount | None:
    """Find the account that pays out of a fund in a district."""
    return next((a for a in accounts.values() if (a.fund, a.district) == (fund, district)), None)


def belongs(alias: str, fund: str, district: str) -> bool:
    """Tell whether an alias is the city's own account of a fund in a district."""
    account = bank_accounts().get(alias)
    return account is not None and (account.fund, account.district) == (fund, district)
