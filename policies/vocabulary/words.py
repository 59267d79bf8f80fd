"""Words: what every mapping of a policy file has in common.

Holds: unknown keys are refused; there are no floats; money is written in yuan, periods as 12M.
"""

from fractions import Fraction
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Yuan = Annotated[int, Field(gt=0)]
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""What people or banks are told: something that is not blank."""
NodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
PeriodText = Annotated[str, Field(pattern=r"^[0-9]+[DMY]$")]
MonthText = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
FractionText = Annotated[str, Field(pattern=r"^([0-9]+/[1-9][0-9]*|[0-9]+(\.[0-9]+)?%?)$")]
Order = Literal["<", "<=", ">", ">=", "=="]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


def fraction(text: str) -> Fraction:
    """Read ``2/3``, ``60%`` or ``1.5``, exactly."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def round_half_up(exact: Fraction | int) -> int:
    """A whole number; exactly half goes up. The one rounding of money."""
    return (
        exact
        if isinstance(exact, int)
        else (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    )


_Model = TypeVar("_Model", bound="Words")


class Words(BaseModel):
    """A mapping of the vocabulary: strict, frozen, nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Cited(Words):
    """Something that rests on a clause: its own `cite`, or the file's, with a verbatim `quote`;
    or on a convention that the file signs off under `assume`."""

    cite: str | None = None
    quote: str | None = None
    assume: str | None = None

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.quote is None and self.assume is None:
            raise ValueError("须有 quote（原文），或 assume（约定）")
        return self


class ParamRef(Words):
    """A dated figure of `policies/parameters`, on the day of the application or of a fact."""

    of: str
    as_of: str = "application.applied_on"


def exactly_one(model: _Model, first: object, second: object) -> _Model:
    """Hold a model to one source of its figure.

    Raises: ValueError
    """
    if (first is None) == (second is None):
        raise ValueError("数字写在这里或写 param，二者只能有一个")
    return model
