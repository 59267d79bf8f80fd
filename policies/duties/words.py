"""What the tables of duties have in common."""

from typing import Self

from pydantic import model_validator

from policies.vocabulary.words import Words


class Convention(Words):
    """A choice of ours, signed off by the legal owner."""

    id: str
    about: str
    note: str


class Clause(Words):
    """Words of a notice, verbatim."""

    cite: str
    quote: str


class Resting(Words):
    """A rule that rests on a clause or on a convention of its table."""

    id: str
    cite: str | None = None
    quote: str | None = None
    assume: str | None = None

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if (self.cite is None) != (self.quote is None):
            raise ValueError("cite 和 quote 须同时写")
        if self.cite is None and self.assume is None:
            raise ValueError("须有 cite 和 quote，或 assume")
        return self
