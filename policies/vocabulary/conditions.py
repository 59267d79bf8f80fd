"""Words of conditions: what must hold, or what chooses."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.vocabulary.dated import check_order
from policies.vocabulary.words import (
    Cited,
    FractionText,
    NodeId,
    Order,
    ParamRef,
    PeriodText,
    Region,
    Words,
    exactly_one,
)


class Member(Cited):
    """A fact has one of these values; a list has at least one of them. `unstated` is what silence
    means where it means something (who claims no higher rate, claims none)."""

    kind: Literal["member"]
    id: NodeId
    fact: str
    as_of: str | None = None
    in_: Annotated[list[str] | None, Field(alias="in", min_length=1)] = None
    param: ParamRef | None = None
    unstated: bool | None = None

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.as_of is not None and self.unstated is not None:
            raise ValueError("某日的状态要么申报、要么缺少，这里不能写 unstated")
        return exactly_one(self, self.in_, self.param)


class Flag(Cited):
    """A yes/no fact is as it must be; `unstated` is what silence means where it means something
    (who asks for no advance, asks for none)."""

    kind: Literal["flag"]
    id: NodeId
    fact: str
    is_: Annotated[bool, Field(alias="is")]
    unstated: bool | None = None


class Compare(Cited):
    """A number stands in an order to a number, stated here or in a parameter (times a part of it);
    money is compared in yuan."""

    kind: Literal["compare"]
    id: NodeId
    fact: str
    op: Order
    value: int | None = None
    param: ParamRef | None = None
    times: FractionText | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.value, self.param)


class Ratio(Cited):
    """One whole number over another stands in an order to a fraction; exact."""

    kind: Literal["ratio"]
    id: NodeId
    num: str
    den: str
    op: Order
    value: FractionText | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.value, self.param)


class Age(Cited):
    """Whole years of age on a day; `born` is a day of birth, age changes on the birthday."""

    kind: Literal["age"]
    id: NodeId
    born: str = "person.born_on"
    as_of: str = "application.applied_on"
    op: Order
    value: int


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
    """A day, or every month of a list, lies between two dates printed in the notice, both
    included; a month lies between them if one of its days does."""

    kind: Literal["between"]
    id: NodeId
    fact: str
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None

    @model_validator(mode="after")
    def _some_side(self) -> Self:
        if self.from_ is None and self.to is None:
            raise ValueError("须有 from 或 to")
        check_order(self.from_, self.to)
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


Leaf = Member | Flag | Compare | Ratio | Age | Within | Between | SameYear | Located | Used
Condition = Annotated[Leaf | AllOf | AnyOf, Field(discriminator="kind")]
