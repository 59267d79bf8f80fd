"""Words of caps: what a beneficiary may use, and what many share."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.vocabulary.words import (
    Cited,
    NodeId,
    ParamRef,
    exactly_one,
)


class Capped(Cited):
    """What every cap has: whom it counts, and the condition, by id, under which it applies."""

    id: NodeId
    per: Literal["person", "unit"]
    only_if: Annotated[NodeId | None, Field(alias="if")] = None


class Count(Capped):
    """At most so many approvals per beneficiary and calendar year of a day."""

    kind: Literal["count"]
    period: Literal["calendar_year"]
    by: str
    max: int | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.max, self.param)


class Lifetime(Capped):
    """At most so many approvals in a lifetime."""

    kind: Literal["lifetime"]
    max: int


class Unique(Capped):
    """The same key is never granted twice; `repeated: refer` lets a person judge. A list of months
    among the keys is a key for each of its months."""

    kind: Literal["unique"]
    keys: Annotated[list[str], Field(min_length=1)]
    repeated: Literal["deny", "refer"] = "deny"


class Extension(Cited):
    """A higher limit while a condition of `when` or `given`, named by id, holds."""

    if_: Annotated[NodeId, Field(alias="if")]
    max: int | None = None
    param: ParamRef | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        return exactly_one(self, self.max, self.param)


class Months(Capped):
    """At most so many months in all: `take` is a list of months or a whole number; months of the
    list `without` that lie in `without_year` are paid and not counted. The first extension whose
    condition holds counts; where nobody can tell, the usual limit does, as far as it goes."""

    kind: Literal["months"]
    take: str
    without: str | None = None
    without_year: int | None = None
    max: int | None = None
    param: ParamRef | None = None
    extended: Annotated[list[Extension], Field(default_factory=list)]

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.without is None) != (self.without_year is None):
            raise ValueError("without 和 without_year 须同时写")
        return exactly_one(self, self.max, self.param)


class EitherOr(Capped):
    """Not beside another programme for the same keys (不重复享受); the other file has a cap of the
    same id that names this family. Each fact of `also` is a key of its own: what is known of the
    keys and of these counts, and any of them that is the same excludes."""

    kind: Literal["either_or"]
    with_: Annotated[list[str], Field(alias="with", min_length=1)]
    keys: list[str] = Field(default_factory=list)
    also: list[str] = Field(default_factory=list)


class Running(Capped):
    """At most one at a time: days from `start` to `end` overlap with no other `key`'s."""

    kind: Literal["running"]
    key: str
    start: str
    end: str


Cap = Annotated[
    Count | Lifetime | Unique | Months | EitherOr | Running, Field(discriminator="kind")
]


class Ceiling(Cited):
    """A limit that many beneficiaries share: a budget line of its own, taken before the fund.
    `scope` are the facts that name who shares it (none: the whole programme); `remainder: pay` pays
    what is left to whoever crosses it."""

    id: NodeId
    scope: list[str] = Field(default_factory=list)
    period: Literal["lifetime", "calendar_year"]
    of: Literal["yuan", "count"]
    max: int
    remainder: Literal["pay", "deny"] = "deny"
