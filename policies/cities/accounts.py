"""Accounts: the bank accounts that a city pays from, by an alias that carries no account number.

Holds: on one day at most one account pays out of a fund in a district
"""

import re
from datetime import date
from itertools import combinations
from typing import Annotated, Self

from pydantic import Field, model_validator

from events.values import Document
from policies.vocabulary.words import Region, Told

_NUMBER = re.compile(r"[0-9]{8,32}")


class BankAccount(Document):
    """One account of a city; the full number is the bank's and the vault's business.

    Shape:  `districts` are served by the account: several where the city keeps its money together
            (市级统筹); `layout` names how its bank is told what to pay and answers, `profile` how it
            writes statements (the same, where nothing is said); `agent` is the bank's own number
            (联行号); `check_digits` are those of the full number by ISO 7064 MOD 97-10
    """

    alias: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")]
    bank: Told
    last_four: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    check_digits: Annotated[str, Field(pattern=r"^([0-9]{2})?$")] = ""
    agent: Annotated[str, Field(pattern=r"^([0-9]{12})?$")] = ""
    fund: Annotated[str, Field(pattern=r"^[a-z][a-z_]+$")]
    districts: Annotated[tuple[Region, ...], Field(min_length=1)]
    title: Told
    layout: str
    profile: str = ""
    from_: Annotated[date, Field(alias="from")] = date.min
    to: date = date.max

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.to < self.from_:
            raise ValueError(f"to {self.to} 早于 from {self.from_}")
        return self

    @property
    def statement_layout(self) -> str:
        """The bank whose statements this account's are like."""
        return self.profile or self.layout

    @property
    def district(self) -> str:
        """Whose the account is: its one district's, or the city's where it serves several."""
        return self.districts[0] if len(self.districts) == 1 else self.districts[0][:4] + "00"

    def misfit_of(self, number: str) -> str:
        """What keeps a full number from being this account's, in words without the number; or nothing."""
        if not _NUMBER.fullmatch(number):
            return "账号应为 8 至 32 位数字"
        if number[-4:] != self.last_four:
            return f"账号末四位不是 accounts.yaml 里的 {self.last_four}"
        if self.check_digits and check_digits(number) != self.check_digits:
            return f"账号的校验位不是 accounts.yaml 里的 {self.check_digits}"
        return ""

    def serves(self, fund: str, district: str) -> bool:
        """Whether it ever pays out of a fund in a district."""
        return fund == self.fund and district in self.districts

    def owns(self, fund: str, district: str) -> bool:
        """Whether money of a fund and a district is its own, as far as a whole batch is named by one:
        a batch from an account of several districts is the city's."""
        return self.serves(fund, district) or (fund == self.fund and district == self.district)

    def pays_on(self, day: date) -> bool:
        """Whether it is in use on a day."""
        return self.from_ <= day <= self.to


def check_digits(number: str) -> str:
    """The two check digits of a number.

    Source: ISO 7064 MOD 97-10
    """
    return f"{98 - int(number) * 100 % 97:02d}"


def both_pay(accounts: tuple[BankAccount, ...]) -> tuple[BankAccount, BankAccount, str] | None:
    """Find two accounts that would pay out of one fund in one district on one day, and the district."""
    for one, other in combinations(accounts, 2):
        both = set(one.districts) & set(other.districts)
        if one.fund == other.fund and both and one.from_ <= other.to and other.from_ <= one.to:
            return one, other, min(both)
    return None
