"""Words of a whole policy version: its window, funds, conditions, amount and caps."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.vocabulary.amounts import Amount
from policies.vocabulary.caps import Cap, Ceiling
from policies.vocabulary.conditions import Condition
from policies.vocabulary.dated import check_order
from policies.vocabulary.outcomes import Payee
from policies.vocabulary.words import (
    Cited,
    FractionText,
    NodeId,
    Region,
    Words,
    exactly_one,
)


class Select(Cited):
    """The date that chooses this version, and its window; both days included."""

    by: Literal["application.applied_on"]
    from_: Annotated[date | Literal["issued"], Field(alias="from")]
    to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if isinstance(self.from_, date):
            check_order(self.from_, self.to)
        return self


class Supersedes(Words):
    """An earlier version of the same jurisdiction that this one replaces from its first day; with
    `for` only for claims that meet these conditions."""

    version: date
    assume: str
    for_: Annotated[list["Condition"], Field(alias="for", default_factory=list)]


class Grandfather(Cited):
    """Whoever was accepted earlier keeps the earlier version until the term ends: what was accepted
    in a year, or whatever is being enjoyed; `optional` where the beneficiary chooses."""

    accepted_in: int | None = None
    optional: bool


class FundCase(Words):
    """The funds where a condition of `when` or `given`, named by id, holds."""

    if_: Annotated[NodeId, Field(alias="if")]
    then: list[str]


class Fund(Cited):
    """The funds in the clause's order; the first with budget left pays. `cases` go before `is`;
    an empty list is a fund that no source states."""

    is_: Annotated[list[str], Field(alias="is")]
    cases: list[FundCase] = Field(default_factory=list)


class Advance(Cited):
    """An advance (预拨) on the planned full subsidy, where the condition named by id holds: a part
    of it is paid now and netted at settlement; nothing but its own key is used up."""

    if_: Annotated[NodeId, Field(alias="if")]
    rate: FractionText
    keys: Annotated[list[str], Field(min_length=1)]


class PayeeBy(Words):
    """The payee by the value of a fact; `unstated` where silence names one, by a convention."""

    by: str
    rows: dict[str, Payee]
    unstated: Payee | None = None
    assume: str | None = None


class Silence(Words):
    """What it means that an application does not state a fact, by a convention: a value, or what
    other facts say (several are joined); `unless` one of them has one of these values, and only
    where one of each of `only` has."""

    fact: str
    means: bool | int | str | list[str] | None = None
    as_: Annotated[list[str] | None, Field(alias="as", min_length=1)] = None
    unless: dict[str, list[str]] = Field(default_factory=dict)
    only: dict[str, list[str]] = Field(default_factory=dict)
    assume: str

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        return exactly_one(self, self.means, self.as_)


class Assumption(Words):
    """A convention of ours, signed off by the legal owner."""

    id: str
    about: str
    note: str


class PolicyText(Words):
    """One dated version of one programme for one jurisdiction.

    `when` must hold; `given` only chooses (amounts, caps, funds); `refer` sends to a person;
    `silence` says what it means that a fact is not stated: any other is then missing.
    """

    policy: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    version: date
    issued: date
    jurisdiction: Region
    title: str
    family: str
    fund: Fund
    payee: Payee | PayeeBy
    cite: str
    select: Select
    supersedes: Annotated[list[Supersedes], Field(default_factory=list)]
    grandfather: Grandfather | None = None
    silence: Annotated[list[Silence], Field(default_factory=list)]
    when: Annotated[list[Condition], Field(min_length=1)]
    given: Annotated[list[Condition], Field(default_factory=list)]
    refer: Annotated[list[Condition], Field(default_factory=list)]
    amount: Amount
    caps: list[Cap]
    ceilings: Annotated[list[Ceiling], Field(default_factory=list)]
    advance: Advance | None = None
    assume: Annotated[list[Assumption], Field(default_factory=list)]
