"""What the tables of duties have in common."""

from collections.abc import Hashable, Iterable
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


def each_once(named: Iterable[tuple[str, Hashable]]) -> None:
    """Hold a table to one rule for each thing: of two, the first one alone would count, unseen.

    Shape:  (id of the rule, what it is for)
    Raises: ValueError
    """
    known: dict[Hashable, str] = {}
    for rule, about in named:
        if about in known:
            words = "、".join(map(str, about)) if isinstance(about, tuple) else about
            raise ValueError(f"{words} 既写在 {known[about]}，又写在 {rule}，只有一条算数")
        known[about] = rule
