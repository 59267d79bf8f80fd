"""Vocabulary: the closed set of words in which a notice is written down as data.

In:    a parsed YAML file of `policies/programmes`
Out:   a `PolicyText`, every key known, every value typed
Holds: unknown keys are refused; there are no floats; money is written in yuan, periods as 12M.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.outcomes import Payee
from policies.words import (
    Cited,
    MonthText,
    NodeId,
    ParamRef,
    PeriodText,
    Region,
    Words,
    Yuan,
    exactly_one,
)


class Member(Cited):
    """A fact has one of these values; a list has at least one of them."""

    kind: Literal["member"]
    id: NodeId
    fact: str
    as_of: str | None = None
    in_: Annotated[list[str], Field(alias="in", min_length=1)]


class Flag(Cited):
    """A yes/no fact is as it must be."""

    kind: Literal["flag"]
    id: NodeId
    fact: str
    is_: Annotated[bool, Field(alias="is")]


class Compare(Cited):
    """A number stands in an order to a number, stated here or in a parameter."""

    kind: Literal["compare"]
    id: NodeId
    fact: str
    op: Literal["<", "<=", ">", ">=", "=="]
    value: int | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.value, self.param)


class Within(Cited):
    """A day lies in the period that begins after another day (民法典 第200–204条)."""

    kind: Literal["within"]
    id: NodeId
    start: str
    end: str
    max: PeriodText | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.max, self.param)


class Between(Cited):
    """A day lies between two dates printed in the notice, both included."""

    kind: Literal["between"]
    id: NodeId
    fact: str
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None

    @model_validator(mode="after")
    def _some_side(self) -> Self:
        if self.from_ is None and self.to is None:
            raise ValueError("needs from, to or both")
        return self


class SameYear(Cited):
    """Two days lie in the same calendar year (毕业年度) or academic year (毕业学年)."""

    kind: Literal["same_year"]
    id: NodeId
    fact: str
    as_: Annotated[str, Field(alias="as")]
    year: Literal["calendar", "academic"]


class Located(Cited):
    """A region lies in a district, city or province."""

    kind: Literal["located"]
    id: NodeId
    fact: str
    in_: Annotated[Region, Field(alias="in")]


class Used(Cited):
    """A key is already taken under a cap of another family."""

    kind: Literal["used"]
    id: NodeId
    family: str
    cap: str
    keys: Annotated[list[str], Field(min_length=1)]


class AllOf(Words):
    """Every one of these."""

    kind: Literal["all"]
    id: NodeId
    cite: str | None = None
    of: Annotated[list["Condition"], Field(min_length=1)]


class AnyOf(Words):
    """At least one of these."""

    kind: Literal["any"]
    id: NodeId
    cite: str | None = None
    of: Annotated[list["Condition"], Field(min_length=2)]


Leaf = Member | Flag | Compare | Within | Between | SameYear | Located | Used
Condition = Annotated[Leaf | AllOf | AnyOf, Field(discriminator="kind")]


class Flat(Cited):
    """One amount for all."""

    kind: Literal["flat"]
    id: NodeId = "amount"
    value: Yuan


class Table(Cited):
    """An amount by the value of a fact; a value that the table lacks is denied."""

    kind: Literal["table"]
    id: NodeId = "amount"
    by: str
    rows: dict[str, Yuan] | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        return exactly_one(self, self.rows, self.param)


class Standard(Cited):
    """An amount that each city sets: a parameter, in yuan."""

    kind: Literal["standard"]
    id: NodeId = "amount"
    param: ParamRef


class Monthly(Cited):
    """A monthly rate for a number of months, none after `stop`."""

    kind: Literal["monthly"]
    id: NodeId = "amount"
    rate: "Amount"
    months: ParamRef
    starts: Literal["month_of_application", "month_after_application"]
    stop: MonthText | None = None
    stop_param: ParamRef | None = None


class Case(Words):
    """The amount that is due if a condition of `when`, named by id, holds."""

    if_: Annotated[NodeId, Field(alias="if")]
    then: "Amount"


class Branch(Words):
    """The first case whose condition holds, or else the other amount."""

    kind: Literal["branch"]
    cases: Annotated[list[Case], Field(min_length=1)]
    else_: Annotated["Amount", Field(alias="else")]


Amount = Annotated[Flat | Table | Standard | Monthly | Branch, Field(discriminator="kind")]


class Count(Cited):
    """At most so many approvals per person and calendar year of a day."""

    kind: Literal["count"]
    id: NodeId
    per: Literal["person", "unit"]
    period: Literal["calendar_year"]
    by: str
    max: int | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.max, self.param)


class Lifetime(Cited):
    """At most so many approvals in a lifetime."""

    kind: Literal["lifetime"]
    id: NodeId
    per: Literal["person", "unit"]
    max: int


class Unique(Cited):
    """The same key is never granted twice; `repeated: refer` lets a person judge."""

    kind: Literal["unique"]
    id: NodeId
    per: Literal["person", "unit"]
    keys: Annotated[list[str], Field(min_length=1)]
    repeated: Literal["deny", "refer"] = "deny"


Cap = Annotated[Count | Lifetime | Unique, Field(discriminator="kind")]


class Select(Cited):
    """The date that chooses this version, and its window; both days included."""

    by: Literal["application.applied_on"]
    from_: Annotated[date | Literal["issued"], Field(alias="from")]
    to: date | None = None


class Supersedes(Words):
    """An earlier version of the same jurisdiction that this one replaces from its first day."""

    version: date
    assume: str


class Fund(Cited):
    """The funds in the clause's order; the first with budget left pays."""

    is_: Annotated[list[str], Field(alias="is", min_length=1)]


class PayeeBy(Words):
    """The payee by the value of a fact."""

    by: str
    rows: dict[str, Payee]


class Assumption(Words):
    """A convention of ours, signed off by the legal owner."""

    id: str
    about: str
    note: str


class PolicyText(Words):
    """One dated version of one programme for one jurisdiction."""

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
    when: Annotated[list[Condition], Field(min_length=1)]
    refer: Annotated[list[Condition], Field(default_factory=list)]
    amount: Amount
    caps: list[Cap]
    assume: Annotated[list[Assumption], Field(default_factory=list)]
