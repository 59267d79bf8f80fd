"""Words of amounts: what is due, in exact parts."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.vocabulary.words import (
    Cited,
    FractionText,
    MonthText,
    NodeId,
    ParamRef,
    Words,
    Yuan,
    exactly_one,
)


class Flat(Cited):
    """One amount for all."""

    kind: Literal["flat"]
    id: NodeId = "amount"
    value: Yuan


class AmountTable(Cited):
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


class StatedAmount(Cited):
    """What a fact in fen states: an actual cost, a contribution really paid."""

    kind: Literal["stated"]
    id: NodeId = "amount"
    fact: str


class Unresolved(Cited):
    """The notice names the payment and no standard (按规定): a person must say."""

    kind: Literal["unresolved"]
    id: NodeId = "amount"
    reason: str


class AmountSum(Words):
    """The sum of its parts."""

    kind: Literal["sum"]
    of: Annotated[list["Amount"], Field(min_length=2)]


class Least(Cited):
    """The least of its parts."""

    kind: Literal["least"]
    id: NodeId = "amount"
    of: Annotated[list["Amount"], Field(min_length=2)]


class Times(Cited):
    """A part or a multiple of an amount: `by` is ``2/3``, ``60%`` or ``1.5``, or a parameter."""

    kind: Literal["times"]
    id: NodeId = "amount"
    by: FractionText | None = None
    param: ParamRef | None = None
    of: "Amount"

    @model_validator(mode="after")
    def _one_factor(self) -> Self:
        return exactly_one(self, self.by, self.param)


class Per(Cited):
    """An amount for each of a whole number (days, years, heads, months); above `max` none more."""

    kind: Literal["per"]
    id: NodeId = "amount"
    count: str
    max: int | None = None
    of: "Amount"


class EachMonth(Cited):
    """An amount for each month of a list, or of `count` months from the month of `start` on.
    Below it ``as_of: month`` reads a parameter for that month. Paid at once, when granted."""

    kind: Literal["each_month"]
    id: NodeId = "amount"
    months: str | None = None
    start: str | None = None
    count: str | None = None
    max: int | None = None
    rate: "Amount"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.months is None) == (self.start is None) or (self.start is None) != (
            self.count is None
        ):
            raise ValueError("须有 months，或 start 和 count")
        return self


class Catalogue(Cited):
    """An amount from a table of `policies/catalogues` by one or more facts: a blank cell is denied,
    a row that the table lacks is a standard that this notice does not state."""

    kind: Literal["catalogue"]
    id: NodeId = "amount"
    of: str
    row: str
    column: str


class Monthly(Cited):
    """A monthly rate still to come, an instalment a month, for a number of months, none after
    `stop`; the outermost amount or a branch of it."""

    kind: Literal["monthly"]
    id: NodeId = "amount"
    rate: "Amount"
    months: ParamRef
    starts: Literal["month_of_application", "month_after_application"]
    stop: MonthText | None = None
    stop_param: ParamRef | None = None


class BranchCase(Words):
    """The amount that is due if a condition of `when` or `given`, named by id, holds."""

    if_: Annotated[NodeId, Field(alias="if")]
    then: "Amount"


class Branch(Words):
    """The first case whose condition holds, or else the other amount."""

    kind: Literal["branch"]
    cases: Annotated[list[BranchCase], Field(min_length=1)]
    else_: Annotated["Amount", Field(alias="else")]


Amount = Annotated[
    Flat
    | AmountTable
    | Standard
    | StatedAmount
    | Unresolved
    | AmountSum
    | Least
    | Times
    | Per
    | EachMonth
    | Catalogue
    | Monthly
    | Branch,
    Field(discriminator="kind"),
]
